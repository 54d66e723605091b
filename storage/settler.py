"""A slice of clients is settled: their scores are made, and a row for each workspace in which each of them stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, Row, bindparam, cast, delete, select, update

from bot.domain.answers import Answer
from bot.domain.catalog import Catalog, Tier
from bot.domain.evidence import situation
from bot.domain.listing import pack
from bot.domain.scoring import Facts, Verdict, judge
from bot.domain.signs import Notice, names, notice
from bot.domain.workspaces import EVERYTHING, stands
from storage import areas, bulk, claims, client_events, everything, history, lists, opportunities, snoozes
from storage import basis as bases
from storage import catalog as catalogs
from storage.basis import Basis, Workspace
from storage.history import NO_PAST, Moment, Past
from storage.schema import change, client_event, installation, record, standing
from storage.schema import stale as marks
from storage.slices import Client, Reader, csm, renewal, revenue
from storage.teams import Teams

Key = tuple[int, int]  # a client's id and a workspace's
Place = tuple[int, int | None, int | None, date | None]  # a workspace, and there the CSM, team and renewal date


class Settler:
    """Makes the scores of slices. What it needs to know of the installation is read once, and when it changes."""

    def __init__(self, installation_id: int, catalog: Catalog) -> None:
        self._installation_id = installation_id
        self._catalog = catalog
        self._known: tuple[date | None, str | None] | None = None

    def settle(self, connection: Connection, size: int, *, marked: bool = True) -> int | None:
        """Make the scores of one slice; how many that were (0: standings were copied), or None where none is left.

        marked  those that are marked, too, when all are made again; else they are left to whoever marked them
        """
        head = self._lock(connection)
        if head.as_of is None or (head.settled_to is None and not marked):
            return None
        if self._known != (head.as_of, head.basis_hash):
            self.prepare(connection)
        if head.everything_to is not None:  # before any client leaves the primary workspace
            everything.copy(connection, self._installation_id, self._basis.primary.id, head.everything_to)
            return 0
        ids, marked_ids = self._take(connection, head.settled_to, size)
        if not ids:
            return None
        self._make(connection, ids, marked_ids, sweeps=head.settled_to is not None)
        return len(ids)

    def score(self, connection: Connection, client_id: int) -> None:
        """Make the score of one client now, before those that wait. Where it waits itself, it does so still."""
        if self._lock(connection).as_of is not None:
            self.prepare(connection)
            self._make(connection, [client_id], {client_id}, sweeps=False)

    def _make(self, connection: Connection, ids: Sequence[int], marked: Collection[int], *, sweeps: bool) -> None:
        """Where all scores are made again, not all that changed is the clients' doing.

        marked  whose own facts changed
        """
        assert self._basis.as_of is not None
        clients = self._reader.read(connection, ids)
        gone = [i for i in ids if i not in clients or clients[i].archived]
        _forget(connection, self._basis, gone)
        claims.end(connection, self._installation_id, gone, self._basis.as_of)
        self._write(connection, {i: one for i, one in clients.items() if not one.archived}, marked, sweeps=sweeps)

    def _lock(self, connection: Connection) -> Row[date | None, str | None, int | None, int | None]:
        """One slice at a time for each installation, and none between the facts of a client and its mark."""
        one = installation.c
        columns = (one.as_of, one.basis_hash, one.settled_to, one.everything_to)
        return connection.execute(
            select(*columns).where(installation.c.id == self._installation_id).with_for_update(key_share=True)
        ).one()

    def prepare(self, connection: Connection) -> None:
        """Read what all clients have in common. Where it changes meanwhile, it is read again."""
        columns = (installation.c.as_of, installation.c.basis_hash, installation.c.catalog_hash)
        head = connection.execute(select(*columns).where(installation.c.id == self._installation_id)).one()
        if head.as_of is None:
            return
        self._known = (head.as_of, head.basis_hash)
        if head.catalog_hash != self._catalog.hash:  # another process has begun to score with another one
            self._catalog = catalogs.current(connection, self._installation_id)
        self._basis = bases.read(connection, self._installation_id, self._catalog)
        self._reader = Reader(self._basis)
        self._weeks = history.Weeks(self._basis, history.week_ends(connection, self._basis))
        self._teams = Teams(connection, self._installation_id)
        self._catalogs = catalogs.every(connection, self._installation_id) | {self._catalog.hash: self._catalog}

    def _take(self, connection: Connection, settled_to: int | None, size: int) -> tuple[list[int], set[int]]:
        """The next clients, in order, and those of them that were marked: their marks are taken away."""
        here = self._installation_id
        ids: list[int] = []
        found: set[int] = set()
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
            gone = delete(marks).where(marks.c.installation_id == here, between)
            found = set(connection.scalars(gone.returning(marks.c.client_id)))
        return ids, found

    def _write(
        self, connection: Connection, clients: dict[int, Client], marked: Collection[int], *, sweeps: bool
    ) -> None:
        basis = self._basis
        assert basis.as_of is not None
        pasts = history.past(connection, basis, list(clients))
        weeks = self._weeks.work_out(connection, {i: one for i, one in clients.items() if i not in pasts})
        stored = _stored(connection, basis, list(clients))
        answers = opportunities.answers(connection, basis.installation_id, list(clients))
        standings, replaced, changes, offers = [], [], [], []
        low: set[int] = set()
        events: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for client_id, client in clients.items():
            facts = self._reader.facts(client)
            verdict = judge(basis.catalog, facts, basis.as_of)
            low |= {client_id} if verdict.tier is Tier.LOW else set()
            now = history.moment(basis.catalog, verdict, facts)
            worked_out = weeks.get(client_id, [])
            past = pasts.get(client_id) or (history.before(worked_out, basis.as_of) if worked_out else NO_PAST)
            changes += [history.row(basis, client_id, day, then, from_import=True) for day, then in worked_out]
            if now != past.last:
                changes.append(history.row(basis, client_id, basis.as_of, now))
            seen = self._notice(client, facts, verdict, answers.get(client_id, {}))
            offers += [(client_id, one) for one in seen.offers]
            score = self._score(client, verdict, now, past, seen)
            for place in self._places(connection, client):
                row = (basis.installation_id, client_id, *place, *score)
                before = stored.pop((client_id, place[0]), None)
                if before != row:
                    standings.append(row)
                    replaced += [before] if before else []
                    if before is not None and client_id in marked:
                        found = client_events.between(before, row, basis.as_of, sweeps=sweeps)
                        events |= {one[:5]: one for one in found}  # a tool is as quiet in each workspace
        bulk.upsert(connection, change, changes)
        bulk.upsert(connection, standing, standings)
        areas.write(connection, areas.of(replaced), areas.of(standings))
        bulk.upsert(connection, client_event, list(events.values()))
        claims.end(connection, basis.installation_id, _were_low([*replaced, *stored.values()]) - low, basis.as_of)
        snoozes.fallen(connection, basis.installation_id, _lower(replaced, standings), basis.catalog, basis.as_of)
        _leave(connection, basis, stored)
        opportunities.keep(connection, basis.installation_id, list(clients), offers)

    def _notice(self, client: Client, facts: Facts, verdict: Verdict, answers: Mapping[str, Answer]) -> Notice:
        here = situation(facts, verdict, client.use.uses, client.properties)
        return notice(self._basis.catalog, here, client.use.quiet, answers)

    def _places(self, connection: Connection, client: Client) -> list[Place]:
        """The workspaces in which a client stands, each with its CSM, team and renewal date there."""
        basis, primary = self._basis, self._basis.primary.id
        named = self._teams.find(connection, client.team) if client.team else None
        return [
            (one.id, person, self._team(one, named, person), renewal(basis, one, client))
            for one in basis.workspaces
            if stands(one.id, primary, person := csm(one, client), basis.homes)
        ]

    def _team(self, workspace: Workspace, named: int | None, person: int | None) -> int | None:
        """The team that the client names, where it may be of the workspace; else that of its CSM."""
        basis = self._basis
        if named is None:
            return basis.teams_of.get(person or 0)
        homes = (basis.primary.id, EVERYTHING, basis.workspaces_of.get(named))
        return named if workspace.id in homes else basis.teams_of.get(person or 0)

    def _score(self, client: Client, verdict: Verdict, now: Moment, past: Past, seen: Notice) -> tuple[Any, ...]:
        """What is the same in every workspace: the columns of `standing` from the revenue on."""
        basis = self._basis
        mrr, money = revenue(basis, client.mrr, client.currency, verdict.running)
        return (
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
            history.area_changes(now, past.week, self._catalogs.get),
            client.name_key,
        )


def _were_low(before: Collection[tuple[Any, ...]]) -> set[int]:
    """The clients of these rows that are of that tier."""
    return {row[_CLIENT] for row in before if row[_TIER] == Tier.LOW}


def _lower(before: Collection[tuple[Any, ...]], now: Collection[tuple[Any, ...]]) -> dict[int, float]:
    """The clients whose share is smaller than it was, with what it is."""
    shares = {row[_CLIENT]: row[_SHARE] for row in before}
    kept = ((row[_CLIENT], row[_SHARE], shares.get(row[_CLIENT])) for row in now)
    return {client: share for client, share, was in kept if share is not None and was is not None and share < was}


_CLIENT, _TIER, _SHARE = (standing.c.keys().index(name) for name in ("client_id", "tier", "share"))


def _stored(connection: Connection, basis: Basis, ids: Sequence[int]) -> dict[Key, tuple[Any, ...]]:
    """Rows as they stand, so that only those that differ are written."""
    day = bulk.day(connection)
    found = {}
    for row in bulk.rows(connection, _STORED, {"installation": basis.installation_id, "ids": ids}):
        found[row[1], row[2]] = (*row[:5], day(row[5]), *row[6:14], day(row[14]), *row[15:])
    return found


_STORED = select(
    *(cast(one, Double) if one is standing.c.mrr else one for one in standing.c),
).where(
    standing.c.installation_id == bindparam("installation"),
    standing.c.client_id.in_(select(lists.numbers("ids").c.value)),
)


def _leave(connection: Connection, basis: Basis, gone: Collection[Key]) -> None:
    """Take out the rows of clients in workspaces where they stand no longer."""
    for workspace_id in {one for _, one in gone}:
        ids = [client_id for client_id, one in gone if one == workspace_id]
        _forget(connection, basis, ids, standing.c.workspace_id == workspace_id)


def _forget(connection: Connection, basis: Basis, ids: Sequence[int], *where: ColumnElement[bool]) -> None:
    """Clients that are archived stand nowhere, nor do records that are none."""
    if ids:
        areas.write(connection, areas.stored(connection, basis.installation_id, ids, *where), set())
        chosen = standing.c.client_id.in_(select(lists.numbers("ids").c.value))
        mine = standing.c.installation_id == basis.installation_id
        connection.execute(delete(standing).where(mine, chosen, *where), {"ids": ids})
