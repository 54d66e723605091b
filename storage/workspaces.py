"""Customer success workspaces: the primary one, which is always there, and those that were created."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from bot.domain.workspaces import EVERYTHING, Workspace
from storage.schema import team, workspace


def every(connection: Connection, installation_id: int) -> list[Workspace]:
    """All of an installation but the one that has everything; the primary one first. Two statements."""
    one = workspace.c
    columns = (one.id, one.name, one.description, one.is_primary, one.version)
    query = select(*columns).where(one.installation_id == installation_id, one.id != EVERYTHING)
    rows = connection.execute(query.order_by(one.is_primary.desc(), one.id)).all()
    teams: dict[int, dict[int, str]] = {row.id: {} for row in rows}
    mine = select(team.c.id, team.c.name, team.c.workspace_id).where(team.c.installation_id == installation_id)
    for row in connection.execute(mine.order_by(team.c.name)):
        teams[row.workspace_id or rows[0].id][row.id] = row.name
    return [Workspace(*row, teams[row.id]) for row in rows]


def make_everything(connection: Connection, installation_id: int) -> None:
    """Make the one in which every client stands, where it is not there yet.

    For the transaction that creates a workspace, which holds the installation's row, before `standing.resettle`: as
    long as there is only the primary workspace, that one has every client.
    """
    mine = workspace.c.installation_id == installation_id
    if connection.scalar(select(workspace.c.id).where(mine, workspace.c.id == EVERYTHING)) is None:
        values = {"id": EVERYTHING, "name": "All clients", "is_primary": False}
        connection.execute(insert(workspace).values(installation_id=installation_id, **values))


def widest(connection: Connection, installation_id: int) -> int:
    """The workspace in which every client stands: the primary one, as long as it is alone."""
    query = select(workspace.c.id).where(workspace.c.installation_id == installation_id)
    first = query.order_by(workspace.c.id != EVERYTHING, workspace.c.is_primary.desc()).limit(1)
    return int(connection.execute(first).scalar_one())
