"""In which order renewals come: by work to do, each of whose factors counts in one direction only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import renewals
from bot.domain.catalog import Tier
from bot.domain.renewals import Base, Due, Month, Outcome, Payers, Said, in_order, months, work
from tests.base import TODAY

BASE = Base(20, 0, {"EUR": Payers(10, 10_000.0), "NOK": Payers(10, 100_000.0)})
LEFT = Said(Outcome.LEAVING, TODAY, "Too dear", "Anna", datetime(2026, 11, 1, tzinfo=UTC))


def due(number: int = 1, days: int = 30, **changes: Any) -> Due:
    made = Due(number, f"Client {number}", TODAY + timedelta(days=days), Tier.LOW, 3, 0.3, 0.0, 1_000.0, "EUR")
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("factor", "given_", "is_"),
    [
        (renewals.nearness, 0, 1.0),
        (renewals.nearness, -5, 1.0),
        (renewals.nearness, 30, 0.5),
        (renewals.nearness, 90, 0.25),
        (renewals.engagement, 0.0, 1.0),
        (renewals.engagement, 0.5, 0.6),
        (renewals.engagement, 1.0, 0.2),
        (renewals.engagement, None, 0.6),
        (renewals.movement, -0.3, 1.0),
        (renewals.movement, 0.0, 0.5),
        (renewals.movement, None, 0.5),
        (renewals.movement, 0.3, 0.25),
    ],
)
def test_a_factor_is_what_its_constants_say(factor: Any, given_: float | None, is_: float) -> None:
    assert factor(given_) == pytest.approx(is_)


@pytest.mark.parametrize(("ago", "is_"), [(0, 0.2), (30, 0.6), (60, 1.0), (500, 1.0), (None, 1.0)])
def test_who_was_long_not_spoken_with_takes_more_work(ago: int | None, is_: float) -> None:
    touched = None if ago is None else TODAY - timedelta(days=ago)
    assert renewals.neglect(touched, TODAY) == pytest.approx(is_)


@pytest.mark.parametrize(
    ("mrr", "currency", "is_"),
    [
        (1_000.0, "EUR", 0.5),  # the average
        (9_000.0, "EUR", 0.9),
        (10_000.0, "NOK", 0.5),  # ten times the number, and the average of its currency all the same
        (0.0, "EUR", 0.05),
        (None, "EUR", 0.5),
        (70.0, "SEK", 0.5),
    ],
)
def test_a_client_weighs_by_its_portion_of_its_own_currency(mrr: float | None, currency: str, is_: float) -> None:
    assert BASE.weight(due(mrr=mrr, currency=currency)) == pytest.approx(is_)


def test_the_last_touch_is_the_later_of_the_log_here_and_of_the_data() -> None:
    early, late = TODAY - timedelta(days=9), TODAY - timedelta(days=2)
    assert due(logged_on=early, touched_on=late).last_touch == late
    assert due(logged_on=late, touched_on=early).last_touch == late
    assert due().last_touch is None


@pytest.mark.parametrize("known", [{"cancels_on": TODAY + timedelta(days=200)}, {"left": LEFT}])
def test_who_is_known_to_leave_comes_before_everybody(known: dict[str, Any]) -> None:
    worst = due(1, days=0, share=0.0, change=-0.5, mrr=9_000.0)
    least = due(2, days=900, share=1.0, change=0.5, mrr=0.0, logged_on=TODAY)
    assert in_order([worst, least], BASE, TODAY) == [worst, least]
    leaving = replace(least, **known)
    assert in_order([worst, leaving], BASE, TODAY) == [leaving, worst]


@pytest.mark.parametrize(
    "more",
    [
        {"day": TODAY + timedelta(days=29)},
        {"share": 0.2},
        {"change": -0.1},
        {"logged_on": TODAY - timedelta(days=38)},
        {"mrr": 2_000.0},
    ],
)
def test_each_factor_alone_tells_two_clients_apart(more: dict[str, Any]) -> None:
    one = due(1, logged_on=TODAY - timedelta(days=37))
    other = replace(one, client_id=2, client="Client 2", **more)
    assert work(other, BASE, TODAY) > work(one, BASE, TODAY)
    assert in_order([one, other], BASE, TODAY) == [other, one]


shares = st.one_of(st.none(), st.floats(0, 1))
DUE = st.builds(
    due,
    st.integers(1, 5),
    days=st.integers(-400, 3_650),
    share=shares,
    change=st.one_of(st.none(), st.floats(-1, 1)),
    mrr=st.one_of(st.none(), st.floats(0, 10_000)),
    currency=st.sampled_from(["EUR", "NOK", "SEK"]),
    logged_on=st.one_of(st.none(), st.dates(date(2020, 1, 1), TODAY)),
    cancels_on=st.one_of(st.none(), st.dates(TODAY, date(2028, 1, 1))),
)


@given(DUE)
def test_work_is_between_none_and_all_of_it(one: Due) -> None:
    assert 0 < work(one, BASE, TODAY) <= 1


@given(DUE, st.integers(0, 400), st.floats(0, 1), st.floats(0, 1), st.integers(0, 400), st.floats(1, 5))
def test_nearer_less_used_falling_untouched_and_larger_is_never_less_work(
    one: Due, nearer: int, less: float, fallen: float, untouched: int, larger: float
) -> None:
    more = [
        replace(one, day=one.day - timedelta(days=nearer)),
        replace(one, share=None if one.share is None else one.share * less),
        replace(one, change=None if one.change is None else one.change - fallen),
        replace(one, logged_on=one.logged_on and one.logged_on - timedelta(days=untouched)),
        replace(one, mrr=None if one.mrr is None else one.mrr * larger),
    ]
    assert all(work(each, BASE, TODAY) >= work(one, BASE, TODAY) for each in more)


@given(st.lists(DUE, max_size=6), st.randoms())
def test_the_order_is_one_whatever_came_first(found: list[Due], random: Any) -> None:
    shuffled = random.sample(found, len(found))
    order = in_order(found, BASE, TODAY)
    assert sorted(map(repr, order)) == sorted(map(repr, found))
    assert [work(one, BASE, TODAY) for one in in_order(shuffled, BASE, TODAY)] == [
        work(one, BASE, TODAY) for one in order
    ]
    assert [one.is_leaving for one in order] == sorted((one.is_leaving for one in found), reverse=True)


def test_months_go_on_from_this_one_with_each_currency_apart() -> None:
    rows = [
        (date(2026, 11, 25), "EUR", 2, 100.0),
        (date(2026, 11, 30), "NOK", 1, 50.0),
        (date(2027, 1, 1), None, 1, None),
        (date(2028, 1, 1), "EUR", 9, 9.0),
    ]
    found = months(rows, TODAY, 3)
    assert found == [
        Month(date(2026, 11, 1), 3, {"EUR": 100.0, "NOK": 50.0}),
        Month(date(2026, 12, 1)),
        Month(date(2027, 1, 1), 1, {}),
    ]
