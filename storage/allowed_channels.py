"""Channels that an admin allowed client data in by name, whoever reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.audience import Audience, Channel
from storage.schema import allowed_channel

_FOREIGN = {Audience.EXTERNAL, Audience.GUESTS}

_one = allowed_channel.c


def is_open(connection: Connection, installation_id: int, verdict: Audience, channel: Channel | None) -> bool:
    """Whether client data may be posted to a channel that was judged so."""
    if verdict not in _FOREIGN or channel is None or not channel.is_member:
        return verdict is Audience.FINE
    mine = (_one.installation_id == installation_id, _one.name == channel.name)
    return connection.execute(select(_one.name).where(*mine)).first() is not None


def every(connection: Connection, installation_id: int) -> Sequence[str]:
    """Their names."""
    return connection.scalars(
        select(_one.name).where(_one.installation_id == installation_id).order_by(_one.name)
    ).all()


def allow(connection: Connection, installation_id: int, name: str, now: datetime) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(allowed_channel).values(installation_id=installation_id, name=name, allowed_at=now)
    connection.execute(made.on_conflict_do_nothing())


def forbid(connection: Connection, installation_id: int, name: str) -> bool:
    """Whether it was allowed until now."""
    mine = (_one.installation_id == installation_id, _one.name == name)
    return connection.execute(delete(allowed_channel).where(*mine)).rowcount == 1
