"""People and teams that a filter names: looked up by what is typed, chosen or kept of them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select

from bot.domain.catalog import fold
from bot.domain.named import Csm, Team
from storage import people
from storage.schema import person, team


def teams(connection: Connection, installation_id: int) -> tuple[Team, ...]:
    """All teams of an installation, by name."""
    query = select(team.c.id, team.c.name).where(team.c.installation_id == installation_id).order_by(team.c.name_key)
    return tuple(Team(*row) for row in connection.execute(query))


def team_called(connection: Connection, installation_id: int, name: str) -> Team | None:
    mine = (team.c.installation_id == installation_id) & (team.c.name_key == fold(name))
    row = connection.execute(select(team.c.id, team.c.name).where(mine)).one_or_none()
    return Team(*row) if row is not None else None


def csm_of(connection: Connection, installation_id: int, email: str) -> Csm | None:
    """The person with an e-mail address."""
    identity = people.known(connection, installation_id, [email]).get(email)
    return _csm(connection, installation_id, person.c.id == identity)


def csm_chosen(connection: Connection, installation_id: int, chosen: str) -> Csm | None:
    """The person that a menu gives: a Slack user's id, or of somebody who is not in Slack their own."""
    is_own = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    which = person.c.id == int(chosen) if is_own else person.c.slack_user_id == chosen
    return _csm(connection, installation_id, which)


def _csm(connection: Connection, installation_id: int, which: ColumnElement[bool]) -> Csm | None:
    query = select(person.c.id, person.c.email, person.c.slack_user_id)
    row = connection.execute(query.where(person.c.installation_id == installation_id, which)).one_or_none()
    return Csm(*row) if row is not None else None
