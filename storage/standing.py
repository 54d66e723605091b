"""Standings: every client's score as lists, counts and digests need it, kept with what it is made from.

`advance` says up to which day the data goes and marks the clients whose scores that changes; `resettle` says that
workspaces changed; `settle` makes the scores of all that wait for it. Each may be cut off at any moment: run again, it
finishes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, func, select, update

from bot.domain.answers import Answer
from bot.domain.catalog import Catalog
from bot.domain.engagement import Engagement
from bot.domain.signs import notice
from storage import alerts, collector, homes, installations, stale
from storage import basis as bases
from storage import catalog as catalogs
from storage.basis import Basis
from storage.database import Database
from storage.schema import installation, record, source, standing
from storage.schema import stale as marks
from storage.settler import Settler

Progress = Callable[[int, int], None]  # clients done, clients in all

HOLD = 0.07  # seconds for which a slice should hold the write lock; on a busy machine it takes several times as long
PAUSE = 0.003  # seconds between slices: SQLite's waiters look at the lock every millisecond and must find it free once
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
        installations.lock(connection, installation_id)
        marked, stored = stored, bases.read(connection, installation_id, catalog)
        moved = stored.reaching(reaches)
        # Settings or another import may have come between: what was marked then does not do.
        whole = whole or (stored.as_of, stored.sources) != (marked.as_of, marked.sources)
        whole = whole or _is_new(connection, stored, moved)
        for old, new in zip(stored.sources, moved.sources, strict=True):
            if old.reach != new.reach:
                mine = (source.c.installation_id == installation_id) & (source.c.id == new.id)
                connection.execute(update(source).where(mine).values(reach=new.reach, changed_at=now))
        _write_basis(connection, moved, sweeps=whole)


def rescore(database: Database, installation_id: int, catalog: Catalog, progress: Progress | None = None) -> int:
    """Make all scores again; how many clients that were."""
    with database.write() as connection:
        installations.lock(connection, installation_id)
        stored = bases.read(connection, installation_id, catalog)
        _write_basis(connection, stored.reaching({}), sweeps=True)
    return settle(database, installation_id, catalog, progress)


def resettle(connection: Connection, installation_id: int) -> bool:
    """Let all clients find their workspaces again, in the transaction that changed who works where or by what.

    Call it last, after teams, members, CSM or renewal properties were written; it holds the installation's row. Where
    nothing changed that standings depend on, it does nothing, and says so. The work is done by `catch_up`: after the
    transaction by who changed the settings, and by the job `bot.jobs.scores`.
    """
    installations.lock(connection, installation_id)
    mine = installation.c.id == installation_id
    head = connection.execute(select(installation.c.as_of, installation.c.basis_hash).where(mine)).one()
    if head.as_of is None:  # before the first import nobody stands anywhere
        return False
    found = bases.read(connection, installation_id, catalogs.current(connection, installation_id))
    if found.hash == head.basis_hash:
        return False
    _write_basis(connection, found, sweeps=True)
    return True


def score(connection: Connection, installation_id: int, catalog: Catalog, client_id: int) -> None:
    """Make the score of a client in the transaction that changed its facts, so that they count at once."""
    Settler(installation_id, catalog).score(connection, client_id)


def waiting(connection: Connection) -> dict[int, int]:
    """The installations where all scores are to be made again, each with the last client that is done."""
    one = installation.c
    return dict(connection.execute(select(one.id, one.settled_to).where(one.settled_to.is_not(None))).all())


def catch_up(database: Database, installation_id: int, seconds: float = math.inf) -> int:
    """Go on making all scores again, for so many seconds at most; how many clients that were.

    Clients that only are marked are left to the import that marked them.
    """
    with database.read() as connection:
        if installation_id not in waiting(connection):
            return 0
        catalog = catalogs.current(connection, installation_id)
    return settle(database, installation_id, catalog, marked=False, seconds=seconds)


def settle(
    database: Database,
    installation_id: int,
    catalog: Catalog,
    progress: Progress | None = None,
    *,
    marked: bool = True,
    seconds: float = math.inf,
) -> int:
    """Make the scores of all clients that wait for them, in slices; how many clients that were.

    catalog  the one that `advance` was given last
    marked   else only where all scores are made again, and until they are
    seconds  after which the rest is left to others
    """
    until = time.monotonic() + seconds
    settler, size, done, known = Settler(installation_id, catalog), FIRST, 0, 10
    with database.snapshot() as connection:  # else settings could change, and back, within what is read
        total = _waiting(connection, installation_id)
        settler.prepare(connection)  # here nobody waits for it
    while True:
        with collector.paused(), database.write() as connection:
            begun = time.monotonic()
            number = settler.settle(connection, size, marked=marked)
            if number is None and done:
                homes.mark(connection, installation_id)
                alerts.mark(connection, installation_id)
        done += number or 0
        if number is None or time.monotonic() > until:
            return done
        if progress is not None:
            progress(done, max(total, done))
        if number:
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
    return min(MOST, max(1, int(size * min(4.0, HOLD / max(seconds, 0.001)))))


def notice_again(connection: Connection, installation_id: int, one: Engagement, answers: Mapping[str, Answer]) -> None:
    """Write what is to be noticed of a client whose opportunities were answered, or are open again."""
    catalog = one.catalog
    seen = notice(catalog, one.situation(), catalog.bits(one.client.quiet), answers)
    mine = (standing.c.installation_id == installation_id, standing.c.client_id == one.client.id)
    connection.execute(update(standing).where(*mine).values(signs=int(seen.signs)))
