"""The merge: from the staging tables into the database, client by client, in slices that hold the write lock briefly.

Cut off at any point, each client is whole, old or new, and the reach is the old one; the next run finishes it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    bindparam,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage import bulk, collector, lists
from storage.imports import properties, record_merge, rhythm, staging, subscription_merge, usage_merge
from storage.imports.work import Work
from storage.schema import record, source, source_tool, stale, subscription, tool, usage

HOLD = 0.07  # seconds for which a slice should hold the write lock; on a busy machine it takes several times as long
PAUSE = 0.003  # seconds between slices: SQLite's waiters look at the lock every millisecond and must find it free once
FIRST, LEAST, MOST = 1_000, 50, 200_000  # weight of a slice
_PAGE = 5_000  # clients
_ids = lists.numbers("ids")
_NEVER = cast(null(), Date).label("last_on")
_TOUCHED = (
    select(staging.touched.c.number, staging.touched.c.weight)
    .where(staging.touched.c.number > bindparam("after"))
    .order_by(staging.touched.c.number)
    .limit(bindparam("page"))
)
_WEIGHT = {"record": 20, "subscription": 10}  # what one costs, in rows of usage


class Pace:
    """How much a slice may take on, from how long the last one took."""

    def __init__(self) -> None:
        self.weight = FIRST

    def learn(self, seconds: float) -> None:
        """Aim at HOLD, growing at most twofold at a time."""
        factor = min(2.0, HOLD / max(seconds, 0.001))
        self.weight = int(min(MOST, max(LEAST, self.weight * factor)))


def merge(work: Work) -> None:
    """Bring the staged rows into the database; in a dry run only count what that would change."""
    fields, retyped = _prepare(work)
    with work.stage.reading() as connection:
        total = connection.scalar(select(func.count()).select_from(staging.touched)) or 0
    pace, done, known = Pace(), 0, 10
    free_since = time.monotonic()
    for first, last, clients in _slices(work, pace):
        with work.stage.reading():
            staged = record_merge.read(work, first, last)
        if not work.dry_run and work.stage.is_sqlite:
            time.sleep(max(0.0, PAUSE - (time.monotonic() - free_since)))
        pace.learn(_merge_slice(work, staged, fields, retyped))
        free_since = time.monotonic()
        done += clients
        work.progress("merge", done, total)
        if not work.dry_run and done > 2 * known:  # else PostgreSQL would plan the cards beside it by what was there
            work.stage.database.analyze()
            known = done
    if not work.dry_run:
        with work.stage.reading():
            every = work.mapping.rhythm or rhythm.measure(work)
        with work.stage.writing():
            _finish(work, every)


def _slices(work: Work, pace: Pace) -> Iterator[tuple[int, int, int]]:
    """Ranges of numbers: first, last, and how many clients are in it."""
    first = last = clients = weight = 0
    for number, more in _touched(work):
        if clients and weight + more > pace.weight:
            yield first, last, clients
            clients = weight = 0
        first, last = first if clients else number, number
        clients, weight = clients + 1, weight + more
    if clients:
        yield first, last, clients


def _touched(work: Work) -> Iterator[tuple[int, int]]:
    """The clients to look at, in order, and how much there is to do for each."""
    page: Sequence[Any] = [(0, 0)]
    while page:
        with work.stage.reading() as connection:
            page = list(bulk.rows(connection, _TOUCHED, {"after": page[-1][0], "page": _PAGE}))
        yield from page


def _merge_slice(
    work: Work,
    staged: record_merge.Staged,
    fields: Mapping[tuple[str, str], tuple[int, str]],
    retyped: set[str],
) -> float:
    """Compare and write one range; gives the seconds for which the lock was held."""
    transaction = work.stage.reading if work.dry_run else work.stage.writing
    first, last = staged.first, staged.last
    with collector.paused(), transaction():
        begun = time.monotonic()
        staged = staged if work.dry_run else record_merge.move(work, staged)
        records = record_merge.compare(work, staged, retyped)
        if work.dry_run:
            subscriptions = subscription_merge.compare(work, first, last)
            uses = usage_merge.compare(work, first, last)
        else:
            changed = record_merge.apply(work, staged, records, fields)
            subscriptions = subscription_merge.compare(work, first, last)
            changed |= subscription_merge.apply(work, subscriptions)
            uses = usage_merge.compare(work, first, last)
            changed |= usage_merge.apply(work, uses, first, last)
            _mark(work, sorted(changed))
    _count(work, records, subscriptions, uses)
    return time.monotonic() - begun


def _mark(work: Work, clients: Sequence[int]) -> None:
    """Remember, in the same transaction as the facts, that these clients' scores are to be made again."""
    if clients:
        dialect = sqlite if work.stage.is_sqlite else postgresql
        rows = select(literal(work.installation_id), _ids.c.value).where(true())  # SQLite wants a WHERE before ON
        statement = dialect.insert(stale).from_select(["installation_id", "client_id"], rows).on_conflict_do_nothing()
        work.stage.connection.execute(statement, {"ids": clients})


def _count(
    work: Work,
    records: record_merge.Difference,
    subscriptions: subscription_merge.Difference,
    uses: usage_merge.Difference,
) -> None:
    for kind, (added, changed, unchanged) in records.tallies.items():
        facts = work.facts(kind)
        facts.added, facts.changed, facts.unchanged = (
            facts.added + added, facts.changed + changed, facts.unchanged + unchanged
        )  # fmt: skip
    for one in records.archived:
        work.facts(one.kind).archived += 1
    if "subscriptions" in work.objects:
        facts = work.facts("subscriptions")
        facts.added += len(subscriptions.new)
        facts.changed += len(subscriptions.changed)
        facts.unchanged += subscriptions.unchanged
        facts.archived += len(subscriptions.archived)
    if "usage" in work.objects:
        facts = work.facts("usage")
        facts.added += uses.added
        facts.changed += uses.changed
        facts.unchanged += uses.unchanged
        facts.removed += uses.removed


def _prepare(work: Work) -> tuple[Mapping[tuple[str, str], tuple[int, str]], set[str]]:
    """Write what the rows refer to: the source, its tools, the properties. A dry run only finds the known tools."""
    if work.dry_run:
        with work.stage.reading():
            _number_tools(work, write=False)
        return {}, set()
    with work.stage.writing():
        work.source_id = work.source_id or _add_source(work)
        _number_tools(work, write=True)
        return properties.keep(work)


def _add_source(work: Work) -> int:
    connection = work.stage.connection
    mine = source.c.installation_id == work.installation_id
    again: int | None = connection.scalar(select(source.c.id).where(mine, source.c.name == work.mapping.source))
    if again is not None:
        return again
    identity = (connection.scalar(select(func.max(source.c.id)).where(mine)) or 0) + 1
    values = {
        "installation_id": work.installation_id, "id": identity, "name": work.mapping.source, "kind": work.kind,
        "form": work.mapping.form, "covers": work.mapping.covers, "changed_at": work.now,
    }  # fmt: skip
    connection.execute(insert(source).values(values))
    return identity


def _number_tools(work: Work, *, write: bool) -> None:
    """Find each tool's id; new ones are written. Without writing, unknown tools get ids that no row has."""
    connection = work.stage.connection
    mine = tool.c.installation_id == work.installation_id
    rows = connection.execute(select(tool.c.name, tool.c.id).where(mine, tool.c.name.in_(list(work.tools))))
    known = dict(rows.all())
    new = [name for name in work.tools if name not in known]
    if write and new:
        highest = connection.scalar(select(func.max(tool.c.id)).where(mine)) or 0
        known |= {name: highest + i for i, name in enumerate(new, start=1)}
        values = [{"installation_id": work.installation_id, "id": known[name], "name": name} for name in new]
        connection.execute(insert(tool), values)
    numbered = [(number, known.get(name, -number)) for name, number in work.tools.items()]
    work.stage.load(staging.tool, numbered)


def touch(work: Work) -> None:
    """List the clients to look at: those that the import names; for a snapshot also those that its source named."""
    staged, mine = staging.touched, work.installation_id
    parts = [
        select(staging.record.c.number.label("number"), literal(_WEIGHT["record"]).label("weight"), _NEVER),
        select(staging.subscription.c.client, literal(_WEIGHT["subscription"]), _NEVER),
        select(staging.cell.c.client, func.count(), func.max(staging.cell.c.day)).group_by(staging.cell.c.client),
    ]
    if work.is_snapshot and work.source_id is not None:
        parts.append(
            select(record.c.id, literal(1), _NEVER).where(
                record.c.installation_id == mine, record.c.source_id == work.source_id, record.c.archived_at.is_(None)
            )
        )
        for table, cost in ((subscription, 2), (usage, 1)):
            parts.append(
                select(table.c.client_id, func.count() * cost, _NEVER)
                .where(table.c.installation_id == mine, table.c.source_id == work.source_id)
                .group_by(table.c.client_id)
            )
    every = union_all(*parts).subquery()
    summed = select(every.c.number, cast(func.sum(every.c.weight), Integer), func.max(every.c.last_on))
    with work.stage.reading() as connection:
        connection.execute(
            insert(staged).from_select(
                ["number", "weight", "last_on"], summed.group_by(every.c.number).order_by(every.c.number)
            )
        )
    work.stage.analyze()


def _finish(work: Work, every: int | None) -> None:
    """Say what the source measures from now on."""
    connection = work.stage.connection
    mine = (source.c.installation_id == work.installation_id, source.c.id == work.source_id)
    values: dict[str, Any] = {"form": work.mapping.form, "covers": work.mapping.covers, "changed_at": work.now}
    if "usage" in work.objects:
        values["every"] = every
    connection.execute(update(source).where(*mine).values(values))
    statement = select(staging.tool.c.tool_id).where(staging.tool.c.number.in_(work.covered))
    seen = select(source_tool.c.tool_id).where(
        source_tool.c.installation_id == work.installation_id, source_tool.c.source_id == work.source_id
    )
    new = sorted(set(connection.scalars(statement)) - set(connection.scalars(seen)))
    if new:
        rows = [
            {"installation_id": work.installation_id, "source_id": work.source_id, "tool_id": identity}
            for identity in new
        ]
        connection.execute(insert(source_tool), rows)
