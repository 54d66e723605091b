"""Clients that were handed over to a new CSM: how each stands, what is open, and what was noted last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.domain.absences import Covered
from bot.domain.activity import Entry
from bot.domain.catalog import Catalog
from bot.domain.clients import Client
from bot.domain.engagement import Engagement, assess
from bot.domain.tasks import Given

MOST = 10  # clients of a message
TASKS, NOTES = 3, 3  # that are shown of a client


@dataclass(frozen=True)
class Handover:
    """A client that somebody handed over."""

    id: int
    client: Client
    before: str  # the old CSM's name
    movable: int  # open tasks of theirs
    ended: Sequence[tuple[str, date]] = ()  # what they had put off: keys of opportunities, each with its day
    tasks: Sequence[Given] = ()  # all that are open, by their days
    notes: Sequence[Entry] = ()  # the newest


@dataclass(frozen=True)
class Handed:
    """What one message says."""

    key: str
    number: int  # of clients
    movable: int  # open tasks of their old CSMs
    first: Sequence[Handover]  # by the clients' names
    covered: Covered | None = None  # whose they are, where somebody else reads it who covers for them


class Card(NamedTuple):
    handover: Handover
    one: Engagement


def cards(catalog: Catalog, handed: Handed, today: date) -> list[Card]:
    return [Card(one, assess(catalog, one.client, today)) for one in handed.first]
