"""The engagement score: points earned / points possible under the client's subscription, times 10, halves up.

This project's own formula. HubSpot's is not public; this one shares its idea (the more of the tools in use, the
higher) and its tiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from bot.domain.catalog import Catalog, Grant, Tier, Tool
from bot.domain.marks import UNMARKED, Marked
from bot.domain.subscriptions import Owned, Subscription, first_start, is_known, owned


class Reason(StrEnum):
    """Why a score is not known."""

    NO_SOURCE = "no_source"  # nothing that was loaded covers this client
    NO_SUBSCRIPTION = "no_subscription"  # subscriptions are loaded, and this client has none of a known product
    NOTHING_POSSIBLE = "nothing_possible"  # nothing that it has is measured and past its grace


class State(StrEnum):
    """What a tool does for a client's score."""

    EARNED = "earned"
    UNUSED = "unused"  # expected, and costs its points
    OPTIONAL = "optional"  # included, but not using it costs nothing
    NEW = "new"  # included since less than the grace: costs nothing yet
    NOT_BOUGHT = "not_bought"
    FREE_USE = "free_use"  # used in the free version: earns nothing
    NOT_MEASURED = "not_measured"


class Use(NamedTuple):
    """Uses inside a tool's window, and the last day of use ever."""

    times: int = 0
    last_on: date | None = None


class Entitlement(NamedTuple):
    """Sets of tools (see `Catalog`): what a client may use, and where not using costs points, grace aside or not."""

    included: int
    expected: int
    costing: int  # those of `expected` that are past their grace


class Area(NamedTuple):
    """Points of one category. `included`: the client has a tool of it; `measured`: and one of those is measured."""

    earned: int
    possible: int
    included: bool
    measured: bool


class Points(NamedTuple):
    earned: int
    possible: int
    areas: tuple[Area, ...]  # in the catalog's order of categories


class Facts(NamedTuple):
    """All that the score of a client on a day is made from."""

    subscriptions: Sequence[Subscription]
    subscribing: bool  # the installation has loaded subscriptions; else every measured tool counts as included
    covered: bool  # a source covers this client
    measured: int  # the tools that those sources measure
    used: int  # the tools in use by what they say
    marked: Marked = UNMARKED  # what people say

    @property
    def counted(self) -> tuple[int, int]:
        """The tools measured and in use, whoever says so: what points are made from."""
        return self.marked.on(self.measured, self.used)


class Verdict(NamedTuple):
    tier: Tier
    score: int | None
    points: Points
    entitlement: Entitlement
    reason: Reason | None = None
    onboarding_day: int | None = None  # 1 on the day of the first subscription
    first_on: date | None = None
    products: tuple[Owned, ...] | None = None  # None where subscriptions were never loaded
    running: Sequence[Subscription] = ()

    @property
    def share(self) -> float | None:
        """The exact share, which ranks clients of the same score; None where the score is not known."""
        return None if self.score is None else self.points.earned / self.points.possible


def in_use(tool: Tool, times: int) -> bool:
    """Whether so many uses inside its window make a tool "in use"."""
    return times >= tool.at_least


def used_tools(catalog: Catalog, uses: Mapping[int, Use]) -> int:
    """The set of tools in use, from uses by position in `Catalog.tools`."""
    return sum(1 << i for i, use in uses.items() if in_use(catalog.tools[i], use.times))


def entitle(catalog: Catalog, products: tuple[Owned, ...]) -> Entitlement:
    """What the owned products entitle to. The same few combinations recur over a whole base, so they are kept."""
    return _entitle(catalog, products)


@lru_cache(maxsize=65_536)
def _entitle(catalog: Catalog, products: tuple[Owned, ...]) -> Entitlement:
    ranks = {one.product: one.rank for one in products}
    settled = {one.product: one.settled for one in products}
    included = expected = costing = 0
    for i, tool in enumerate(catalog.tools):
        included |= _granted(tool.included, ranks) << i
        expected |= _granted(tool.expected, ranks) << i
        costing |= _granted(tool.expected, settled) << i
    return Entitlement(included, expected, costing)


def _granted(grants: tuple[Grant, ...], ranks: Mapping[str, int]) -> int:
    return int(any(ranks.get(grant.product, -1) >= grant.rank for grant in grants))


def everything(measured: int) -> Entitlement:
    """The entitlement where no subscriptions were ever loaded: every measured tool counts as included."""
    return Entitlement(measured, measured, measured)


@lru_cache(maxsize=16)
def categories(catalog: Catalog) -> tuple[int, ...]:
    """The set of tools of each category, in the catalog's order."""
    return tuple(
        sum(1 << i for i, tool in enumerate(catalog.tools) if tool.category == key) for key in catalog.categories
    )


@lru_cache(maxsize=16)
def by_points(catalog: Catalog) -> tuple[tuple[int, int], ...]:
    """The set of tools of each number of points, most first."""
    sets: dict[int, int] = {}
    for i, tool in enumerate(catalog.tools):
        sets[tool.points] = sets.get(tool.points, 0) | 1 << i
    return tuple((points, sets[points]) for points in sorted(sets, reverse=True) if points)


def points_of(catalog: Catalog, tools: int) -> int:
    """The points of a set of tools in all."""
    return sum([points * (tools & those).bit_count() for points, those in by_points(catalog)])


def members(catalog: Catalog, tools: int) -> Iterator[Tool]:
    """The tools of a set, in the catalog's order."""
    while tools:
        lowest = tools & -tools
        yield catalog.tools[lowest.bit_length() - 1]
        tools ^= lowest


@lru_cache(maxsize=65_536)
def _area(catalog: Catalog, earning: int, counting: int, included: int, reached: int) -> Area:
    """Of sets of one category's tools. `reached`: those included that are measured."""
    return Area(points_of(catalog, earning), points_of(catalog, counting), included != 0, reached != 0)


def split(entitlement: Entitlement, measured: int, used: int) -> tuple[int, int]:
    """The tools that earn their points, and those whose points are possible (see `tally`)."""
    earning = entitlement.included & measured & used
    return earning, (entitlement.costing & measured) | earning


def tally(catalog: Catalog, entitlement: Entitlement, measured: int, used: int) -> Points:
    """Points earned and possible, per category and in all.

    possible: every expected tool that is measured and past its grace, and every included tool in use
    earned:   the included tools in use
    """
    included = entitlement.included
    reached = included & measured
    earning, counting = split(entitlement, measured, used)
    areas = []
    earned = possible = 0
    for mine in categories(catalog):
        area = _area(catalog, earning & mine, counting & mine, included & mine, reached & mine)
        earned += area.earned
        possible += area.possible
        areas.append(area)
    return Points(earned, possible, tuple(areas))


def whole(earned: int, possible: int) -> int:
    """The score: a whole number from 0 to 10, halves up, without a rounding error on the way."""
    return (20 * earned + possible) // (2 * possible)


def judge(catalog: Catalog, facts: Facts, day: date) -> Verdict:
    """Score and tier of one client on the day that its data goes to."""
    products = owned(catalog, facts.subscriptions, day) if facts.subscribing else None
    measured, used = facts.counted
    entitlement = everything(measured) if products is None else entitle(catalog, products)
    points = tally(catalog, entitlement, measured, used)
    first = first_start(facts.subscriptions)
    running = [one for one in facts.subscriptions if one.runs(day)]
    if not running and _has_begun(facts, day):
        return Verdict(Tier.FORMER, None, points, entitlement, first_on=first, products=products)
    reason = _unknown(catalog, facts, points, running)
    if reason is not None:
        return Verdict(Tier.UNKNOWN, None, points, entitlement, reason, None, first, products, running)
    score = whole(points.earned, points.possible)
    days = None if first is None or first > day else (day - first).days + 1
    if days is not None and days <= catalog.onboarding:
        return Verdict(Tier.ONBOARDING, score, points, entitlement, None, days, first, products, running)
    return Verdict(catalog.tier(score), score, points, entitlement, None, None, first, products, running)


def _has_begun(facts: Facts, day: date) -> bool:
    """Whether a subscription ever ran; a client whose first one only will begin is not a former one."""
    return any(one.started_on is None or one.started_on <= day for one in facts.subscriptions)


def _unknown(catalog: Catalog, facts: Facts, points: Points, running: Sequence[Subscription]) -> Reason | None:
    if facts.subscribing and not any(is_known(catalog, one) for one in running):
        return Reason.NO_SUBSCRIPTION
    if not facts.covered and facts.marked == UNMARKED:
        return Reason.NO_SOURCE
    return Reason.NOTHING_POSSIBLE if points.possible == 0 else None


def state(catalog: Catalog, position: int, entitlement: Entitlement, measured: int, used: int) -> State:
    """What the tool at this position does for the score."""
    bit = 1 << position
    if not measured & bit:
        return State.NOT_MEASURED if entitlement.included & bit else State.NOT_BOUGHT
    if not entitlement.included & bit:
        return State.FREE_USE if used & bit and catalog.tools[position].free else State.NOT_BOUGHT
    if used & bit:
        return State.EARNED
    if entitlement.costing & bit:
        return State.UNUSED
    return State.NEW if entitlement.expected & bit else State.OPTIONAL


def next_step(catalog: Catalog, points: Points, entitlement: Entitlement, measured: int, used: int) -> Tool | None:
    """The included, measured, unused tool with most points; ties go to the category with the lowest share."""
    shares = {
        key: area.earned / area.possible if area.possible else 1.0
        for key, area in zip(catalog.categories, points.areas, strict=True)
    }
    unused = entitlement.included & measured & ~used
    candidates = [tool for i, tool in enumerate(catalog.tools) if unused >> i & 1 and tool.points]
    return min(candidates, key=lambda tool: (-tool.points, shares[tool.category]), default=None)
