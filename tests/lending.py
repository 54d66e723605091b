"""One database of a backend for one test after another: emptied in between, as quick as a new one is slow."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event

from storage.database import Database

MOST = 500_000  # bytes: deleted rows take room, too

# What of a database is not its rows, and which tables have or had some. A table that was analyzed is planned for
# otherwise than a new one (-1).
_KNOWN = """
    SELECT count(*), max(reltuples) FILTER (WHERE relkind = 'r'),
           sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'r'),
           array_agg(relname::text) FILTER (WHERE relkind = 'r' AND pg_relation_size(oid) > 0)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
_NUMBERS = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
# Keys are not held while it is emptied, so that the order does not matter.
_SESSION = "SET lock_timeout = 1000; SET session_replication_role = replica"


class Lent(Database):
    """For one test: on the engine of those before it, which keeps what it compiled, with listeners of its own."""

    def __init__(self, one: Database) -> None:
        self.url = one.url
        self.engine = one.engine.execution_options()
        self._reader = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")


class Lending:
    """Databases that wait for the next test."""

    def __init__(self, fresh: Callable[[str], str]) -> None:
        self._fresh = fresh
        self._idle: dict[str, _File | _Server] = {}

    @contextmanager
    def lend(self, backend: str) -> Iterator[Database]:
        one = self._idle.pop(backend) if backend in self._idle else self._made(backend)
        yield Lent(one.database)
        if one.is_emptied():
            self._idle[backend] = one
        else:
            one.end()

    def _made(self, backend: str) -> _File | _Server:
        made = Database(self._fresh(backend))
        return _File(made) if made.is_sqlite else _Server(made)

    def end(self) -> None:
        for one in self._idle.values():
            one.end()


class _File:
    """A file of SQLite: the one that it was when it was new takes its place."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._path = Path(str(database.url.database))
        self._new = self._path.read_bytes()
        event.listen(database.engine, "connect", _unsafe)

    def is_emptied(self) -> bool:
        self.end()
        for old in self._path.parent.glob(f"{self._path.name}*"):
            old.unlink()  # not overwritten: whoever still has it open keeps their own
        self._path.write_bytes(self._new)
        return True

    def end(self) -> None:
        self.database.close()


def _unsafe(driver: sqlite3.Connection, _: object) -> None:
    """What the computer's failure would take is no loss here."""
    driver.execute("PRAGMA synchronous=OFF")


class _Server:
    """A database of PostgreSQL, emptied through a connection beside those of the tests."""

    def __init__(self, database: Database) -> None:
        self.database = database
        url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._beside = psycopg.connect(url, autocommit=True)
        self._beside.execute(_SESSION)
        self._new = self._known()[0]

    def is_emptied(self) -> bool:
        """Whether it is as new. Otherwise (it has grown, or somebody still holds a lock) another takes its place."""
        self.database.close()
        count, analyzed, size, used = self._known()
        if (count, analyzed) != (self._new, -1) or size > MOST:
            return False
        try:
            self._beside.execute("; ".join([_NUMBERS, *(f'DELETE FROM "{name}"' for name in used or ())]))
        except psycopg.errors.LockNotAvailable:
            return False
        return True

    def end(self) -> None:
        self._beside.close()
        self.database.close()

    def _known(self) -> Any:
        return self._beside.execute(_KNOWN).fetchone()
