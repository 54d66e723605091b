"""How far data goes: when it is late, as a whole, and in the categories whose sources stayed behind the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from bot.domain.catalog import Catalog
from bot.domain.scoring import categories

STALE = 7  # days: older data is called late, and no change is read from it
EVERY = -1  # the set of all tools


class Reach(NamedTuple):
    """How far a source goes, and the set of tools that it measures."""

    tools: int
    day: date


def age(day: date, today: date) -> int:
    """Days since the data ends."""
    return max(0, (today - day).days)


def is_late(day: date | None, today: date) -> bool:
    return day is not None and age(day, today) > STALE


def newest(reaches: Iterable[Reach], tools: int = EVERY) -> date | None:
    """The day that the data of some tools goes to; None where no source measures any."""
    return max((one.day for one in reaches if one.tools & tools), default=None)


def late(catalog: Catalog, reaches: Sequence[Reach], tools: int, today: date) -> dict[str, date]:
    """The categories of whose tools (among those given) every source is late, by key, with the day they go to.

    What goes as far as the data as a whole is left out: of that it is said anyway. So of one source there is nothing.
    """
    whole = newest(reaches)
    if not any(one.day != whole and is_late(one.day, today) for one in reaches):
        return {}
    sets = zip(catalog.categories, categories(catalog), strict=True)
    days = ((key, newest(reaches, tools & mine)) for key, mine in sets)
    return {key: day for key, day in days if day is not None and day != whole and is_late(day, today)}
