"""What a recovery followed: from when on a client was low, and the last task on it until it was up again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

LONGEST = timedelta(days=90)  # before the recovery, within which something may have helped


class Task(NamedTuple):
    """A task on a client, as far as it may have helped."""

    category: str | None  # None: on the whole client
    days: tuple[date, ...]  # on which it was logged, and done


class Recovery(NamedTuple):
    fell_on: date
    rose_on: date


def recovery(scores: Iterable[tuple[date, int | None]], low: int, on: date) -> Recovery | None:
    """The last one until a day. None where the client is not up by then.

    scores  as they changed, the oldest first, as far back as they are known
    """
    turns = _turns([(day, score) for day, score in scores if score is not None and day <= on], low)
    if not turns or turns[-1][1]:
        return None
    rose_on = turns[-1][0]
    return Recovery(max([day for day, _ in turns[-2:-1]] + [rose_on - LONGEST]), rose_on)


def _turns(scores: Sequence[tuple[date, int]], low: int) -> list[tuple[date, bool]]:
    """When it became low, and when no longer; a single day does not count."""
    turns: list[tuple[date, bool]] = []
    for day, score in scores:
        is_low = score <= low
        if turns and turns[-1][1] is not is_low and (day - turns[-1][0]).days == 1:
            turns.pop()
        if not turns or turns[-1][1] is not is_low:
            turns.append((day, is_low))
    return turns


def followed(tasks: Iterable[Task], category: str, one: Recovery) -> date | None:
    """The last day of what was logged or done meanwhile, in a tool's category or on the whole client."""
    fitting = (day for task in tasks if task.category in {None, category} for day in task.days)
    return max((day for day in fitting if one.fell_on <= day <= one.rose_on), default=None)
