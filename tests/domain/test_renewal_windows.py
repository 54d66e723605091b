"""The windows of `/renewals` as they are typed, and what stands beside them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.filters import NO_DATE, PASSED, Filter, FilterError, Renews, Sort
from bot.domain.renewal_windows import MONTHS, USUAL, Window, check, parse, split, within
from tests.base import TODAY  # 20 November 2026


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("30d", "2026-11-20", "2026-12-20"),
        ("0d", "2026-11-20", "2026-11-20"),
        ("90 days", "2026-11-20", "2027-02-18"),
        ("2w", "2026-11-20", "2026-12-04"),
        ("this month", "2026-11-20", "2026-11-30"),
        ("Next Month", "2026-12-01", "2026-12-31"),
        ("this quarter", "2026-11-20", "2026-12-31"),
        ("next quarter", "2027-01-01", "2027-03-31"),
        ("this year", "2026-11-20", "2026-12-31"),
        ("next year", "2027-01-01", "2027-12-31"),
        ("2027", "2027-01-01", "2027-12-31"),
        ("december", "2026-12-01", "2026-12-31"),
        ("november", "2026-11-20", "2026-11-30"),
        ("oct", "2027-10-01", "2027-10-31"),
        ("feb 2028", "2028-02-01", "2028-02-29"),
        ("Q1 2027", "2027-01-01", "2027-03-31"),
        ("q4", "2026-11-20", "2026-12-31"),
        ("q3", "2027-07-01", "2027-09-30"),
    ],
)
def test_a_window_has_its_days_from_today_on(typed: str, first: str, last: str) -> None:
    assert parse(typed, TODAY) == Window(typed, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("typed", ["", "acme", "q5", "d", "30", "mayor", "next week", "1999", "30x", "the 30d"])
def test_other_words_are_no_window(typed: str) -> None:
    assert parse(typed, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "window", "rest"),
    [
        ("", None, ""),
        ("tier:low", None, "tier:low"),
        ("90d tier:low csm:me", "90d", "tier:low csm:me"),
        ("Q1 2027 tier:low", "Q1 2027", "tier:low"),
        ("csm:me next month", "next month", "csm:me"),
        ("december acme as", "december", "acme as"),
        ("q1 acme", "q1", "acme"),
        ("acme as", None, "acme as"),
        ('client:"next month"', None, 'client:"next month"'),
    ],
)
def test_a_window_stands_before_or_behind_the_filters(typed: str, window: str | None, rest: str) -> None:
    found, left = split(typed, TODAY)
    assert (found and found.text, left) == (window, rest)


@pytest.mark.parametrize(
    ("typed", "key", "values"),
    [
        ("nxt month", "filter_meant", {"word": "nxt month", "meant": "next month"}),
        ("decembr tier:low", "filter_meant", {"word": "decembr", "meant": "december"}),
        ("30x", "renewals_window", {"word": "30x"}),
        ("q7 2027", "renewals_window", {"word": "q7"}),
        ("q1 2020", "renewals_passed", {"word": "q1 2020"}),
        ("oct 2026", "renewals_passed", {"word": "oct 2026"}),
        ("9999d", "filter_out_of_range", {"word": "renews:0-9999"}),
        ("2099", "filter_out_of_range", {}),
    ],
)
def test_what_was_meant_for_a_window_is_told(typed: str, key: str, values: dict[str, str]) -> None:
    with pytest.raises(FilterError) as error:
        split(typed, TODAY)
    assert error.value.key == key
    assert error.value.values | values == error.value.values


@given(day=st.dates(date(2020, 1, 1), date(2080, 1, 1)), text=st.sampled_from([*MONTHS, "q1", "q2", "q3", "q4"]))
def test_without_a_year_the_next_one_is_meant(day: date, text: str) -> None:
    found = parse(text, day)
    assert found is not None
    assert day <= found.first <= found.last < day + timedelta(days=366 + 92)
    assert found.renews(day).dates(day) == (found.first, found.last)


SOON = Window("90d", TODAY, TODAY + timedelta(days=90))


@pytest.mark.parametrize(
    ("window", "typed", "key"),
    [
        (None, Filter(sort=Sort.MRR), "renewals_sort"),
        (SOON, Filter(renews=Renews(0, 60)), "filter_twice"),
        (None, Filter(renews=PASSED), "renewals_apart"),
        (None, Filter(renews=NO_DATE), "renewals_apart"),
    ],
)
def test_filters_that_have_no_place_here_are_refused(window: Window | None, typed: Filter, key: str) -> None:
    with pytest.raises(FilterError) as error:
        check(window, typed)
    assert error.value.key == key


@pytest.mark.parametrize(
    ("window", "wanted", "text", "renews"),
    [
        (None, Filter(), USUAL, Renews(0, 30)),
        (SOON, Filter(csm="me"), "90d", Renews(0, 90)),
        (None, Filter(renews=Renews(5, 60)), "", Renews(5, 60)),
        (SOON, Filter(renews=Renews(5, 60)), "90d", Renews(0, 90)),  # of a saved view
        (None, Filter(renews=PASSED, sort=Sort.NAME, reverse=True), USUAL, Renews(0, 30)),  # the same
    ],
)
def test_the_days_are_those_typed_else_those_of_the_filter_else_thirty(
    window: Window | None, wanted: Filter, text: str, renews: Renews
) -> None:
    check(window, Filter(csm=wanted.csm))
    named, found = within(window, wanted, TODAY)
    assert (named, found) == (text, Filter(csm=wanted.csm, renews=renews))
