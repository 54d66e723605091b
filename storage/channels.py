"""What Slack said of channels and of who reads them, for all processes: until somebody joins or one is shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.audience import Channel
from storage.schema import UtcDateTime, channel, digest

_one = channel.c


@dataclass(frozen=True)
class Kept:
    """What is known of a channel that the bot is in."""

    channel: Channel
    members: frozenset[str]  # their ids in Slack
    asked_at: datetime


def kept(connection: Connection, installation_id: int, channel_id: str) -> tuple[Kept | None, int]:
    """What is kept of a channel, and how many changes were heard of until now: `keep` wants that number."""
    row = connection.execute(select(channel).where(*_is(installation_id, channel_id))).one_or_none()
    if row is None or row.asked_at is None:
        return None, 0 if row is None else row.changes
    found = Channel(
        row.id, row.name, is_direct=False, is_member=True, is_archived=row.is_archived, is_external=row.is_external
    )
    return Kept(found, frozenset(row.members), row.asked_at), row.changes


def keep(connection: Connection, installation_id: int, one: Kept, changes: int) -> bool:
    """False where something changed while Slack was asked: then the answer may be older, and is not kept."""
    values = {
        "name": one.channel.name,
        "is_external": one.channel.is_external,
        "is_archived": one.channel.is_archived,
        "members": sorted(one.members),
        "asked_at": one.asked_at,
    }
    made = _insert(connection).values(installation_id=installation_id, id=one.channel.id, changes=changes, **values)
    same = _one.changes == changes
    kept = made.on_conflict_do_update(index_elements=["installation_id", "id"], set_=values, where=same)
    return connection.scalar(kept.returning(_one.id)) is not None


def changed(connection: Connection, installation_id: int, channel_id: str) -> None:
    """Somebody joined it, or it was shared: what is known of it, or asked just now, holds no more."""
    made = _insert(connection).values(installation_id=installation_id, id=channel_id, changes=1)
    forgotten = {"changes": _one.changes + 1, "asked_at": None, "members": null()}
    connection.execute(made.on_conflict_do_update(index_elements=["installation_id", "id"], set_=forgotten))


def forget(connection: Connection, installation_id: int, asked_before: datetime | None = None) -> None:
    """What was asked before a moment, or all of it: nobody may have heard what has changed since."""
    mine = [_one.installation_id == installation_id, _one.asked_at.is_not(None)]
    if asked_before is not None:
        mine.append(_one.asked_at < asked_before)
    forgotten = {"changes": _one.changes + 1, "asked_at": None, "members": null()}
    connection.execute(update(channel).where(*mine).values(forgotten))


def awaited(connection: Connection, installation_id: int, now: datetime, ahead: timedelta) -> dict[str, int]:
    """Those in which a digest is to be posted soon and that were not asked about for it, the next one first.

    With how many changes of each were heard of.
    """
    comes = (digest.c.installation_id == installation_id, digest.c.next_at <= now + ahead, digest.c.paused.is_(None))
    its = (_one.installation_id == digest.c.installation_id) & (_one.id == digest.c.channel_id)
    next_at = func.min(digest.c.next_at, type_=UtcDateTime)
    found = select(digest.c.channel_id, next_at, func.max(_one.asked_at), func.max(_one.changes))
    found = found.outerjoin(channel, its).where(*comes, digest.c.channel_id.is_not(None))
    rows = connection.execute(found.group_by(digest.c.channel_id).order_by(next_at))
    return {name: changes or 0 for name, at, asked_at, changes in rows if asked_at is None or asked_at < at - ahead}


def _is(installation_id: int, channel_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _one.installation_id == installation_id, _one.id == channel_id


def _insert(connection: Connection) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(channel) if connection.dialect.name == "sqlite" else postgresql.insert(channel)
