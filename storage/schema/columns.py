"""The types of columns, and the keys that every table has: of its installation, and of what is in the same one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Numeric,
    String,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Refuses naive times, stores UTC and returns it aware, on both databases.

    SQLite would otherwise give back naive times where PostgreSQL gives aware ones.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Document = JSON().with_variant(JSONB(), "postgresql")
Key = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only in a column of type INTEGER
Money = Numeric(14, 2, asdecimal=False)


def folded(length: int) -> String:
    """Folded text, ordered by code point on both databases, so that one index serves equality and beginnings."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def installation_id(**kwargs: Any) -> Column[int]:
    return Column("installation_id", Integer, nullable=False, **kwargs)


def owned(*columns: str, table: str, ondelete: str = "CASCADE") -> ForeignKeyConstraint:
    """A foreign key to a row of the same installation."""
    return ForeignKeyConstraint(
        ["installation_id", *columns], [f"{table}.installation_id", f"{table}.id"], ondelete=ondelete
    )
