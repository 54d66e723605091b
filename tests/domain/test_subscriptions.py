"""Subscriptions: what runs on a day, which editions that gives, and what of it is past its grace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.subscriptions import (
    Owned,
    Revenue,
    Subscription,
    first_start,
    monthly_revenue,
    next_renewal,
    owned,
    turning_days,
)
from tests.domain.catalogs import SHIPPED

DAY = date(2026, 11, 20)
LONG_AGO = date(2024, 1, 1)
CRM = Owned("crm", 0, 0)  # every client has it


def ago(days: int) -> date:
    return DAY - timedelta(days)


@pytest.mark.parametrize(
    ("one", "runs"),
    [
        (Subscription("sales"), True),
        (Subscription("sales", started_on=DAY), True),
        (Subscription("sales", started_on=DAY + timedelta(1)), False),
        (Subscription("sales", ended_on=DAY), False),
        (Subscription("sales", ended_on=DAY + timedelta(1)), True),
        (Subscription("sales", cancels_on=DAY), False),
        (Subscription("sales", cancels_on=DAY + timedelta(1)), True),
        (Subscription("sales", status="Active"), True),
        (Subscription("sales", status="CANCELED"), False),
        (Subscription("sales", status="churned", ended_on=DAY + timedelta(1)), True),
        (Subscription("sales", status="past due"), True),
    ],
)
def test_a_subscription_runs_from_its_start_until_its_end(one: Subscription, runs: bool) -> None:
    assert one.runs(DAY) is runs


@pytest.mark.parametrize(
    ("edition", "rank"),
    [("professional", 2), ("Pro", 2), ("ENT", 3), ("Starter", 1), ("free", 0), (None, 1), ("gold", 1), ("p", 1)],
)
def test_an_edition_may_be_cut_short_and_an_unknown_one_is_the_lowest_paid(edition: str | None, rank: int) -> None:
    one = Subscription("Sales Hub", edition, LONG_AGO)
    assert owned(SHIPPED, [one], DAY) == (CRM, Owned("sales", rank, rank))


def test_a_bundle_stands_for_its_products_in_its_edition() -> None:
    found = owned(SHIPPED, [Subscription("Customer Platform", "starter", LONG_AGO)], DAY)
    assert {one.product for one in found} == {"crm", "marketing", "sales", "service", "content", "data"}
    assert all(one.rank == one.settled == 1 for one in found if one.product != "crm")


def test_the_highest_edition_that_runs_counts() -> None:
    rows = [Subscription("sales", "starter", LONG_AGO), Subscription("sales", "enterprise", LONG_AGO)]
    assert owned(SHIPPED, rows, DAY) == (CRM, Owned("sales", 3, 3))


@pytest.mark.parametrize(("age", "settled"), [(0, -1), (59, -1), (60, 1), (61, 1)])
def test_grace_lasts_sixty_days(age: int, settled: int) -> None:
    assert owned(SHIPPED, [Subscription("sales", "starter", ago(age))], DAY) == (CRM, Owned("sales", 1, settled))


def test_an_upgrade_keeps_the_lower_edition_settled_and_gives_grace_for_the_rest() -> None:
    rows = [
        Subscription("sales", "starter", LONG_AGO, ended_on=ago(3)),
        Subscription("sales", "professional", ago(3)),
    ]
    assert owned(SHIPPED, rows, DAY) == (CRM, Owned("sales", 2, 1))


@pytest.mark.parametrize(("gap", "settled"), [(0, 1), (1, 1), (2, -1)])
def test_a_renewal_by_a_new_row_starts_no_new_grace_and_a_break_does(gap: int, settled: int) -> None:
    rows = [
        Subscription("sales", "starter", LONG_AGO, ended_on=ago(10 + gap)),
        Subscription("sales", "starter", ago(10)),
    ]
    assert owned(SHIPPED, rows, DAY) == (CRM, Owned("sales", 1, settled))


@pytest.mark.parametrize("started", [None, LONG_AGO])
def test_one_that_ended_nobody_knows_when_settles_nothing_that_begins_now(started: date | None) -> None:
    rows = [Subscription("sales", "professional", started, status="ended"), Subscription("sales", "professional", DAY)]
    assert owned(SHIPPED, rows, DAY) == (CRM, Owned("sales", 2, -1))


def test_moving_into_a_bundle_keeps_what_was_settled() -> None:
    rows = [
        Subscription("marketing", "starter", LONG_AGO, ended_on=ago(5)),
        Subscription("customer platform", "starter", ago(5)),
    ]
    settled = {one.product: one.settled for one in owned(SHIPPED, rows, DAY)}
    assert settled["marketing"] == 1
    assert settled["sales"] == -1


days = st.dates(date(2026, 1, 1), date(2027, 3, 1))
subscriptions = st.builds(
    Subscription,
    product=st.sampled_from(["marketing", "sales", "customer platform", "unheard of"]),
    edition=st.sampled_from(["starter", "pro", "enterprise", None]),
    started_on=st.none() | days,
    ended_on=st.none() | days,
    cancels_on=st.none() | days,
    renews_on=st.none() | days,
    status=st.sampled_from([None, "active", "ended"]),
)
several = st.lists(subscriptions, max_size=6)


@given(several, st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[Subscription], random: object) -> None:
    shuffled = sorted(rows, key=lambda one: random.random())  # type: ignore[attr-defined]
    assert owned(SHIPPED, shuffled, DAY) == owned(SHIPPED, rows, DAY)


@given(several)
def test_what_is_settled_is_never_more_than_what_is_owned(rows: list[Subscription]) -> None:
    assert all(one.settled <= one.rank for one in owned(SHIPPED, rows, DAY))


@given(several, st.integers(1, 200))
def test_what_is_owned_changes_only_on_turning_days(rows: list[Subscription], days: int) -> None:
    later = DAY + timedelta(days)
    if not any(DAY < day <= later for day in turning_days(SHIPPED, rows)):
        assert owned(SHIPPED, rows, later) == owned(SHIPPED, rows, DAY)


def test_the_first_start_is_unknown_where_a_row_has_none() -> None:
    assert first_start([]) is None
    assert first_start([Subscription("sales", started_on=DAY), Subscription("data", started_on=LONG_AGO)]) == LONG_AGO
    assert first_start([Subscription("sales", started_on=DAY), Subscription("data")]) is None


def test_the_next_renewal_is_the_earliest_of_what_goes_on() -> None:
    rows = [
        Subscription("sales", renews_on=ago(1)),
        Subscription("sales", renews_on=DAY + timedelta(20)),
        Subscription("data", renews_on=DAY + timedelta(5), cancels_on=DAY + timedelta(5)),
        Subscription("content", renews_on=DAY + timedelta(3), ended_on=DAY),
    ]
    assert next_renewal(rows, DAY) == DAY + timedelta(20)
    assert next_renewal([Subscription("sales", renews_on=DAY)], DAY) == DAY
    assert next_renewal([], DAY) is None


def test_monthly_revenue_adds_up_what_runs_and_never_mixes_currencies() -> None:
    running = [Subscription("sales", mrr=0.1, currency="EUR"), Subscription("data", mrr=0.2, currency="EUR")]
    ended = Subscription("content", mrr=9, currency="NOK", ended_on=DAY)
    silent = Subscription("service", currency="NOK")
    assert monthly_revenue([*running, ended, silent], DAY) == Revenue(0.3, "EUR")
    assert monthly_revenue([*running, Subscription("crm", mrr=1, currency="NOK")], DAY) == Revenue(None, None)
    assert monthly_revenue([silent], DAY) == Revenue(None, None)
