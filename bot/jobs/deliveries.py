"""Sends direct messages: each once, whatever happens on the way to Slack."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks.kit import Message
from bot.domain.access import Person, Right
from bot.errors import DeliveryError
from bot.jobs import assignments, handovers, returns
from bot.jobs.delivery import delivering
from storage import deliveries, people
from storage.database import Database
from storage.deliveries import Delivery

ATTEMPTS = 5
PAUSE = timedelta(minutes=1)  # after each, where Slack does not say how long
PACE = 1.1  # seconds between two messages
MOST = 15  # messages of a turn: the bot ends within the time that it is given to
APART = 5.0  # seconds between two looks: Slack shows a message some time after it took it
LATEST = 100  # messages that are looked at
MARK = "delivery"  # the type of a message's metadata: in it the delivery's id, and nothing of a client

Maker = Callable[[Connection, Person, str, datetime], Message | None]
# Of kinds that are made when they are sent:
MAKERS: Mapping[str, Maker] = {
    "task": assignments.message,
    "handover": handovers.message,
    "return": returns.message,
}

log = structlog.get_logger()


class _Post(NamedTuple):
    channel: str
    ts: str


@dataclass
class Deliveries:
    """The job. Where it is not known whether a message arrived, it is looked for before it is sent again."""

    database: Database
    slack: WebClient  # it must not repeat a request blindly
    installation_id: int
    now: Callable[[], datetime]
    pace: float = PACE
    apart: float = APART

    def run(self) -> None:
        """One turn: what is due by now, until Slack has had enough."""
        for _ in range(MOST):
            one = deliveries.claim(self.database, self.installation_id, self.now())
            if one is None or not self._serve(one):
                return

    def _serve(self, one: Delivery) -> bool:
        """False where Slack takes no more for now."""
        try:
            post = self._deliver(one)
        except DeliveryError as error:
            self._put_off(one, error)
            return error.after is None
        if post is None:
            deliveries.fail(self.database, one)
        else:
            deliveries.sent(self.database, one, *post)
        return True

    def _deliver(self, one: Delivery) -> _Post | None:
        """Send it, unless an earlier attempt of which nothing more was heard did. None where nobody is to be told.

        What arrived is known as sent, though it would be told no more: else it were never brought up to date.
        """
        message = self._message(one)
        if message is None and one.attempts == 1:
            return None
        with delivering():
            channel = str(self.slack.conversations_open(users=one.slack_user_id)["channel"]["id"])
        if one.attempts > 1 and (ts := self._arrived(channel, one)) is not None:
            return _Post(channel, ts)
        return None if message is None or one.attempts > ATTEMPTS else self._post(channel, message, one)

    def _message(self, one: Delivery) -> Message | None:
        with self.database.read() as connection:
            person = people.in_installation(connection, one.installation_id, one.slack_user_id, self.now())
            if person is None or person.lacks(Right.SEAT) is not None:
                return None
            if one.payload is not None:
                return one.payload
            return MAKERS[one.kind](connection, person, one.key, self.now())

    def _post(self, channel: str, message: Message, one: Delivery) -> _Post:
        mark = {"event_type": MARK, "event_payload": {"id": str(one.id)}}
        with delivering():
            posted = self.slack.chat_postMessage(channel=channel, metadata=mark, **message)
        log.info("delivered", installation=one.installation_id, delivery=one.id, kind=one.kind)
        time.sleep(self.pace)
        return _Post(channel, str(posted["ts"]))

    def _arrived(self, channel: str, one: Delivery) -> str | None:
        """Where it stands, as Slack tells. Where we may not look, it is not sent again either."""
        return next(filter(None, (self._look(channel, one, after) for after in (0.0, self.apart))), None)

    def _look(self, channel: str, one: Delivery, after: float) -> str | None:
        time.sleep(after)
        with delivering():
            found = self.slack.conversations_history(channel=channel, limit=LATEST, include_all_metadata=True)
        mark = {"event_type": MARK, "event_payload": {"id": str(one.id)}}
        return next((message["ts"] for message in found["messages"] if message.get("metadata") == mark), None)

    def _put_off(self, one: Delivery, error: DeliveryError) -> None:
        """Later again where it may pass; else nothing will come."""
        log.warning("not delivered", installation=one.installation_id, delivery=one.id, error=error.code)
        if error.temporary and one.attempts <= ATTEMPTS:
            pause = PAUSE if error.after is None else timedelta(seconds=error.after)
            deliveries.put_off(self.database, one, self.now() + pause)
        else:
            deliveries.fail(self.database, one)
