"""What a client could do next with what it has, or could buy: activation, upsell and cross-sell, with their evidence.

Activation is derived: every tool that is included, measured and not in use, if it has points. The others come from the
catalog's rules. A fact that is not known never fulfils a condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from bot.domain.catalog import Catalog, Fact, Kind, Tier, Tool
from bot.domain.evidence import Found, Situation, look
from bot.domain.rules import Ask, asks
from bot.domain.scoring import Use
from bot.domain.subscriptions import Owned

Value = float | str | date


class Hold(StrEnum):
    """Why an upsell or cross-sell waits."""

    LOW = "low"  # the score is below the catalog's `hold_below`
    UNKNOWN = "unknown"  # the score is not known
    ONBOARDING = "onboarding"  # the client has just begun: nothing of it is judged yet


class Opportunity(NamedTuple):
    """`size` measures its evidence, which `evidence` names as the catalog's file does; activation has none."""

    kind: Kind
    key: str  # of what is offered, for good: "activation/campaigns", "upsell/seats/sales"
    product: str | None  # offered or, for activation, owned; None: nobody knows what the client owns
    edition: str | None  # of that product
    values: Mapping[str, Value]  # for the sentence: what a rule's `because` names; of a tool, how it is used
    tool: Tool | None = None
    rule: int | None = None  # position in `Catalog.rules`
    evidence: str | None = None
    size: float | None = None
    held: Hold | None = None


def find(catalog: Catalog, here: Situation) -> tuple[Opportunity, ...]:
    """All that there is for a client, what is held back included: activation, most points first, then the rules."""
    return (*activation(catalog, here), *offers(catalog, here))


def unused(catalog: Catalog, here: Situation) -> int:
    """The set of tools to activate. For a former client there is none."""
    if here.tier is Tier.FORMER:
        return 0
    measured, used = here.marked.on(here.measured, here.used)
    return here.entitlement.included & measured & ~used & _scored(catalog)


@lru_cache(maxsize=16)
def _scored(catalog: Catalog) -> int:
    return sum(1 << place for place, tool in enumerate(catalog.tools) if tool.points)


def activation(catalog: Catalog, here: Situation) -> tuple[Opportunity, ...]:
    """The tools to activate; those of equal points in the order of `scoring.next_step`: the weakest category first."""
    bits = unused(catalog, here)
    shares = {
        key: area.earned / area.possible if area.possible else 1.0
        for key, area in zip(catalog.categories, here.areas, strict=False)
    }
    found = [(place, tool) for place, tool in enumerate(catalog.tools) if bits >> place & 1]
    found.sort(key=lambda one: (-one[1].points, shares.get(one[1].category, 1.0)))
    return tuple(_activation(catalog, tool, _evidence(place, tool, here), here.owned) for place, tool in found)


def _evidence(place: int, tool: Tool, here: Situation) -> dict[str, Value]:
    """How little a tool is used, by data; where only somebody says so, nothing more is known."""
    if not here.measured >> place & 1:
        return {"tool": tool.name}
    use = here.uses.get(place, Use())
    values: dict[str, Value] = {"tool": tool.name, "times": use.times, "within": tool.within}
    return values if use.last_on is None else {**values, "last_on": use.last_on}


def _activation(
    catalog: Catalog, tool: Tool, values: Mapping[str, Value], products: tuple[Owned, ...] | None
) -> Opportunity:
    product, edition = _giver(catalog, tool, products or ())
    return Opportunity(Kind.ACTIVATION, f"{Kind.ACTIVATION}/{tool.key}", product, edition, values, tool)


def _giver(catalog: Catalog, tool: Tool, products: tuple[Owned, ...]) -> tuple[str | None, str | None]:
    """The product and edition by which a client has a tool."""
    ranks = {one.product: one.rank for one in products}
    for grant in tool.included:
        rank = ranks.get(grant.product, -1)
        if rank >= grant.rank:
            return grant.product, catalog.products[grant.product].editions[rank]
    return None, None


def offers(catalog: Catalog, here: Situation) -> tuple[Opportunity, ...]:
    """What the rules offer, in the file's order; of two that offer the same, the one furthest beyond its threshold."""
    if here.owned is None or here.tier is Tier.FORMER:
        return ()
    best: dict[str, tuple[float, Opportunity]] = {}
    done = sum([1 << place for place in here.uses])
    for ask in asks(catalog, here.owned):
        found = None if ask.needs & ~done else look(catalog, ask, here)
        if found is not None:
            strength, one = _offer(catalog, ask, found, _hold(catalog, here))
            if ask.key not in best or strength > best[ask.key][0]:
                best[ask.key] = strength, one
    return tuple(one for _, one in best.values())


def _hold(catalog: Catalog, here: Situation) -> Hold | None:
    """A client who has just begun is sold nothing more: its score is not judged either, whatever it is so far."""
    if here.tier is Tier.ONBOARDING:
        return Hold.ONBOARDING
    if here.score is None:
        return Hold.UNKNOWN
    return Hold.LOW if here.score < catalog.hold_below else None


def _offer(catalog: Catalog, ask: Ask, found: Sequence[Found], held: Hold | None) -> tuple[float, Opportunity]:
    """An offer, and how many times its threshold the evidence is."""
    place = _leading(ask)
    leading, number = ask.rule.when[place], found[place].number
    made = Opportunity(
        kind=ask.rule.kind,
        key=ask.key,
        product=ask.product,
        edition=ask.edition,
        rule=ask.place,
        evidence=leading.evidence,
        size=_size(leading.words, found[place]),
        values=dict(_values(catalog, ask, found)),
        held=held,
    )
    return number / (leading.value or 1), made


def _leading(ask: Ask) -> int:
    """The condition whose evidence can grow: the first one that is not about a score or share of it."""
    grows = [place for place, one in enumerate(ask.rule.when) if one.fact not in {Fact.SCORE, Fact.CATEGORY}]
    return grows[0] if grows else 0


def _size(words: Sequence[str], found: Found) -> float:
    """What is used, rather than its share of a limit: that ends at 1, and starts again when more is bought."""
    return float(found.values[words.index("used")]) if "used" in words else found.number


def _values(catalog: Catalog, ask: Ask, found: Sequence[Found]) -> Iterator[tuple[str, Value]]:
    yield "product", catalog.products[ask.product].name
    for condition, one in reversed(list(zip(ask.rule.when, found, strict=True))):  # the first of a name stays
        yield from zip(condition.words, one.values, strict=True)


@lru_cache(maxsize=65_536)
def bases(catalog: Catalog, products: tuple[Owned, ...]) -> Mapping[str, str]:
    """The edition of each product that a client pays for: who subscribes to what."""
    paid = ((catalog.products[one.product], one.rank) for one in products)
    return {product.key: product.editions[rank] for product, rank in paid if rank >= product.paid_from}
