"""Asks who reads the channels of digests before they are due, so that their posts need not wait for the answers.

Slack answers `conversations.members` some hundred times a minute and takes two hundred posts and more: digests of many
channels at nine o'clock would leave at the pace of the questions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from slack_sdk import WebClient

from bot.domain.audience import Channel
from bot.errors import DeliveryError
from bot.jobs.questions import Questions
from storage import channels, pace
from storage.audience import Audience
from storage.database import Database

AHEAD = timedelta(minutes=7)  # that of some hundred still holds when the last of them is posted (`storage.audience`)
TURN = 15.0  # seconds after which no more is asked: the bot ends within the time that it is given to
PACE = 0.6  # seconds between two questions: Slack takes a hundred a minute
PLACE = "asking"  # of Slack's pace: one process does at a time

log = structlog.get_logger()


@dataclass
class Audiences:
    """The job. Any number of processes may run it. One statement where nothing is to be asked."""

    database: Database
    slack: WebClient
    installation_id: int
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    audience: Audience = field(init=False)
    _failed: set[str] = field(default_factory=set)  # those come last in the next turn

    def __post_init__(self) -> None:
        self.audience = Audience(self.database, self.slack, self.now, rest=partial(self.sleep, PACE))
        self._questions = Questions(self.database, self.audience, self.installation_id, self.now)

    def run(self) -> None:
        """One turn. What could not be asked is asked again in the next one, or at last before it is posted."""
        moment = self.now()
        with self.database.read() as connection:
            awaited = channels.awaited(connection, self.installation_id, moment, AHEAD)
        if not awaited or not self._reserve(moment, moment + timedelta(seconds=TURN)):
            return
        try:
            self._ask(awaited, moment)
        except DeliveryError as error:
            log.warning("audiences not asked", installation=self.installation_id, error=error.code)

    def _ask(self, awaited: Mapping[str, int], moment: datetime) -> None:
        until = self.clock() + TURN
        with self._questions.asking():
            joined = self.audience.joined()
        for channel_id in sorted(awaited, key=self._failed.__contains__):
            if self.clock() >= until:
                return
            if channel_id in joined:
                self._learn(joined[channel_id], moment, awaited[channel_id])

    def _learn(self, channel: Channel, moment: datetime, changes: int) -> None:
        """A channel of which Slack does not tell holds up no other."""
        self._failed.add(channel.id)
        try:
            with self._questions.asking():
                self.audience.learn(self.installation_id, channel, moment, changes)
            self._failed.discard(channel.id)
        except DeliveryError as error:
            if error.after is not None:
                raise
            log.warning("audience not asked", installation=self.installation_id, error=error.code)

    def _reserve(self, moment: datetime, until: datetime) -> bool:
        with self.database.write() as connection:
            return pace.reserve(connection, self.installation_id, PLACE, moment, until)
