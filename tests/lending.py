"""One database of a backend for one test after another: emptied in between, as quick as a new one is slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from storage.database import Database
from storage.schema import metadata

MOST = 500_000  # bytes: deleted rows take room, too

# What of a database is not its rows. A table that was analyzed is planned for otherwise than a new one (-1).
_KNOWN = """
    SELECT count(*), max(reltuples) FILTER (WHERE relkind = 'r'),
           sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'r')
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
_NUMBERS = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
_EMPTY = "; ".join(
    [
        "SET lock_timeout = 1000",
        "SET session_replication_role = replica",  # keys are not held, so that the order does not matter
        *(f'DELETE FROM "{table.name}"' for table in metadata.tables.values()),
        _NUMBERS,
    ]
)


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
        self._idle: dict[str, tuple[Database, bytes | int]] = {}  # with what it was like when it was new

    @contextmanager
    def lend(self, backend: str) -> Iterator[Database]:
        one, new = self._idle.pop(backend) if backend in self._idle else self._made(backend)
        yield Lent(one)
        one.close()
        if _emptied(one, new):
            self._idle[backend] = one, new

    def _made(self, backend: str) -> tuple[Database, bytes | int]:
        made = Database(self._fresh(backend))
        if made.is_sqlite:
            return made, _file(made).read_bytes()
        with psycopg.connect(_dsn(made)) as connection:
            return made, _relations(connection)[0]


def _emptied(one: Database, new: bytes | int) -> bool:
    """Whether it is as new. Otherwise (it has grown, say, or somebody still holds a lock) another takes its place."""
    if isinstance(new, bytes):
        file = _file(one)
        for old in file.parent.glob(f"{file.name}*"):
            old.unlink()  # not overwritten: whoever still has it open keeps their own
        file.write_bytes(new)
        return True
    with psycopg.connect(_dsn(one), autocommit=True) as connection:
        count, analyzed, size = _relations(connection)
        if (count, analyzed) != (new, -1) or size > MOST:
            return False
        try:
            connection.execute(_EMPTY)
        except psycopg.errors.LockNotAvailable:
            return False
        return True


def _relations(connection: psycopg.Connection) -> tuple[int, float, int]:
    found = connection.execute(_KNOWN).fetchone()
    assert found is not None
    return found[0], found[1], found[2]


def _file(one: Database) -> Path:
    return Path(str(one.url.database))


def _dsn(one: Database) -> str:
    return one.url.set(drivername="postgresql").render_as_string(hide_password=False)
