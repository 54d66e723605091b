"""The engine on SQLite and PostgreSQL, and the two kinds of transaction: to read, and to write."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import URL
from sqlalchemy.exc import InterfaceError, OperationalError

POLL = 0.001  # seconds between two looks at SQLite's write lock
PATIENCE = 5.0  # seconds for which a new file's lock is waited for
POOL = 8  # and as many again on demand: four processes stay far below PostgreSQL's default of 100 connections

# What is raised where the database is gone or too busy, and not where a value or a statement is wrong:
LOST = (InterfaceError, OperationalError)

# The rule by which PostgreSQL itself would choose them (autovacuum_analyze_threshold and …_scale_factor).
_CHANGED = """
    SELECT quote_ident(relname) FROM pg_stat_user_tables
    WHERE schemaname = current_schema() AND n_mod_since_analyze > 50 + n_live_tup / 10
    ORDER BY relid -- so that two imports at once do not block each other
"""


class Database:
    """One engine. On SQLite `read()` is a snapshot and `write()` holds the only write lock from its start.

    On PostgreSQL each statement sees what is committed, and whoever needs a lock takes it (`with_for_update`). There a
    transaction would give a reader nothing, and cost two round trips: `read()` begins none.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _engine(self.url)
        self._reader = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; it never waits for a writer."""
        with self._reader.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def stream(self) -> Iterator[Connection]:
        """The same for rows that are fetched bit by bit: for these PostgreSQL, too, needs a transaction."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes. On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`).

        A read that later turns into a write would fail there with "database is locked", however long it waits.
        """
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction that reads, on PostgreSQL too, what was committed when it began, however long it takes."""
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**level) as connection, connection.begin():
            yield connection

    def analyze(self) -> None:
        """Have PostgreSQL look at the tables that have changed much.

        By itself it does so after a minute or so, and until then goes through all new clients for a single card.
        """
        if self.is_sqlite:
            return
        with self.write() as connection:
            changed = list(connection.exec_driver_sql(_CHANGED).scalars())
            if changed:
                connection.exec_driver_sql(f"ANALYZE {', '.join(changed)}")

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    return _postgresql(url)


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,  # an error's text is logged, and parameters are clients' names and notes
        pool_pre_ping=True,
        pool_size=POOL,
        max_overflow=POOL,
        connect_args={"connect_timeout": 5},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.execute("SET statement_timeout = 60000; SET timezone = 'UTC'")  # PgBouncer takes no `options`
        connection.commit()

    return engine


class _Hinted(SQLiteCompiler):
    """Writes `with_hint` into the statement (`INDEXED BY …`), which SQLAlchemy's own compiler leaves out."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"check_same_thread": False}, pool_size=32, max_overflow=POOL
    )
    engine.dialect.statement_compiler = _Hinted

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the begin event below decides, not the driver
        _write_ahead(connection)
        for pragma in (
            "synchronous=NORMAL",
            "wal_autocheckpoint=10000",  # an import's slices change the same pages of indexes: copy them once for many
            "foreign_keys=ON",
            "busy_timeout=5000",
            "temp_store=FILE",  # an import stages its rows in a TEMP table; memory must not grow with the file
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection  # asked itself, it costs a tenth of a statement
        if not connection.get_execution_options().get("writes", False):
            driver.execute("BEGIN")
        elif not _take_write_lock(driver):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # what it raises says what is wrong

    return engine


def _write_ahead(driver: Any) -> None:
    """Turn the file to write-ahead logging, once and for all. Whoever opens a new file at the same moment waits.

    For that lock SQLite does not wait by itself, whatever its `busy_timeout`.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            driver.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(POLL)


def _take_write_lock(driver: Any) -> bool:
    """Begin to write as soon as nobody else does, within the connection's `busy_timeout`.

    SQLite's own waiting looks again at ever longer intervals, up to 100 ms, and would miss the short gaps that long
    work leaves between its slices.
    """
    (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()
    deadline = time.monotonic() + patience / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return True
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    return False
            time.sleep(POLL)
    finally:
        driver.execute(f"PRAGMA busy_timeout={patience}")
