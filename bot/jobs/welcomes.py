"""Has whoever got a seat welcomed, by one direct message each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.blocks.welcome import welcome
from bot.blocks.words import speak
from bot.domain.access import Person
from storage import deliveries, welcomes
from storage.database import Database

log = structlog.get_logger()


@dataclass(frozen=True)
class Welcomes:
    """The job."""

    database: Database
    installation_id: int
    command: str
    now: Callable[[], datetime]

    def run(self) -> int:
        """Welcome who is due; how many that were. Nobody, until all people were read from Slack once."""
        with self.database.read() as connection:
            found = welcomes.due(connection, self.installation_id)
        return sum(self._welcome(one) for one in found)

    def _welcome(self, one: Person) -> bool:
        moment = self.now()
        with self.database.write() as connection:
            if not welcomes.claim(connection, one, moment):
                return False
            message = welcome(one.name, welcomes.clients(connection, one), self.command, speak(one.locale))
            deliveries.add(connection, one.installation_id, one.id, "welcome", str(one.id), moment, message)
        log.info("welcomed", installation=one.installation_id, person=one.id)
        return True
