"""The built-in workspace in which every client stands, for super admins with a seat; made with the first created one.

Until then the primary workspace has every client. Before any client leaves that, all are copied here, in slices: so
who sees all sees all of them at every moment, until then in the primary one.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.workspaces import EVERYTHING
from storage import areas
from storage.schema import installation, standing, workspace

SLICE = 2_000  # standings that are copied in one transaction: some 0.05 s on SQLite

_ROWS = [one.name for one in standing.c if one.name != "workspace_id"]
IS_WHOLE: ColumnElement[bool] = installation.c.everything_to.is_(None)


def make(connection: Connection, installation_id: int) -> None:
    """Make it where it is not there yet; `standing.settle` fills it before it does anything else.

    For the transaction that creates a workspace, which holds the installation's row, before `standing.resettle`.
    """
    mine = workspace.c.installation_id == installation_id
    if connection.scalar(select(workspace.c.id).where(mine, workspace.c.id == EVERYTHING)) is None:
        values = {"id": EVERYTHING, "name": "All clients", "is_primary": False}
        connection.execute(insert(workspace).values(installation_id=installation_id, **values))
        _write(connection, installation_id, 0)


def copy(connection: Connection, installation_id: int, primary: int, after: int) -> None:
    """Copy the next slice of the primary workspace's standings, behind this client."""
    one = standing.c
    # Not by an index of the workspace: these have other orders, and SQLite would sort all clients for each slice.
    mine = (one.installation_id == installation_id, one.workspace_id + 0 == primary, one.client_id > after)
    ids = list(connection.scalars(select(one.client_id).where(*mine).order_by(one.client_id).limit(SLICE)))
    if ids:
        rows = select(*(one[name] for name in _ROWS), literal(EVERYTHING)).where(*mine, one.client_id <= ids[-1])
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        copied = dialect.insert(standing).from_select([*_ROWS, "workspace_id"], rows)
        connection.execute(copied.on_conflict_do_nothing())  # who was scored by itself meanwhile stands here already
        here = one.workspace_id == EVERYTHING
        areas.write(connection, set(), areas.stored(connection, installation_id, ids, here))
    _write(connection, installation_id, ids[-1] if ids else None)


def widest(connection: Connection, installation_id: int) -> int:
    """The workspace in which every client stands: the primary one until this one has them all."""
    return int(connection.execute(select(where(installation_id))).scalar_one())


def where(installation_id: int) -> ScalarSelect[int]:
    """The same inside another statement."""
    query = select(workspace.c.id).join(installation, installation.c.id == workspace.c.installation_id)
    query = query.correlate(None)  # whatever else the statement reads
    whole = or_(workspace.c.is_primary, and_(workspace.c.id == EVERYTHING, IS_WHOLE))
    first = query.where(installation.c.id == installation_id, whole).order_by(workspace.c.is_primary).limit(1)
    return first.scalar_subquery()


def _write(connection: Connection, installation_id: int, everything_to: int | None) -> None:
    mine = installation.c.id == installation_id
    connection.execute(update(installation).where(mine).values(everything_to=everything_to))
