"""What people say of a client's tools, used or not: one more source, which fades and never overrules data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.domain.catalog import Catalog, fold

LASTS = timedelta(days=90)


class Mark(NamedTuple):
    """What somebody said of one tool of a client."""

    is_used: bool
    said_on: date
    person: str = ""  # their name

    @property
    def until(self) -> date:
        """The first day on which it no longer counts."""
        return self.said_on + LASTS


class Marked(NamedTuple):
    """The tools that people say are used, and those that they say are not: sets (see `Catalog`)."""

    used: int = 0
    unused: int = 0

    def on(self, measured: int, used: int) -> tuple[int, int]:
        """The tools measured and in use by data, with what people say of them added."""
        return measured | self.used | self.unused, used | self.used


UNMARKED = Marked()


def counting(catalog: Catalog, found: Iterable[tuple[str, Mark]], day: date) -> dict[int, Mark]:
    """The latest mark of each tool that counts for a score of the day, by position in `Catalog.tools`.

    found: each with the folded name of its tool. One made after that day counts, too: it says what is, while data
    that is older only has not come further.
    """
    latest: dict[int, Mark] = {}
    for name, mark in sorted(found, key=lambda one: (one[1].said_on, one[0])):
        place = catalog.tool_names.get(name)
        if place is not None and day < mark.until:
            latest[place] = mark
    return latest


def sets(marks: Mapping[int, Mark]) -> Marked:
    """The sets of tools that marks by position are about."""
    used = sum(1 << place for place, mark in marks.items() if mark.is_used)
    return Marked(used, sum(1 << place for place in marks) - used)


class Say(StrEnum):
    """What somebody may do to the mark of a tool."""

    USED = "used"
    UNUSED = "unused"
    TAKE_BACK = "take_back"


def matters(mark: Mark, *, is_measured: bool, in_use: bool) -> bool:
    """Whether it says something that data does not; `is_measured` and `in_use` are by data."""
    return not in_use and (mark.is_used or not is_measured)


def choices(mark: Mark | None, *, is_measured: bool, in_use: bool) -> tuple[Say, ...]:
    """What would say something new of a tool. `mark`: the one that matters."""
    if in_use:
        return ()
    unused = () if is_measured else (Say.UNUSED,)
    return (Say.USED, *unused, *(() if mark is None else (Say.TAKE_BACK,)))


def names(catalog: Catalog, key: str) -> list[str]:
    """The folded names of a tool, by any of which a mark may be kept; that of its key first."""
    first = fold(key)
    place = catalog.tool_names[first]
    return [first, *(name for name, at in catalog.tool_names.items() if at == place and name != first)]
