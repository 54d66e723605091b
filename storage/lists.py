"""A list as one bound value, so that a statement stays the same however long the list is, on both databases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, String, TableValuedAlias, Text, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _List(TypeDecorator[Sequence[Any]]):
    """An array on PostgreSQL, a JSON text on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: type[TypeEngine[Any]]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return values if dialect.name == "postgresql" else json.dumps(values)


class _each(FunctionElement[Any]):  # noqa: N801 (functions of SQL are written small)
    inherit_cache = True


@compiles(_each, "sqlite")
def _on_sqlite(element: _each, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **kwargs)})"


@compiles(_each, "postgresql")
def _on_postgresql(element: _each, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"unnest({compiler.process(element.clauses, **kwargs)})"


def texts(name: str) -> TableValuedAlias:
    """The texts bound as `name`, as rows with the one column `value`."""
    return _rows(name, String)


def numbers(name: str) -> TableValuedAlias:
    """The whole numbers bound as `name`, as rows with the one column `value`."""
    return _rows(name, BigInteger)


def among_texts(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """Whether a column is among the texts bound as `name`: one look-up in the column's index for each.

    As a join with `texts`, PostgreSQL would rather read all of a table that it has no statistics of yet.
    """
    return _among(column, bindparam(name, type_=_List(String)))


def among_numbers(column: ColumnElement[int], name: str) -> ColumnElement[bool]:
    """The same of whole numbers: among many joins PostgreSQL may leave the rows of `numbers` to the last."""
    return _among(column, bindparam(name, type_=_List(BigInteger)))


class _among(FunctionElement[bool]):  # noqa: N801
    inherit_cache = True  # without a type: of a Boolean SQLAlchemy makes "… = 1", for which SQLite has no index


@compiles(_among, "sqlite")
def _among_on_sqlite(element: _among, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, values = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 (both are made by the compiler)


@compiles(_among, "postgresql")
def _among_on_postgresql(element: _among, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, values = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"{column} = ANY({values})"


def _rows(name: str, item: type[TypeEngine[Any]]) -> TableValuedAlias:
    # On PostgreSQL a function's one column bears its alias's name, hence "value" for both.
    return _each(bindparam(name, type_=_List(item))).table_valued("value", name="value")
