"""Channels that are about a client. A tie says nothing of who may see the client: that each reader asks for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person
from storage import conditions
from storage.schema import channel_tie, record, standing

_one = channel_tie.c


def client_of(connection: Connection, installation_id: int, channel: str) -> int | None:
    """The client that a channel is tied to, whether or not anybody may see it; None where it is tied to none."""
    mine = (_one.installation_id == installation_id, _one.channel_id == channel)
    return connection.scalar(select(_one.client_id).where(*mine))


def seen(connection: Connection, asker: Person, channel: str) -> tuple[int, str] | None:
    """The id and name of the client that a channel is tied to; None where there is none that the asker sees."""
    here = _one.installation_id
    same = (record.c.installation_id == here) & (record.c.id == _one.client_id)
    at = (standing.c.installation_id == here) & (standing.c.client_id == _one.client_id)
    query = select(record.c.id, record.c.name).select_from(channel_tie.join(record, same).join(standing, at))
    query = query.where(here == asker.installation_id, _one.channel_id == channel, record.c.archived_at.is_(None))
    seen = conditions.seen(standing.c, asker.workspace_id, asker.covered)
    row = connection.execute(query.where(seen).limit(1)).one_or_none()
    return None if row is None else (row.id, row.name)


def tie(connection: Connection, asker: Person, channel: str, client_id: int, now: datetime) -> None:
    """Tie a channel to a client that the asker sees, instead of what it was tied to."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = {"client_id": client_id, "made_by": asker.id, "made_at": now}
    row = dialect.insert(channel_tie).values(installation_id=asker.installation_id, channel_id=channel, **made)
    connection.execute(row.on_conflict_do_update(index_elements=["installation_id", "channel_id"], set_=made))


def untie(connection: Connection, asker: Person, channel: str, client_id: int) -> None:
    """Where it is tied to another client by now, it stays so."""
    mine = (_one.installation_id == asker.installation_id, _one.channel_id == channel, _one.client_id == client_id)
    connection.execute(delete(channel_tie).where(*mine))
