"""What is said to who is back: what happened in their clients meanwhile. Made when it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.blocks.absences import meanwhile as show
from bot.blocks.kit import Message
from bot.blocks.words import speak
from bot.domain.access import Person
from storage import meanwhile


def message(connection: Connection, person: Person, key: str, now: datetime) -> Message | None:
    """None where nothing happened, and where the absence is another by now."""
    number, _, version = key.partition("/")
    found = meanwhile.read(connection, person, int(number), int(version))
    return show(found, person.day(now), speak(person.locale)) if found is not None and found.is_news else None
