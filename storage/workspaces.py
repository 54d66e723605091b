"""Customer success workspaces: the primary one, which is always there, and those that were created."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from bot.domain.access import Person
from bot.domain.workspace_settings import Settings, Tab
from bot.domain.workspaces import EVERYTHING, Workspace
from bot.errors import UserError
from storage.schema import saved_view, team, workspace, workspace_tab

_one = workspace.c


def every(connection: Connection, installation_id: int) -> list[Workspace]:
    """All of an installation, the primary one first. Two statements."""
    columns = (_one.id, _one.name, _one.description, _one.is_primary, _one.version)
    mine = (_one.installation_id == installation_id, _one.id != EVERYTHING)
    rows = connection.execute(select(*columns).where(*mine).order_by(_one.is_primary.desc(), _one.id)).all()
    teams: dict[int, dict[int, str]] = {row.id: {} for row in rows}
    here = select(team.c.id, team.c.name, team.c.workspace_id).where(team.c.installation_id == installation_id)
    for row in connection.execute(here.order_by(team.c.name)):
        teams[row.workspace_id or rows[0].id][row.id] = row.name
    return [Workspace(*row, teams[row.id]) for row in rows]


def has_renewal_property(connection: Connection, asker: Person) -> bool:
    """Whether the workspace where somebody works chose a property for the renewal date."""
    mine = (_one.installation_id == asker.installation_id, _one.id == asker.workspace_id)
    return connection.scalar(select(_one.renewal_property).where(*mine)) is not None


def get(connection: Connection, installation_id: int, workspace_id: int) -> Settings:
    """One with its settings. Raises UserError where there is none."""
    mine = (_one.installation_id == installation_id, _one.id == workspace_id, _one.id != EVERYTHING)
    row = connection.execute(select(workspace).where(*mine)).one_or_none()
    if row is None:
        raise UserError("workspace_gone")
    return Settings(
        id=row.id,
        version=row.version,
        is_primary=row.is_primary,
        name=row.name,
        description=row.description,
        teams=_teams(connection, installation_id, None if row.is_primary else row.id),
        csm=row.csm_property,
        renewal=row.renewal_property,
        tabs=_tabs(connection, installation_id, workspace_id),
    )


def _teams(connection: Connection, installation_id: int, workspace_id: int | None) -> dict[int, str]:
    mine = (team.c.installation_id == installation_id, team.c.workspace_id.is_not_distinct_from(workspace_id))
    return dict(connection.execute(select(team.c.id, team.c.name).where(*mine).order_by(team.c.name)).all())


def _tabs(connection: Connection, installation_id: int, workspace_id: int) -> Mapping[str, Tab]:
    one = workspace_tab.c
    mine = (one.installation_id == installation_id, one.workspace_id == workspace_id)
    columns = (one.is_shown, one.csm_property, one.renewal_property, one.pipelines, one.default_pipeline, one.layout)
    rows = connection.execute(select(one.object, *columns).where(*mine))
    return {
        object_: Tab(shown, csm, renewal, tuple(pipelines), default, layout)
        for object_, shown, csm, renewal, pipelines, default, layout in rows
    }


def saved_in(connection: Connection, installation_id: int, workspace_id: int, most: int) -> tuple[list[str], int]:
    """The saved views that go with a workspace: the names of the first, and how many. Those of teams go with these."""
    here = (saved_view.c.installation_id == installation_id, saved_view.c.workspace_id == workspace_id)
    mine = (*here, saved_view.c.team_id.is_(None))
    names = connection.scalars(select(saved_view.c.name).where(*mine).order_by(saved_view.c.name_key).limit(most))
    return list(names), connection.scalar(select(func.count()).select_from(saved_view).where(*mine)) or 0
