"""Brings messages up to date: direct ones that show tasks as they were, and digests with clients as they were.

It is the one writer of a digest that stands in its channel. A listener that drew it as well could put an older drawing
over a newer one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import alert
from bot.blocks.kit import Message
from bot.blocks.words import speak
from bot.domain.access import Right
from bot.domain.audience import Audience as Verdict
from bot.errors import DeliveryError
from bot.jobs import alerts, assignments, digest_content, handovers, mornings
from bot.jobs.deliveries import Maker
from bot.jobs.delivery import delivering
from bot.jobs.questions import Questions
from storage import digests, people, shown
from storage.alerts import KIND
from storage.audience import Audience
from storage.catalog import Catalogs
from storage.database import Database
from storage.shown import Old

PAUSE = timedelta(minutes=1)  # where Slack does not say how long
MOST = 15  # messages of a turn: the bot ends within the time that it is given to
ATTEMPTS = 20  # each a minute longer after the one before: some hours
PACE = 1.2  # seconds between two: Slack takes 50 a minute
# What a message says by now, by its kind:
MAKERS: Mapping[str, Maker] = {
    "task": assignments.since,
    "handover": handovers.message,
    mornings.KIND: mornings.since,
}
GONE = "message_not_found"  # Slack's code where somebody deleted it

log = structlog.get_logger()


@dataclass
class Updates:
    """The job. What is sent is the whole message as it is by now: sent twice it is the same."""

    database: Database
    slack: WebClient
    catalogs: Catalogs
    installation_id: int
    now: Callable[[], datetime]
    pace: float = PACE
    audience: Audience = field(init=False)

    def __post_init__(self) -> None:
        self.audience = Audience(self.database, self.slack, self.now)
        self._questions = Questions(self.database, self.audience, self.installation_id, self.now)

    def run(self) -> None:
        """One turn: each message once, however many changes there were, until Slack has had enough."""
        for _ in range(MOST):
            one = shown.claim(self.database, self.installation_id, self.now())
            if one is None or not self._serve(one):
                return

    def _serve(self, one: Old) -> bool:
        """False where Slack takes no more for now."""
        message = self._message(one)
        if message is None:
            shown.forget(self.database, one)
            return True
        try:
            with delivering():
                self._ask(one)
                self.slack.chat_update(channel=one.channel, ts=one.ts, **message)
        except DeliveryError as error:
            return self._fail(one, error)
        shown.renewed(self.database, one)
        log.info("updated", installation=one.installation_id, delivery=one.delivery_id, kind=one.kind)
        time.sleep(self.pace)
        return True

    def _ask(self, one: Old) -> None:
        """Raises DeliveryError where by now strangers read the channel: they hear nothing new of its clients."""
        if one.digest_id is None:
            return
        verdict = self._questions.verdict(one.channel)
        if verdict is not Verdict.FINE:
            raise DeliveryError(verdict.value, temporary=False)

    def _message(self, one: Old) -> Message | None:
        """None where nobody is to read it."""
        if one.kind == KIND and one.digest_id is None:
            return alert.left((one.facts or {}).get("of", ""), speak())
        with self.database.read() as connection:
            if one.slack_user_id is None:
                return self._digest(connection, one)
            person = people.in_installation(connection, one.installation_id, one.slack_user_id, self.now())
            if person is None or person.lacks(Right.SEAT) is not None or one.kind not in MAKERS:
                return None
            return MAKERS[one.kind](connection, person, one.key, self.now())

    def _digest(self, connection: Connection, one: Old) -> Message | None:
        """None where the digest is gone, or what it said is kept no longer."""
        digest = digests.get(connection, one.installation_id, one.digest_id or 0)
        if digest is None or one.facts is None:
            return None
        if one.kind == KIND:
            return alerts.redraw(connection, self.catalogs, digest, one.delivery_id, self.now())
        return digest_content.redraw(connection, self.catalogs, digest, one.facts, self.now())

    def _replace(self, one: Old, error: DeliveryError) -> None:
        """An alert that somebody deleted is posted anew."""
        if one.kind != KIND or error.code != GONE:
            return
        with self.database.write() as connection:
            digest = digests.get(connection, one.installation_id, one.digest_id or 0)
            if digest is not None and digest.paused is None:
                alerts.post_again(connection, self.catalogs, digest, one.delivery_id, self.now())

    def _fail(self, one: Old, error: DeliveryError) -> bool:
        """Later again where it may pass; a message that somebody deleted is forgotten.

        What fails for hours stays as it is, until what it shows is changed again.
        """
        log.warning("not updated", installation=one.installation_id, delivery=one.delivery_id, error=error.code)
        if not error.temporary:
            self._replace(one, error)
            shown.forget(self.database, one)
            return True
        if error.after is None and one.attempts > ATTEMPTS:
            shown.renewed(self.database, one)
            return True
        pause = PAUSE * one.attempts if error.after is None else timedelta(seconds=error.after)
        shown.put_off(self.database, one, self.now() + pause)
        return error.after is None
