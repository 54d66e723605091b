"""Clients of a workspace: counted, and whether one of them is seen."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from bot.domain.access import Person
from bot.domain.catalog import Tier
from storage.schema import record, standing

_COUNT = select(func.count()).where(
    standing.c.installation_id == bindparam("installation"),
    standing.c.workspace_id == bindparam("workspace"),
    standing.c.tier != Tier.FORMER,
)


def count(connection: Connection, installation_id: int, workspace_id: int) -> int:
    """How many clients a workspace has; former ones are absent from counts."""
    return connection.scalar(_COUNT, {"installation": installation_id, "workspace": workspace_id}) or 0


def seen_in(connection: Connection, installation_id: int, client_id: int) -> set[int]:
    """The workspaces where a client stands; none where it is gone."""
    at = standing.c
    mine = (at.installation_id == installation_id, at.client_id == client_id)
    same = (record.c.installation_id == at.installation_id) & (record.c.id == at.client_id)
    query = select(at.workspace_id).join(record, same).where(*mine, record.c.archived_at.is_(None))
    return set(connection.scalars(query))


def name(connection: Connection, asker: Person, client_id: int) -> str | None:
    """The name of a client that somebody sees; None where they see none."""
    at = standing.c
    mine = (at.installation_id == asker.installation_id, at.client_id == client_id)
    same = (record.c.installation_id == at.installation_id) & (record.c.id == at.client_id)
    seen = select(record.c.name).join(standing, same).where(*mine, at.workspace_id == asker.workspace_id)
    return connection.scalar(seen.where(record.c.archived_at.is_(None)))
