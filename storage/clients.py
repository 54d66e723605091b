"""Clients of a workspace, counted."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from bot.domain.catalog import Tier
from storage.schema import standing

_COUNT = select(func.count()).where(
    standing.c.installation_id == bindparam("installation"),
    standing.c.workspace_id == bindparam("workspace"),
    standing.c.tier != Tier.FORMER,
)


def count(connection: Connection, installation_id: int, workspace_id: int) -> int:
    """How many clients a workspace has; former ones are absent from counts."""
    return connection.scalar(_COUNT, {"installation": installation_id, "workspace": workspace_id}) or 0
