"""Working days: those of a country, less its holidays and somebody's own days off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from holidays import HolidayBase, country_holidays

WEEKEND = frozenset({5, 6})  # where no country says otherwise
_FURTHEST = 400  # days that are looked at: longer than anybody is away


class Span(NamedTuple):
    """Some days in a row."""

    first: date
    last: date

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last

    def meets(self, other: Span) -> bool:
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class WorkingDays:
    """When somebody works.

    country  an ISO 3166 code; without one, or with one whose holidays nobody knows, Saturdays and Sundays are off
    off      days off of their own
    """

    country: str | None = None
    off: tuple[Span, ...] = ()

    def __contains__(self, day: date) -> bool:
        return _is_worked(self.country, day) and not any(span.has(day) for span in self.off)

    def since(self, day: date) -> date:
        """The day itself, or the next working day; the day itself, too, where there is none within a year."""
        return next((one for one in _days(day) if one in self), day)

    def after(self, day: date, number: int) -> date:
        """So many working days later."""
        for _ in range(number):
            day = self.since(_next(day))
        return day

    def end_of_week(self, day: date) -> date:
        """The day itself, or the next one, behind which the weekend begins; whether or not it is a holiday."""
        weekend = _weekend(self.country, day.year)
        ends = (one for one in _days(day) if one.weekday() not in weekend and _next(one).weekday() in weekend)
        return next(ends, day)


def _is_worked(country: str | None, day: date) -> bool:
    """A weekend's day may be worked where a country says so, in place of another."""
    known = _holidays(country, day.year)
    return day.weekday() not in WEEKEND if known is None else known.is_working_day(day)


def _weekend(country: str | None, year: int) -> frozenset[int]:
    known = _holidays(country, year)
    return WEEKEND if known is None else frozenset(known.weekend)


@lru_cache(maxsize=256)
def _holidays(country: str | None, year: int) -> HolidayBase | None:
    """The country's in a year. Nothing is added to it later, so that threads may share it."""
    try:
        return country_holidays(country, years=year, expand=False) if country else None
    except NotImplementedError:
        return None


def _days(first: date) -> Iterator[date]:
    last = min(first.toordinal() + _FURTHEST, date.max.toordinal())
    return map(date.fromordinal, range(first.toordinal(), last + 1))


def _next(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))
