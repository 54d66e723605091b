"""Teams as they are set up in Slack: read, made, changed, removed. Each change is audited and held to a version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from secrets import randbelow
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from bot.domain.teams import Entered, Member, Team, names, primary_team
from bot.errors import FieldError, UserError
from storage import audit, digests, installations, standing
from storage.basis import TEAM_PROPERTY
from storage.members import IS_FULL
from storage.schema import field as prop
from storage.schema import installation, person, record, saved_view, source, team, team_member, workspace
from storage.schema import standing as standings
from storage.teams import key


def every(connection: Connection, installation_id: int, *which: ColumnElement[bool]) -> list[Team]:
    """All teams by name, or those of which this is so, with their people. Two statements."""
    members = _members(connection, installation_id, *which)
    query = (
        select(
            *(team.c[name] for name in ("id", "name", "country", "time_zone", "channel_id", "version")),
            workspace.c.name.label("workspace"),
            source.c.kind,
        )
        .select_from(
            team.outerjoin(
                workspace,
                (workspace.c.installation_id == team.c.installation_id) & (workspace.c.id == team.c.workspace_id),
            ).outerjoin(
                source, (source.c.installation_id == team.c.installation_id) & (source.c.id == team.c.source_id)
            )
        )
        .where(team.c.installation_id == installation_id, *which)
        .order_by(team.c.name_key)
    )
    return [Team(**row, members=tuple(members[row["id"]])) for row in connection.execute(query).mappings()]


def _members(connection: Connection, installation_id: int, *which: ColumnElement[bool]) -> dict[int, list[Member]]:
    one = team_member.c
    columns = (person.c.id, person.c.name, person.c.slack_user_id, IS_FULL.label("is_active"))
    query = (
        select(one.team_id, *columns, one.is_primary, one.is_lead)
        .join(person, (person.c.installation_id == one.installation_id) & (person.c.id == one.person_id))
        .join(team, (team.c.installation_id == one.installation_id) & (team.c.id == one.team_id))
        .where(one.installation_id == installation_id, *which)
        .order_by(person.c.name, person.c.id)
    )
    found: dict[int, list[Member]] = defaultdict(list)
    for team_id, identity, name, user, is_active, is_primary, is_lead in connection.execute(query):
        found[team_id].append(Member(identity, name, user, bool(is_active), is_primary, is_lead))
    return found


def get(connection: Connection, installation_id: int, team_id: int) -> Team:
    """Raises UserError where it is gone."""
    found = every(connection, installation_id, team.c.id == team_id)
    if not found:
        raise UserError("team_gone")
    return found[0]


def changeable(connection: Connection, installation_id: int, team_id: int, version: int | None = None) -> Team:
    """The same, to be changed: not of a file, and of this version. Raises UserError."""
    found = get(connection, installation_id, team_id)
    if found.is_read_only:
        raise UserError("team_read_only", team=found.name, source=found.source)
    if version is not None and found.version != version:
        raise UserError("team_changed", team=found.name)
    return found


def removable(connection: Connection, installation_id: int, team_id: int, version: int | None = None) -> Team:
    """The same, to be removed: clients do not name it. Raises UserError."""
    found = changeable(connection, installation_id, team_id, version)
    _refuse_in_data(connection, installation_id, found, None)
    return found


def saved_views(connection: Connection, installation_id: int, team_id: int) -> int:
    """How many views are the team's, and go with it."""
    mine = (saved_view.c.installation_id == installation_id, saved_view.c.team_id == team_id)
    return connection.scalar(select(func.count()).where(*mine)) or 0


def create(connection: Connection, installation_id: int, wanted: Entered, *, by: int, now: datetime) -> int:
    """Make a team; its id. Raises FieldError."""
    installations.lock(connection, installation_id)
    wanted.checked()
    _refuse_taken(connection, installation_id, None, wanted.name)
    people = _people(connection, installation_id, wanted)
    mine = team.c.installation_id == installation_id
    number = (connection.scalar(select(func.max(team.c.id)).where(mine)) or 0) + 1
    # The number of a removed team may come again: its version tells a form about that one from this team.
    values = _values(wanted) | {"id": number, "version": 1 + randbelow(2**30)}
    connection.execute(insert(team).values(installation_id=installation_id, **values))
    _assign(connection, installation_id, get(connection, installation_id, number), wanted, people)
    _finish(connection, installation_id, "team.created", None, number, by, now)
    return number


def change(
    connection: Connection, installation_id: int, team_id: int, version: int, wanted: Entered, *, by: int, now: datetime
) -> None:
    """Write what a form says of a team. Raises FieldError, or UserError where it is not as the form was opened with."""
    installations.lock(connection, installation_id)
    before = changeable(connection, installation_id, team_id, version)
    wanted.checked()
    if key(wanted.name) != key(before.name):
        _refuse_taken(connection, installation_id, team_id, wanted.name)
        _refuse_in_data(connection, installation_id, before, "name")
    people = _people(connection, installation_id, wanted)
    here = (team.c.installation_id == installation_id, team.c.id == team_id)
    connection.execute(update(team).where(*here).values(**_values(wanted)))
    _assign(connection, installation_id, before, wanted, people)
    _finish(connection, installation_id, "team.changed", before, team_id, by, now)


def remove(connection: Connection, installation_id: int, team_id: int, version: int, *, by: int, now: datetime) -> None:
    """Remove a team: its people lose it, its saved views go; clients and what was logged on them stay."""
    installations.lock(connection, installation_id)
    before = removable(connection, installation_id, team_id, version)
    _place(connection, installation_id, before, {}, frozenset())
    gone = (standings.c.installation_id == installation_id, standings.c.team_id == team_id)
    connection.execute(update(standings).where(*gone).values(team_id=None))  # its number may become another team's
    digests.leave(connection, installation_id, [team_id])
    connection.execute(delete(team).where(team.c.installation_id == installation_id, team.c.id == team_id))
    digests.rest(connection, installation_id)  # those of its saved views
    audit.record(connection, installation_id, by, now, "team.removed", before.name, _told(before), {})
    standing.resettle(connection, installation_id)


def _values(wanted: Entered) -> dict[str, Any]:
    return {
        "name": " ".join(wanted.name.split()),
        "name_key": key(wanted.name),
        "country": wanted.country,
        "time_zone": wanted.time_zone,
        "channel_id": wanted.channel_id,
    }


def _refuse_taken(connection: Connection, installation_id: int, team_id: int | None, name: str) -> None:
    other = select(team.c.name).where(team.c.installation_id == installation_id, team.c.name_key == key(name))
    if team_id is not None:
        other = other.where(team.c.id != team_id)
    found = connection.scalar(other)
    if found is not None:
        raise FieldError("team_taken", "name", team=found)


def _refuse_in_data(connection: Connection, installation_id: int, one: Team, field: str | None) -> None:
    """A team that clients name in a column of theirs would come back with the next score."""
    named = (prop.c.installation_id == installation_id, prop.c.type == "text", prop.c.name == TEAM_PROPERTY)
    if connection.scalar(select(prop.c.id).where(*named).limit(1)) is None:
        return
    value = record.c.properties[TEAM_PROPERTY].as_string()
    clients = select(installation.c.client_object).where(installation.c.id == installation_id).scalar_subquery()
    mine = (record.c.installation_id == installation_id, record.c.object == clients)
    its = (record.c.archived_at.is_(None), value.is_not(None))
    if key(one.name) in {key(name) for name in connection.scalars(select(value).where(*mine, *its).distinct())}:
        raise FieldError("team_in_data", field, team=one.name) if field else UserError("team_in_data", team=one.name)


def _people(connection: Connection, installation_id: int, wanted: Entered) -> dict[str, int]:
    """The ids of the people by their Slack ids. Raises FieldError for who is no full member."""
    mine = (person.c.installation_id == installation_id, IS_FULL)
    query = select(person.c.slack_user_id, person.c.id).where(*mine, person.c.slack_user_id.in_(sorted(wanted.people)))
    found: dict[str, int] = dict(connection.execute(query).all())
    if wanted.people - found.keys():
        raise FieldError(
            "team_stranger", "people", who=_name(connection, installation_id, wanted.people - found.keys())
        )
    return found


def _name(connection: Connection, installation_id: int, who: frozenset[str]) -> str:
    mine = (person.c.installation_id == installation_id, person.c.slack_user_id.in_(sorted(who)))
    return ", ".join(connection.scalars(select(person.c.name).where(*mine).order_by(person.c.name))) or "?"


def _assign(
    connection: Connection, installation_id: int, before: Team, wanted: Entered, people: Mapping[str, int]
) -> None:
    """Who is in the team then: those of the form, and those whom it could not show."""
    shown = {one.id for one in before.shown}
    kept = {one.id: one.is_lead for one in before.members if one.id not in shown}
    leads = {identity: who in wanted.leads for who, identity in people.items()}
    primary = {people[who] for who in wanted.primary}
    unasked = {one.id for one in before.members if one.id in kept and one.is_primary}
    _place(connection, installation_id, before, kept | leads, frozenset(primary | unasked))


def _place(
    connection: Connection,
    installation_id: int,
    before: Team,
    leads: Mapping[int, bool],
    primary: frozenset[int],
) -> None:
    """Write who is in a team, whether they lead it, and which team is everybody's primary one then."""
    one, here = team_member.c, before.id
    old = {member.id: member.is_primary for member in before.members}
    touched = sorted(old.keys() | leads.keys())
    mine = (one.installation_id == installation_id, one.person_id.in_(touched))
    others: dict[int, dict[int, bool]] = defaultdict(dict)
    for row in connection.execute(select(one.person_id, one.team_id, one.is_primary).where(*mine, one.team_id != here)):
        others[row.person_id][row.team_id] = row.is_primary
    connection.execute(delete(team_member).where(*mine, one.team_id == here))
    rows = []
    for who in touched:
        is_in, was = who in leads, old.get(who, False)
        chosen = primary_team(here, who in primary, others[who], is_in=is_in, was_primary=was)
        _move(connection, installation_id, who, others[who], chosen)
        if is_in:
            rows.append({"installation_id": installation_id, "person_id": who, "team_id": here,
                         "is_lead": leads[who], "is_primary": chosen == here})  # fmt: skip
    if rows:
        connection.execute(insert(team_member), rows)


def _move(
    connection: Connection, installation_id: int, who: int, others: Mapping[int, bool], chosen: int | None
) -> None:
    """Let one of somebody's other teams be the primary one, or none of them. Forms about those teams are told."""
    for number in sorted(others, key=lambda one: one == chosen):  # the one that loses it first
        if others[number] != (number == chosen):
            mine = (team_member.c.installation_id == installation_id, team_member.c.person_id == who)
            this = (*mine, team_member.c.team_id == number)
            connection.execute(update(team_member).where(*this).values(is_primary=number == chosen))
            _touch(connection, installation_id, number)


def _touch(connection: Connection, installation_id: int, team_id: int) -> None:
    here = (team.c.installation_id == installation_id, team.c.id == team_id)
    connection.execute(update(team).where(*here).values(version=team.c.version + 1))


def _finish(
    connection: Connection, installation_id: int, action: str, before: Team | None, team_id: int, by: int, now: datetime
) -> None:
    after = get(connection, installation_id, team_id)
    if after != before:
        old = {} if before is None else _told(before)
        audit.record(connection, installation_id, by, now, action, after.name, old, _told(after))
        _touch(connection, installation_id, team_id)
    standing.resettle(connection, installation_id)


def _told(one: Team) -> dict[str, Any]:
    """A team as the audit keeps it."""
    return {
        "name": one.name,
        "country": one.country,
        "time_zone": one.time_zone,
        "channel": one.channel_id,
        "people": names(one.members),
        "leads": names([member for member in one.members if member.is_lead]),
        "primary": names([member for member in one.members if member.is_primary]),
    }
