"""Why a score moved: what each cause, and each tool by it, did to the exact share between two days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import floor
from typing import NamedTuple

from bot.domain.catalog import Catalog, Tool
from bot.domain.scoring import entitle, everything, split, whole
from bot.domain.subscriptions import Owned


class Cause(StrEnum):
    """What may move a score, in the order in which one day's is exchanged for the other's."""

    SUBSCRIPTION = "subscription"  # bought or given up, or a tool grew out of its grace
    CATALOG = "catalog"  # another formula
    USAGE = "usage"  # what fell out of the window included
    REACH = "reach"  # what is measured at all


@dataclass(frozen=True)
class Ground:
    """What a score was made from. Sets of tools are those of its own catalog.

    products: what the client owned; None where subscriptions were never loaded
    """

    catalog: Catalog
    products: tuple[Owned, ...] | None
    measured: int
    used: int

    @property
    def score(self) -> int | None:
        """The whole score that was made from it; None where nothing was possible."""
        points = _points(self.catalog, self.products, self.measured, self.used)
        return whole(points.earned, points.possible) if points.possible else None

    @property
    def unused(self) -> Tool | None:
        """The tool with most points that is included, measured and not in use."""
        products, catalog = self.products, self.catalog
        included = everything(self.measured).included if products is None else entitle(catalog, products).included
        left = included & self.measured & ~self.used
        tools = (tool for place, tool in enumerate(catalog.tools) if left >> place & 1 and tool.points)
        return max(tools, key=lambda tool: tool.points, default=None)


class Part(NamedTuple):
    """What one tool did to the share by one cause: moved / over, exactly. A list makes many of which it shows one."""

    cause: Cause
    tool: str  # its key; of a tool that the newer catalog lacks, in the older one
    moved: int
    over: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.moved, self.over)


class Shown(NamedTuple):
    """A part as people read it: whole tenths of a point."""

    cause: Cause
    tool: str
    tenths: int


class _Points(NamedTuple):
    """Points earned and possible: of each tool by its key, and in all."""

    tools: Mapping[str, tuple[int, int]]
    earned: int
    possible: int


def explain(before: Ground, after: Ground) -> tuple[Part, ...]:
    """The parts of a change of the share, largest first; their sum is the change exactly.

    The two days are exchanged one cause after the other, in the order of `Cause`. Within one cause a share
    E/P that becomes E'/P' has moved by the sum over its tools of (dE - E/P dP) / P', whatever their order.
    Of no share, before or after, there is no change.
    """
    if before == after:
        return ()
    stages = _stages(before, after)
    if not stages[0].possible or not stages[-1].possible:
        return ()
    share, parts = (stages[0].earned, stages[0].possible), list[Part]()
    for cause, (old, new) in zip(Cause, pairwise(stages), strict=True):
        if old is new or not new.possible:  # nothing to share between two exchanges: the share waits as it was
            continue
        parts += _exchange(cause, old, new, share)
        share = (new.earned, new.possible)
    return _ordered(parts)


def _exchange(cause: Cause, old: _Points, new: _Points, share: tuple[int, int]) -> Iterable[Part]:
    """share: points earned and possible, in whole numbers, which are several times as quick as fractions"""
    earned_all, possible_all = share
    for tool in {tool for tool, _ in old.tools.items() ^ new.tools.items()}:
        was, now = old.tools.get(tool, (0, 0)), new.tools.get(tool, (0, 0))
        moved = (now[0] - was[0]) * possible_all - earned_all * (now[1] - was[1])
        if moved:
            yield Part(cause, tool, moved, possible_all * new.possible)


def _stages(before: Ground, after: Ground) -> list[_Points]:
    """The points of each tool: before, and after each exchange."""
    old, new = before.catalog, after.catalog
    measured, used = (_carried(old, new, was, now) for was, now in _sets(before, after))
    return [
        _points(old, before.products, before.measured, before.used),
        _points(old, _renamed(after.products, new, old), before.measured, before.used),
        _points(new, after.products, measured, used),
        _points(new, after.products, measured, after.used),
        _points(new, after.products, after.measured, after.used),
    ]


def _sets(before: Ground, after: Ground) -> tuple[tuple[int, int], tuple[int, int]]:
    return (before.measured, after.measured), (before.used, after.used)


def _carried(old: Catalog, new: Catalog, was: int, now: int) -> int:
    """A set of the old catalog's tools as the new one sees it.

    A tool that the new catalog adds, or counts by another measure, is as it is now: that is the catalog's doing.
    """
    if old is new or old.hash == new.hash:
        return was
    places = {_measure(tool): i for i, tool in enumerate(old.tools)}
    carried = 0
    for i, tool in enumerate(new.tools):
        place = places.get(_measure(tool))
        carried |= (now >> i & 1 if place is None else was >> place & 1) << i
    return carried


def _renamed(products: tuple[Owned, ...] | None, given: Catalog, wanted: Catalog) -> tuple[Owned, ...] | None:
    """What is owned, in the editions of another catalog; products that it does not have are left out."""
    if products is None or given is wanted or given.hash == wanted.hash:
        return products
    known = [one for one in products if one.product in wanted.products]
    return tuple(one._replace(rank=_rank(one, one.rank, given, wanted), settled=_rank(one, one.settled, given, wanted))
                 for one in known)  # fmt: skip


def _rank(one: Owned, rank: int, given: Catalog, wanted: Catalog) -> int:
    editions = wanted.products[one.product].editions
    name = given.products[one.product].editions[rank] if rank >= 0 else None
    return editions.index(name) if name in editions else min(rank, len(editions) - 1)


def _measure(tool: Tool) -> tuple[str, int, int]:
    return tool.key, tool.at_least, tool.within


@lru_cache(maxsize=4_096)  # within one list, and from one answer to the next, the same recur
def _points(catalog: Catalog, products: tuple[Owned, ...] | None, measured: int, used: int) -> _Points:
    entitlement = everything(measured) if products is None else entitle(catalog, products)
    earning, counting = split(entitlement, measured, used)
    tools = {
        tool.key: (tool.points * (earning >> i & 1), tool.points)
        for i, tool in enumerate(catalog.tools)
        if counting >> i & 1
    }
    return _Points(tools, sum(earned for earned, _ in tools.values()), sum(possible for _, possible in tools.values()))


def _ordered(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: (-abs(part.moved / part.over), part.cause, part.tool)))


OWN = frozenset({Cause.SUBSCRIPTION, Cause.USAGE})  # what a client did, not its data or the formula


def own_change(before: Ground, after: Ground) -> Fraction:
    """By how much the share moved by the client's own doing: what lists are sorted by and alarms are raised on."""
    return change(part for part in explain(before, after) if part.cause in OWN)


def change(parts: Iterable[Part]) -> Fraction:
    """By how much the share moved."""
    return sum((part.share for part in parts), Fraction())


def tenths(share: Fraction) -> int:
    """A change of the share in tenths of a point of the score, halves away from zero; 0 reads "no change"."""
    whole = floor(abs(share) * 100 + Fraction(1, 2))
    return whole if share >= 0 else -whole


def in_tenths(parts: Sequence[Part]) -> tuple[Shown, ...]:
    """The parts in tenths of a point, rounded by largest remainder: they add up to the `tenths` of their sum.

    Those of less than a tenth are left out, unless the sum needs them.
    """
    exact = [part.share * 100 for part in parts]
    whole = [floor(one) for one in exact]
    missing = tenths(change(parts)) - sum(whole)
    by_remainder = sorted(range(len(parts)), key=lambda i: (whole[i] - exact[i], i))
    for i in by_remainder[:missing]:
        whole[i] += 1
    shown = (Shown(part.cause, part.tool, n) for part, n in zip(parts, whole, strict=True))
    return tuple(sorted((one for one in shown if one.tenths), key=lambda one: -abs(one.tenths)))
