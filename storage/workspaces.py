"""Customer success workspaces: the primary one, which is always there, and those that were created."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.domain.workspaces import Workspace
from storage.schema import team, workspace


def every(connection: Connection, installation_id: int) -> list[Workspace]:
    """All of an installation, the primary one first. Two statements."""
    one = workspace.c
    columns = (one.id, one.name, one.description, one.is_primary, one.version)
    query = select(*columns).where(one.installation_id == installation_id).order_by(one.is_primary.desc(), one.id)
    rows = connection.execute(query).all()
    teams: dict[int, dict[int, str]] = {row.id: {} for row in rows}
    mine = select(team.c.id, team.c.name, team.c.workspace_id).where(team.c.installation_id == installation_id)
    for row in connection.execute(mine.order_by(team.c.name)):
        teams[row.workspace_id or rows[0].id][row.id] = row.name
    return [Workspace(*row, teams[row.id]) for row in rows]
