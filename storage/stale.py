"""Marks on clients whose scores must be made again. Whoever changes a client's facts marks it in that transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Connection, Select, select, union
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.catalog import third_days
from storage import lists, tool_marks
from storage.basis import Basis
from storage.database import Database
from storage.schema import change, installation, record, stale, standing, subscription, usage

SLICE = 5_000  # marks in one transaction


def mark(connection: Connection, installation_id: int, ids: Sequence[int]) -> None:
    """Mark clients, after the facts that changed were written in the same transaction.

    The installation's row is locked, so that no scores are made meanwhile of facts that are not yet to be seen.
    """
    connection.execute(
        select(installation.c.id).where(installation.c.id == installation_id).with_for_update(key_share=True)
    )
    given = select(record.c.installation_id, record.c.id).where(
        record.c.installation_id == installation_id, record.c.id.in_(select(lists.numbers("ids").c.value))
    )
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    insert = dialect.insert(stale).from_select(["installation_id", "client_id"], given).on_conflict_do_nothing()
    connection.execute(insert, {"ids": ids})


def mark_all(database: Database, installation_id: int, clients: CompoundSelect[Any]) -> None:
    """Mark the clients that a query names, in short transactions."""
    with database.stream() as reading:
        found = reading.execution_options(yield_per=SLICE).execute(clients).scalars()
        for ids in found.partitions():
            with database.write() as connection:
                mark(connection, installation_id, ids)


def between(before: Basis, after: Basis) -> CompoundSelect[Any]:
    """The clients whose scores may differ only because days went by: reaches and the as-of day moved forward."""
    return union(
        *_days_of_usage(before, after),
        *_days_of_subscriptions(before, after),
        *_days_of_history(before, after),
        tool_marks.fading(after.installation_id, *_span(before, after)),
    )


def _days_of_usage(before: Basis, after: Basis) -> Iterator[Select[Any]]:
    """Clients with usage on a day that entered or left a window, or came into another third of it."""
    withins = {tool.within for tool in after.catalog.tools}
    for old, new in zip(before.sources, after.sources, strict=True):
        if old.reach is None or new.reach is None or old.reach == new.reach:
            continue
        spans = [(old.reach + timedelta(1), new.reach)]
        for n in withins:
            thirds = zip(third_days(old.reach, n), third_days(new.reach, n), strict=True)
            spans += [(first, later - timedelta(1)) for first, later in thirds]
        for first, last in spans:
            yield select(usage.c.client_id).where(
                usage.c.installation_id == after.installation_id,
                usage.c.source_id == new.id,
                usage.c.day.between(first, last),
            )


def _days_of_subscriptions(before: Basis, after: Basis) -> Iterator[Select[Any]]:
    """Clients with a subscription that began, ended, or grew out of grace or onboarding, or with a renewal gone by."""
    first, last = _span(before, after)
    one = subscription.c
    turns = [(one.started_on, days) for days in (0, after.catalog.grace, after.catalog.onboarding)]
    for column, days in (*turns, (one.ended_on, 0), (one.cancels_on, 0)):
        when = column.between(first - timedelta(days), last - timedelta(days))
        yield select(one.client_id).where(one.installation_id == after.installation_id, when)
    yield select(standing.c.client_id).where(
        standing.c.installation_id == after.installation_id,
        standing.c.workspace_id.in_([one.id for one in after.workspaces]),
        standing.c.renews_on.between(first - timedelta(1), last - timedelta(1)),
    )


def _days_of_history(before: Basis, after: Basis) -> Iterator[Select[Any]]:
    """Clients whose change over 7 or 30 days is counted from another row."""
    first, last = _span(before, after)
    for days in (7, 30):
        when = change.c.day.between(first - timedelta(days), last - timedelta(days))
        yield select(change.c.client_id).where(change.c.installation_id == after.installation_id, when)


def _span(before: Basis, after: Basis) -> tuple[date, date]:
    """The days that went by: after the old as-of day, up to the new one."""
    assert before.as_of is not None
    assert after.as_of is not None
    return before.as_of + timedelta(1), after.as_of
