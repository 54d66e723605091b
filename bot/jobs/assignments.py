"""Tells people of tasks that somebody else gave them: by one direct message each, never twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from slack_sdk import WebClient

from bot.blocks.tasks import GIVEN
from bot.blocks.tasks import given as show
from bot.blocks.words import speak
from bot.domain.access import Person, Right
from bot.domain.tasks import Given
from bot.errors import DeliveryError, UserError
from bot.jobs.delivery import delivering
from storage import messages, people, tasks
from storage.database import Database
from storage.messages import Message

ATTEMPTS = 5
PAUSE = timedelta(minutes=1)  # after each
PACE = 1.1  # seconds between two messages
MOST = 15  # messages of a turn: the bot ends within the time that it is given to
APART = 5.0  # seconds between two looks: Slack shows a message some time after it took it
LATEST = 100  # messages that are looked at

log = structlog.get_logger()


@dataclass
class Assignments:
    """The job. Where it is not known whether a message arrived, it is looked for before it is sent again."""

    database: Database
    slack: WebClient  # it must not repeat a request blindly
    installation_id: int
    now: Callable[[], datetime]
    pace: float = PACE
    apart: float = APART

    def run(self) -> None:
        """One turn: whatever is due by now."""
        for _ in range(MOST):
            one = messages.claim(self.database, self.installation_id, self.now())
            if one is None:
                return
            self._serve(one)

    def _serve(self, one: Message) -> None:
        try:
            arrived = self._deliver(one)
        except DeliveryError as error:
            self._put_off(one, error)
        else:
            messages.end(self.database, one, "sent" if arrived else "failed")

    def _deliver(self, one: Message) -> bool:
        """Send it, unless an earlier attempt of which nothing more was heard did. False where nobody is to be told."""
        person, made = self._gather(one)
        if person is None or made is None or made.done_by is not None:
            return False
        with delivering():
            channel = str(self.slack.conversations_open(users=person.slack_user_id)["channel"]["id"])
        if one.attempts > 1 and self._has_arrived(channel, _marker(one)):
            return True
        if one.attempts > ATTEMPTS:
            return False
        message = show(made, _marker(one), person.day(self.now()), speak(person.locale))
        with delivering():
            self.slack.chat_postMessage(channel=channel, **message)
        log.info("task told", installation=one.installation_id, task=one.task_id)
        time.sleep(self.pace)
        return True

    def _gather(self, one: Message) -> tuple[Person | None, Given | None]:
        """Whom it is for and what they may know of it by now."""
        with self.database.read() as connection:
            person = people.in_installation(connection, one.installation_id, one.slack_user_id)
            if person is None or person.lacks(Right.SEAT) is not None:
                return None, None
            try:
                return person, tasks.get(connection, person, one.task_id)
            except UserError:  # taken away again, or its client is no longer theirs to see
                return person, None

    def _has_arrived(self, channel: str, marker: str) -> bool:
        return any(self._is_there(channel, marker, after) for after in (0.0, self.apart))

    def _is_there(self, channel: str, marker: str, after: float) -> bool:
        time.sleep(after)
        with delivering():
            found = self.slack.conversations_history(channel=channel, limit=LATEST, include_all_metadata=True)
        told = (message.get("metadata", {}) for message in found["messages"])
        return any(one.get("event_type") == GIVEN and one.get("event_payload", {}).get("id") == marker for one in told)

    def _put_off(self, one: Message, error: DeliveryError) -> None:
        """Later again where it may pass; else nothing will come, and the task stays in `/task`."""
        log.warning("task not told", installation=one.installation_id, task=one.task_id, error=error.code)
        if error.temporary and one.attempts <= ATTEMPTS:
            messages.put_off(self.database, one, self.now() + PAUSE)
        else:
            messages.end(self.database, one, "failed")


def _marker(one: Message) -> str:
    return f"{one.task_id}/{one.assignee_id}"
