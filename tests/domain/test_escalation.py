"""Working hours after which a low client that nobody takes goes to the leads: 9 to 17, on the team's working days."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.escalation import due
from bot.domain.working_days import Span, WorkingDays

OSLO = ZoneInfo("Europe/Oslo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("since", "hours", "until"),
    [
        ("2026-11-20 09:00", 4, "2026-11-20 13:00"),  # a Friday
        ("2026-11-20 09:00", 8, "2026-11-20 17:00"),
        ("2026-11-20 09:00", 9, "2026-11-23 10:00"),  # over the weekend
        ("2026-11-20 07:30", 4, "2026-11-20 13:00"),  # before it opens
        ("2026-11-20 15:20", 4, "2026-11-23 11:20"),
        ("2026-11-20 17:00", 1, "2026-11-23 10:00"),
        ("2026-11-20 22:00", 1, "2026-11-23 10:00"),
        ("2026-11-21 12:00", 4, "2026-11-23 13:00"),  # a Saturday
        ("2026-12-24 12:00", 8, "2026-12-28 12:00"),  # Christmas in Norway, and a weekend
        ("2026-11-20 09:00", 40, "2026-11-26 17:00"),
        ("2026-10-23 16:00", 2, "2026-10-26 10:00"),  # summer time ends between
        ("2027-03-26 16:00", 2, "2027-03-30 11:00"),  # Easter, when summer time begins, too
    ],
)
def test_only_hours_that_are_worked_count(since: str, hours: int, until: str) -> None:
    assert due(at(since), hours, WorkingDays("NO"), OSLO) == at(until)


def test_a_clock_that_is_put_forward_while_it_is_worked_takes_no_hour_away() -> None:
    sundays = WorkingDays("SA")  # in Saudi Arabia Sunday is worked
    assert due(at("2027-03-28 09:00"), 8, sundays, OSLO) == at("2027-03-28 17:00")


def test_where_nobody_ever_works_it_ends_all_the_same() -> None:
    never = WorkingDays(None, (Span(date(2026, 1, 1), date(2029, 1, 1)),))
    assert due(at("2026-11-20 09:00"), 1, never, OSLO) == at("2027-12-25 17:00")
