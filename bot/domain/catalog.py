"""The catalog: which products and tools there are, which edition includes which tool, and what each is worth."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
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

    @property
    def paid_from(self) -> int:
        """Position of the lowest edition that is paid for."""
        return 1 if len(self.editions) > 1 and fold(self.editions[0]) == "free" else 0


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


class Fact(StrEnum):
    """What a condition of a rule looks at."""

    TOOL = "tool"  # uses inside the tool's window
    CATEGORY = "category"  # its share, 0 to 1
    SCORE = "score"
    SEATS = "seats"  # share of bought seats in use
    LIMIT = "limit"  # share of one client property in another


class Compare(StrEnum):
    AT_LEAST = ">="
    MORE = ">"
    AT_MOST = "<="
    LESS = "<"
    EQUAL = "=="


_COMPARE: Mapping[Compare, Callable[[float, float], bool]] = {
    Compare.AT_LEAST: operator.ge,
    Compare.MORE: operator.gt,
    Compare.AT_MOST: operator.le,
    Compare.LESS: operator.lt,
    Compare.EQUAL: operator.eq,
}


@dataclass(frozen=True)
class Condition:
    """`names`: the tool's or category's key; of a limit, the properties with what is used and with what there is."""

    fact: Fact
    compare: Compare
    value: float
    names: tuple[str, ...] = ()

    def holds(self, number: float) -> bool:
        return _COMPARE[self.compare](number, self.value)

    @property
    def evidence(self) -> str:
        """What it looks at, as the file writes it: "tool.forms", "limit:used/bought"."""
        joined = "/".join(self.names)
        return f"{self.fact}{':' if self.fact is Fact.LIMIT else '.'}{joined}" if joined else self.fact.value

    @property
    def words(self) -> tuple[str, ...]:
        """What `because` may name where this holds: the numbers that it found."""
        return self.names if self.fact is Fact.TOOL else _FOUND[self.fact]


_FOUND = {
    Fact.CATEGORY: ("share",),
    Fact.SCORE: ("score",),
    Fact.SEATS: ("share", "used", "seats", "product"),
    Fact.LIMIT: ("share", "used", "limit"),
}
ANY = "any"  # as a target's product: each one that the client has


@dataclass(frozen=True)
class Target:
    """What a rule offers or whom it asks: a product, an edition of one, or what only `words` name (seats …)."""

    product: str | None = None
    edition: str | None = None
    words: str | None = None


class Kind(StrEnum):
    """The kinds of opportunities. Activation is derived from tools; the others have rules."""

    ACTIVATION = "activation"
    UPSELL = "upsell"
    CROSS_SELL = "cross-sell"


@dataclass(frozen=True)
class Rule:
    """When to offer a client more: all conditions of `when` hold. `to` says who is asked.

    Without `to`, an upsell asks who pays for a lower edition of what is offered, a cross-sell everybody.
    """

    kind: Kind
    offer: Target
    to: Target | None
    when: tuple[Condition, ...]
    because: str


@dataclass(frozen=True, eq=False, repr=False)  # it would fill pages
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


THIRDS = 3  # of a window, by which a tool is seen to go quiet


def third_days(reach: date, within: int) -> tuple[date, date, date]:
    """The first day of each third of a window that ends on the reach; the last third is never the longest."""
    length = within // THIRDS
    return since(reach, within), reach - timedelta(2 * length - 1), reach - timedelta(length - 1)
