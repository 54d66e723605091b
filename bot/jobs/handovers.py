"""Tells new CSMs of the clients that an import handed over to them: once it has ended and the scores are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.blocks import handover as show
from bot.blocks.kit import Message
from bot.blocks.words import speak
from bot.domain.access import Person, Right
from bot.domain.handovers import cards
from storage import catalog as catalogs
from storage import handover_cards, handovers, people
from storage.database import Database


def tell(database: Database, installation_id: int, now: Callable[[], datetime]) -> int:
    """One message for each new CSM; how many. Who has no seat yet is told once they have one."""
    with database.read() as connection:
        due = handovers.due(connection, installation_id)
    return sum(_tell(database, installation_id, one, now()) for one in due)


def _tell(database: Database, installation_id: int, slack_user_id: str, now: datetime) -> bool:
    with database.write() as connection:
        person = people.in_installation(connection, installation_id, slack_user_id, now)
        if person is None or person.lacks(Right.SEAT) is not None:
            return False
        return handovers.tell(connection, person, now)


def message(connection: Connection, person: Person, key: str, now: datetime) -> Message | None:
    """What is said: made when it is sent, and again when a task changed. None where nothing is theirs any more.

    Behind its number the key names whom the reader covers: once those are back, nothing in it is the reader's.
    """
    key, _, of = key.partition("/")
    covered = person.covering(int(of)) if of else None
    catalog = catalogs.current(connection, person.installation_id)
    earlier = catalogs.every(connection, person.installation_id)
    handed = handover_cards.gather(connection, person, catalog, earlier.get, key, covered)
    if handed is None:
        return None
    to = show.Reader(person.day(now), person.zone, speak(person.locale))
    return show.message(catalog, handed, cards(catalog, handed, to.today), to)
