"""A client's score over time: one value a week, and what happened in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from bot.domain.moves import Ground, Part, change, explain, tenths

WEEKS = 20  # that a chart has room for
NOTABLE = 5  # tenths of a point that make a change an event


@dataclass(frozen=True)
class Stage:
    """A client's score from a day on. `ground` None: what it was made from is no longer known."""

    day: date
    score: int | None
    share: float | None
    ground: Ground | None
    from_import: bool = False  # worked out afterwards, for the time before the first import


@dataclass(frozen=True)
class Event:
    """A day on which the score moved, and why."""

    day: date
    before: int
    after: int
    parts: tuple[Part, ...]

    @property
    def moved(self) -> Fraction:
        return change(self.parts)


def weekly(stages: Sequence[Stage], as_of: date, weeks: int = WEEKS) -> list[tuple[date, float]]:
    """The exact score (0-10) at the end of each week, back from the data's day; weeks without one are left out."""
    days = [as_of - timedelta(7 * week) for week in reversed(range(weeks))]
    found = [(day, next((one for one in reversed(stages) if one.day <= day), None)) for day in days]
    return [(day, round(one.share * 10, 1)) for day, one in found if one is not None and one.share is not None]


def events(stages: Sequence[Stage]) -> list[Event]:
    """What moved the score by half a point or more, or into another whole one; the newest first."""
    found = []
    for before, after in pairwise(stages):
        if before.ground is None or after.ground is None or before.score is None or after.score is None:
            continue
        parts = explain(before.ground, after.ground)
        moved = tenths(change(parts))
        if abs(moved) >= NOTABLE or (moved and before.score != after.score):
            found.append(Event(after.day, before.score, after.score, parts))
    return found[::-1]
