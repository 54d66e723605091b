"""The score: points earned of points possible, in whole numbers from 0 to 10, and when it is not known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.catalog import Tier, since
from bot.domain.scoring import (
    Facts,
    Reason,
    State,
    Use,
    Verdict,
    everything,
    in_use,
    judge,
    next_step,
    state,
    tally,
    used_tools,
    whole,
)
from bot.domain.subscriptions import Subscription
from tests.domain.catalogs import EVERY_TOOL, SHIPPED
from tests.domain.test_subscriptions import several, subscriptions

DAY = date(2026, 11, 20)
LONG_AGO = date(2024, 1, 1)
FIVE = ("marketing", "sales", "service", "content", "data")


def bought(*products: str, edition: str = "starter", since: date = LONG_AGO) -> list[Subscription]:
    return [Subscription(product, edition, since) for product in products]


def facts(rows: list[Subscription], used: int = 0, measured: int = EVERY_TOOL) -> Facts:
    return Facts(rows, subscribing=True, covered=True, measured=measured, used=used)


def share(verdict: Verdict) -> float:
    assert verdict.share is not None
    return verdict.share


QUIET = SHIPPED.bits(["contacts", "forms", "deals"])
TYPICAL = QUIET | SHIPPED.bits(
    ["activities", "segments", "dashboards", "integrations", "marketing_email", "meetings", "tickets",
     "website_pages", "workflows"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "possible", "quiet", "typical"),
    [
        (bought("marketing"), 16, (5, 3), (13, 8)),
        (bought(*FIVE), 33, (8, 2), (24, 7)),
        (bought("marketing", edition="professional"), 28, (5, 2), (16, 6)),
        (bought("sales", edition="professional"), 21, (5, 2), (15, 7)),
        (bought("marketing", "sales", edition="professional"), 38, (8, 2), (21, 6)),
        (bought(*FIVE, edition="professional"), 55, (8, 1), (27, 5)),
        (bought(*FIVE, edition="enterprise") + bought("commerce", edition="professional"), 64, (8, 1), (27, 4)),
    ],
)
def test_the_shipped_catalog_gives_what_its_own_table_says(
    rows: list[Subscription], possible: int, quiet: tuple[int, int], typical: tuple[int, int]
) -> None:
    for used, expected in ((QUIET, quiet), (TYPICAL, typical)):
        verdict = judge(SHIPPED, facts(rows, used), DAY)
        assert (verdict.points.earned, verdict.score) == expected
        assert verdict.points.possible == possible


@pytest.mark.parametrize(
    ("rows", "earned", "score"),
    [
        (bought("marketing"), 16, 10),
        (bought(*FIVE), 32, 10),
        (bought("marketing", edition="professional"), 26, 9),
        (bought("sales", edition="professional"), 19, 9),
        (bought("marketing", "sales", edition="professional"), 34, 9),
        (bought(*FIVE, edition="professional"), 46, 8),
        (bought(*FIVE, edition="enterprise") + bought("commerce", edition="professional"), 51, 8),
    ],
)
def test_a_strong_client_scores_what_the_table_says(rows: list[Subscription], earned: int, score: int) -> None:
    """The table names no tools for "strong"; whichever they are, so many points give this score."""
    possible = judge(SHIPPED, facts(rows), DAY).points.possible
    assert earned <= possible
    assert whole(earned, possible) == score


@pytest.mark.parametrize("possible", range(1, 70))
def test_a_score_is_rounded_halves_up(possible: int) -> None:
    for earned in range(possible + 1):
        exact = earned * 10 / possible  # a half is exact in binary
        assert whole(earned, possible) == int(exact + 0.5 + 1e-12)


@pytest.mark.parametrize(
    ("earned", "possible", "score", "tier"),
    [
        (0, 20, 0, Tier.LOW), (1, 20, 1, Tier.LOW), (6, 20, 3, Tier.LOW), (7, 20, 4, Tier.MEDIUM),
        (12, 20, 6, Tier.MEDIUM), (13, 20, 7, Tier.HIGH), (19, 20, 10, Tier.HIGH), (20, 20, 10, Tier.HIGH),
    ],
)  # fmt: skip
def test_halves_go_up_at_the_edges_of_tiers(earned: int, possible: int, score: int, tier: Tier) -> None:
    assert whole(earned, possible) == score
    assert SHIPPED.tier(score) is tier


def test_a_tool_is_in_use_from_its_least_uses_on() -> None:
    forms = SHIPPED.tools[SHIPPED.tool_names["forms"]]
    assert [in_use(forms, n) for n in (0, forms.at_least - 1, forms.at_least)] == [False, False, True]
    assert used_tools(SHIPPED, {0: Use(4), 1: Use(2)}) == 0b10


def test_a_window_ends_on_the_reach_and_has_so_many_days() -> None:
    assert since(DAY, 1) == DAY
    assert (DAY - since(DAY, 90)).days == 89


def test_free_use_earns_nothing_and_is_shown() -> None:
    without, with_use = (judge(SHIPPED, facts(bought("marketing"), used), DAY) for used in (0, SHIPPED.bits(["deals"])))
    assert without.points == with_use.points
    place = SHIPPED.tool_names["deals"]
    assert state(SHIPPED, place, with_use.entitlement, EVERY_TOOL, SHIPPED.bits(["deals"])) is State.FREE_USE


def test_a_tool_expected_elsewhere_earns_when_used_and_costs_nothing_when_not() -> None:
    meetings = SHIPPED.bits(["meetings"])
    rows = bought("service")
    unused, used = (judge(SHIPPED, facts(rows, use), DAY).points for use in (0, meetings))
    assert (used.earned - unused.earned, used.possible - unused.possible) == (2, 2)


@pytest.mark.parametrize(
    ("tool", "rows", "measured", "used", "expected"),
    [
        ("forms", bought("marketing"), True, True, State.EARNED),
        ("forms", bought("marketing"), True, False, State.UNUSED),
        ("forms", bought("marketing"), False, False, State.NOT_MEASURED),
        ("forms", bought("marketing", since=DAY), True, False, State.NEW),
        ("forms", bought("marketing", since=DAY), True, True, State.EARNED),
        ("forms", bought("sales"), True, False, State.NOT_BOUGHT),
        ("campaigns", bought("marketing"), True, True, State.NOT_BOUGHT),
        ("meetings", bought("service"), True, False, State.OPTIONAL),
    ],
)
def test_what_a_tool_does_for_the_score(
    tool: str, rows: list[Subscription], measured: bool, used: bool, expected: State
) -> None:
    one = SHIPPED.bits([tool])
    reached = EVERY_TOOL if measured else EVERY_TOOL & ~one
    verdict = judge(SHIPPED, facts(rows, one if used else 0, reached), DAY)
    assert (
        state(SHIPPED, SHIPPED.tool_names[tool.replace("_", "")], verdict.entitlement, reached, one * used) is expected
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"covered": False, "measured": 0}, Reason.NO_SOURCE),
        ({"subscriptions": []}, Reason.NO_SUBSCRIPTION),
        ({"subscriptions": [Subscription("never heard of")]}, Reason.NO_SUBSCRIPTION),
        ({"subscriptions": bought("sales", since=DAY + timedelta(1))}, Reason.NO_SUBSCRIPTION),
        ({"measured": 0}, Reason.NOTHING_POSSIBLE),
        ({"measured": SHIPPED.bits(["quotes"])}, Reason.NOTHING_POSSIBLE),
        (
            {"measured": SHIPPED.bits(["forms"]), "subscriptions": bought("marketing", since=DAY)},
            Reason.NOTHING_POSSIBLE,
        ),
    ],
)
def test_unknown_is_never_zero_and_says_why(change: dict[str, object], reason: Reason) -> None:
    verdict = judge(SHIPPED, facts(bought("marketing"))._replace(**change), DAY)  # type: ignore[arg-type]
    assert (verdict.tier, verdict.score, verdict.share, verdict.reason) == (Tier.UNKNOWN, None, None, reason)


def test_covered_but_nothing_in_the_window_is_zero() -> None:
    verdict = judge(SHIPPED, facts(bought("marketing")), DAY)
    assert (verdict.tier, verdict.score, verdict.share, verdict.reason) == (Tier.LOW, 0, 0.0, None)


def test_without_subscriptions_everything_measured_counts() -> None:
    measured = SHIPPED.bits(["forms", "campaigns", "deals"])
    verdict = judge(SHIPPED, Facts([], False, True, measured, SHIPPED.bits(["forms"])), DAY)
    assert (verdict.points.earned, verdict.points.possible, verdict.score) == (3, 8, 4)


@pytest.mark.parametrize(
    ("day", "tier", "shown"), [(1, Tier.ONBOARDING, 1), (90, Tier.ONBOARDING, 90), (91, Tier.LOW, None)]
)
def test_onboarding_lasts_ninety_days_from_the_first_subscription(day: int, tier: Tier, shown: int | None) -> None:
    verdict = judge(SHIPPED, facts(bought("marketing", since=DAY - timedelta(day - 1))), DAY)
    assert (verdict.tier, verdict.onboarding_day, verdict.score) == (tier, shown, 0)


def test_a_second_product_starts_no_onboarding() -> None:
    verdict = judge(SHIPPED, facts(bought("marketing") + bought("sales", since=DAY)), DAY)
    assert verdict.tier is Tier.LOW


def test_a_client_whose_subscriptions_all_ended_is_former() -> None:
    ended = [one._replace(ended_on=DAY) for one in bought("marketing", "sales")]
    assert judge(SHIPPED, facts(ended), DAY).tier is Tier.FORMER
    assert judge(SHIPPED, facts(ended), DAY - timedelta(1)).tier is Tier.LOW
    assert judge(SHIPPED, facts([*ended, *bought("data")]), DAY).tier is not Tier.FORMER


def test_the_next_step_has_most_points_and_ties_go_to_the_weakest_category() -> None:
    rows = bought("marketing", "sales")
    used = SHIPPED.bits(["forms", "marketing_email", "contacts"])
    verdict = judge(SHIPPED, facts(rows, used), DAY)
    step = next_step(SHIPPED, verdict.points, verdict.entitlement, EVERY_TOOL, used)
    assert step is not None
    assert step.key == "deals"  # the only one left that is worth 3
    used |= SHIPPED.bits(["deals"])
    verdict = judge(SHIPPED, facts(rows, used), DAY)
    step = next_step(SHIPPED, verdict.points, verdict.entitlement, EVERY_TOOL, used)
    assert step is not None
    assert step.key == "activities"  # of four worth 2; in CRM least is used
    everything_used = next_step(SHIPPED, verdict.points, verdict.entitlement, EVERY_TOOL, EVERY_TOOL)
    assert everything_used is None


tools = st.integers(0, EVERY_TOOL)
anything = st.builds(
    Facts, subscriptions=several, subscribing=st.booleans(), covered=st.booleans(), measured=tools, used=tools
)


@given(anything)
def test_a_score_is_from_zero_to_ten_and_adds_up(one: Facts) -> None:
    verdict = judge(SHIPPED, one, DAY)
    assert verdict.points.earned == sum(area.earned for area in verdict.points.areas)
    assert verdict.points.possible == sum(area.possible for area in verdict.points.areas)
    assert all(0 <= area.earned <= area.possible for area in verdict.points.areas)
    if verdict.score is not None:
        assert 0 <= verdict.score <= 10
        assert 0 <= share(verdict) <= 1
        assert whole(verdict.points.earned, verdict.points.possible) == verdict.score
    assert (verdict.score is None) == (verdict.tier in (Tier.UNKNOWN, Tier.FORMER))
    assert (verdict.reason is None) == (verdict.tier is not Tier.UNKNOWN)


@given(anything, tools)
def test_adding_usage_never_lowers_a_score(one: Facts, more: int) -> None:
    before, after = judge(SHIPPED, one, DAY), judge(SHIPPED, one._replace(used=one.used | more), DAY)
    if before.score is not None:
        assert share(after) >= share(before)


@given(anything, tools)
def test_tools_not_measured_or_not_bought_do_not_matter(one: Facts, others: int) -> None:
    verdict = judge(SHIPPED, one, DAY)
    foreign = others & ~(one.counted[0] & verdict.entitlement.included)
    assert judge(SHIPPED, one._replace(used=one.used ^ foreign), DAY) == verdict
    unbought = others & ~verdict.entitlement.included
    if one.subscribing:
        assert judge(SHIPPED, one._replace(measured=one.measured ^ unbought), DAY).points == verdict.points


@given(anything, st.permutations(range(6)))
def test_the_order_of_rows_does_not_matter(one: Facts, order: list[int]) -> None:
    shuffled = [one.subscriptions[i] for i in order if i < len(one.subscriptions)]
    before, after = judge(SHIPPED, one, DAY), judge(SHIPPED, one._replace(subscriptions=shuffled), DAY)
    assert after == before._replace(running=after.running)
    assert sorted(after.running, key=repr) == sorted(before.running, key=repr)


@given(anything, subscriptions, st.integers(0, SHIPPED.grace - 1))
def test_an_upgrade_or_a_new_product_never_lowers_a_score_while_in_grace(
    one: Facts, bought: Subscription, age: int
) -> None:
    """Against the same day without it; an unknown score may become known, and a former client a client again.

    What goes on where something ended is neither: it was there all the time.
    """
    start = DAY - timedelta(age)
    new = bought._replace(started_on=start, ended_on=None, cancels_on=None, status=None)
    assume(not any(row.end and start <= row.end + timedelta(1) <= DAY + timedelta(1) for row in one.subscriptions))
    before = judge(SHIPPED, one, DAY)
    after = judge(SHIPPED, one._replace(subscriptions=[*one.subscriptions, new]), DAY)
    if before.score is not None and one.subscribing:
        assert share(after) >= share(before)


@given(tools, tools, st.sampled_from(["starter", "professional"]))
def test_the_day_of_an_upgrade_by_a_new_row_lowers_no_score(measured: int, used: int, old: str) -> None:
    rows = bought("marketing", edition=old)
    upgraded = [rows[0]._replace(ended_on=DAY), Subscription("marketing", "enterprise", DAY)]
    before = judge(SHIPPED, facts(rows, used, measured), DAY - timedelta(1))
    after = judge(SHIPPED, facts(upgraded, used, measured), DAY)
    if before.score is not None:
        assert share(after) >= share(before)


def test_everything_measured_is_costing() -> None:
    assert tally(SHIPPED, everything(EVERY_TOOL), EVERY_TOOL, 0).possible == sum(tool.points for tool in SHIPPED.tools)
