"""A digest runs once on each local day that was chosen, over years and whatever the clocks there are put to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.digest_times import following, is_late, local_day, planned_again, planned_anew
from bot.domain.digests import WEEKDAYS, Content, Digest, Pause
from tests.domain.zones import DAYS, FIRST, LAST, ODD

EVERY_DAY = frozenset(range(7))
GAP, FOLD = time(2, 30), time(1, 30)


def digest(zone: str, at: time = time(9), days: frozenset[int] = EVERY_DAY, told_on: date | None = None) -> Digest:
    return Digest(1, 1, 1, "Nordic", Content.BOTH, zone, 1, days=days, at=at, told_on=told_on)


def runs(one: Digest, late: timedelta = timedelta()) -> list[datetime]:
    """All runs of the two years, each looked at so late."""
    found, now = [], datetime.combine(FIRST, time(0), ZoneInfo(one.time_zone)) - timedelta(seconds=1)
    while (planned := following(one, now)) and local_day(one, planned) <= LAST:
        found.append(planned)
        one, now = replace(one, told_on=local_day(one, planned)), planned + late
    return found


@pytest.mark.parametrize("at", [time(0), FOLD, GAP, time(9), time(23, 45)])
@pytest.mark.parametrize("zone", ODD)
def test_over_two_years_it_runs_once_a_day(zone: str, at: time) -> None:
    one = digest(zone, at)
    assert [local_day(one, run) for run in runs(one)] == DAYS


@pytest.mark.parametrize("zone", ODD)
def test_it_runs_at_its_time_whatever_the_rules_are_by_then(zone: str) -> None:
    assert {run.astimezone(ZoneInfo(zone)).time() for run in runs(digest(zone))} == {time(9)}


@pytest.mark.parametrize("zone", ["Europe/Oslo", "America/Santiago"])
def test_a_run_that_is_late_moves_no_other(zone: str) -> None:
    one = digest(zone, FOLD)
    assert runs(one, late=timedelta(hours=3)) == runs(one)


def test_it_runs_on_the_days_that_were_chosen_and_on_no_other() -> None:
    one = digest("Europe/Oslo", days=WEEKDAYS)
    assert [local_day(one, run) for run in runs(one)] == [day for day in DAYS if day.weekday() < 5]
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert following(replace(one, days=frozenset({4})), friday) == datetime(2026, 11, 27, 8, tzinfo=UTC)


@pytest.mark.parametrize("by", [-1, 0, 0.5, 1])
@pytest.mark.parametrize("zone", ODD)
def test_where_the_rules_of_a_zone_are_others_by_now_the_same_run_is_at_its_time(zone: str, by: float) -> None:
    for at in (time(0), FOLD, GAP, time(9)):
        one, told_on = digest(zone, at), None
        for run in runs(one)[::5]:
            planned = replace(one, told_on=told_on, next_at=run + timedelta(hours=by))
            assert planned_again(planned) == run
            told_on = local_day(one, run)
    assert planned_again(digest(zone)) is None


def test_on_a_day_that_a_zone_leaves_out_it_does_not_run() -> None:
    """Samoa went from Thursday to Saturday."""
    one = digest("Pacific/Apia", told_on=date(2011, 12, 29))
    thursday = datetime(2011, 12, 29, 20, tzinfo=UTC)
    assert local_day(one, following(one, thursday)) == date(2011, 12, 31)
    assert following(replace(one, days=frozenset({4})), thursday).astimezone(ZoneInfo("Pacific/Apia")).day == 6


def test_a_day_of_which_it_told_has_no_second_run() -> None:
    """Its time was changed from 9:00 to 18:00, or its zone to one further west, after it had run."""
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    one = digest("Europe/Oslo", time(18), told_on=date(2026, 11, 23))
    assert local_day(one, following(one, now)) == date(2026, 11, 24)
    assert local_day(one, following(replace(one, told_on=None), now)) == date(2026, 11, 23)


def test_a_run_is_late_once_its_grace_is_over() -> None:
    one, planned = digest("Europe/Oslo"), datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert not is_late(one, planned, planned + timedelta(hours=3))
    assert is_late(one, planned, planned + timedelta(hours=3, seconds=1))
    assert is_late(replace(one, grace=timedelta(minutes=30)), planned, planned + timedelta(minutes=31))


def test_one_that_rests_has_no_next_run() -> None:
    now = datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert planned_anew(digest("Europe/Oslo"), now) == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert planned_anew(replace(digest("Europe/Oslo"), paused=Pause.PERSON), now) is None
