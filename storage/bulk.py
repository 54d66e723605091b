"""Many rows at once: read without an object for each, written in one statement."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Date, Executable, Table
from sqlalchemy.dialects import postgresql

Day = Callable[[Any], date | None]


def rows(connection: Connection, statement: Executable, values: Mapping[str, object]) -> Iterator[tuple[Any, ...]]:
    """The rows as the driver gives them: on SQLite days are texts (see `day`)."""
    cursor = connection.execute(statement, dict(values)).cursor
    assert cursor is not None
    while batch := cursor.fetchmany(4_096):
        yield from batch


def day(connection: Connection) -> Callable[[Any], date | None]:
    """What makes a date of a day in `rows`."""
    return _parse if connection.dialect.name == "sqlite" else _same


@lru_cache(maxsize=65_536)
def _parse(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _same(value: Any) -> Any:
    return value


def document(connection: Connection) -> Callable[[Any], Any]:
    """What makes an object of a JSON document in `rows`, which SQLite gives as a text."""
    return json.loads if connection.dialect.name == "sqlite" else _same


def upsert(connection: Connection, table: Table, written: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, or replace those with the same key. A row has the table's columns in their order."""
    if not written:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_sqlite_upsert(table), _plain(table, written))
    else:
        columns = tuple(list(column) for column in zip(*written, strict=True))
        connection.exec_driver_sql(_postgresql_upsert(table), columns)


def remove(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> None:
    """Delete rows by their keys, in the order of the table's primary key, which has no days."""
    if not keys:
        return
    if connection.dialect.name == "sqlite":
        names = " AND ".join(f'"{column.name}" = ?' for column in table.primary_key)
        connection.exec_driver_sql(f'DELETE FROM "{table.name}" WHERE {names}', list(keys))  # noqa: S608
    else:
        columns = tuple(list(column) for column in zip(*keys, strict=True))
        connection.exec_driver_sql(_postgresql_remove(table), columns)


@lru_cache
def _postgresql_remove(table: Table) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    arrays = ", ".join(f"%s::{column.type.compile(dialect)}[]" for column in table.primary_key)
    names = ", ".join(f'"{column.name}"' for column in table.primary_key)
    same = " AND ".join(f'"{table.name}"."{one.name}" = given."{one.name}"' for one in table.primary_key)
    return f'DELETE FROM "{table.name}" USING unnest({arrays}) AS given({names}) WHERE {same}'  # noqa: S608


def _plain(table: Table, written: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows with their days as texts: SQLite has no type for them."""
    days = [i for i, column in enumerate(table.columns) if isinstance(column.type, Date)]
    plain = []
    for row in written:
        values = list(row)
        for i in days:
            if values[i] is not None:
                values[i] = values[i].isoformat()
        plain.append(tuple(values))
    return plain


@lru_cache
def _sqlite_upsert(table: Table) -> str:
    marks = ", ".join("?" for _ in table.columns)
    return f'INSERT INTO "{table.name}" ({_names(table)}) VALUES ({marks}) {_on_conflict(table)}'  # noqa: S608 (names of ours)


@lru_cache
def _postgresql_upsert(table: Table) -> str:
    """Whole columns as arrays: five times faster than row by row."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = (column.type.compile(dialect).partition(" COLLATE")[0] for column in table.columns)
    arrays = ", ".join(f"%s::{'text' if kind == 'JSONB' else kind}[]" for kind in types)
    picked = ", ".join(
        f'"{column.name}"{"::jsonb" if column.type.compile(dialect) == "JSONB" else ""}' for column in table.columns
    )
    return (
        f'INSERT INTO "{table.name}" ({_names(table)}) SELECT {picked} '  # noqa: S608
        f"FROM unnest({arrays}) AS given({_names(table)}) {_on_conflict(table)}"
    )


def _names(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _on_conflict(table: Table) -> str:
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    changes = ", ".join(f'"{c.name}" = excluded."{c.name}"' for c in table.columns if not c.primary_key)
    return f"ON CONFLICT ({keys}) DO UPDATE SET {changes}"
