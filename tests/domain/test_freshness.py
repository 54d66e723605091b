"""Which categories are late: those of which every source is, and that end before the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.freshness import EVERY, RHYTHMS, Reach, late, newest, rhythm, working_days
from bot.domain.subscriptions import Subscription
from tests.base import CATALOG, LONG_AGO, TODAY, client, judged, with_facts


def tools(*categories: str) -> int:
    return CATALOG.bits(tool.key for tool in CATALOG.tools if tool.category in categories)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


REST = EVERY & ~tools("marketing")
ALL = Reach(EVERY, TODAY)
MARKETING = Reach(tools("marketing"), ago(17))
ELSEWHERE = Reach(REST, TODAY)


@pytest.mark.parametrize(
    ("why", "reaches", "expected"),
    [
        ("nothing was loaded", [], {}),
        ("one source is late as a whole", [Reach(EVERY, ago(17))], {}),
        ("two are late by the same day", [Reach(tools("marketing"), ago(17)), Reach(REST, ago(17))], {}),
        ("its only source is late", [MARKETING, ELSEWHERE], {"marketing": ago(17)}),
        ("a week old is not late", [Reach(tools("marketing"), ago(7)), ELSEWHERE], {}),
        ("a day more is", [Reach(tools("marketing"), ago(8)), ELSEWHERE], {"marketing": ago(8)}),
        ("another source goes on", [MARKETING, ALL], {}),
        ("another source measures one of its tools", [MARKETING, ELSEWHERE, Reach(CATALOG.bits(["forms"]), TODAY)], {}),
        (
            "both of its sources are late",
            [MARKETING, Reach(CATALOG.bits(["forms"]), ago(9)), ELSEWHERE],
            {"marketing": ago(9)},
        ),
        (
            "all are late, and it ends first",
            [MARKETING, Reach(REST, ago(9))],
            {"marketing": ago(17)},
        ),
        ("nobody measures sales", [MARKETING, Reach(tools("service"), TODAY)], {"marketing": ago(17)}),
        ("a source goes to tomorrow", [Reach(EVERY, TODAY + timedelta(1))], {}),
    ],
)
def test_a_category_is_late_when_every_source_of_it_is_and_the_rest_is_newer(
    why: str, reaches: list[Reach], expected: dict[str, date]
) -> None:
    assert late(CATALOG, reaches, EVERY, TODAY) == expected, why


def test_a_source_of_tools_that_are_not_included_keeps_no_category_fresh() -> None:
    one = with_facts(client(), subscriptions=[Subscription("Marketing Hub", "Starter", LONG_AGO)])
    more = CATALOG.bits(["campaigns"])
    assert not judged(one).verdict.entitlement.included & more
    reaches = (MARKETING, ELSEWHERE, Reach(more, TODAY))
    assert judged(replace(one, reaches=reaches)).late == {"marketing": ago(17)}


@pytest.mark.parametrize(("days", "expected"), [(0, False), (7, False), (8, True)])
def test_the_whole_and_its_categories_are_late_by_the_same_rule(days: int, expected: bool) -> None:
    assert Reach(EVERY, ago(days)).is_late(TODAY) is expected
    assert judged(client(as_of=ago(days))).is_late is expected
    assert bool(late(CATALOG, [Reach(tools("sales"), ago(days)), ALL._replace(tools=tools("crm"))], EVERY, TODAY)) is (
        expected
    )


def test_a_client_whose_own_sources_are_late_is_late_however_new_those_of_others_are() -> None:
    one = judged(client(as_of=TODAY, reaches=(Reach(EVERY, ago(12)),)))
    assert (one.is_late, one.age, one.change, one.late) == (True, 12, None, {})


FRIDAY = TODAY
assert FRIDAY.weekday() == 4


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("day", 5),  # Friday's data is what it should be until Tuesday; Wednesday is the third working day after it
        ("week", 17),  # the tenth working day is a Friday, and the weekend after it is none
        ("month", 63),
    ],
)
def test_data_is_late_when_it_is_older_than_twice_its_rhythm(every: str, expected: int) -> None:
    one = Reach(EVERY, FRIDAY, RHYTHMS[every])
    assert next(days for days in range(100) if one.is_late(FRIDAY + timedelta(days))) == expected


@pytest.mark.parametrize("day", range(7))
def test_daily_data_of_working_days_is_late_on_no_monday(day: int) -> None:
    friday = FRIDAY + timedelta(7 * day)
    assert not Reach(EVERY, friday, 1).is_late(friday + timedelta(3))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_working_days_are_those_from_monday_to_friday(day: date, days: int) -> None:
    following = (day + timedelta(one) for one in range(1, days + 1))
    assert working_days(day, day + timedelta(days)) == sum(one.weekday() < 5 for one in following)


DAILY = [ago(days) for days in range(60)]


@pytest.mark.parametrize(
    ("why", "days", "expected"),
    [
        ("every day", DAILY, 1),
        ("every working day", [day for day in DAILY if day.weekday() < 5], 1),
        ("a week of holidays", [day for day in DAILY if day.weekday() < 5 and not 20 <= (TODAY - day).days < 29], 1),
        ("every week", [ago(7 * week) for week in range(9)], 5),
        ("every month", [date(2026, month, 1) for month in range(1, 12)], 22),
        ("twice a week", [day for day in DAILY if day.weekday() in {0, 3}], 3),
        ("on weekends only", [day for day in DAILY if day.weekday() > 4], 5),
        ("too little", DAILY[:5], None),
        ("just enough", DAILY[:6], 1),
        ("nothing", [], None),
    ],
)
def test_a_rhythm_is_measured_from_the_gaps(why: str, days: list[date], expected: int | None) -> None:
    found = rhythm(days)
    assert found == expected or (why == "every month" and found in {22, 23}), why


def test_of_two_sources_to_the_same_day_the_slower_says_whether_the_whole_is_late() -> None:
    daily, weekly = Reach(tools("marketing"), ago(7), 1), Reach(REST, ago(7), 5)
    assert newest([daily, weekly]) == weekly
    assert late(CATALOG, [daily, weekly], EVERY, TODAY) == {"marketing": ago(7)}
    one = judged(client(as_of=TODAY, reaches=(daily, weekly)))
    assert (one.is_late, one.late) == (False, {"marketing": ago(7)})


def test_a_source_that_comes_every_month_is_not_late_where_a_daily_one_would_be() -> None:
    late_by = {every: judged(client(reaches=(Reach(EVERY, ago(17), days),))).is_late for every, days in RHYTHMS.items()}
    assert late_by == {"day": True, "week": True, "month": False}
