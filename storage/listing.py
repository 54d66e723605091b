"""One page of a list of clients in any order, by keyset: a page far behind costs no more than the first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)

from bot.domain import freshness
from bot.domain.catalog import Catalog, Tier
from bot.domain.filters import Sort
from bot.domain.listing import GROUPS, Line, Listing, Page, Position
from bot.domain.scoring import categories
from storage import area_lists, conditions, history, list_lines, reaches
from storage.conditions import Shape
from storage.grounds import CatalogOf
from storage.schema import person, record, standing

LINES = 10  # of a page
COUNTED = 1_000  # clients; beyond that it is only said that there are more
_HERE: BindParameter[int] = bindparam("installation")
_SHOWN = (
    standing.c.tier, standing.c.share, standing.c.mrr,
    standing.c.currency, standing.c.renews_on, standing.c.person_id, standing.c.first_on, standing.c.signs,
    standing.c.quiet,
)  # fmt: skip


@dataclass(frozen=True)
class _Order:
    """What a list is sorted by."""

    sort: Sort
    keys: tuple[ColumnElement[Any], ...]
    descends: bool
    in_groups: bool  # judged clients first, then those in onboarding, then those not known
    index: str  # that reads a tier of a whole base in this order; by name, all of them at once
    missing: tuple[ColumnElement[Any], ...] = ()  # the last of them: without these a client comes last


def _order(sort: Sort, reverse: bool, shape: Shape) -> _Order:
    one = standing.c
    match sort:
        case Sort.SCORE if shape.area is not None:
            return _Order(sort, (conditions.level(shape.area), one.share), reverse, True, "share", (one.share,))
        case Sort.SCORE:
            return _Order(sort, (one.share,), reverse, True, "share", (one.share,))
        case Sort.DROP | Sort.RISE:
            moved = conditions.moved(shape.area)
            return _Order(sort, (moved,), reverse is (sort is Sort.DROP), True, "change_7", (one.change_7,))
        case Sort.MRR:  # a currency at a time: amounts of two cannot be compared
            return _Order(sort, (one.currency, one.mrr), not reverse, False, "mrr", (one.currency, one.mrr))
        case Sort.RENEWAL:
            return _Order(sort, (one.renews_on,), reverse, False, "renews_on", (one.renews_on,))
        case Sort.NAME:
            return _Order(sort, (one.name_key,), reverse, False, "name")


def page(
    connection: Connection,
    catalog: Catalog,
    catalogs: CatalogOf,
    listing: Listing,
    *,
    beside: Position | None = None,
    backwards: bool = False,
    limit: int = LINES,
) -> Page:
    """The clients after (or, backwards, before) a position; without one, the first. One statement.

    A client that has gone or moved since the position was taken changes nothing: the order goes on from its value.
    """
    found_rows = rows(connection, catalog, listing, beside, backwards=backwards, limit=limit)
    found = list_lines.lines(found_rows[:limit], catalogs, listing.wanted.category)
    more = len(found_rows) > limit
    late_to, data_to = _category(catalog, listing, found_rows)
    return Page(
        lines=tuple(found[::-1] if backwards else found),
        has_before=more if backwards else beside is not None,
        has_after=more or backwards,
        total=(found_rows[0].total if found_rows else 0) if beside is None else None,
        late_to=late_to,
        is_measured=data_to is not None or listing.wanted.category is None,
        data_to=data_to,
    )


def _category(catalog: Catalog, listing: Listing, found: Sequence[Row[Any]]) -> tuple[date | None, date | None]:
    """The day that a list's category goes to where every source of it is late; and that day, late or not.

    Of no category it is that of the whole; of one that no source measures there is none.
    """
    category = listing.wanted.category
    if not found or category is None or category not in catalog.categories:
        return None, listing.as_of
    known = reaches.reaches(reaches.sources(catalog, found[0].sources))
    tools = categories(catalog)[list(catalog.categories).index(category)]
    late = freshness.late(catalog, known, freshness.EVERY, listing.today)
    furthest = freshness.newest(known, tools)
    return late.get(category), furthest and furthest.day


def rows(
    connection: Connection,
    catalog: Catalog,
    listing: Listing,
    beside: Position | None,
    *,
    backwards: bool,
    limit: int,
) -> Sequence[Row[Any]]:
    """The rows of a page, and one more where there are more: what `page` makes its lines from."""
    sort, shape = listing.wanted.sort or Sort.SCORE, conditions.shape(catalog, listing)
    statement = _page(shape, sort, listing.wanted.reverse, beside and beside.phase, backwards, beside is None)
    limits = {"limit": limit + 1, "most": COUNTED + 1}
    bound = {**conditions.values(catalog, listing), **_bound(beside, sort), **_days(listing), **limits}
    return connection.execute(statement, bound).all()


def count(connection: Connection, catalog: Catalog, listing: Listing, most: int | None = None) -> int:
    """How many clients a list has; at most one more than `most` (else `COUNTED`)."""
    statement = _count(conditions.shape(catalog, listing))
    bound = {**conditions.values(catalog, listing), "most": (COUNTED if most is None else most) + 1}
    return connection.scalar(statement, bound) or 0


@lru_cache(maxsize=256)
def _count(shape: Shape) -> Select[Any]:
    every = union_all(*(area_lists.counting(shape) if area_lists.has(shape) else _counts(shape))).limit(
        bindparam("most")
    )
    return select(func.count()).select_from(every.subquery())


def _counts(shape: Shape) -> list[Select[Any]]:
    """Through the index that has only what is counted, where there is one."""
    query = _from(select(literal(1)), shape, _order(Sort.RENEWAL if shape.renews else Sort.SCORE, False, shape))
    return [query.where(*conditions.clauses(shape, [tier])) for tier in shape.tiers]


def _bound(beside: Position | None, sort: Sort) -> dict[str, Any]:
    if beside is None:
        return {}
    keys = [date.fromisoformat(str(key)) if sort is Sort.RENEWAL and key else key for key in beside.key]
    return {f"key_{i}": value for i, value in enumerate(keys)} | {"beside": beside.client_id}


def tops(
    connection: Connection, catalog: Catalog, catalogs: CatalogOf, listings: Sequence[Listing], limit: int
) -> tuple[tuple[Line, ...], ...]:
    """The first clients of several lists of the same scope. One statement; at most one of them names days or scores."""
    lists = tuple(
        (conditions.shape(catalog, one), one.wanted.sort or Sort.SCORE, one.wanted.reverse) for one in listings
    )
    bound = {name: value for one in listings for name, value in conditions.values(catalog, one).items() if value}
    found = connection.execute(
        _tops(lists), {**conditions.values(catalog, listings[0]), **bound, **_days(listings[0]), "limit": limit}
    ).all()
    return tuple(
        tuple(list_lines.lines([row for row in found if row.list == number], catalogs)) for number in range(len(lists))
    )


@lru_cache(maxsize=64)
def _tops(lists: tuple[tuple[Shape, Sort, bool], ...]) -> Select[Any]:
    parts = []
    for number, (shape, sort, reverse) in enumerate(lists):
        chosen = _chosen(shape, _order(sort, reverse, shape), None, backwards=False)
        label: ColumnElement[int] = literal_column(str(number)).label("list")
        parts.append(select(label, chosen.c.client_id, chosen.c.phase, chosen.c.place))
    every = union_all(*parts).subquery()
    return _shown(every, None).order_by(every.c.list, every.c.place)


@lru_cache(maxsize=256)
def _page(shape: Shape, sort: Sort, reverse: bool, beside: int | None, backwards: bool, counts: bool) -> Select[Any]:
    """The clients of a page, with all that a line shows of them, and on the first how many there are."""
    order = _order(sort, reverse, shape)
    chosen = _chosen(shape, order, beside, backwards=backwards)
    query = _shown(chosen, shape.area).order_by(chosen.c.place)
    if shape.area is not None:
        query = query.add_columns(case((chosen.c.place == 1, reaches.column())).label("sources"))
    return query.add_columns(_count(shape).scalar_subquery().label("total")) if counts else query


def first(shape: Shape, sort: Sort) -> Subquery:
    """The clients that a list sorted so begins with, as many as `limit` is bound to."""
    return _chosen(shape, _order(sort, False, shape), None, backwards=False)


def _chosen(shape: Shape, order: _Order, beside: int | None, *, backwards: bool) -> Subquery:
    """Clients with their `place` in the page, their phase and their keys."""
    found = union_all(*(select(part.subquery()) for part in _parts(shape, order, beside, backwards))).subquery()
    along = _along(found, order, backwards)
    place = func.row_number().over(order_by=along).label("place")
    return select(found, place).order_by(*along).limit(bindparam("limit")).subquery()


def _shown(chosen: Subquery, area: int | None) -> Select[Any]:
    mine = (standing.c.installation_id == _HERE) & (standing.c.workspace_id == bindparam("workspace"))
    shown = chosen.join(standing, mine & (standing.c.client_id == chosen.c.client_id))
    shown = shown.join(record, (record.c.installation_id == _HERE) & (record.c.id == chosen.c.client_id))
    shown = shown.outerjoin(person, (person.c.installation_id == _HERE) & (person.c.id == standing.c.person_id))
    of_area = (conditions.level(area).label("level"), conditions.moved(area).label("moved"))
    names = (record.c.name, person.c.name.label("csm"))
    days = {"now": "as_of", "before": "week_ago"}
    made_from = (history.ground(standing, bindparam(day)).label(name) for name, day in days.items())
    return select(*chosen.c, *_SHOWN, *of_area, *names, *made_from).select_from(shown)


def _along(found: Subquery, order: _Order, backwards: bool) -> list[ColumnElement[Any]]:
    keys = [found.c[f"key_{i}"] for i in range(len(order.keys))]
    phase = found.c.phase.desc() if backwards else found.c.phase.asc()
    return [phase, *_by([*keys, found.c.client_id], order.descends is not backwards)]


def _parts(shape: Shape, order: _Order, beside: int | None, backwards: bool) -> Iterator[Select[Any]]:
    """A select for each tier, and for those without the value that is sorted by: each reads one end of an index."""
    if area_lists.has(shape, order.sort):
        yield from area_lists.parts(shape, order.sort, order.descends is not backwards, beside, backwards)
        return
    groups = GROUPS if order.in_groups else (tuple(Tier),)
    descends = order.descends is not backwards
    for number, group in enumerate(groups):
        for missing in (False, True) if order.missing else (False,):
            phase = 2 * number + missing
            if beside is not None and (phase > beside if backwards else phase < beside):
                continue
            tiers = [tier for tier in shape.tiers if tier in group]
            for some in [tiers] if order.index == "name" else [[tier] for tier in tiers]:
                yield _part(shape, order, some, phase, missing, descends, bounded=phase == beside)


def _part(
    shape: Shape, order: _Order, tiers: Sequence[Tier], phase: int, missing: bool, descends: bool, *, bounded: bool
) -> Select[Any]:
    keys = [key.label(f"key_{i}") for i, key in enumerate(order.keys)]
    query = select(standing.c.client_id, literal_column(str(phase)).label("phase"), *keys)
    query = _from(query, shape, order).where(*conditions.clauses(shape, tiers))
    if missing:  # all of them, so that the rest of the index is in order
        query = query.where(*(key.is_(None) for key in order.missing))
    elif order.missing:
        query = query.where(order.missing[0].is_not(None))
    compared = order.keys[: len(order.keys) - len(order.missing) * missing]
    if bounded:
        query = query.where(_beyond(compared, descends))
    return query.order_by(*_by([*compared, standing.c.client_id], descends)).limit(bindparam("limit"))


def _from(query: Select[Any], shape: Shape, order: _Order) -> Select[Any]:
    """Where the clients come from."""
    if shape.named:
        return query
    return conditions.hinted(query, shape, f"INDEXED BY ix_standing_{order.index}")


def _beyond(keys: Sequence[ColumnElement[Any]], descends: bool) -> ColumnElement[bool]:
    """Behind the position in the order."""
    bound = [bindparam(f"key_{place}", type_=key.type) for place, key in enumerate(keys)]
    here, there = tuple_(*keys, standing.c.client_id), tuple_(*bound, bindparam("beside"))
    return here < there if descends else here > there


def _by(keys: Sequence[ColumnElement[Any]], descends: bool) -> list[ColumnElement[Any]]:
    return [key.desc() if descends else key.asc() for key in keys]


def _days(listing: Listing) -> dict[str, date]:
    """Between which a client is said to have moved."""
    as_of = listing.as_of or listing.today
    return {"as_of": as_of, "week_ago": as_of - timedelta(7)}
