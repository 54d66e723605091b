"""Channels that an admin allowed client data in by name, whoever reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from storage import audit, installations
from storage.schema import allowed_channel

_one = allowed_channel.c


def is_allowed(connection: Connection, installation_id: int, name: str) -> bool:
    return connection.execute(select(_one.name).where(*_is(installation_id, name))).first() is not None


def every(connection: Connection, installation_id: int) -> Sequence[str]:
    """Their names."""
    return connection.scalars(
        select(_one.name).where(_one.installation_id == installation_id).order_by(_one.name)
    ).all()


def allow(connection: Connection, installation_id: int, name: str, now: datetime) -> None:
    installations.lock(connection, installation_id)
    if not is_allowed(connection, installation_id, name):
        connection.execute(insert(allowed_channel).values(installation_id=installation_id, name=name, allowed_at=now))
        audit.record(connection, installation_id, None, now, "channel.allowed", name)


def forbid(connection: Connection, installation_id: int, name: str, now: datetime) -> bool:
    """Whether it was allowed until now."""
    installations.lock(connection, installation_id)
    if connection.execute(delete(allowed_channel).where(*_is(installation_id, name))).rowcount == 0:
        return False
    audit.record(connection, installation_id, None, now, "channel.forbidden", name)
    return True


def _is(installation_id: int, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _one.installation_id == installation_id, _one.name == name
