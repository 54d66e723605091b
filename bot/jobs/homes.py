"""Publishes Home tabs anew whose content was changed elsewhere, for those who have opened theirs before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from slack_sdk import WebClient

from bot import home
from bot.blocks.words import speak
from bot.domain.access import Person, Right
from bot.errors import DeliveryError
from bot.home import Looker
from bot.jobs.delivery import delivering
from storage import homes, people
from storage.catalog import Catalogs
from storage.database import Database

MOST = 40  # of a turn: the bot ends within the time that it is given to, and Slack takes a hundred a minute
PAUSE = timedelta(minutes=1)  # where Slack does not say how long

log = structlog.get_logger()


@dataclass
class Homes:
    """The job. What it publishes never takes the place of something newer: Slack compares hashes."""

    database: Database
    slack: WebClient
    catalogs: Catalogs
    installation_id: int
    command: str
    now: Callable[[], datetime]

    def run(self) -> None:
        """One turn: whatever is stale by now, until Slack has had enough."""
        for _ in range(MOST):
            person_id = homes.claim(self.database, self.installation_id, self.now())
            if person_id is None:
                return
            try:
                self._publish(person_id)
            except DeliveryError as error:  # a newer one is there, it is made when it is opened next, or soon again
                log.info("home not published", installation=self.installation_id, person=person_id, error=error.code)
                pause = PAUSE if error.after is None else timedelta(seconds=error.after)
                until = self.now() + pause if error.temporary else None
                homes.release(self.database, self.installation_id, person_id, until)
                if error.after is not None:
                    return
            else:
                homes.release(self.database, self.installation_id, person_id)

    def _publish(self, person_id: int) -> None:
        with self.database.read() as connection:
            person = people.by_id(connection, self.installation_id, person_id, self.now())
            there = homes.published(connection, self.installation_id, person_id)
        if person is None or there is None or person.lacks(Right.MEMBER) is not None:
            return
        if person.looks_as is not None:  # only an answer to them says so; it is made when they open it next
            return
        with delivering():
            home.publish(self._looker(person), self.slack, there=there, only_over=True)

    def _looker(self, person: Person) -> Looker:
        catalog = self.catalogs.of(person.installation_id, person.catalog_hash)
        earlier = self.catalogs.earlier(person.installation_id)
        day, words = person.day(self.now()), speak(person.locale)
        return Looker(person, day, words, self.database, catalog, earlier, self.command)
