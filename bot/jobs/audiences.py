"""Asks who reads the channels of digests before they are due, so that their posts need not wait for the answers.

Slack answers `conversations.members` some hundred times a minute and takes two hundred posts and more: digests of many
channels at nine o'clock would leave at the pace of the questions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from slack_sdk import WebClient

from bot.domain.audience import Channel
from bot.errors import DeliveryError
from bot.jobs.delivery import delivering
from storage import channels, pace
from storage.audience import Audience
from storage.database import Database

AHEAD = timedelta(minutes=7)  # what is asked then still holds when the last of them is posted (`storage.audience.KEPT`)
TURN = timedelta(seconds=15)  # after which no more is asked: the bot ends within the time that it is given to
PACE = 0.6  # seconds between two questions: Slack takes a hundred a minute
PLACE = "members"  # of Slack's pace: one process asks at a time

log = structlog.get_logger()


@dataclass
class Audiences:
    """The job. Any number of processes may run it. One statement where nothing is to be asked."""

    database: Database
    slack: WebClient
    installation_id: int
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    audience: Audience = field(init=False)

    def __post_init__(self) -> None:
        self.audience = Audience(self.database, self.slack, self.now)

    def run(self) -> None:
        """One turn. What could not be asked is asked again in the next one, or at last before it is posted."""
        moment = self.now()
        with self.database.read() as connection:
            awaited = channels.awaited(connection, self.installation_id, moment, AHEAD)
        if not awaited or not self._reserve(moment, moment + TURN):
            return
        try:
            self._ask(awaited, moment)
        except DeliveryError as error:
            log.warning("audiences not asked", installation=self.installation_id, error=error.code)
            self._hold(timedelta(seconds=error.after or 0))

    def _ask(self, awaited: Mapping[str, int], moment: datetime) -> None:
        with delivering():
            joined = self.audience.joined()
        for channel_id, changes in awaited.items():
            if self.now() >= moment + TURN:
                return
            if channel_id in joined:
                self._learn(joined[channel_id], moment, changes)
                self.sleep(PACE)

    def _learn(self, channel: Channel, moment: datetime, changes: int) -> None:
        """A channel of which Slack does not tell holds up no other."""
        try:
            with delivering():
                self.audience.learn(self.installation_id, channel, moment, changes)
        except DeliveryError as error:
            if error.after is not None:
                raise
            log.warning("audience not asked", installation=self.installation_id, error=error.code)

    def _reserve(self, moment: datetime, until: datetime) -> bool:
        with self.database.write() as connection:
            return pace.reserve(connection, self.installation_id, PLACE, moment, until)

    def _hold(self, pause: timedelta) -> None:
        """Slack has had enough of these questions for now, whichever process asks."""
        with self.database.write() as connection:
            pace.hold(connection, self.installation_id, self.now() + pause, PLACE)
