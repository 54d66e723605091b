"""Home tabs: what was published last for whom, and which show something that was changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person
from bot.domain.home import Place
from storage.database import Database
from storage.schema import home, person, task, team_member

LEASE = timedelta(minutes=1)  # many times what publishing takes

_one = home.c


def keep(connection: Connection, asker: Person, at: Place, digest: str, slack_hash: str) -> None:
    """Note what was published. What is stale stays so: it may have been changed while this was made."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {"place": str(at), "hash": digest, "slack_hash": slack_hash}
    key = {"installation_id": asker.installation_id, "person_id": asker.id}
    made = dialect.insert(home).values(**key, **values)
    connection.execute(made.on_conflict_do_update(index_elements=list(key), set_=values))


def published(connection: Connection, installation_id: int, person_id: int) -> str | None:
    """Slack's hash of what was published last for somebody."""
    mine = (_one.installation_id == installation_id, _one.person_id == person_id)
    return connection.scalar(select(_one.slack_hash).where(*mine))


def mark(connection: Connection, installation_id: int, *whose: ColumnElement[bool]) -> None:
    """Note that something changed which Home tabs show: those of these people (conditions on `home`), else all."""
    mine = (_one.installation_id == installation_id, ~_one.is_stale, *whose)
    connection.execute(update(home).where(*mine).values(is_stale=True))


def of_task(task_id: int) -> ColumnElement[bool]:
    """Of whom a task is."""
    mine = (task.c.installation_id == _one.installation_id, task.c.id == task_id)
    return _one.person_id.in_(select(task.c.assignee_id).where(*mine).correlate(home))


def of_slack(slack_user_id: str) -> ColumnElement[bool]:
    """Of somebody as Slack names them."""
    mine = (person.c.installation_id == _one.installation_id, person.c.slack_user_id == slack_user_id)
    return _one.person_id.in_(select(person.c.id).where(*mine).correlate(home))


def of_people(ids: Collection[int | None]) -> ColumnElement[bool]:
    return _one.person_id.in_([one for one in ids if one is not None])


def of_person_and_team(asker: Person, team_id: int | None) -> ColumnElement[bool]:
    """Of somebody and of a team: who sees what they keep for both."""
    at = team_member.c
    theirs = (at.installation_id == _one.installation_id, at.team_id == team_id, at.is_primary)
    return or_(_one.person_id == asker.id, _one.person_id.in_(select(at.person_id).where(*theirs).correlate(home)))


def claim(database: Database, installation_id: int, now: datetime) -> int | None:
    """The next person whose Home tab is stale, for a lease. What changes meanwhile makes it stale again.

    One that another process took and did not end, because it was killed, is due again when its lease has run out.
    """
    waits, is_free = _one.lease_until.is_not(None), or_(_one.lease_until.is_(None), _one.lease_until <= now)
    mine = (_one.installation_id == installation_id, or_(_one.is_stale, waits), is_free)
    with database.read() as connection:
        if connection.scalar(select(_one.person_id).where(*mine).limit(1)) is None:
            return None
    with database.write() as connection:
        query = select(_one.person_id).where(*mine).order_by(_one.person_id).limit(1).with_for_update(skip_locked=True)
        found: int | None = connection.scalar(query)
        if found is not None:
            values = {"is_stale": False, "lease_until": now + LEASE}
            connection.execute(update(home).where(*mine, _one.person_id == found).values(values))
        return found


def release(database: Database, installation_id: int, person_id: int, until: datetime | None = None) -> None:
    """It is published. `until`: it is not, and shall be tried again then."""
    mine = (_one.installation_id == installation_id, _one.person_id == person_id)
    with database.write() as connection:
        connection.execute(update(home).where(*mine).values(lease_until=until))
