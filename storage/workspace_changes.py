"""Workspaces created, changed and deleted: one after the other by the installation's row, each change audited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, ScalarSelect, delete, func, insert, select, update

from bot.domain.catalog import fold
from bot.domain.workspace_settings import ChangedError, Offered, Settings, Tab, described
from bot.domain.workspaces import EVERYTHING, MOST
from bot.errors import FieldError, UserError
from storage import (
    alerts,
    audit,
    digest_settings,
    digests,
    everything,
    installations,
    objects,
    standing,
    workspace_choices,
    workspaces,
)
from storage.schema import audit_entry, export_request, saved_view, team, workspace, workspace_tab

_one = workspace.c


class Changed(NamedTuple):
    """What was saved, by setting, as people read it: only what is another than before."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]


def create(
    connection: Connection,
    installation_id: int,
    person_id: int,
    name: str,
    description: str,
    teams: Collection[int],
    now: datetime,
) -> int:
    """A new workspace; its id. Raises FieldError where its name or a team is taken, or there are five."""
    installations.lock(connection, installation_id)
    _refuse_sixth(connection, installation_id)
    _refuse_taken_name(connection, installation_id, name)
    number = _next_id(connection, installation_id)
    values = {"installation_id": installation_id, "id": number, "name": name, "description": description}
    connection.execute(insert(workspace).values(**values, is_primary=False))
    _take_teams(connection, installation_id, number, teams)
    digest_settings.draft(connection, installation_id, person_id, number, name, now)
    after = _described(connection, installation_id, number)
    after = {setting: after[setting] for setting in ("name", "description", "teams")}
    audit.record(connection, installation_id, person_id, now, "workspace.created", name, {}, after, number)
    everything.make(connection, installation_id)
    standing.resettle(connection, installation_id)
    return number


def save(connection: Connection, installation_id: int, person_id: int, wanted: Settings, now: datetime) -> Changed:
    """Write the settings of a workspace, which were changed from the version that they say.

    Raises ChangedError where somebody saved it since, FieldError where its name or a team is taken.
    """
    installations.lock(connection, installation_id)
    found = workspaces.get(connection, installation_id, wanted.id)
    if found.version != wanted.version:
        raise ChangedError("workspace_changed", workspace=found.name)
    if fold(found.name) != fold(wanted.name):
        _refuse_taken_name(connection, installation_id, wanted.name)
    before = _described(connection, installation_id, wanted.id)
    _write(connection, installation_id, wanted, found)
    after = _described(connection, installation_id, wanted.id)
    changed = Changed(*_differing(before, after))
    if changed.before or changed.after:
        mine = (_one.installation_id == installation_id, _one.id == wanted.id)
        connection.execute(update(workspace).where(*mine).values(version=found.version + 1))
        audit.record(connection, installation_id, person_id, now, "workspace.changed", wanted.name, *changed, found.id)
        standing.resettle(connection, installation_id)
    return changed


def remove(
    connection: Connection, installation_id: int, person_id: int, workspace_id: int, version: int, now: datetime
) -> str:
    """Delete a created workspace with what people saved there for themselves. Gives its name.

    Its teams return to the primary one with what was saved for them. Its standings go in slices: `standing.catch_up`.
    """
    installations.lock(connection, installation_id)
    found = workspaces.get(connection, installation_id, workspace_id)
    if found.is_primary:
        raise UserError("workspace_primary")
    if found.version != version:
        raise ChangedError("workspace_changed", workspace=found.name)
    before = _described(connection, installation_id, workspace_id)
    _release_teams(connection, installation_id, found.teams)
    _keep_requests(connection, installation_id, workspace_id)
    for one in digests.of_workspace(connection, installation_id, workspace_id):
        alerts.leave(connection, one, person_id)
    connection.execute(delete(workspace).where(_one.installation_id == installation_id, _one.id == workspace_id))
    audit.record(connection, installation_id, person_id, now, "workspace.deleted", found.name, before, {}, found.id)
    standing.resettle(connection, installation_id)
    return found.name


def _described(connection: Connection, installation_id: int, workspace_id: int) -> dict[str, Any]:
    here = objects.read(connection, installation_id)
    labels = Offered(workspace_choices.properties(connection, installation_id, here), {})
    return described(workspaces.get(connection, installation_id, workspace_id), labels, here)


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _next_id(connection: Connection, installation_id: int) -> int:
    """Never that of one that was deleted: a modal about that must not mean another. Each change is an audit entry."""
    highest = select(func.max(_one.id)).where(_one.installation_id == installation_id)
    entries = select(func.max(audit_entry.c.id)).where(audit_entry.c.installation_id == installation_id)
    return max(connection.scalar(highest) or 0, connection.scalar(entries) or 0) + 1


def _refuse_sixth(connection: Connection, installation_id: int) -> None:
    created = (_one.installation_id == installation_id, ~_one.is_primary, _one.id != EVERYTHING)
    if (connection.scalar(select(func.count()).select_from(workspace).where(*created)) or 0) >= MOST:
        raise FieldError("workspace_too_many", "name", limit=MOST)


def _refuse_taken_name(connection: Connection, installation_id: int, name: str) -> None:
    mine = (_one.installation_id == installation_id, _one.id != EVERYTHING)
    for taken in connection.scalars(select(_one.name).where(*mine)):
        if fold(taken) == fold(name):
            raise FieldError("workspace_taken", "name", workspace=taken)


def _write(connection: Connection, installation_id: int, wanted: Settings, found: Settings) -> None:
    mine = (_one.installation_id == installation_id, _one.id == wanted.id)
    values: dict[str, Any] = {"name": wanted.name, "description": wanted.description}
    values |= {"csm_property": wanted.csm, "renewal_property": wanted.renewal}
    connection.execute(update(workspace).where(*mine).values(values))
    if not found.is_primary:
        _release_teams(connection, installation_id, found.teams.keys() - wanted.teams.keys())
        _take_teams(connection, installation_id, wanted.id, wanted.teams.keys() - found.teams.keys())
    for object_, tab in wanted.tabs.items():
        if tab != found.tab(object_):
            _write_tab(connection, installation_id, wanted.id, object_, tab)


def _write_tab(connection: Connection, installation_id: int, workspace_id: int, object_: str, tab: Tab) -> None:
    here = {"installation_id": installation_id, "workspace_id": workspace_id, "object": object_}
    connection.execute(delete(workspace_tab).where(*(workspace_tab.c[name] == value for name, value in here.items())))
    chosen = {"csm_property": tab.csm, "renewal_property": tab.renewal, "pipelines": list(tab.pipelines)}
    shown = {"is_shown": tab.is_shown, "default_pipeline": tab.default, "layout": tab.layout}
    connection.execute(insert(workspace_tab).values(**here, **chosen, **shown))


def _release_teams(connection: Connection, installation_id: int, ids: Collection[int]) -> None:
    mine = (team.c.installation_id == installation_id, team.c.id.in_(ids))
    connection.execute(update(team).where(*mine).values(workspace_id=None))
    primary = select(_one.id).where(_one.installation_id == installation_id, _one.is_primary)
    _take_views(connection, installation_id, primary.scalar_subquery(), ids)


def _keep_requests(connection: Connection, installation_id: int, workspace_id: int) -> None:
    """Who waits for a file of its clients is told that they are no longer theirs to see (`bot.jobs.exports`)."""
    mine = (export_request.c.installation_id == installation_id, export_request.c.workspace_id == workspace_id)
    connection.execute(update(export_request).where(*mine).values(workspace_id=EVERYTHING))


def _take_teams(connection: Connection, installation_id: int, workspace_id: int, ids: Collection[int]) -> None:
    """Raises FieldError where one is gone, or another created workspace has it by now."""
    mine = (team.c.installation_id == installation_id, team.c.id.in_(ids))
    theirs = (_one.installation_id == team.c.installation_id) & (_one.id == team.c.workspace_id)
    rows = connection.execute(
        select(team.c.name, _one.name).join_from(team, workspace, theirs, isouter=True).where(*mine)
    )
    found = list(rows)
    if len(found) < len(set(ids)):
        raise FieldError("workspace_team_gone", "teams")
    for name, owner in found:
        if owner is not None:
            raise FieldError("workspace_team_taken", "teams", team=name, workspace=owner)
    connection.execute(update(team).where(*mine).values(workspace_id=workspace_id))
    _take_views(connection, installation_id, workspace_id, ids)


def _take_views(
    connection: Connection, installation_id: int, workspace_id: int | ScalarSelect[int], teams: Collection[int]
) -> None:
    """What was saved for a team goes where the team goes; what somebody saved for themselves stays."""
    mine = (saved_view.c.installation_id == installation_id, saved_view.c.team_id.in_(teams))
    connection.execute(update(saved_view).where(*mine).values(workspace_id=workspace_id))
    digests.rest(connection, installation_id)
