"""Merges staged usage, a range of clients at a time: what an import says of a client, tool and day is the truth."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.imports import staging
from storage.imports.work import Work
from storage.schema import usage

_KEY = ("installation_id", "client_id", "tool_id", "day", "source_id", "count")
_cell, _record, _tool = staging.cell, staging.record, staging.tool
_in_range = _cell.c.client.between(bindparam("first"), bindparam("last"))


class Difference(NamedTuple):
    """What a range of staged usage means for the stored: the clients it changes, and how many of its days."""

    clients: set[int]
    added: int
    changed: int
    unchanged: int
    removed: int


def _client(work: Work) -> ColumnElement[int]:
    """The id of a cell's client: its number, unless new records got other ids than was foreseen."""
    return func.coalesce(_record.c.record_id, _cell.c.client) if work.is_moved else _cell.c.client


def _joined(work: Work, *columns: ColumnElement[Any]) -> Select[Any]:
    """The staged cells of a range, with the ids of their clients and tools."""
    statement = select(*columns).select_from(_cell).join(_tool, _tool.c.number == _cell.c.tool).where(_in_range)
    if not work.is_moved:
        return statement
    same = (_record.c.number == _cell.c.client) & _record.c.number.between(bindparam("first"), bindparam("last"))
    return statement.outerjoin(_record, same)


def _stored(work: Work) -> Select[tuple[int]]:
    """What the source said of a staged cell before.

    A look-up by the whole key for each cell, and no join: PostgreSQL knows nothing of a table that is just being
    filled, and would read all of it for every slice.
    """
    return select(usage.c.count).where(
        usage.c.installation_id == work.installation_id,
        usage.c.client_id == _client(work),
        usage.c.tool_id == _tool.c.tool_id,
        usage.c.day == _cell.c.day,
        usage.c.source_id == work.source_id,
    )


def compare(work: Work, first: int, last: int) -> Difference:
    """Find what is new, changed, and (for a snapshot) no longer said. Reads only."""
    if not _is_known(work, first, last):
        new = _joined(work, _client(work), func.count()).group_by(_client(work))
        clients: dict[int, int] = dict(work.stage.connection.execute(new, {"first": first, "last": last}).all())
        return Difference(set(clients), sum(clients.values()), 0, 0, 0)
    stored = _stored(work).correlate(_cell, _tool, _record).scalar_subquery()
    cells = _joined(work, _client(work).label("client"), _cell.c.count.label("count"), stored.label("stored")).cte(
        "cells"
    )
    cells = cells.prefix_with("MATERIALIZED")  # so that each look-up is made once
    differs = func.sum(case((cells.c.stored != cells.c.count, 1), else_=0))
    statement = select(cells.c.client, func.count(), func.count(cells.c.stored), differs).group_by(cells.c.client)
    rows = work.stage.connection.execute(statement, {"first": first, "last": last}).all()
    gone = _gone(work, first, last)
    return Difference(
        {client for client, all_, known, other in rows if all_ != known or other} | gone.keys(),
        sum(all_ - known for _, all_, known, _ in rows),
        sum(other for *_, other in rows),
        sum(known - other for _, _, known, other in rows),
        sum(gone.values()),
    )


def _is_known(work: Work, first: int, last: int) -> bool:
    """Whether the source may have said something of these clients before. Where it has not, no cell is looked up."""
    if work.is_moved:  # their ids are not in the range
        return True
    here = usage.c.client_id.between(bindparam("first"), bindparam("last"))
    same = usage.c.source_id + 0 == work.source_id  # not by the index of its days, which has all of its clients
    known = select(usage.c.client_id).where(usage.c.installation_id == work.installation_id, here, same)
    return work.stage.connection.execute(known.limit(1), {"first": first, "last": last}).first() is not None


def _gone(work: Work, first: int, last: int) -> dict[int, int]:
    """Clients of which a snapshot's source said what it no longer says: client -> rows.

    Earlier days too: a window that still held them would count what the snapshot says is over.
    """
    if not work.is_snapshot or "usage" not in work.objects:
        return {}
    statement = select(usage.c.client_id, func.count()).where(*_unsaid(work)).group_by(usage.c.client_id)
    rows = work.stage.connection.execute(statement, {"first": first, "last": last})
    return dict(rows.all())


def _unsaid(work: Work) -> tuple[ColumnElement[bool], ...]:
    # A known client's number is its id, and a new one has nothing to remove.
    said = (
        select(_cell.c.client)
        .join(_tool, _tool.c.number == _cell.c.tool)
        .where(_cell.c.client == usage.c.client_id, _tool.c.tool_id == usage.c.tool_id, _cell.c.day == usage.c.day)
    )
    return (
        usage.c.installation_id == work.installation_id,
        usage.c.client_id.between(bindparam("first"), bindparam("last")),
        usage.c.source_id == work.source_id,
        ~said.exists(),
    )


def apply(work: Work, difference: Difference, first: int, last: int) -> set[int]:
    """Write a difference. Gives the clients whose facts changed."""
    connection, parameters = work.stage.connection, {"first": first, "last": last}
    if difference.removed:
        connection.execute(delete(usage).where(*_unsaid(work)), parameters)
    if difference.added or difference.changed:
        connection.execute(_upsert(work) if difference.changed or difference.unchanged else _insert(work), parameters)
    return difference.clients


def _insert(work: Work) -> Any:
    """Where none of the rows is stored: PostgreSQL takes half as long again to look out for those that are."""
    rows = _joined(
        work,
        literal(work.installation_id, Integer),
        _client(work),
        _tool.c.tool_id,
        _cell.c.day,
        literal(work.source_id),
        _cell.c.count,
    ).order_by(_cell.c.client, _cell.c.tool, _cell.c.day)
    dialect = sqlite if work.stage.is_sqlite else postgresql
    return dialect.insert(usage).from_select(_KEY, rows)


def _upsert(work: Work) -> Any:
    statement = _insert(work)
    count = statement.excluded.count
    return statement.on_conflict_do_update(
        index_elements=list(usage.primary_key), set_={"count": count}, where=usage.c.count != count
    )
