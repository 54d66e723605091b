"""Welcomes who got a seat, by one direct message, once over all processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from slack_sdk import WebClient

from bot.blocks.welcome import welcome
from bot.blocks.words import speak
from bot.domain.access import Person
from bot.errors import DeliveryError
from bot.jobs.delivery import delivering
from storage import welcomes
from storage.database import Database

PACE = 1.1  # seconds between two messages
MOST = 15  # messages of a turn: the bot ends within the time that it is given to
NOT_TAKEN = frozenset({"ratelimited", "http_429"})  # nothing was posted: it may be sent later

log = structlog.get_logger()


@dataclass
class Welcomes:
    """The job. At most once: where it is not known whether a message arrived, no second one is sent."""

    database: Database
    slack: WebClient
    installation_id: int
    command: str
    now: Callable[[], datetime]
    pace: float = PACE

    def run(self) -> int:
        """Welcome who is due; how many that were. Nobody, until all people were read from Slack once."""
        with self.database.read() as connection:
            found = welcomes.due(connection, self.installation_id)
        return sum(self._welcome(one) for one in found[:MOST])

    def _welcome(self, one: Person) -> bool:
        moment = self.now()
        with self.database.write() as connection:
            if not welcomes.claim(connection, one, moment):
                return False
            clients = welcomes.clients(connection, one)
        try:
            with delivering():
                direct = self.slack.conversations_open(users=one.slack_user_id)["channel"]["id"]
                message = welcome(one.name, clients, self.command, speak(one.locale))
                self.slack.chat_postMessage(channel=direct, **message)
        except DeliveryError as error:
            log.warning("not welcomed", installation=one.installation_id, person=one.id, error=error.code)
            if error.code in NOT_TAKEN:
                with self.database.write() as connection:
                    welcomes.unclaim(connection, one, moment)
            return False
        log.info("welcomed", installation=one.installation_id, person=one.id)
        time.sleep(self.pace)
        return True
