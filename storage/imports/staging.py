"""Where an import's rows wait: temporary tables of one connection, on disk, filled without the write lock.

SQLite keeps them in a file of their own, PostgreSQL in the session; both are gone with the connection, however it
ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy import select as _select

from storage.database import Database
from storage.schema import Key, installation

_metadata = MetaData()


def _table(name: str, *parts: Any, **options: Any) -> Table:
    return Table(f"staged_{name}", _metadata, *parts, prefixes=["TEMPORARY"], **options)


# A client, service or deal. `number` is the record's id where it is known, and the id that it will most likely get
# where it is new: so rows about a client are merged in the order in which its facts are stored.
record = _table(
    "record",
    Column("number", Key, primary_key=True, autoincrement=False),
    Column("record_id", BigInteger, nullable=False),  # the number, unless somebody else took that id meanwhile
    Column("object", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("is_new", Boolean, nullable=False),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False),
    Column("domain", String),
    Column("url", Text),
    Column("currency", String),
    Column("mrr", Double),
    Column("properties", Text, nullable=False),  # JSON, without empty ones
    Column("given", Text, nullable=False),  # JSON: the columns and the properties that its file has, empty ones too
    Column("line", BigInteger, nullable=False),
    Index("staged_record_by_id", "object", "external_id", unique=True),
)
subscription = _table(
    "subscription",
    Column("external_id", String, primary_key=True),
    Column("client", BigInteger, nullable=False, index=True),  # its number
    Column("facts", Text, nullable=False),
    Column("line", BigInteger, nullable=False),
)
# Usage as the rows say it, and then added up per client, tool and day.
use = _table(
    "use",
    Column("client", BigInteger, nullable=False),
    Column("tool", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("count", BigInteger, nullable=False),
)
identified_use = _table(  # rows that carry an id
    "identified_use",
    Column("identity", BigInteger, nullable=False),  # hash of the id
    Column("client", BigInteger, nullable=False),
    Column("tool", Integer, nullable=False),
    Column("day", Date, nullable=False),
    Column("count", BigInteger, nullable=False),
)
cell = _table(
    "cell",
    Column("client", BigInteger, primary_key=True, autoincrement=False),
    Column("tool", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("count", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
tool = _table(
    "tool",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("tool_id", Integer, nullable=False),
)
# Every client that the merge has to look at, how much there is to do for it, and the last day of its staged usage.
touched = _table(
    "touched",
    Column("number", Key, primary_key=True, autoincrement=False),
    Column("weight", Integer, nullable=False),
    Column("last_on", Date),
)


class Stage:
    """One connection with the temporary tables. Work runs in short transactions, so that no snapshot is held long."""

    def __init__(self, database: Database, installation_id: int) -> None:
        self.installation_id = installation_id
        self.database = database
        self.is_sqlite = database.is_sqlite
        self.connection = database.engine.connect()
        with self.reading():
            if not self.is_sqlite:
                self.connection.exec_driver_sql("SET statement_timeout = 0")
                self.connection.exec_driver_sql("SET work_mem = '64MB'")
            _metadata.create_all(self.connection, checkfirst=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that reads the database and writes at most to the temporary tables."""
        self.connection.execution_options(writes=False)
        with self.connection.begin():
            yield self.connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock; on PostgreSQL the installation's row, against other imports."""
        self.connection.execution_options(writes=True)
        with self.connection.begin():
            self.connection.execute(
                _select(installation.c.id).where(installation.c.id == self.installation_id).with_for_update()
            )
            yield self.connection

    def load(self, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
        """Append whole rows to a table, the quickest way that each database has. Days are texts, JSON is text."""
        cursor: Any = self.connection.connection.cursor()
        try:
            if self.is_sqlite:
                marks = ", ".join("?" for _ in table.columns)
                cursor.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608
            else:
                with cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
        finally:
            cursor.close()

    @contextmanager
    def filling(self, table: Table) -> Iterator[None]:
        """Inside `reading`, an empty table gets its rows from a sum over another, in the order of its key.

        PostgreSQL knows no sizes here: it would add up in a hash table and sort that, and keep the key row by row.
        """
        if self.is_sqlite:
            yield
            return
        key = ", ".join(column.name for column in table.primary_key)
        self.connection.exec_driver_sql(f"ALTER TABLE {table.name} DROP CONSTRAINT {table.name}_pkey")
        self.connection.exec_driver_sql("SET LOCAL enable_hashagg = off")
        yield
        self.connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD PRIMARY KEY ({key})")

    def analyze(self) -> None:
        """Tell PostgreSQL how large the tables are; it takes new temporary ones for small."""
        if not self.is_sqlite:
            with self.reading() as connection:
                for table in _metadata.sorted_tables:
                    connection.exec_driver_sql(f"ANALYZE {table.name}")

    def close(self) -> None:
        """End the connection for good: the pool must not hand it on with its temporary tables."""
        self.connection.invalidate()
        self.connection.close()
