"""What happened to clients: a line of a feed, and what two scores tell of what lies between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from bot.domain.moves import OWN, Ground, Part, change, explain, tenths
from bot.domain.timeline import NOTABLE

DAYS = 14  # that a feed goes back


class What(StrEnum):
    """What happened. In a feed, of the same moment the last comes first."""

    SCORE = "score"  # the client moved its score, or what it subscribes to changed
    QUIET = "quiet"  # a tool began to go quiet
    FIRST_USED = "first_used"  # a tool was used for the first time
    RENEWAL = "renewal"
    TASK = "task"  # done
    NOTE = "note"
    OUTCOME = "outcome"  # somebody said what became of a renewal


class Position(NamedTuple):
    """Where in a feed something stands. `at` as the database has it, which orders days and moments alike."""

    at: str
    rank: int
    client_id: int
    subject: str


class Turned(NamedTuple):
    """A subscription that began (`before` None), ended (`after` None), or changed its edition."""

    product: str  # its key in the catalog
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Happening:
    """One line of a feed."""

    what: What
    at: date | datetime
    client_id: int
    client: str
    position: Position
    text: str = ""  # a tool's name, a task's title, a note; of an outcome its word, and why
    person: str = ""  # who did, wrote or said it
    scores: tuple[int, int] | None = None  # before and after
    parts: tuple[Part, ...] = ()  # why it moved, by the client's own doing
    subscriptions: tuple[Turned, ...] = ()
    days: tuple[date | None, date | None] = (None, None)  # the renewal before and after


def own_parts(before: Ground, after: Ground) -> tuple[Part, ...]:
    """What the client itself moved of its score, where that is half a point or more, or another whole one."""
    parts = tuple(part for part in explain(before, after) if part.cause in OWN)
    moved = tenths(change(parts))
    return parts if abs(moved) >= NOTABLE or (moved and before.score != after.score) else ()


def turned(before: Ground, after: Ground | None) -> tuple[Turned, ...]:
    """The subscriptions that changed. Without a later ground the client is a former one: all have ended."""
    was, now = _editions(before), {} if after is None else _editions(after)
    if was is None or now is None:  # subscriptions were not loaded
        return ()
    return tuple(
        Turned(product, was.get(product), now.get(product))
        for product in dict.fromkeys((*was, *now))
        if was.get(product) != now.get(product)
    )


def _editions(ground: Ground) -> dict[str, str] | None:
    """What is subscribed to, by product; None where nobody knows. What everybody has is no subscription."""
    return None if ground.products is None else dict(_subscribed(ground))


def _subscribed(ground: Ground) -> Iterator[tuple[str, str]]:
    for one in ground.products or ():
        product = ground.catalog.products[one.product]
        edition = product.editions[one.rank] if one.rank >= 0 else ""
        if edition != product.always:
            yield one.product, edition
