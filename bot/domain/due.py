"""Due days as they are typed: `+3d`, `fri`, `eom` and the like. Only working days are days to be due on."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.working_days import WorkingDays

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ONE, WEEK = timedelta(days=1), timedelta(days=7)
WAIT = 3  # working days: when a task is due of which nothing else is said
ANYWHERE = WorkingDays()

_STEP = re.compile(r"\+(\d{1,3})([dw])", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class When(StrEnum):
    """When something is due, as seen from a day; in the order of their days."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"  # until Sunday
    LATER = "later"


def when(day: date, today: date, days: WorkingDays = ANYWHERE) -> When:
    """What is due on a day off waits for the next working day: until that has passed, it is not overdue."""
    day = days.since(day)
    if day <= today:
        return When.TODAY if day == today else When.OVERDUE
    sunday = today + (len(DAYS) - 1 - today.weekday()) * ONE
    return When.WEEK if day <= sunday else When.LATER


def parse(word: str, today: date, days: WorkingDays = ANYWHERE) -> date | None:
    """The day that a word means; None where it means none. A day that is written out may be a day off, or past."""
    word = word.casefold()
    if _ISO.fullmatch(word):
        return _written(word)
    meant = _meant(word, today, days)
    return None if meant is None else days.since(meant)


def off(word: str, today: date, days: WorkingDays = ANYWHERE) -> date | None:
    """The holiday or day of one's own that a word means, where `parse` gives the working day after; no weekend."""
    word = word.casefold()
    meant = None if _ISO.fullmatch(word) else _meant(word, today, days)
    return meant if meant is not None and meant in ANYWHERE and meant not in days else None


def split(text: str, today: date, days: WorkingDays = ANYWHERE) -> tuple[str, date | None]:
    """A text and the due day that its last word means; None where it means none."""
    before, _, last = text.rpartition(" ")
    day = parse(last, today, days)
    return (text, None) if day is None else (before, day)


def default(today: date, days: WorkingDays = ANYWHERE) -> date:
    """In so many working days."""
    return days.after(today, WAIT)


def _written(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _meant(word: str, today: date, days: WorkingDays) -> date | None:
    match word:
        case "today":
            return today
        case "tomorrow":
            return today + ONE
        case "eow":
            return days.end_of_week(today)
        case "eom":
            return today.replace(day=monthrange(today.year, today.month)[1])
    return _step(word, today) or _weekday(word, today)


def _step(word: str, today: date) -> date | None:
    found = _STEP.fullmatch(word)
    return None if found is None else today + int(found[1]) * (WEEK if found[2] == "w" else ONE)


def _weekday(word: str, today: date) -> date | None:
    """The next day of this name: today is called today."""
    number = next((n for n, day in enumerate(DAYS) if word in {day, day[:3]}), None)
    return None if number is None else today + ((number - today.weekday() - 1) % 7 + 1) * ONE
