"""The reach: up to which day the source's data goes after this import.

A file may carry the reach to its newest day only if it names at least half of the clients active in the last window,
so that a file about a few of them does not empty everybody's window. A stray day in the future of all others must not
do that either: the newest day counts that lies at most a third of a window past the days by which half of the active
clients were last named.

Active are the clients with usage from this source in the window up to the old reach. Where there is no old reach: those
named on the newest days of the import itself, as many days with usage as a window has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Select, func, select

from bot.domain.catalog import since
from storage.imports import staging
from storage.imports.report import Reach, ReachReason
from storage.imports.work import Work
from storage.schema import source, usage

WINDOW = 90  # days
_STRAY = WINDOW // 3
_client = staging.touched.c


def find(work: Work) -> Reach:
    """Where the reach goes, and why. Reads only; runs before the merge, which changes who was active."""
    with work.stage.reading() as connection:
        old = connection.scalar(
            select(source.c.reach).where(
                source.c.installation_id == work.installation_id, source.c.id == work.source_id
            )
        )
        if work.as_of is not None:
            return _forward(old, work.as_of, ReachReason.AS_OF)
        if work.is_snapshot:
            return _forward(old, work.day, ReachReason.SNAPSHOT)
        return _by_usage(work, old)


def _forward(old: date | None, new: date, reason: ReachReason, named: int = 0, active: int = 0) -> Reach:
    if old is not None and new <= old:
        return Reach(old, old, ReachReason.NOT_NEWER, named, active)
    return Reach(old, new, reason, named, active)


def _by_usage(work: Work, old: date | None) -> Reach:
    days = sorted(map(date.fromisoformat, work.days), reverse=True)
    if not days:
        return Reach(old, old, ReachReason.NO_USAGE)
    active = _newly_active(days) if old is None else _active(work, old)
    connection = work.stage.connection
    number = connection.scalar(select(func.count()).select_from(active.subquery())) or 0
    named = select(_client.last_on).where(_client.last_on.is_not(None), _client.number.in_(active))
    count = connection.scalar(select(func.count()).select_from(named.subquery())) or 0
    half = max(1, (number + 1) // 2)
    if count < half:
        return Reach(old, old, ReachReason.FEW_CLIENTS, count, number)
    last = connection.scalar(named.order_by(_client.last_on.desc()).offset(half - 1).limit(1))
    assert last is not None
    new = next(day for day in days if day <= last + timedelta(days=_STRAY))
    return _forward(old, new, ReachReason.USAGE, count, number)


def _active(work: Work, old: date) -> Select[tuple[int]]:
    return (
        select(usage.c.client_id)
        .where(
            usage.c.installation_id == work.installation_id,
            usage.c.source_id == work.source_id,
            usage.c.day.between(since(old, WINDOW), old),
        )
        .distinct()
    )


def _newly_active(days: Sequence[date]) -> Select[tuple[int]]:
    return select(_client.number).where(_client.last_on >= days[:WINDOW][-1])
