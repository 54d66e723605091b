"""People and teams that a filter names: looked up by what is typed, chosen or kept of them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, exists, or_, select

from bot.domain.access import Person
from bot.domain.catalog import fold
from bot.domain.named import Csm, Team
from bot.domain.workspaces import EVERYTHING
from storage import people
from storage.schema import person, standing, team, workspace


def teams(connection: Connection, asker: Person) -> tuple[Team, ...]:
    """The teams that somebody may choose between, by name.

    They are those of the workspace where the asker works, and those that a client names which stands there.
    """
    query = select(team.c.id, team.c.name).where(team.c.installation_id == asker.installation_id)
    if asker.workspace_id != EVERYTHING:
        query = query.where(or_(_home(asker), _named_by_a_client(asker)))
    return tuple(Team(*row) for row in connection.execute(query.order_by(team.c.name_key)))


def _home(asker: Person) -> ColumnElement[bool]:
    """Teams of the asker's workspace; to the primary one belong those that are chosen in none."""
    mine = (workspace.c.installation_id == asker.installation_id, workspace.c.id == asker.workspace_id)
    primary = exists(select(workspace.c.id).where(*mine, workspace.c.is_primary))
    return or_(team.c.workspace_id == asker.workspace_id, team.c.workspace_id.is_(None) & primary)


def _named_by_a_client(asker: Person) -> ColumnElement[bool]:
    at = standing.c
    mine = (at.installation_id == asker.installation_id, at.workspace_id == asker.workspace_id)
    return exists(select(at.client_id).where(*mine, at.team_id == team.c.id))


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
