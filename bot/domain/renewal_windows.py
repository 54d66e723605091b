"""The window of `/renewals` as it is typed: `90d`, `next month`, `december`, `Q1 2027`. Beside it stand filters."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from bot.domain.filters import Filter, FilterError, Renews, word

USUAL = "30d"
OPTIONS = "30d, 12w, this month, next quarter, december, Q1 2027, 2027"
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
NEAR = 0.8  # how much alike a misspelt word is; less, and it is a client's name

_SPANS = {"month": 1, "quarter": 3, "year": 12}  # in months
_RELATIVE = {
    f"{which} {span}": (which == "next", months) for which in ("this", "next") for span, months in _SPANS.items()
}
_STEP = re.compile(r"(\d{1,5})\s?(d|days?|w|weeks?)", re.ASCII)
_DATED = re.compile(r"(?:(?P<part>q[1-4]|[a-z]{3,9})(?:\s(?P<year>20\d\d))?|(?P<alone>20\d\d))", re.ASCII)
_MEANT = re.compile(r"\d+[a-z]*|q\d+", re.ASCII)  # no client is called so
_MOST = 2  # words of a window


@dataclass(frozen=True)
class Window:
    """The days in which renewals are looked for, both included. It never begins before today."""

    text: str  # as it is typed
    first: date
    last: date

    def renews(self, today: date) -> Renews:
        return Renews((self.first - today).days, (self.last - today).days)


def check(window: Window | None, typed: Filter) -> None:
    """Raises FilterError where the filter beside a window says what has no place here."""
    if typed.sort is not None:
        raise FilterError("renewals_sort", name="sort", word=f"sort:{typed.texts()['sort']}")
    if typed.renews is None:
        return
    if window is not None:
        raise FilterError("filter_twice", name="renews", first=window.text, second=f"renews:{typed.renews}")
    if typed.renews.first is None:
        raise FilterError("renewals_apart", name="renews", word=f"renews:{typed.renews}")


def within(window: Window | None, wanted: Filter, today: date) -> tuple[str, Filter]:
    """The filter with the days that are meant, and the window's text: "" where the filter or its view has them."""
    unsorted = replace(wanted, sort=None, reverse=False)
    if window is None and wanted.renews is not None and wanted.renews.first is not None:
        return "", unsorted
    meant = window or Window(USUAL, today, today + timedelta(days=30))
    return meant.text, replace(unsorted, renews=meant.renews(today))


def split(text: str, today: date) -> tuple[Window | None, str]:
    """The window that a text begins or ends with, and the rest of it. Raises FilterError where one was meant."""
    words = text.split(" ")
    found, rest = _found(words, today)
    if rest and ":" not in rest[0]:
        _refuse(rest)
    return found, " ".join(rest)


def _found(words: list[str], today: date) -> tuple[Window | None, list[str]]:
    for number in range(min(_MOST, len(words)), 0, -1):
        for some, rest in ((words[:number], words[number:]), (words[-number:], words[:-number])):
            if (found := parse(" ".join(some), today)) is not None:
                return found, rest
    return None, words


def parse(text: str, today: date) -> Window | None:
    """The window that a text is; None where it is none. Raises FilterError for one that has passed."""
    folded = text.casefold()
    if step := _STEP.fullmatch(folded):
        days = int(step[1]) * (7 if step[2].startswith("w") else 1)
        Renews(0, days)  # within its limits
        return Window(text, today, today + timedelta(days=days))
    if folded in _RELATIVE:
        is_next, months = _RELATIVE[folded]
        begin = today.year * 12 + (today.month - 1) // months * months
        return _window(text, begin + months * is_next, months, today)
    return _dated(text, folded, today)


def _dated(text: str, folded: str, today: date) -> Window | None:
    match = _DATED.fullmatch(folded)
    if match is None:
        return None
    if match["alone"]:
        return _window(text, int(match["alone"]) * 12, 12, today)
    begin, months = _place(match["part"])
    if begin is None:
        return None
    if match["year"]:
        return _window(text, int(match["year"]) * 12 + begin, months, today)
    is_over = begin + months <= today.month - 1  # of a part without its year the next one is meant
    return _window(text, (today.year + is_over) * 12 + begin, months, today)


def _place(part: str) -> tuple[int | None, int]:
    """The first month of a part of a year, from 0 on, and how many it has."""
    if part[0] == "q" and part[1:].isdigit():
        return (int(part[1:]) - 1) * 3, 3
    return next((at for at, name in enumerate(MONTHS) if part in {name, name[:3]}), None), 1


def _window(text: str, begin: int, months: int, today: date) -> Window:
    """So many months from one on, which is counted from the year 0."""
    end = begin + months - 1
    year, month = end // 12, end % 12 + 1
    last = date(year, month, monthrange(year, month)[1])
    if last < today:
        raise FilterError("renewals_passed", name="", word=word("", text))
    found = Window(text, max(date(begin // 12, begin % 12 + 1, 1), today), last)
    found.renews(today)  # within its limits
    return found


def _refuse(words: list[str]) -> None:
    """What looks like a window and is none."""
    first = words[0].casefold()
    known = [*MONTHS, *(f"{which} {span}" for which in ("this", "next") for span in _SPANS)]
    both = " ".join(words[:_MOST]).casefold()
    typed, near = next(
        ((one, near) for one in (both, first) if (near := get_close_matches(one, known, 1, NEAR))), ("", [])
    )
    if near:
        raise FilterError("filter_meant", name="", word=word("", typed), meant=near[0])
    if _MEANT.fullmatch(first):
        raise FilterError("renewals_window", name="", word=word("", words[0]), options=OPTIONS)
