"""A row, and what is written for its sake: one statement on PostgreSQL; one each on SQLite, which has none such."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, FromClause, Insert, Update, literal, select
from sqlalchemy.sql.dml import ReturningInsert

# Of the new row's id, as a row of the one column `id`: there is none where nothing was added.
Write = Callable[[FromClause], Insert | Update]


def add(connection: Connection, row: ReturningInsert[Any], writes: Sequence[Write] = ()) -> int | None:
    """Its id. None where it was there already: then nothing else is written either."""
    if connection.dialect.name == "sqlite":
        return _each(connection, row, writes)
    made = row.cte("made")
    beside = (write(made).cte(f"beside_{number}") for number, write in enumerate(writes))
    number: int | None = connection.scalar(select(made.c.id).add_cte(*beside))
    return number


def _each(connection: Connection, row: ReturningInsert[Any], writes: Sequence[Write]) -> int | None:
    number: int | None = connection.scalar(row)
    made = select(literal(number).label("id")).subquery("made")
    for write in writes if number is not None else ():
        connection.execute(write(made))
    return number
