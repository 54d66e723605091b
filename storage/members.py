"""Full members of the Slack workspace that installed the bot: only they may use it, and be given anything in it."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from bot.domain.access import Person
from bot.errors import UserError
from storage import people
from storage.schema import installation, person

_home = (
    select(installation.c.slack_team_id)
    .where(installation.c.id == person.c.installation_id)
    .correlate(person)
    .scalar_subquery()
)
# Of a row of `person`, the same as `bot.domain.access.refusal` says of one person.
IS_FULL = and_(
    person.c.slack_user_id.is_not(None),
    person.c.slack_team_id == _home,
    ~person.c.is_guest,
    ~person.c.is_bot,
    ~person.c.is_deleted,
)


def get(connection: Connection, installation_id: int, person_id: int | None) -> Person:
    """One who may be given something, or be looked as. Raises UserError where they are no full member."""
    found = None if person_id is None else people.by_id(connection, installation_id, person_id)
    if found is None or found.refusal is not None:
        raise UserError("person_gone")
    return found
