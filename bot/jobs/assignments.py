"""What is said to whom somebody else gave a task, and to who covers for them.

Made when it is sent: it may be done or given away by then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.blocks.kit import Message
from bot.blocks.tasks import given, given_since, given_unseen
from bot.blocks.words import speak
from bot.domain.access import Person
from bot.errors import UserError
from storage import tasks


def message(connection: Connection, person: Person, key: str, now: datetime) -> Message | None:
    """None where nobody is to be told any more."""
    try:
        one = tasks.get(connection, person, int(key.partition("/")[0]))
    except UserError:  # taken away again, or its client is no longer theirs to see
        return None
    covered = person.covering(one.assignee_id)
    if one.done_by is not None or (one.assignee_id != person.id and covered is None):
        return None
    return given(one, person.day(now), speak(person.locale), covered)


def since(connection: Connection, person: Person, key: str, now: datetime) -> Message:
    """What the message says once the task was changed."""
    one, words = tasks.told(connection, person, int(key.partition("/")[0])), speak(person.locale)
    if one is None:
        return given_unseen(words)
    return given_since(one, person.slack_user_id, person.day(now), words, person.covering(one.assignee_id))
