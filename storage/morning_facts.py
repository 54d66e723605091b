"""What happened to somebody's own clients since they were last told: what moved, what went quiet, what renews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, literal_column, or_, select

from bot.domain.catalog import Catalog
from bot.domain.listing import SHOWN, Listing
from bot.domain.morning import AHEAD, Move, Renewal, Seen, entered, in_order, move
from storage import conditions, grounds, history, lists
from storage.conditions import JUDGED
from storage.grounds import CatalogOf
from storage.schema import change, record, standing, tool, usage

_RECORD = (record.c.installation_id == standing.c.installation_id) & (record.c.id == standing.c.client_id)


def moves(
    connection: Connection, catalog: Catalog, catalogs: CatalogOf, asked: Listing, told: date
) -> tuple[Move, ...]:
    """Of the clients of a listing's scope, since a day that the scores spoke of. Late data tells none."""
    if asked.as_of is None or asked.as_of <= told or asked.is_late:
        return ()
    days = {"as_of": asked.as_of, "told": told}
    rows = connection.execute(_moving(catalog, asked), {**conditions.values(catalog, asked), **days}).all()
    last_used = _last_used(connection, catalog, asked, [row for row in rows if row.quiet])
    found = (move(_seen(row, catalogs, last_used.get(row.client_id, {})), told, asked.as_of) for row in rows)
    return in_order([one for one in found if one is not None])


def _moving(catalog: Catalog, asked: Listing) -> Select[Any]:
    """Only those with another score on some day since then, or a tool that is going quiet."""
    one = standing.c
    mine = (change.c.installation_id == one.installation_id, change.c.client_id == one.client_id)
    moved = exists(select(change.c.day).where(*mine, change.c.day > bindparam("told")))
    made_from = (history.ground(standing, bindparam(day)).label(name) for name, day in _DAYS.items())
    query = select(one.client_id, record.c.name, one.quiet, *made_from).select_from(standing.join(record, _RECORD))
    judged = one.tier.in_([literal_column(f"'{tier.value}'") for tier in JUDGED])
    return query.where(*conditions.within(conditions.shape(catalog, asked)), judged, or_(moved, one.quiet.is_not(None)))


_DAYS = {"now": "as_of", "before": "told"}


def _seen(row: Row[Any], catalogs: CatalogOf, last_used: dict[str, date]) -> Seen:
    now, before = grounds.find(catalogs, row.now), grounds.find(catalogs, row.before)
    return Seen(row.client_id, row.name, before, now, last_used)


def _last_used(
    connection: Connection, catalog: Catalog, asked: Listing, quiet: Sequence[Row[Any]]
) -> dict[int, dict[str, date]]:
    """The last days with use of the tools that are going quiet, by client and the tool's key."""
    if not quiet:
        return {}
    same = (tool.c.installation_id == usage.c.installation_id) & (tool.c.id == usage.c.tool_id)
    ids = select(lists.numbers("ids").c.value)
    query = (
        select(usage.c.client_id, tool.c.name, func.max(usage.c.day))
        .join(tool, same)
        .where(usage.c.installation_id == bindparam("installation"), usage.c.client_id.in_(ids), usage.c.count > 0)
        .group_by(usage.c.client_id, tool.c.name)
    )
    going = {row.client_id: set(row.quiet.split(",")) for row in quiet}
    found: dict[int, dict[str, date]] = {client: {} for client in going}
    values = {"installation": asked.installation_id, "ids": list(going)}
    for client, name, day in connection.execute(query, values):
        position = catalog.tool_names.get(name)
        key = "" if position is None else catalog.tools[position].key
        if key in going[client]:
            found[client][key] = max(day, found[client].get(key, day))
    return found


def renewals(connection: Connection, catalog: Catalog, asked: Listing, told_on: date) -> tuple[Renewal, ...]:
    """Those that came near since a day, the next one first."""
    one = standing.c
    first, last = told_on + timedelta(days=1), asked.today + timedelta(days=max(AHEAD))
    listed = one.tier.in_([literal_column(f"'{tier.value}'") for tier in SHOWN])
    within = conditions.within(conditions.shape(catalog, asked))
    query = select(one.client_id, record.c.name, one.renews_on).select_from(standing.join(record, _RECORD))
    query = query.where(*within, listed, one.renews_on.between(first, last)).order_by(one.renews_on, record.c.name)
    rows = connection.execute(query, conditions.values(catalog, asked))
    near = ((row, entered(row.renews_on, told_on, asked.today)) for row in rows)
    return tuple(Renewal(row.client_id, row.name, row.renews_on, days) for row, days in near if days is not None)
