"""The morning message: once on each working day at the time that was chosen, and only what is news since the last."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.local_time import moment
from bot.domain.morning import (
    LATEST,
    USUAL,
    Kind,
    Move,
    Seen,
    entered,
    following,
    in_order,
    is_due,
    move,
)
from bot.domain.moves import Ground
from bot.domain.working_days import Span, WorkingDays
from tests.domain.catalogs import EVERY_TOOL, SHIPPED
from tests.domain.zones import DAYS, FIRST, LAST, ODD

YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]


LEAVE = Span(date(2026, 7, 6), date(2026, 7, 24))
WEEKDAYS = WorkingDays()
OFF = {  # among others
    "Europe/Oslo": ("NO", date(2026, 5, 14)),
    "Australia/Sydney": ("AU", date(2026, 1, 26)),
    "Asia/Kolkata": ("IN", date(2026, 1, 26)),
    "America/St_Johns": ("CA", date(2026, 7, 1)),
    "Australia/Lord_Howe": (None, date(2026, 7, 10)),
}


def year(zone: ZoneInfo, at: time, working: WorkingDays, late: timedelta = timedelta()) -> list[datetime]:
    """The moments at which somebody is told something, if it is always looked so late."""
    told, told_on, now = [], date(2025, 12, 31), datetime(2025, 12, 31, 12, tzinfo=UTC)
    while (planned := following(now, at, zone, told_on)) < datetime(2026, 12, 31, 12, tzinfo=UTC):
        now = planned + late
        if is_due(planned, now, zone, told_on, working):
            told.append(now)
            told_on = planned.astimezone(zone).date()
    return told


@pytest.mark.parametrize("name", OFF)
@pytest.mark.parametrize("at", [USUAL, time(0, 0), time(2, 15), time(23, 50)])
@pytest.mark.parametrize("late", [timedelta(), timedelta(minutes=1), LATEST])
def test_over_a_year_it_comes_once_on_each_working_day_and_on_no_other(name: str, at: time, late: timedelta) -> None:
    country, off = OFF[name]
    zone, working = ZoneInfo(name), WorkingDays(country, (LEAVE,))
    days = [(one - late).astimezone(zone).date() for one in year(zone, at, working, late)]
    first, last = days[0], days[-1]
    assert days == [day for day in YEAR if first <= day <= last and day in working]
    assert len(days) > 220
    assert off not in days
    assert not any(LEAVE.has(day) for day in days)


@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2, 30), USUAL, time(23, 45)])
@pytest.mark.parametrize("name", ODD)
def test_over_two_years_it_comes_once_on_each_working_day_of_zones_with_odd_rules(name: str, at: time) -> None:
    zone, told = ZoneInfo(name), list[date]()
    told_on, now = FIRST - timedelta(days=1), datetime.combine(FIRST, time(0), zone) - timedelta(seconds=1)
    while now.astimezone(zone).date() < LAST:
        now = following(now, at, zone, told_on)
        if is_due(now, now, zone, told_on, WEEKDAYS):
            told.append(told_on := now.astimezone(zone).date())
    assert told == [day for day in DAYS if day in WEEKDAYS]


@pytest.mark.parametrize("name", OFF)
def test_it_comes_at_half_past_eight_whatever_the_clocks_were_put_to(name: str) -> None:
    zone = ZoneInfo(name)
    moments = year(zone, USUAL, WEEKDAYS)
    assert {one.astimezone(zone).time() for one in moments} == {USUAL}
    offsets = {one.astimezone(zone).utcoffset() for one in moments}
    assert len(offsets) == (1 if name == "Asia/Kolkata" else 2)


@pytest.mark.parametrize(
    ("name", "day", "at", "expected"),
    [
        ("Europe/Oslo", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),  # put forward from 2 to 3
        ("Europe/Oslo", date(2026, 3, 29), time(3, 0), "2026-03-29T01:00"),
        ("Europe/Oslo", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),  # put back from 3 to 2: the first of two
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08T07:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "2026-10-03T15:30"),  # by half an hour
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45"),
        ("Asia/Kathmandu", date(2026, 5, 5), USUAL, "2026-05-05T02:45"),
        ("America/Santiago", date(2026, 9, 6), time(0, 0), "2026-09-06T04:00"),  # midnight is left out
    ],
)
def test_a_time_that_clocks_skip_is_right_after_and_one_that_they_show_twice_the_first(
    name: str, day: date, at: time, expected: str
) -> None:
    assert moment(day, at, ZoneInfo(name)) == datetime.fromisoformat(f"{expected}+00:00")


def test_what_is_later_than_three_hours_is_left_out() -> None:
    zone, monday = ZoneInfo("Europe/Oslo"), datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    friday = date(2026, 11, 20)
    assert is_due(monday, monday + LATEST, zone, friday, WEEKDAYS)
    assert not is_due(monday, monday + LATEST + timedelta(seconds=1), zone, friday, WEEKDAYS)
    assert not is_due(monday, monday - timedelta(seconds=1), zone, friday, WEEKDAYS)
    assert not is_due(monday, monday, zone, date(2026, 11, 23), WEEKDAYS)


def test_after_a_journey_no_day_has_two() -> None:
    """Told in Auckland, somebody lands in Honolulu, where the same day comes once more."""
    told = moment(date(2026, 11, 24), USUAL, ZoneInfo("Pacific/Auckland"))
    planned = following(told - LATEST, USUAL, ZoneInfo("Pacific/Honolulu"), date(2026, 11, 24))
    assert planned == moment(date(2026, 11, 25), USUAL, ZoneInfo("Pacific/Honolulu"))


@pytest.mark.parametrize(
    ("told_on", "today", "expected"),
    [
        ("2026-11-22", "2026-11-23", {7: 7, 30: 30, 60: 60, 90: 90, 29: None, 6: None, 91: None, 0: None}),
        ("2026-11-20", "2026-11-23", {30: 30, 29: 30, 28: 30, 27: None, 31: None, 5: 7, 4: None}),  # over a weekend
        ("2026-10-01", "2026-11-23", {7: 7, 8: 30, 29: 30, 30: 30, 31: 60, 90: 90, 91: None}),  # after a long leave
    ],
)
def test_a_renewal_is_told_on_the_day_on_which_it_comes_near_and_a_weekend_loses_none(
    told_on: str, today: str, expected: dict[int, int | None]
) -> None:
    day = date.fromisoformat(today)
    found = {left: entered(day + timedelta(days=left), date.fromisoformat(told_on), day) for left in expected}
    assert found == expected


def test_a_renewal_that_has_passed_is_none() -> None:
    assert entered(date(2026, 11, 22), date(2026, 10, 1), date(2026, 11, 23)) is None


TOLD, NOW = date(2026, 11, 16), date(2026, 11, 20)


def ground(score: int) -> Ground:
    """What a client is that uses as many tools as that takes, and pays for whatever it uses."""
    used = next(used for used in ((1 << n) - 1 for n in range(len(SHIPPED.tools) + 1)) if _of(used).score == score)
    return _of(used)


def _of(used: int, measured: int = EVERY_TOOL) -> Ground:
    return Ground(SHIPPED, None, measured, used)


def moved(before: Ground | None, now: Ground | None, **last_used: date) -> Move | None:
    return move(Seen(1, "Acme", before, now, last_used), TOLD, NOW)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (6, 4, Kind.FELL),
        (10, 9, Kind.FELL),
        (3, 4, Kind.RECOVERED),
        (6, 7, Kind.RECOVERED),
        (4, 6, None),  # within a tier a rise is no news
        (2, 3, None),
        (5, 5, None),
    ],
)
def test_a_fall_of_the_score_is_told_and_a_rise_into_a_better_tier(was: int, now: int, expected: Kind | None) -> None:
    found = moved(ground(was), ground(now))
    assert (found and found.kind) == expected
    if found is not None:
        assert (found.before, found.score) == (was, now)
        assert found.parts


def test_what_only_its_data_did_is_not_told() -> None:
    """Half of the tools are no longer measured, and with them their use."""
    before = _of(EVERY_TOOL & 0xAAAA_AAAA_AAAA, EVERY_TOOL)
    now = _of(before.used, EVERY_TOOL & ~(before.used & 0xFFFF))
    assert (before.score or 0) > (now.score or 0)
    assert moved(before, now) is None
    assert moved(None, ground(4)) is None
    assert moved(ground(4), None) is None


def test_a_tool_goes_quiet_on_the_day_on_which_the_last_third_of_its_window_is_empty() -> None:
    tool = next(tool for tool in SHIPPED.tools if tool.points)
    third = timedelta(days=tool.within // 3)
    same = ground(5)
    for last, expected in (
        (TOLD - third, None),  # was quiet then
        (TOLD - third + timedelta(days=1), Kind.QUIET),
        (NOW - third, Kind.QUIET),
        (NOW - third + timedelta(days=1), None),  # is not yet
    ):
        found = moved(same, same, **{tool.key: last})
        assert (found and found.kind) == expected
    found = moved(same, same, **{tool.key: NOW - third})
    assert found is not None
    assert (found.tools, found.before, found.score) == ((tool.name,), 5, 5)


def test_the_deepest_fall_comes_first_and_what_recovered_last() -> None:
    found = [
        Move(1, "A", Kind.RECOVERED, 3, 7, share=0.4),
        Move(2, "B", Kind.FELL, 6, 5, share=-0.1),
        Move(3, "C", Kind.QUIET, 5, 5),
        Move(4, "D", Kind.FELL, 6, 3, share=-0.3),
    ]
    assert [one.client for one in in_order(found)] == ["D", "B", "C", "A"]
