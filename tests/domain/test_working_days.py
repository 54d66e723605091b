"""Working days of countries, by the days that everybody there knows; and what holds for all of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.working_days import Span, WorkingDays

ONE = timedelta(days=1)
COUNTRIES = (None, "", "ZZ", "NO", "AU", "NZ", "ZA", "BR", "GB", "US", "IL", "SA", "AE", "IR", "BN", "NP", "JP", "CN")
# Indian holidays are known to 2035 only
days = st.dates(date(2001, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(
    ("country", "day", "is_worked"),
    [
        pytest.param("NO", date(2026, 5, 14), False, id="Ascension"),
        pytest.param("SE", date(2026, 6, 19), True, id="Midsummer Eve, which is no public holiday"),
        pytest.param("NO", date(2026, 4, 6), False, id="Easter Monday"),
        pytest.param("NO", date(2027, 3, 29), False, id="Easter Monday, in another month"),
        pytest.param("NO", date(2026, 5, 18), True, id="a holiday on Sunday is not moved"),
        pytest.param("GB", date(2026, 12, 28), False, id="a holiday on Saturday is moved to Monday"),
        pytest.param("US", date(2026, 7, 3), False, id="a holiday on Saturday is moved to Friday"),
        pytest.param("AU", date(2026, 1, 26), False, id="the southern hemisphere has summer holidays in January"),
        pytest.param("NZ", date(2026, 2, 6), False, id="Waitangi Day"),
        pytest.param("ZA", date(2026, 8, 10), False, id="Women's Day, moved from Sunday"),
        pytest.param("IL", date(2026, 11, 20), False, id="a Friday in Israel"),
        pytest.param("IL", date(2026, 11, 22), True, id="a Sunday in Israel"),
        pytest.param("SA", date(2026, 11, 21), False, id="a Saturday in Saudi Arabia"),
        pytest.param("IR", date(2026, 11, 21), True, id="a Saturday in Iran"),
        pytest.param("AE", date(2021, 11, 19), False, id="a Friday in the Emirates, before the weekend moved"),
        pytest.param("AE", date(2026, 11, 20), True, id="a Friday in the Emirates, since"),
        pytest.param("CN", date(2025, 1, 26), True, id="a Sunday that China works in place of another day"),
        pytest.param(None, date(2026, 12, 25), True, id="Christmas on a Friday, nobody knows where"),
        pytest.param("ZZ", date(2026, 12, 26), False, id="a Saturday in a country that nobody knows"),
    ],
)
def test_each_country_has_its_own(country: str | None, day: date, is_worked: bool) -> None:
    assert (day in WorkingDays(country)) is is_worked


@pytest.mark.parametrize(
    ("country", "off", "day", "number", "expected"),
    [
        pytest.param("NO", (), date(2026, 4, 1), 1, date(2026, 4, 7), id="over Easter"),
        pytest.param(None, (), date(2026, 4, 1), 1, date(2026, 4, 2), id="over no Easter"),
        pytest.param("IL", (), date(2026, 11, 19), 3, date(2026, 11, 24), id="over Friday and Saturday"),
        pytest.param(None, (Span(date(2026, 11, 24), date(2026, 11, 27)),), date(2026, 11, 23), 1, date(2026, 11, 30)),
        pytest.param(None, (), date.max, 3, date.max, id="to the end of days"),
    ],
)
def test_so_many_working_days_later(
    country: str | None, off: tuple[Span, ...], day: date, number: int, expected: date
) -> None:
    assert WorkingDays(country, off).after(day, number) == expected


@pytest.mark.parametrize(
    ("country", "expected"), [(None, date(2026, 11, 20)), ("IL", date(2026, 11, 19)), ("IR", date(2026, 11, 19))]
)
def test_a_week_ends_before_its_weekend(country: str | None, expected: date) -> None:
    assert WorkingDays(country).end_of_week(date(2026, 11, 16)) == expected


@given(st.sampled_from(COUNTRIES), days)
def test_no_working_day_lies_between_a_day_and_the_next_one(country: str | None, day: date) -> None:
    worked = WorkingDays(country)
    found = worked.since(day)
    assert found in worked
    assert not any(day + n * ONE in worked for n in range((found - day).days))


@given(st.sampled_from(COUNTRIES), days, days)
def test_days_in_order_wait_in_order(country: str | None, one: date, other: date) -> None:
    worked = WorkingDays(country)
    first, second = sorted((one, other))
    assert worked.since(first) <= worked.since(second)


@given(st.sampled_from(COUNTRIES), days, st.integers(1, 30))
def test_so_many_days_later_are_so_many_days_worked(country: str | None, day: date, number: int) -> None:
    worked = WorkingDays(country)
    found = worked.after(day, number)
    assert sum(day + n * ONE in worked for n in range(1, (found - day).days + 1)) == number


@given(st.sampled_from(COUNTRIES), days, days, days)
def test_nobody_works_on_a_day_off(country: str | None, first: date, last: date, day: date) -> None:
    off = Span(*sorted((first, last)))
    assert day not in WorkingDays(country, (off,)) or not off.has(day)
