"""Who is to be welcomed: everybody who gets a seat of their own, once, by whichever process claims them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Exists, exists, func, or_, select, update

from bot.domain.access import Person
from storage import installations, people
from storage.members import IS_FULL
from storage.schema import installation, person, standing, team_member, workspace


def begin(connection: Connection, installation_id: int, now: datetime) -> int:
    """Hold back everybody who has a seat by now, where welcomes have not begun yet; how many that are.

    They are at work: nobody is written to unasked because the bot was brought up to date or started late. Who gets a
    seat from then on is new.
    """
    installations.lock(connection, installation_id)
    here = installation.c.id == installation_id
    if connection.scalar(select(installation.c.welcomes_since).where(here)) is not None:
        return 0
    connection.execute(update(installation).where(here).values(welcomes_since=now))
    held = [one.id for one in due(connection, installation_id)]
    mine = (person.c.installation_id == installation_id, person.c.id.in_(held))
    connection.execute(update(person).where(*mine).values(welcome_held=True))
    return len(held)


def due(connection: Connection, installation_id: int) -> list[Person]:
    """Who has a seat by clients, team or hand, and was neither welcomed nor held back; nobody before welcomes began.

    Not who has one only because there is no team yet: that is everybody in Slack.
    """
    here = (installation.c.id == installation_id, installation.c.welcomes_since.is_not(None))
    has_begun = exists(select(installation.c.id).where(*here))
    mine = (*_candidates(installation_id), ~person.c.welcome_held, has_begun)
    ids = connection.scalars(select(person.c.id).where(*mine)).all()
    return [one for one in people.several(connection, installation_id, ids) if one.has_seat]


def held(connection: Connection, installation_id: int) -> int:
    """How many had a seat before welcomes began, and have not been welcomed."""
    mine = (*_candidates(installation_id), person.c.welcome_held)
    return connection.scalar(select(func.count()).select_from(person).where(*mine)) or 0


def release(connection: Connection, installation_id: int) -> None:
    """Let those be welcomed, too: a super admin says so."""
    mine = (person.c.installation_id == installation_id, person.c.welcome_held)
    connection.execute(update(person).where(*mine).values(welcome_held=False))


def claim(connection: Connection, one: Person, now: datetime) -> bool:
    """Whether this process is the one to welcome somebody."""
    mine = (person.c.installation_id == one.installation_id, person.c.id == one.id, person.c.welcomed_at.is_(None))
    return connection.execute(update(person).where(*mine).values(welcomed_at=now)).rowcount == 1


def clients(connection: Connection, one: Person) -> int:
    """How many clients somebody has in their workspace."""
    at = standing.c
    mine = (at.installation_id == one.installation_id, at.workspace_id == one.home, at.person_id == one.id)
    return connection.scalar(select(func.count()).select_from(standing).where(*mine)) or 0


def _candidates(installation_id: int) -> tuple[ColumnElement[bool], ...]:
    """In Slack, not welcomed, and with a reason to have a seat."""
    return (*at_work(installation_id), person.c.welcomed_at.is_(None))


def at_work(installation_id: int) -> tuple[ColumnElement[bool], ...]:
    """Full members of the Slack workspace with a reason to have a seat: nobody else is written to unasked."""
    reason = or_(person.c.seat == "on", _of(team_member), _has_clients())
    return (person.c.installation_id == installation_id, IS_FULL, reason)


def _of(table: Any) -> Exists:
    mine = (table.c.installation_id == person.c.installation_id, table.c.person_id == person.c.id)
    return exists(select(table.c.installation_id).where(*mine))


def _has_clients() -> Exists:
    """In some workspace: by these the index of a CSM's clients begins, and who has none is seen not to have any."""
    at = standing.c
    mine = (at.installation_id == person.c.installation_id, at.person_id == person.c.id)
    places = select(workspace.c.id).where(workspace.c.installation_id == person.c.installation_id)
    return exists(select(at.client_id).where(*mine, at.workspace_id.in_(places)))
