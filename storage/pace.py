"""Slack's pace, kept by all processes together: when a place, or the whole Slack workspace, takes the next message."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, FromClause, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema import pace

WHOLE = ""  # the place that stands for the Slack workspace
LONGEST = timedelta(minutes=10)  # what is kept for longer was written by a clock that has been put back since


def is_held(now: datetime, table: FromClause = pace) -> ColumnElement[bool]:
    """Whether a row of the table keeps its place from getting a message now."""
    return and_(table.c.free_at > now, table.c.free_at <= now + LONGEST)


def reserve(connection: Connection, installation_id: int, place: str, now: datetime, free_at: datetime) -> bool:
    """Take the place's next message, and none before a moment. False where another process was faster."""
    return _keep(connection, installation_id, place, free_at, ~is_held(now))


def hold(connection: Connection, installation_id: int, until: datetime, place: str = WHOLE) -> None:
    """Nothing there, or no message at all, before a moment: Slack has had enough."""
    _keep(connection, installation_id, place, until, ~pace.c.free_at.between(until, until + LONGEST))


def held(connection: Connection, installation_id: int, now: datetime, place: str) -> datetime | None:
    """Until when a place is held."""
    mine = (pace.c.installation_id == installation_id, pace.c.place == place, is_held(now))
    return connection.scalar(select(pace.c.free_at).where(*mine))


def forget(connection: Connection, installation_id: int, now: datetime) -> None:
    """Drop what keeps nobody from anything any more."""
    connection.execute(delete(pace).where(pace.c.installation_id == installation_id, pace.c.free_at < now - LONGEST))


def _keep(
    connection: Connection, installation_id: int, place: str, free_at: datetime, where: ColumnElement[bool]
) -> bool:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(pace).values(installation_id=installation_id, place=place, free_at=free_at)
    kept = made.on_conflict_do_update(
        index_elements=["installation_id", "place"], set_={"free_at": free_at}, where=where
    )
    return connection.scalar(kept.returning(pace.c.place)) is not None
