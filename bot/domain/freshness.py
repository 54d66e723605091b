"""How far data goes: when it is late, as a whole, and in the categories whose sources stayed behind the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from bot.domain.catalog import Catalog
from bot.domain.scoring import categories

STALE = 7  # days: where a source's rhythm is not known, older data is called late
EVERY = -1  # the set of all tools
RHYTHMS = {"day": 1, "week": 5, "month": 22}  # what a mapping can say, in working days
LEAST, MOST = 5, 30  # gaps from which a rhythm is measured
_USUAL = 0.9  # of the gaps; the others are holidays


class Reach(NamedTuple):
    """How far a source goes, the set of tools that it measures, and its rhythm."""

    tools: int
    day: date
    every: int | None = None  # working days from one delivery to the next; None: not known

    def is_late(self, today: date) -> bool:
        """Whether the next delivery and the one after it are overdue. Late data tells no change."""
        if self.every is None:
            return age(self.day, today) > STALE
        return working_days(self.day, today) > 2 * self.every


def age(day: date, today: date) -> int:
    """Days since the data ends."""
    return max(0, (today - day).days)


def working_days(day: date, today: date) -> int:
    """Days from Monday to Friday that have come since a day."""
    weeks, rest = divmod(age(day, today), 7)
    return 5 * weeks + sum((day + timedelta(days=one)).weekday() < 5 for one in range(1, rest + 1))


def rhythm(days: Iterable[date]) -> int | None:
    """The working days within which nine of ten days with usage are followed by the next; None: too few to say.

    In working days, as the age is: where nobody works on Saturdays, Friday is followed by Monday after one day like
    any other, so that the data is not late every Monday. And not the mean or the longest gap, since one Christmas would
    make a daily source a slow one.
    """
    known = sorted(set(days))[-MOST - 1 :]
    gaps = sorted(working_days(one, following) for one, following in pairwise(known))
    return None if len(gaps) < LEAST else max(1, gaps[int(_USUAL * (len(gaps) - 1))])


def newest(reaches: Iterable[Reach], tools: int = EVERY) -> Reach | None:
    """The source by which it is judged how far the data of some tools goes: the one that goes furthest.

    Of several to the same day, the one of the slowest rhythm: it still is what it should be. None: no source.
    """
    return max((one for one in reaches if one.tools & tools), key=lambda one: (one.day, one.every or 0), default=None)


def late(catalog: Catalog, reaches: Sequence[Reach], tools: int, today: date) -> dict[str, date]:
    """The categories whose data (of the tools among those given) is late, by key, with the day that it goes to.

    What is as late as the data as a whole is left out: of that it is said anyway. So of one source there is nothing.
    """
    whole = newest(reaches)
    if whole is None or not any(one.is_late(today) for one in reaches):
        return {}
    said = whole.day if whole.is_late(today) else None
    sets = zip(catalog.categories, categories(catalog), strict=True)
    found = ((key, newest(reaches, tools & mine)) for key, mine in sets)
    return {key: one.day for key, one in found if one is not None and one.is_late(today) and one.day != said}
