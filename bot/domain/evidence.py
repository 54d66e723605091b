"""What one client has and does, as the rules of opportunities look at it, and what their conditions find there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.catalog import Catalog, Compare, Condition, Fact, Tier, fold
from bot.domain.marks import UNMARKED, Marked
from bot.domain.rules import Ask, Term
from bot.domain.scoring import Area, Entitlement, Facts, Use, Verdict
from bot.domain.subscriptions import Owned, Subscription


class Situation(NamedTuple):
    """A client on a day. What is not given is not known.

    A whole base can be judged on less than a card has: only the uses that `rules.thresholds` asks for, only the
    properties that `rules.properties` names.
    """

    tier: Tier
    score: int | None
    entitlement: Entitlement
    measured: int  # by data, as is:
    used: int
    owned: tuple[Owned, ...] | None  # None: no subscriptions were ever loaded, so nobody knows
    uses: Mapping[int, Use] = {}  # by position in `Catalog.tools`
    subscriptions: Sequence[Subscription] = ()  # those that run
    properties: Mapping[str, object] = {}  # numbers may be text
    areas: Sequence[Area] = ()  # in the catalog's order of categories
    marked: Marked = UNMARKED  # what people say of tools


def situation(facts: Facts, verdict: Verdict, uses: Mapping[int, Use], properties: Mapping[str, object]) -> Situation:
    """A client as its score was made."""
    return Situation(
        tier=verdict.tier,
        score=verdict.score,
        entitlement=verdict.entitlement,
        measured=facts.measured,
        used=facts.used,
        owned=verdict.products,
        uses=uses,
        subscriptions=verdict.running,
        properties=properties,
        areas=verdict.points.areas,
        marked=facts.marked,
    )


class Found(NamedTuple):
    """What a condition found: the number that it compares, and what stands for each of its words."""

    number: float
    values: tuple[float | str, ...]


def look(catalog: Catalog, ask: Ask, here: Situation) -> tuple[Found, ...] | None:
    """What each condition of a rule found; None where one does not hold, or looks at what is not known."""
    found = []
    for term in ask.terms:
        one = _look(catalog, ask, term, here)
        if one is None or not term.condition.holds(one.number):
            return None
        found.append(one)
    return tuple(found)


def _look(catalog: Catalog, ask: Ask, term: Term, here: Situation) -> Found | None:
    match term.condition.fact:
        case Fact.TOOL:
            return _uses(term, here)
        case Fact.CATEGORY:
            return _share(term.place, here)
        case Fact.SCORE:
            return None if here.score is None else Found(here.score, (here.score,))
        case Fact.SEATS:
            return _seats(catalog, ask, term.condition, here)
        case Fact.LIMIT:
            return _limit(term.condition.names, here)


def _uses(term: Term, here: Situation) -> Found | None:
    """The count of data. Where people say that there are more uses than it knows of, it is only the least of them."""
    place, use = term.place, here.uses.get(term.place)
    more = (here.marked.used & ~here.used) >> place & 1
    if more and term.condition.compare not in _AT_LEAST:
        return None
    if use is not None:
        return Found(use.times, (use.times,))
    return Found(0, (0,)) if here.measured >> place & 1 else None


_AT_LEAST = {Compare.AT_LEAST, Compare.MORE}


def _share(place: int, here: Situation) -> Found | None:
    area = here.areas[place] if here.areas else None
    if area is None or not area.possible:
        return None
    share = area.earned / area.possible
    return Found(share, (share,))


def _seats(catalog: Catalog, ask: Ask, condition: Condition, here: Situation) -> Found | None:
    """Of the product's subscriptions that fulfil it, the one with the fewest seats left, named as a bundle is named."""
    best = None
    for one in here.subscriptions:
        if not one.seats or one.seats_used is None:
            continue
        share = one.seats_used / one.seats
        if not condition.holds(share) or (best is not None and share <= best.number):
            continue
        products = catalog.product_names.get(fold(one.product), ())
        if ask.asked in (products[:1] if ask.each else products):
            name = catalog.products[ask.asked].name if len(products) == 1 else one.product
            best = Found(share, (share, one.seats_used, one.seats, name))
    return best


def _limit(names: Sequence[str], here: Situation) -> Found | None:
    used, limit = (_number(here.properties.get(name)) for name in names)
    if used is None or limit is None or limit <= 0:
        return None
    return Found(used / limit, (used / limit, used, limit))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
