"""Tells the team's leads of low clients that a digest named and nobody takes: each once, by direct message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.blocks import escalation as show
from bot.blocks.kit import Message
from bot.blocks.words import speak
from bot.domain.access import Person, zone
from bot.domain.escalation import due
from bot.domain.working_days import WorkingDays
from storage import deliveries, escalations
from storage.database import Database
from storage.escalations import Waiting

KIND = "escalation"
UNSENT = timedelta(minutes=10)  # until it is looked again whether the digest was sent


@dataclass
class Escalations:
    """The job. When a client is due is worked out at the first look, and whether it goes to the leads at the last."""

    database: Database
    installation_id: int
    now: Callable[[], datetime]

    def run(self) -> None:
        now = self.now()
        with self.database.read() as connection:
            found = escalations.waiting(connection, self.installation_id, now)
        for delivery_id, client_id in found:
            with self.database.write() as connection:
                one = escalations.take(connection, self.installation_id, delivery_id, client_id, now)
                if one is not None:
                    self._look(connection, one, now)

    def _look(self, connection: Connection, one: Waiting, now: datetime) -> None:
        again = self._again(one, now)
        if again is None and self._is_needed(connection, one, now):
            for person_id in escalations.leads(connection, self.installation_id, one):
                key = f"{one.delivery_id}/{one.client_id}/{person_id}"
                deliveries.add(connection, self.installation_id, person_id, KIND, key, now)
            escalations.keep(connection, self.installation_id, one, now)
        escalations.look_again(connection, self.installation_id, one, again)

    def _again(self, one: Waiting, now: datetime) -> datetime | None:
        """When it is to be looked at once more; None: now is the time."""
        if one.state in {"waiting", "sending"}:
            return now + UNSENT
        if not one.is_open or one.hours is None:
            return None
        until = due(one.made_at, one.hours, WorkingDays(one.country), zone(one.zone))
        return until if until > now else None

    def _is_needed(self, connection: Connection, one: Waiting, now: datetime) -> bool:
        if one.state != "sent" or not one.is_open:
            return False
        day = now.astimezone(zone(one.zone)).date()
        return not escalations.is_snoozed(connection, self.installation_id, one, day)


def message(connection: Connection, person: Person, key: str, now: datetime) -> Message | None:
    """None where somebody has taken it meanwhile."""
    delivery_id, client_id, _ = map(int, key.split("/"))
    found = escalations.told(connection, person, delivery_id, client_id)
    return None if found is None else show.message(found, person.day(now), speak(person.locale))
