"""What is said to whom somebody else gave a task: made when it is sent, as it may be done or given away by then."""

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
    if one.done_by is not None or one.assignee_slack_id != person.slack_user_id:
        return None
    return given(one, person.day(now), speak(person.locale))


def since(connection: Connection, person: Person, key: str, now: datetime) -> Message:
    """What the message says once the task was changed."""
    one, words = tasks.told(connection, person, int(key.partition("/")[0])), speak(person.locale)
    return given_unseen(words) if one is None else given_since(one, person.slack_user_id, person.day(now), words)
