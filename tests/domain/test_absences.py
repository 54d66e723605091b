"""Absences that follow each other are one, as far as who is back is concerned."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.absences import away_since, goes_on
from bot.domain.working_days import Span, WorkingDays


def days(first: int, last: int) -> Span:
    """Days of December 2026, which begins on a Tuesday."""
    return Span(date(2026, 12, first), date(2026, 12, last))


@pytest.mark.parametrize(
    ("one", "other", "country", "expected"),
    [
        (days(1, 4), days(7, 8), None, True),  # a weekend lies between
        (days(1, 4), days(5, 6), None, True),
        (days(1, 4), days(8, 9), None, False),  # they work on Monday
        (days(7, 8), days(1, 4), None, False),
        (days(21, 23), days(28, 30), None, False),
        (days(21, 23), days(28, 30), "FI", True),  # Christmas lies between
    ],
)
def test_an_absence_goes_on_where_no_working_day_comes_between(
    one: Span, other: Span, country: str | None, expected: bool
) -> None:
    working = WorkingDays(country)
    assert goes_on(one, [one, other], working) is expected
    assert away_since(other, [one, other], working) == (one.first if expected else other.first)


def test_many_in_a_row_are_one() -> None:
    spans = [days(1, 1), days(3, 4), days(7, 8), days(9, 9), days(14, 15)]
    assert [away_since(one, spans, WorkingDays()).day for one in spans] == [1, 3, 3, 3, 14]
