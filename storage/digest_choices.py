"""What somebody can choose for a digest: whose clients it tells of, and saved views."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from bot.domain import digest_settings as rules
from bot.domain.access import Person
from bot.domain.digest_settings import Place, View
from bot.domain.filter_text import parse
from bot.domain.filters import FilterError
from bot.domain.workspaces import EVERYTHING
from storage.schema import installation, saved_view, team, workspace

ASKERS = {"csm:me", "team:mine", "key:me", "key:team"}  # what depends on who asks


def places(connection: Connection, asker: Person) -> list[Place]:
    """The CS workspaces, each with its teams behind it; to who leads a team that team alone, to others none."""
    if not rules.may_set_up(asker):
        return []
    here = asker.installation_id
    primary = select(workspace.c.id).where(workspace.c.installation_id == here, workspace.c.is_primary)
    home = func.coalesce(team.c.workspace_id, primary.scalar_subquery())
    columns = (workspace.c.id, workspace.c.name, team.c.id, team.c.name, team.c.time_zone, team.c.channel_id)
    of_it = (team.c.installation_id == workspace.c.installation_id) & (home == workspace.c.id)
    mine = (workspace.c.installation_id == here, workspace.c.id != EVERYTHING)
    query = select(*columns).select_from(workspace.outerjoin(team, of_it)).where(*mine)
    rows = connection.execute(query.order_by(workspace.c.is_primary.desc(), workspace.c.id, team.c.name_key))
    found = [Place(*row) for row in rows]
    if not rules.manages(asker):
        return [one for one in found if one.team_id is not None and one.team_id == asker.own_team_id]
    whole = {one.workspace_id: Place(one.workspace_id, one.workspace) for one in found}
    teams = [one for one in found if one.team_id is not None]
    return [place for number in whole for place in (whole[number], *_of(teams, number))]


def _of(teams: list[Place], workspace_id: int) -> list[Place]:
    return [one for one in teams if one.workspace_id == workspace_id]


def views(connection: Connection, asker: Person, categories: Mapping[str, str]) -> list[View]:
    """Those saved for teams, and the asker's own, which are no channel's: it is said why when one is chosen.

    To who leads a team those of the team alone.
    """
    one = saved_view.c
    mine = one.installation_id == asker.installation_id
    of_team = one.team_id.is_not(None) if rules.manages(asker) else one.team_id == asker.own_team_id
    own = (one.person_id == asker.id) & one.team_id.is_(None)
    its = (team.c.installation_id == one.installation_id) & (team.c.id == one.team_id)
    query = select(one.id, one.name, one.workspace_id, team.c.name.label("team"), one.text)
    query = query.select_from(saved_view.outerjoin(team, its)).where(mine, of_team | own)
    rows = connection.execute(query.order_by(one.name_key, one.id))
    return [View(row.id, row.name, row.workspace_id, row.team, _asks(row.text, categories)) for row in rows]


def _asks(text: str, categories: Mapping[str, str]) -> str | None:
    """The part of a view's filter that depends on who asks."""
    try:
        return next((part for part in parse(text, categories).parts() if part in ASKERS), None)
    except FilterError:  # a category that the catalog has no longer: it is told where the view is shown
        return None


def currency(connection: Connection, installation_id: int) -> str:
    found: str = connection.execute(
        select(installation.c.currency).where(installation.c.id == installation_id)
    ).scalar_one()
    return found
