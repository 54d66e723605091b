"""Who leads a team: a lead who is in Slack. Where there is none, super admins do what leads do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, select

from bot.domain.access import Person
from storage.schema import person, team_member

_member, _who = team_member.alias("lead"), person.alias("lead_person")
_one = _member.c
_SAME = (_who.c.installation_id == _one.installation_id) & (_who.c.id == _one.person_id)
_IN_SLACK = _who.c.slack_user_id.is_not(None) & ~_who.c.is_deleted
_LEADS = select(_one.person_id).select_from(_member.join(_who, _SAME)).where(_one.is_lead, _IN_SLACK)


def of(connection: Connection, installation_id: int, team_id: int | None) -> Sequence[int]:
    """The ids of a team's leads."""
    mine = (_one.installation_id == installation_id, _one.team_id == team_id)
    return list(connection.scalars(_LEADS.where(*mine)))


def none_leads(installation_id: ColumnElement[int], team_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The condition that a team has no lead."""
    return ~exists(_LEADS.where(_one.installation_id == installation_id, _one.team_id == team_id))


def may_lead(connection: Connection, asker: Person, team_id: int | None) -> bool:
    """Whether somebody sees what a team's lead sees: the lead, and a super admin where there is none."""
    if team_id is None or team_id != asker.team_id:
        return False
    return asker.leads or (asker.stands_in and not of(connection, asker.installation_id, team_id))


def is_any_missing(connection: Connection, asker: Person) -> bool:
    """Whether there are people whose team has no lead, for a super admin to stand in; to others there are none."""
    at = team_member.c
    mine = (at.installation_id == asker.installation_id, at.is_primary, none_leads(at.installation_id, at.team_id))
    return asker.stands_in and bool(connection.scalar(select(exists(select(at.person_id).where(*mine)))))
