"""Standings: every client's score as lists, counts and digests need it, kept with what it is made from.

`advance` says up to which day the data goes and marks the clients whose scores that changes; `settle` makes the scores
of all that are marked. Both may be cut off at any moment: run again, they finish.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Double, Row, bindparam, cast, delete, func, select, update

from bot.domain.answers import Answer
from bot.domain.catalog import Catalog
from bot.domain.engagement import Engagement
from bot.domain.evidence import Situation
from bot.domain.listing import pack
from bot.domain.scoring import Facts, Verdict, judge
from bot.domain.signs import Notice, names, notice
from storage import basis as bases
from storage import bulk, collector, history, lists, opportunities, stale
from storage import catalog as catalogs
from storage.basis import Basis
from storage.database import Database
from storage.history import NO_PAST, Moment, Past
from storage.schema import change, installation, record, source, standing
from storage.schema import stale as marks
from storage.slices import Client, Reader, renewal, revenue
from storage.teams import Teams

Progress = Callable[[int, int], None]  # clients done, clients in all

HOLD = 0.05  # seconds for which a slice should hold the write lock; on a busy machine it takes several times as long
PAUSE = 0.004  # seconds between slices: SQLite's waiters look at the lock every millisecond and must find it free once
FIRST, MOST = 5, 5_000  # clients in a slice; one may have ten thousand rows of usage


def advance(
    database: Database, installation_id: int, catalog: Catalog, reaches: Mapping[int, date], now: datetime
) -> None:
    """Move the reach of sources (by id) forward, never back, and mark the clients whose scores that changes.

    The marks stand before the reach moves: cut off in between, scores are made again that need not have been.
    """
    with database.read() as connection:
        stored = bases.read(connection, installation_id, catalog)
        moved = stored.reaching(reaches)
        whole = _is_new(connection, stored, moved)
    if not whole and stored != moved:
        stale.mark_all(database, installation_id, stale.between(stored, moved))
    with database.write() as connection:
        for old, new in zip(stored.sources, moved.sources, strict=True):
            if old.reach != new.reach:
                mine = (source.c.installation_id == installation_id) & (source.c.id == new.id)
                connection.execute(update(source).where(mine).values(reach=new.reach, changed_at=now))
        _write_basis(connection, moved, sweeps=whole)


def rescore(database: Database, installation_id: int, catalog: Catalog, progress: Progress | None = None) -> int:
    """Make all scores again; how many clients that were."""
    with database.write() as connection:
        stored = bases.read(connection, installation_id, catalog)
        _write_basis(connection, stored.reaching({}), sweeps=True)
    return settle(database, installation_id, catalog, progress)


def settle(database: Database, installation_id: int, catalog: Catalog, progress: Progress | None = None) -> int:
    """Make the scores of all marked clients, in slices; how many clients that were.

    The catalog is the one that `advance` was given last.
    """
    settler, size, done, known = _Settler(installation_id, catalog), FIRST, 0, 10
    with database.read() as connection:
        total = _waiting(connection, installation_id)
        settler.prepare(connection)  # here nobody waits for it
    while True:
        with collector.paused(), database.write() as connection:
            begun = time.monotonic()
            number = settler.settle(connection, size)
        if number is None:
            return done
        done += number
        if progress is not None:
            progress(done, max(total, done))
        size = _next_size(size, time.monotonic() - begun)
        if done > 10 * known:
            database.analyze()
            known = done
        if database.is_sqlite:  # PostgreSQL wakes its waiters
            time.sleep(PAUSE)


def _is_new(connection: Connection, stored: Basis, moved: Basis) -> bool:
    """Whether something changed that every score depends on."""
    known = select(installation.c.basis_hash).where(installation.c.id == moved.installation_id)
    if stored.as_of is None or moved.as_of is None or moved.as_of < stored.as_of:
        return True
    return connection.scalar(known) != moved.hash


def _write_basis(connection: Connection, basis: Basis, *, sweeps: bool) -> None:
    values: dict[str, object] = {"as_of": basis.as_of, "catalog_hash": basis.catalog.hash, "basis_hash": basis.hash}
    if sweeps:
        values["settled_to"] = 0
    connection.execute(update(installation).where(installation.c.id == basis.installation_id).values(values))


def _waiting(connection: Connection, installation_id: int) -> int:
    """How many clients wait for their scores."""
    after = select(installation.c.settled_to).where(installation.c.id == installation_id).scalar_subquery()
    swept = select(func.count()).where(record.c.installation_id == installation_id, record.c.id > after)
    marked = select(func.count()).where(marks.c.installation_id == installation_id)
    return connection.scalar(swept) or connection.scalar(marked) or 0


def _next_size(size: int, seconds: float) -> int:
    """So many clients that the next slice holds the lock for as long as one should."""
    return min(MOST, max(1, int(size * min(2.0, HOLD / max(seconds, 0.001)))))


class _Settler:
    """Makes the scores of slices. What it needs to know of the installation is read once, and when it changes."""

    def __init__(self, installation_id: int, catalog: Catalog) -> None:
        self._installation_id = installation_id
        self._catalog = catalog
        self._known: tuple[date | None, str | None] | None = None

    def settle(self, connection: Connection, size: int) -> int | None:
        """Make the scores of one slice; how many that were, or None where none is left."""
        head = self._lock(connection)
        if head.as_of is None:
            return None
        if self._known != (head.as_of, head.basis_hash):
            self.prepare(connection)
        ids = self._take(connection, head.settled_to, size)
        if not ids:
            return None
        clients = self._reader.read(connection, ids)
        _forget(connection, self._basis, [i for i in ids if i not in clients or clients[i].archived])
        self._write(connection, {i: one for i, one in clients.items() if not one.archived})
        return len(ids)

    def _lock(self, connection: Connection) -> Row[date | None, str | None, int | None]:
        """One slice at a time for each installation, and none between the facts of a client and its mark."""
        columns = (installation.c.as_of, installation.c.basis_hash, installation.c.settled_to)
        return connection.execute(
            select(*columns).where(installation.c.id == self._installation_id).with_for_update(key_share=True)
        ).one()

    def prepare(self, connection: Connection) -> None:
        """Read what all clients have in common. Where it changes meanwhile, it is read again."""
        head = connection.execute(
            select(installation.c.as_of, installation.c.basis_hash).where(installation.c.id == self._installation_id)
        ).one()
        if head.as_of is None:
            return
        self._known = (head.as_of, head.basis_hash)
        self._basis = bases.read(connection, self._installation_id, self._catalog)
        self._reader = Reader(self._basis)
        self._weeks = history.Weeks(self._basis, history.week_ends(connection, self._basis))
        self._teams = Teams(connection, self._installation_id)
        self._catalogs = catalogs.every(connection, self._installation_id) | {self._catalog.hash: self._catalog}

    def _team(self, connection: Connection, client: Client) -> int | None:
        """The team that the client names, else that of its CSM."""
        if client.team:
            return self._teams.find(connection, client.team)
        return self._basis.teams_of.get(client.person_id or 0)

    def _take(self, connection: Connection, settled_to: int | None, size: int) -> list[int]:
        """The next clients, in order; their marks are taken away."""
        here = self._installation_id
        ids: list[int] = []
        if settled_to is not None:
            following = select(record.c.id).where(record.c.installation_id == here, record.c.id > settled_to)
            ids = list(connection.scalars(following.order_by(record.c.id).limit(size)))
            reached = ids[-1] if ids else None
            connection.execute(update(installation).where(installation.c.id == here).values(settled_to=reached))
        if not ids:
            marked = select(marks.c.client_id).where(marks.c.installation_id == here)
            ids = list(connection.scalars(marked.order_by(marks.c.client_id).limit(size)))
        if ids:  # no other client's mark is between theirs
            between = marks.c.client_id.between(ids[0], ids[-1])
            connection.execute(delete(marks).where(marks.c.installation_id == here, between))
        return ids

    def _write(self, connection: Connection, clients: dict[int, Client]) -> None:
        basis = self._basis
        assert basis.as_of is not None
        pasts = history.past(connection, basis, list(clients))
        weeks = self._weeks.work_out(connection, {i: one for i, one in clients.items() if i not in pasts})
        stored = _stored(connection, basis, list(clients))
        answers = opportunities.answers(connection, basis.installation_id, list(clients))
        standings, changes, offers = [], [], []
        for client_id, client in clients.items():
            facts = self._reader.facts(client)
            verdict = judge(basis.catalog, facts, basis.as_of)
            now = history.moment(basis.catalog, verdict, facts)
            worked_out = weeks.get(client_id, [])
            past = pasts.get(client_id) or (history.before(worked_out, basis.as_of) if worked_out else NO_PAST)
            changes += [history.row(basis, client_id, day, then, from_import=True) for day, then in worked_out]
            if now != past.last:
                changes.append(history.row(basis, client_id, basis.as_of, now))
            seen = self._notice(client, facts, verdict, answers.get(client_id, {}))
            offers += [(client_id, one) for one in seen.offers]
            row = self._row(connection, client_id, client, verdict, now, past, seen)
            if stored.get(client_id) != row:
                standings.append(row)
        bulk.upsert(connection, change, changes)
        bulk.upsert(connection, standing, standings)
        opportunities.keep(connection, basis.installation_id, list(clients), offers)

    def _notice(self, client: Client, facts: Facts, verdict: Verdict, answers: Mapping[str, Answer]) -> Notice:
        day = self._basis.as_of
        assert day is not None
        here = Situation(
            verdict.tier,
            verdict.score,
            verdict.entitlement,
            facts.measured,
            facts.used,
            verdict.products,
            client.use.uses,
            [one for one in client.subscriptions if one.runs(day)],
            client.properties,
            verdict.points.areas,
        )
        return notice(self._basis.catalog, here, client.use.quiet, answers)

    def _row(
        self,
        connection: Connection,
        client_id: int,
        client: Client,
        verdict: Verdict,
        now: Moment,
        past: Past,
        seen: Notice,
    ) -> tuple[Any, ...]:
        """A row of `standing`, with its columns in their order."""
        basis = self._basis
        mrr, money = revenue(basis, client.mrr, client.currency, client.subscriptions)
        return (
            basis.installation_id,
            client_id,
            basis.workspace_id,
            client.person_id,
            self._team(connection, client),
            renewal(basis, client.renews_on, client.subscriptions),
            mrr,
            money if mrr is not None else None,
            verdict.tier.value,
            verdict.score,
            verdict.share,
            verdict.reason and verdict.reason.value,
            history.change_since(now, past.week, self._catalogs.get),
            history.change_since(now, past.month, self._catalogs.get),
            verdict.first_on,
            pack(verdict.points.areas),
            int(seen.signs),
            names(basis.catalog, seen.quiet),
            seen.owned,
        )


def notice_again(connection: Connection, installation_id: int, one: Engagement, answers: Mapping[str, Answer]) -> None:
    """Write what is to be noticed of a client whose opportunities were answered, or are open again."""
    catalog = one.catalog
    seen = notice(catalog, one.situation(), catalog.bits(one.client.quiet), answers)
    mine = (standing.c.installation_id == installation_id, standing.c.client_id == one.client.id)
    connection.execute(update(standing).where(*mine).values(signs=int(seen.signs)))


def _stored(connection: Connection, basis: Basis, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Rows as they stand, so that only those that differ are written."""
    values = {"installation": basis.installation_id, "workspace": basis.workspace_id, "ids": ids}
    day = bulk.day(connection)
    found = {}
    for row in bulk.rows(connection, _STORED, values):
        found[row[1]] = (*row[:5], day(row[5]), *row[6:14], day(row[14]), *row[15:])
    return found


_STORED = select(
    *(cast(one, Double) if one is standing.c.mrr else one for one in standing.c),
).where(
    standing.c.installation_id == bindparam("installation"),
    standing.c.workspace_id == bindparam("workspace"),
    standing.c.client_id.in_(select(lists.numbers("ids").c.value)),
)


def _forget(connection: Connection, basis: Basis, ids: Sequence[int]) -> None:
    """Clients that are archived stand nowhere."""
    if ids:
        chosen = standing.c.client_id.in_(select(lists.numbers("ids").c.value))
        mine = standing.c.installation_id == basis.installation_id
        connection.execute(delete(standing).where(mine, chosen), {"ids": ids})
