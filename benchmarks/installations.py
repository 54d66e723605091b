"""Digests where many installations share a database: what a tick and a due one cost, beside the bare ones."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection, Date, bindparam, delete, event, insert, text, update

from bot.domain.digests import Content, Digest
from bot.jobs.composing import Compose
from bot.jobs.digest_content import compose
from bot.jobs.digests import Digests
from storage import catalog as catalogs
from storage import digests, installations
from storage.catalog import Catalogs
from storage.database import Database
from storage.schema import delivery, digest, metadata, named_client, person, workspace
from tests import postgres

LARGE = 1_000_000
INSTALLATIONS, WORKSPACES = 20, 5  # of each
IDLE = (10, 10_000)  # digests of which none is due
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # a Tuesday: 9:00 in Oslo
AS_OF = date(2026, 11, 23)
DAY = timedelta(days=1)
HERE, THERE = 7, 3  # the installation and its workspace whose digest is due
TURNS, TICKS = 15, 200
# What was told before, by what the digest says then:
CASES: dict[str, dict[str, Any]] = {
    "nothing new": {"told_on": NOW.date(), "told_as_of": AS_OF},
    "news": {"told_on": AS_OF, "told_as_of": AS_OF - 2 * DAY},
    "the first one": {"told_on": None, "told_as_of": None},
}
Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Spent:
    """By one turn, in the middle of several."""

    seconds: float
    cpu: float
    statements: int

    def beside(self, bare: Spent) -> str:
        times = f"{self.seconds / bare.seconds:.1f} × the bare one, CPU {self.cpu / bare.cpu:.1f} ×"
        spent = f"{self.seconds * 1000:.2f} ms ({self.cpu * 1000:.2f} ms CPU)"
        return f"{self.statements} {'statement' if self.statements == 1 else 'statements'}, {spent}; {times}"


def run(sizes: tuple[int, ...] = (100_000,)) -> Rows:
    """Rows of (what, figure), on SQLite, and on PostgreSQL where it is installed. `sizes`: clients of all together."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # nobody reads them here
    rows: Rows = []
    for size in sizes:
        for database in _databases():
            fill(database, size)
            label = f"{database.url.get_backend_name()}, {size:,} clients"
            rows += [(f"{label}: {what}", figure) for what, figure in _measured(database)]
    return rows


def _databases() -> Iterator[Database]:
    with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{Path(folder) / 'base.db'}")) as database:
        yield database
    for programs in list(postgres.binaries().values())[:1]:
        with TemporaryDirectory() as folder, postgres.server(programs, Path(folder)) as admin:
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute("CREATE DATABASE base")
            with closing(Database(admin.removesuffix("postgres") + "base")) as database:
                yield database


def _measured(database: Database) -> Iterator[tuple[str, str]]:
    known = Catalogs(database, catalogs.load(), fixed=True)
    say: Compose = lambda connection, one, moment, head: compose(connection, known, one, moment, head)  # noqa: E731
    job = Digests(database, say, HERE, lambda: NOW)
    bare = _spent(database, lambda: _bare(database), partial(_due_again, database, {}))
    yield "a bare digest: locked, read, kept and planned", bare.beside(bare)
    for what, told in CASES.items():
        spent = _spent(database, job.run, partial(_due_again, database, told))
        yield f"a tick with a digest due, {what}", spent.beside(bare)
    for number in IDLE:
        _idle(database, number)
        least = _spent(database, lambda: _look(database), turns=TICKS)
        yield f"a tick with nothing due of {number:,} digests", _spent(database, job.run, turns=TICKS).beside(least)


def _spent(
    database: Database, work: Callable[[], object], before: Callable[[], object] = lambda: None, turns: int = TURNS
) -> Spent:
    found: list[str] = []

    def note(*given: Any) -> None:
        found.append(given[2])

    before()
    event.listen(database.engine, "before_cursor_execute", note)
    work()
    event.remove(database.engine, "before_cursor_execute", note)
    seconds, cpu = [], []
    for _ in range(turns):
        before()
        begun, begun_cpu = time.perf_counter(), time.process_time()
        work()
        seconds.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - begun_cpu)
    return Spent(statistics.median(seconds), statistics.median(cpu), len(found))


def _due_again(database: Database, told: dict[str, Any]) -> None:
    with database.write() as connection:
        connection.execute(delete(named_client))
        connection.execute(delete(delivery))
        due = update(digest).where(digest.c.installation_id == HERE, digest.c.workspace_id == THERE)
        connection.execute(due.values(next_at=NOW, **told))


def _idle(database: Database, number: int) -> None:
    """So many digests of the installation, all of them to come."""
    with database.write() as connection:
        connection.execute(text(_MORE), {"first": 100, "last": 99 + number - WORKSPACES})
        connection.execute(update(digest).values(next_at=NOW + DAY))
    database.analyze()


def _look(database: Database) -> None:
    mine = {"here": HERE, "now": NOW - DAY}
    with database.read() as connection:
        connection.execute(text("SELECT 1 FROM digest WHERE installation_id = :here AND next_at <= :now"), mine).first()


def _bare(database: Database) -> None:
    """What nothing that tells a digest's clients once can do without, as SQL of one's own."""
    lock = "" if database.is_sqlite else " FOR UPDATE SKIP LOCKED"
    given = {"here": HERE, "there": THERE, "day": str(AS_OF), "now": NOW, "then": NOW + DAY, "key": str(time.time_ns())}
    with database.write() as connection:
        for statement in (_LOCK + lock, _CHANGED, _KEEP, _PLAN):
            connection.execute(text(statement), given)


_LOCK = "SELECT * FROM digest WHERE installation_id = :here AND workspace_id = :there"
_CHANGED = (
    "SELECT client_id, record.name, standing.tier, change.tier FROM change "
    "JOIN standing USING (installation_id, client_id) JOIN record USING (installation_id) "
    "WHERE installation_id = :here AND day >= :day AND workspace_id = :there AND record.id = client_id"
)
_KEEP = (
    "INSERT INTO delivery (installation_id, id, kind, key, state, due_at, made_at, channel, digest_id, payload) "
    "SELECT installation_id, 1, 'digest', :key, 'waiting', :now, :now, channel_id, id, '{}' "
    "FROM digest WHERE installation_id = :here AND workspace_id = :there"
)
_PLAN = "UPDATE digest SET next_at = :then WHERE installation_id = :here AND workspace_id = :there"


def fill(database: Database, size: int) -> None:
    """Of the clients a hundredth moved a little on the last day, and as many fell on each of those before."""
    metadata.create_all(database.engine)
    each = size // INSTALLATIONS
    for _ in range(INSTALLATIONS):
        with database.write() as connection:
            _install(connection, installations.create(connection, NOW).id, each)
    database.analyze()


def _install(connection: Connection, here: int, each: int) -> None:
    hash_, tools = catalogs.load().hash, (1 << 30) - 1
    used, little, less = (f"*|{tools:x}|{uses:x}" for uses in (tools & ~0xF0, tools & ~0xF8, 0xF))
    connection.execute(insert(person).values(installation_id=here, id=1, name="Anna"))
    more = [{"installation_id": here, "id": n, "name": f"Workspace {n}"} for n in range(2, WORKSPACES + 1)]
    connection.execute(insert(workspace), [{**one, "is_primary": False} for one in more])
    given = {"here": here, "size": each, "workspaces": WORKSPACES, "hash": hash_, "used": used}
    for statement in _BASE:
        made = statement.replace("{day}", _DAY[connection.dialect.name])
        connection.execute(text(f"{_NUMBERS} {made}" if "FROM n" in made else made), given)
    moved = text(f"{_NUMBERS} {_MOVED}").bindparams(bindparam("day", type_=Date))
    for back in range(DAYS):
        how = {"tier": "low", "score": 1, "ground": less} if back else {"tier": "medium", "score": 8, "ground": little}
        connection.execute(moved, {**given, **how, "nth": back, "day": AS_OF - back * DAY})
    values = {"as_of": AS_OF, "catalog_hash": hash_}
    connection.execute(update(metadata.tables["installation"]).values(values))
    for n in range(1, WORKSPACES + 1):
        one = Digest(here, n, n, f"Digest {n}", Content.BOTH, "Europe/Oslo", 1, channel_id=f"C{n}", next_at=NOW + DAY)
        digests.add(connection, one, NOW)


DAYS = 20
_DAY = {
    "sqlite": f"date('{AS_OF}', (i % 41 * 9) || ' days')",
    "postgresql": f"date '{AS_OF}' + i % 41 * 9",
}
_NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST(:size AS INTEGER)), "
    "given AS (SELECT CAST(:here AS INTEGER) AS here)"
)
_BASE = (
    "INSERT INTO source (installation_id, id, name, kind, form, covers, changed_at, reach) "
    f"VALUES (:here, 1, 'csv', 'csv', 'events', 'all', '{NOW.isoformat(' ')}', '{AS_OF}')",
    "INSERT INTO record (installation_id, id, object, external_id, name, name_key, currency, mrr, properties, "
    "source_id) SELECT here, i, 'company', CAST(i AS TEXT), 'Client ' || i, 'client ' || i, 'EUR', 100, '{}', 1 "
    "FROM n, given",
    "INSERT INTO standing (installation_id, client_id, workspace_id, person_id, renews_on, mrr, currency, tier, score, "
    "share, change_7, name_key) SELECT here, i, 1 + i % CAST(:workspaces AS INTEGER), 1, "
    "{day}, i % 5000, 'EUR', CASE WHEN i / 5 % 100 < 20 THEN 'low' ELSE 'medium' END, "
    "CASE WHEN i / 5 % 100 < 20 THEN 1 ELSE 8 END, CASE WHEN i / 5 % 100 < 20 THEN 0.1 ELSE 0.8 END, 0.01, "
    "'client ' || i FROM n, given",
    "INSERT INTO change (installation_id, client_id, day, tier, score, earned, possible, catalog_hash, ground, "
    "from_import) SELECT here, i, DATE('2026-09-01'), 'medium', 8, 8, 10, :hash, :used, false FROM n, given",
)
_MOVED = (
    "INSERT INTO change (installation_id, client_id, day, tier, score, earned, possible, catalog_hash, ground, "
    "from_import) SELECT here, i, :day, :tier, :score, :score, 10, :hash, :ground, false FROM n, given "
    "WHERE i / 5 % 100 = :nth"
)
# As the first of the installation's, each with a name of its own.
_OWN = {"id", "name", "name_key"}
_REST = ", ".join(one.name for one in digest.c if one.name not in _OWN)
_MORE = (
    "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS INTEGER) UNION ALL "
    "SELECT i + 1 FROM n WHERE i < CAST(:last AS INTEGER)) "
    f"INSERT INTO digest (id, name, name_key, {_REST}) SELECT i, 'Digest ' || i, 'digest ' || i, {_REST} "
    f"FROM n, digest WHERE installation_id = {HERE} AND id = 1 ON CONFLICT DO NOTHING"
)
