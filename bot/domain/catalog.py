"""The catalog: which products and tools there are, which edition includes which tool, and what each is worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache, reduce


class Tier(StrEnum):
    """Where a client stands. The last three are groups of their own and raise no alarm."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ONBOARDING = "onboarding"
    UNKNOWN = "unknown"
    FORMER = "former"


@dataclass(frozen=True)
class Product:
    key: str
    name: str
    editions: tuple[str, ...]  # lowest first
    always: str | None = None  # the edition that every client has without a subscription


@dataclass(frozen=True)
class Category:
    key: str
    name: str


@dataclass(frozen=True)
class Grant:
    """A product and the lowest of its editions that includes a tool."""

    product: str
    rank: int  # position of the edition in Product.editions


@dataclass(frozen=True)
class Tool:
    key: str
    name: str
    category: str
    included: tuple[Grant, ...]
    expected: tuple[Grant, ...]
    points: int
    at_least: int
    within: int  # days
    counts: str
    step: str
    free: bool = False


@dataclass(frozen=True)
class Rule:
    """When to offer a client more: all conditions of `when` hold. `to` says who is asked; None: who lacks the offer."""

    kind: str  # "upsell" or "cross-sell"
    offer: str
    to: str | None
    when: tuple[str, ...]
    because: str


@dataclass(frozen=True, eq=False)
class Catalog:
    """A catalog that has been checked (`storage.catalog`). `tools` and `categories` keep the file's order.

    Sets of tools are whole numbers whose bit i stands for `tools[i]`: a base of a million clients is judged by a
    few operations on such numbers for each.
    """

    version: int
    name: str
    hash: str
    grace: int  # days
    onboarding: int  # days
    bands: Mapping[Tier, tuple[int, int]]
    products: Mapping[str, Product]
    categories: Mapping[str, Category]
    tools: tuple[Tool, ...]
    product_names: Mapping[str, tuple[str, ...]] = field(repr=False)  # folded name or alias -> product keys
    tool_names: Mapping[str, int] = field(repr=False)  # folded name or alias -> position in `tools`
    hold_below: int = 0  # no rule applies to a client whose score is lower, or not known
    rules: tuple[Rule, ...] = field(default=(), repr=False)

    def bits(self, keys: Iterable[str]) -> int:
        """The set of the tools with these names or aliases; unknown names are left out."""
        found = (self.tool_names.get(fold(key)) for key in keys)
        return reduce(lambda bits, i: bits | 1 << i, (i for i in found if i is not None), 0)

    def tier(self, score: int) -> Tier:
        """The tier of a whole score from 0 to 10."""
        for tier, (_, high) in self.bands.items():  # they follow one another
            if score <= high:
                return tier
        raise ValueError(f"a score is from 0 to 10, not {score}")


@lru_cache(maxsize=65_536)
def fold(name: str) -> str:
    """A product, edition or tool name without case, spaces, hyphens and underscores."""
    return "".join(letter for letter in name.casefold() if letter not in " -_\t")


def since(reach: date, within: int) -> date:
    """The first day of a window of `within` days that ends on `reach`."""
    return date.fromordinal(reach.toordinal() - within + 1)
