"""What people type as a due day, and the days that are none to be due on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import due
from bot.domain.working_days import Span, WorkingDays

FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("today", FRIDAY),
        ("tomorrow", date(2026, 11, 23)),  # a Saturday
        ("TODAY", FRIDAY),
        ("+3d", date(2026, 11, 23)),
        ("+4D", date(2026, 11, 24)),
        ("+0d", FRIDAY),
        ("+2w", date(2026, 12, 4)),
        ("mon", date(2026, 11, 23)),
        ("Thursday", date(2026, 11, 26)),
        ("fri", date(2026, 11, 27)),  # today is called today
        ("sat", date(2026, 11, 23)),
        ("sunday", date(2026, 11, 23)),
        ("eow", FRIDAY),
        ("eom", date(2026, 11, 30)),
        ("2026-11-21", SATURDAY),  # written out, it is meant
        ("2025-01-01", date(2025, 1, 1)),
    ],
)
def test_a_word_means_a_day(word: str, day: date) -> None:
    assert due.parse(word, FRIDAY) == day


@pytest.mark.parametrize(
    ("word", "today", "day"),
    [
        ("today", SATURDAY, date(2026, 11, 23)),
        ("eow", SATURDAY, date(2026, 11, 27)),
        ("eow", date(2026, 11, 16), FRIDAY),
        ("eom", date(2026, 10, 5), date(2026, 11, 2)),  # the 31st is a Saturday
        ("eom", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_what_falls_on_a_weekend_waits_for_monday(word: str, today: date, day: date) -> None:
    assert due.parse(word, today) == day


@pytest.mark.parametrize(
    "word", ["", "+", "+d", "3d", "-1d", "+3m", "+1000d", "fr", "frid", "2026-02-30", "20261120", "2026-W47-5", "+３d"]
)
def test_another_word_means_no_day(word: str) -> None:
    assert due.parse(word, FRIDAY) is None


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (FRIDAY, date(2026, 11, 25)),
        (SATURDAY, date(2026, 11, 25)),
        (date(2026, 11, 16), date(2026, 11, 19)),
        (date(2026, 11, 18), date(2026, 11, 23)),
    ],
)
def test_without_a_word_it_is_three_working_days(today: date, day: date) -> None:
    assert due.default(today) == day


@given(days)
def test_the_default_leaves_three_working_days(today: date) -> None:
    day = due.default(today)
    between = [today + timedelta(n) for n in range(1, (day - today).days + 1)]
    assert sum(one in due.ANYWHERE for one in between) == due.WAIT
    assert day in due.ANYWHERE


RELATIVE = ["today", "tomorrow", "eow", "eom", *due.DAYS, *(day[:3] for day in due.DAYS)]


@given(days, st.sampled_from(RELATIVE) | st.from_regex(r"\A\+[0-9]{1,3}[dw]\Z"))
def test_no_word_means_a_weekend_or_a_day_that_has_passed(today: date, word: str) -> None:
    day = due.parse(word, today)
    assert day is not None
    assert day >= today
    assert day in due.ANYWHERE
    assert day == due.parse(word.upper(), today)


@pytest.mark.parametrize(
    ("day", "when"),
    [
        (date(2026, 11, 19), due.When.OVERDUE),
        (FRIDAY, due.When.TODAY),
        (date(2026, 11, 22), due.When.LATER),  # a Sunday: it waits for Monday
        (date(2026, 11, 23), due.When.LATER),
    ],
)
def test_a_week_ends_on_sunday(day: date, when: due.When) -> None:
    assert due.when(day, FRIDAY) is when


NORWAY = WorkingDays("NO", (Span(date(2026, 4, 8), date(2026, 4, 10)),))  # off after Easter, of 2-6 April


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("thu", date(2026, 4, 7)),
        ("tomorrow", date(2026, 4, 7)),
        ("+1w", date(2026, 4, 13)),  # a Wednesday off
        ("wed", date(2026, 4, 13)),
        ("2026-04-03", date(2026, 4, 3)),  # written out, it is meant
    ],
)
def test_what_falls_on_a_holiday_or_a_day_off_moves_on(word: str, day: date) -> None:
    assert due.parse(word, date(2026, 4, 1), NORWAY) == day


AWAY = WorkingDays("NO", (Span(date(2026, 11, 23), date(2026, 11, 24)),))


@pytest.mark.parametrize(
    ("word", "off"),
    [
        ("mon", date(2026, 11, 23)),
        ("+4d", date(2026, 11, 24)),
        ("+5d", None),
        ("sat", None),  # of a weekend everybody knows
        ("2026-11-23", None),  # written out, it is meant
        ("eom", None),
        ("nothing", None),
    ],
)
def test_a_day_off_that_was_asked_for_is_told(word: str, off: date | None) -> None:
    assert due.off(word, FRIDAY, AWAY) == off
    assert off is None or due.parse(word, FRIDAY, AWAY) == date(2026, 11, 25)


def test_the_default_leaves_three_days_that_one_works() -> None:
    assert due.default(date(2026, 3, 31), NORWAY) == date(2026, 4, 13)


@pytest.mark.parametrize(
    ("today", "when"),
    [
        (date(2026, 4, 1), due.When.LATER),
        (date(2026, 4, 3), due.When.LATER),  # Good Friday: it waits for Tuesday
        (date(2026, 4, 6), due.When.WEEK),
        (date(2026, 4, 7), due.When.TODAY),
        (date(2026, 4, 8), due.When.OVERDUE),
    ],
)
def test_what_is_due_on_a_holiday_is_not_overdue_before_the_next_working_day_has_passed(
    today: date, when: due.When
) -> None:
    assert due.when(date(2026, 4, 3), today, NORWAY) is when


@given(days, days, days)
def test_days_in_order_are_due_in_order(today: date, one: date, other: date) -> None:
    order = list(due.When)
    first, second = (order.index(due.when(day, today)) for day in sorted((one, other)))
    assert first <= second


@given(days, days)
def test_a_day_that_is_written_out_is_that_day(today: date, day: date) -> None:
    assert due.parse(day.isoformat(), today) == day


@given(days, st.text())
def test_any_text_is_understood_or_not(today: date, text: str) -> None:
    due.parse(text, today)
