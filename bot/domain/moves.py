"""Why a score moved: what each cause, and each tool by it, did to the exact share between two days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from bot.domain.catalog import Catalog, Tool
from bot.domain.marks import UNMARKED, Marked
from bot.domain.scoring import by_points, categories, entitle, everything, members, points_of, split, whole
from bot.domain.subscriptions import Owned


class Cause(StrEnum):
    """What may move a score, in the order in which one day's is exchanged for the other's."""

    SUBSCRIPTION = "subscription"  # bought or given up, or a tool grew out of its grace
    CATALOG = "catalog"  # another formula
    USAGE = "usage"  # what fell out of the window, and what people say, included
    REACH = "reach"  # what is measured at all


class Ground(NamedTuple):
    """What a score was made from. Sets of tools are those of its own catalog.

    products: what the client owned; None where subscriptions were never loaded
    measured, used: by data; `marked` is what people said beside it
    """

    catalog: Catalog
    products: tuple[Owned, ...] | None
    measured: int
    used: int
    marked: Marked = UNMARKED

    @property
    def score(self) -> int | None:
        """The whole score that was made from it; None where nothing was possible."""
        stage = _of(self)
        return whole(stage.earned, stage.possible) if stage.possible else None

    @property
    def share(self) -> Fraction | None:
        """The exact one."""
        stage = _of(self)
        return Fraction(stage.earned, stage.possible) if stage.possible else None

    @property
    def unused(self) -> Tool | None:
        """The tool with most points that is included, measured and not in use."""
        products, catalog = self.products, self.catalog
        measured, used = self.marked.on(self.measured, self.used)
        included = everything(measured).included if products is None else entitle(catalog, products).included
        unused = included & measured & ~used
        most = next((tools & unused for _, tools in by_points(catalog) if tools & unused), 0)
        return next(members(catalog, most), None)


class Said(StrEnum):
    """What became of a tool's mark, where that is why its use counts otherwise."""

    USED = "used"
    UNUSED = "unused"
    GONE = "gone"  # faded, or taken back


class Part(NamedTuple):
    """What one tool did to the share by one cause: exactly `moved` / `whole`, and all of one change have one `whole`.

    Whole numbers are several times as quick as fractions.
    """

    cause: Cause
    tool: str  # its key; of a tool that the newer catalog lacks, in the older one
    moved: int
    whole: int
    said: Said | None = None

    @property
    def share(self) -> Fraction:
        return Fraction(self.moved, self.whole)


class Shown(NamedTuple):
    """A part as people read it: whole tenths of a point."""

    cause: Cause
    tool: str
    tenths: int
    said: Said | None = None


class _Stage(NamedTuple):
    """What a share is made from, as far as the exchanges have come: sets of the catalog's tools, and their points."""

    catalog: Catalog
    earning: int
    counting: int
    earned: int
    possible: int


class _Exchange(NamedTuple):
    """What the exchange of one cause did: `moved` of each tool, in parts of `whole`."""

    cause: Cause
    moved: Mapping[str, int]
    whole: int


def explain(before: Ground, after: Ground, category: str | None = None) -> tuple[Part, ...]:
    """The parts of a change of the share, largest first; their sum is the change exactly. `category`: of its share.

    The two days are exchanged one cause after the other, in the order of `Cause`. Within one cause a share
    E/P that becomes E'/P' has moved by the sum over its tools of (dE P - E dP) / P P', whatever their order.
    Of no share, before or after, there is no change.
    """
    if before == after:
        return ()
    first = _of(before, category)
    is_one = before.catalog is after.catalog
    stages = _of_one_catalog(first, before, after, category) if is_one else _stages(before, after, category)
    if not first.possible or not stages[Cause.REACH].possible:
        return ()
    parts = _parts(list(_exchanges(first, stages)), _said(before, after))
    return tuple(sorted(parts, key=lambda part: (-abs(part.moved), part.cause, part.tool)))


def _parts(exchanges: Sequence[_Exchange], said: Mapping[str, Said]) -> list[Part]:
    whole = lcm(*[one.whole for one in exchanges])
    return [
        Part(one.cause, tool, moved * (whole // one.whole), whole, said.get(tool) if one.cause is Cause.USAGE else None)
        for one in exchanges
        for tool, moved in one.moved.items()
        if moved
    ]


def _exchanges(old: _Stage, stages: Mapping[Cause, _Stage]) -> Iterator[_Exchange]:
    for cause, new in stages.items():
        if new is not old and new.possible:  # with nothing possible there is no share: the old one waits for the next
            moved = _moved(old, new)
            if any(moved.values()):
                yield _Exchange(cause, moved, old.possible * new.possible)
            old = new


def _moved(old: _Stage, new: _Stage) -> Mapping[str, int]:
    """dE P - E dP of each tool. Within one catalog, what both have moves nothing."""
    moved: dict[str, int] = defaultdict(int)
    points = (old.earning, new.earning, old.possible), (old.counting, new.counting, -old.earned)
    is_one = old.catalog is new.catalog
    for was, now, worth in points:
        both = was & now if is_one else 0
        if both == was == now and is_one:
            continue
        for tool in members(new.catalog, now & ~both):
            moved[tool.key] += worth * tool.points
        for tool in members(old.catalog, was & ~both):
            moved[tool.key] -= worth * tool.points
    return moved


def _of_one_catalog(first: _Stage, before: Ground, after: Ground, category: str | None) -> dict[Cause, _Stage]:
    """What `_stages` gives where the catalog stayed, as it nearly always did: only what differs is looked at."""
    catalog, products, was, now = after.catalog, after.products, before.marked, after.marked
    owned = used = first
    if before.products != products:
        owned = _stage(catalog, products, *was.on(before.measured, before.used), category)
    if before.products != products or before.used != after.used or was != now:
        used = _stage(catalog, products, *now.on(before.measured, after.used), category)
    reach = used if before.measured == after.measured else _of(after, category)
    return {Cause.SUBSCRIPTION: owned, Cause.CATALOG: owned, Cause.USAGE: used, Cause.REACH: reach}


def _stages(before: Ground, after: Ground, category: str | None) -> dict[Cause, _Stage]:
    """After the exchange of each cause."""
    old, new = before.catalog, after.catalog
    measured = _carried(old, new, before.measured, after.measured)
    used = _carried(old, new, before.used, after.used)
    was, now = _carried_marks(before, after), after.marked
    products = _renamed(after.products, new, old)
    return {
        Cause.SUBSCRIPTION: _stage(old, products, *before.marked.on(before.measured, before.used), category),
        Cause.CATALOG: _stage(new, after.products, *was.on(measured, used), category),
        Cause.USAGE: _stage(new, after.products, *now.on(measured, after.used), category),
        Cause.REACH: _of(after, category),
    }


def _of(ground: Ground, category: str | None = None) -> _Stage:
    return _stage(ground.catalog, ground.products, *ground.marked.on(ground.measured, ground.used), category)


def _said(before: Ground, after: Ground) -> Mapping[str, Said]:
    """The tools whose use counts otherwise because of what people say, by their keys."""
    if before.marked == UNMARKED == after.marked:
        return {}
    was, now = _carried_marks(before, after), after.marked
    unused = ~(after.used | now.used)
    sets = {
        Said.USED: now.used & ~was.used & ~after.used,
        Said.UNUSED: now.unused & ~was.unused & unused,
        Said.GONE: (was.used | was.unused) & ~now.unused & unused,
    }
    return {tool.key: said for said, tools in sets.items() for tool in members(after.catalog, tools)}


def _carried_marks(before: Ground, after: Ground) -> Marked:
    sets = zip(before.marked, after.marked, strict=True)
    return Marked(*(_carried(before.catalog, after.catalog, was, now) for was, now in sets))


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


def _stage(
    catalog: Catalog, products: tuple[Owned, ...] | None, measured: int, used: int, category: str | None
) -> _Stage:
    entitlement = everything(measured) if products is None else entitle(catalog, products)
    earning, counting = split(entitlement, measured, used)
    if category is not None:
        within = dict(zip(catalog.categories, categories(catalog), strict=True)).get(category, 0)
        earning, counting = earning & within, counting & within
    return _Stage(catalog, earning, counting, points_of(catalog, earning), points_of(catalog, counting))


OWN = frozenset({Cause.SUBSCRIPTION, Cause.USAGE})  # what a client did, not its data or the formula


def own_change(before: Ground, after: Ground, category: str | None = None) -> Fraction:
    """By how much the share moved by the client's own doing: what lists are sorted by and alarms are raised on."""
    return change(part for part in explain(before, after, category) if part.cause in OWN)


def own_changes(before: Ground, after: Ground) -> dict[str, Fraction]:
    """The same of each category that moved, by its key."""
    if before == after:
        return {}
    found = {key: own_change(before, after, key) for key in after.catalog.categories}
    return {key: moved for key, moved in found.items() if moved}


def change(parts: Iterable[Part]) -> Fraction:
    """By how much the share moved by some parts of one change."""
    moved, whole = 0, 1
    for part in parts:
        moved, whole = moved + part.moved, part.whole
    return Fraction(moved, whole)


def tenths(share: Fraction) -> int:
    """A change of the share in tenths of a point of the score, halves away from zero; 0 reads "no change"."""
    n, whole = abs(share.numerator), share.denominator
    rounded = (200 * n + whole) // (2 * whole)
    return rounded if share >= 0 else -rounded


def in_tenths(parts: Sequence[Part]) -> tuple[Shown, ...]:
    """The parts in tenths of a point, rounded by largest remainder: they add up to the `tenths` of their sum.

    Those of less than a tenth are left out, unless the sum needs them.
    """
    exact = [divmod(part.moved * 100, part.whole) for part in parts]
    rounded = [whole for whole, _ in exact]
    missing = tenths(change(parts)) - sum(rounded)
    by_remainder = sorted(range(len(parts)), key=lambda i: -exact[i][1])
    for i in by_remainder[:missing]:
        rounded[i] += 1
    shown = (Shown(part.cause, part.tool, n, part.said) for part, n in zip(parts, rounded, strict=True))
    return tuple(sorted((one for one in shown if one.tenths), key=lambda one: -abs(one.tenths)))
