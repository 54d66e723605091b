"""Direct messages about tasks that were given to somebody: one process at a time works on one, for its lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from storage.database import Database
from storage.schema import person, task

LEASE = timedelta(minutes=5)  # several times what a message takes

_one = task.c
_OPEN = _one.message.in_(("waiting", "sending"))


@dataclass(frozen=True)
class Message:
    """A message to somebody about a task, claimed by this process."""

    installation_id: int
    task_id: int
    assignee_id: int
    slack_user_id: str  # the assignee's
    attempts: int  # this one included


def claim(database: Database, installation_id: int, now: datetime) -> Message | None:
    """Take the message that is due longest. None: nothing is due.

    One that another process took and did not end, because it was killed, is due again when its lease has run out.
    """
    due = (
        select(_one.id)
        .where(_one.installation_id == installation_id, _OPEN, _one.message_lease_until <= now)
        .order_by(_one.message_lease_until, _one.id)
        .limit(1)
    )
    with database.read() as connection:  # nearly always in vain: that shall not take SQLite's write lock
        if connection.execute(due).first() is None:
            return None
    with database.write() as connection:
        number = connection.scalar(due.with_for_update(skip_locked=True))
        if number is None:
            return None
        mine = (_one.installation_id == installation_id, _one.id == number)
        values = {"message": "sending", "message_lease_until": now + LEASE}
        connection.execute(update(task).where(*mine).values(**values, message_attempts=_one.message_attempts + 1))
        who = (person.c.installation_id == _one.installation_id) & (person.c.id == _one.assignee_id)
        columns = (_one.assignee_id, person.c.slack_user_id, _one.message_attempts)
        row = connection.execute(select(*columns).join(person, who).where(*mine)).one()
    return Message(installation_id, number, *tuple(row))


def put_off(database: Database, one: Message, until: datetime) -> None:
    _change(database, one, message="waiting", message_lease_until=until)


def end(database: Database, one: Message, state: str) -> None:
    """ "sent", or "failed": nothing more will come."""
    _change(database, one, message=state)


def _change(database: Database, one: Message, **values: Any) -> None:
    """Write to a message that is still this attempt's."""
    mine = (_one.installation_id == one.installation_id, _one.id == one.task_id, _one.assignee_id == one.assignee_id)
    held = (_one.message == "sending", _one.message_attempts == one.attempts)
    with database.write() as connection:
        connection.execute(update(task).where(*mine, *held).values(values))
