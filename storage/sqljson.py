"""What reads the same on SQLite and PostgreSQL: JSON of rows in a row, a number; a day before one; a text's head."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, Double, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class rows(FunctionElement[Any]):  # noqa: N801 (functions of SQL are written small)
    """An aggregate: an array of the rows, each an array of the given columns. Of no rows: null or empty."""

    type = JSON()
    inherit_cache = True


@compiles(rows, "sqlite")
def _rows_on_sqlite(element: rows, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **kwargs)}))"


@compiles(rows, "postgresql")
def _rows_on_postgresql(element: rows, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(element.clauses, **kwargs)}))"


class items(FunctionElement[Any]):  # noqa: N801
    """An aggregate: an array of the values of one column. Of no rows: null or empty."""

    type = JSON()
    inherit_cache = True


@compiles(items, "sqlite")
def _items_on_sqlite(element: items, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **kwargs)})"


@compiles(items, "postgresql")
def _items_on_postgresql(element: items, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"json_agg({compiler.process(element.clauses, **kwargs)})"


class days_before(FunctionElement[date]):  # noqa: N801
    """A day, and how many days before it."""

    type = Date()
    inherit_cache = True


@compiles(days_before, "sqlite")
def _before_on_sqlite(element: days_before, compiler: SQLCompiler, **kwargs: Any) -> str:
    day, days = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"date({day}, -{days} || ' days')"


@compiles(days_before, "postgresql")
def _before_on_postgresql(element: days_before, compiler: SQLCompiler, **kwargs: Any) -> str:
    day, days = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"({day} - {days})"


class number(FunctionElement[float]):  # noqa: N801
    """Of a text that is a JSON object: the number under a key; null where there is none."""

    type = Double()
    inherit_cache = True


@compiles(number, "sqlite")
def _number_on_sqlite(element: number, compiler: SQLCompiler, **kwargs: Any) -> str:
    text, key = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"json_extract({text}, '$.\"' || {key} || '\"')"


@compiles(number, "postgresql")
def _number_on_postgresql(element: number, compiler: SQLCompiler, **kwargs: Any) -> str:
    text, key = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"CAST(CAST({text} AS json) ->> CAST({key} AS text) AS double precision)"


class head(FunctionElement[str]):  # noqa: N801
    """Of a text the part before the first of a sign."""

    type = Text()
    inherit_cache = True


@compiles(head, "sqlite")
def _head_on_sqlite(element: head, compiler: SQLCompiler, **kwargs: Any) -> str:
    text, sign = (compiler.process(part, **kwargs) for part in element.clauses)
    return f"substr({text}, 1, instr({text}, {sign}) - 1)"


@compiles(head, "postgresql")
def _head_on_postgresql(element: head, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"split_part({compiler.process(element.clauses, **kwargs)}, 1)"
