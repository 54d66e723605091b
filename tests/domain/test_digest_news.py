"""What a digest names, over histories of scores: each client when it is news, and only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from bot.domain.catalog import Tier
from bot.domain.digest_news import (
    Memory,
    Moment,
    Named,
    Past,
    Rule,
    Seen,
    Since,
    entered,
    in_order,
    is_mass,
    late_tools,
    news,
)
from bot.domain.digests import Content, Thresholds
from bot.domain.freshness import Reach
from tests.domain.digest_histories import CRM, DAY, MAIL, START, UNKNOWN, formula, past, run, runs, using

SINCE = Since(today=START, told_on=START - DAY)
LOW, FELL, RECOVERED, QUIET, MOVED, RENEWAL = (
    Rule(rule) for rule in ("low", "fell", "recovered", "quiet", "moved", "renewal")
)


def days(text: str) -> list[Moment]:
    """Of how many tools of twenty are used, day by day; 6 and less is low."""
    return [using(int(one)) for one in text.split()]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("8 8 8", []),
        ("7 6 6 6 6", [(2, LOW)]),  # low on two days, and then no longer new
        ("7 6 7 7 7", []),  # a single day
        ("7 6 7 6 7 6 7 6 7", []),
        ("7 6 7 6 6", [(4, LOW)]),
        ("8 6 6 6", [(1, LOW)]),  # by a tenth: at once, and not again on the second day
        ("8 6 8 6 8 6 8 8 8", [(1, LOW)]),
        ("12 9 9", [(1, FELL)]),
        ("12 11 11 10 10 9 9", []),  # slowly, and not into the low ones
        ("6 6 4 4", [(2, FELL)]),  # is low already, and falls on
        ("6 6 7 7 7", [(3, RECOVERED)]),  # on two days
        ("6 6 7 6 7 6", []),
        ("6 6 12 6 6 6", [(3, FELL)]),  # a day of many, and what it fell from that
        ("20 14 14 8 8 2 2", [(1, FELL), (3, FELL), (5, LOW)]),  # each step is further down than the one before
    ],
)  # fmt: skip
def test_who_is_named_when(history: str, expected: list[tuple[int, Rule]]) -> None:
    assert runs(days(history), SINCE) == expected


@pytest.mark.parametrize("steps", ["7 7 6 6", "7 7 7 6 6 6", "8 8 6 6", "9 9 5 5"])
def test_a_noisy_client_is_named_as_low_at_most_once_a_month(steps: str) -> None:
    history = days(" ".join([steps] * 20))
    found = [day for day, rule in runs(history, SINCE) if rule in {LOW, FELL}]
    assert found
    assert all(later - earlier >= 30 for earlier, later in pairwise(found))


NOISES = ["7 7 6 6", "7 7 7 6 6 6", "7 6", "7 7 6", "6 6 7"]
NOISES += [" ".join(Random(seed).choices("67", k=40)) for seed in range(4)]  # as it comes


@pytest.mark.parametrize("steps", NOISES)
def test_a_noisy_client_at_a_tiers_edge_is_named_at_most_once_a_month(steps: str) -> None:
    """For whatever: neither as low nor as recovered."""
    history = days(" ".join([steps] * (180 // len(steps.split()))))
    found = [day for day, _ in runs(history, SINCE)]
    assert all(later - earlier >= 30 for earlier, later in pairwise(found))


@pytest.mark.parametrize("steps", ["12 13", "12 12 13 13", "12 12 12 13 13 13"])
def test_at_the_edge_of_the_high_ones_it_is_not_named_at_all(steps: str) -> None:
    assert {one.tier for one in days(steps)} == {Tier.MEDIUM, Tier.HIGH}
    assert runs(days(" ".join([steps] * 20)), SINCE) == []


def test_over_days_without_a_run_nothing_is_lost_and_nothing_doubled() -> None:
    history = days("9 9 9 9 6 6 6 6 6 6 9 9 9 9")
    assert runs(history, SINCE, [0, 3, 6, 8, 13]) == [(6, LOW), (13, RECOVERED)]


def test_what_the_formula_or_the_data_moved_is_never_a_fall() -> None:
    formula_, data = using(9, formula(last=3)), [using(9, measured=10), using(9, measured=20)]
    assert formula_.tier is Tier.LOW
    for history in ([using(9), formula_], data):
        assert runs([before := history[0], before, *[history[1]] * 3], SINCE) == []


def test_what_somebody_gives_up_or_buys_is_never_a_fall() -> None:
    for number in (6, 8):
        before, after = using(number, owned=(CRM,)), using(number, owned=(CRM, MAIL))
        assert (before.score, after.score) in {(6, 3), (8, 4)}
        assert runs([*[before] * 3, *[after] * 3], SINCE) == []
        assert runs([*[after] * 3, *[before] * 3], SINCE) == []


FLOODS: dict[str, Callable[[int], list[Moment]]] = {
    "the same data once more": lambda n: [using(n)] * 6,
    "a catalog with other weights": lambda n: [using(n)] * 3 + [using(n, formula(last=3))] * 3,
    "and the old one again": lambda n: [using(n, formula(first=3))] * 2 + [using(n)] * 2 + [using(n, formula(last=3))],
    "data of fewer tools": lambda n: [using(n)] * 3 + [using(min(n, 12), measured=12)] * 3,
    "subscriptions, for the first time": lambda n: [using(n)] * 3 + [using(min(n, 10), owned=(CRM,))] * 3,
    "data that was gone for two days": lambda n: [using(n)] * 2 + [UNKNOWN] * 2 + [using(n)] * 2,
    "half an import": lambda n: [using(n)] * 3 + [using(n // 2)] * 2 + [using(n)] * 3,
}


@pytest.mark.parametrize("what", FLOODS)
def test_a_re_import_or_a_new_catalog_never_floods(what: str) -> None:
    """It names nobody; where it looks as if clients had moved, so many did at once that names are held back."""
    histories, held = {number: FLOODS[what](1 + number % 20) for number in range(60)}, list[int]()
    for day in range(1, 8):
        found = run(histories, replace(SINCE, is_settled=bool(held and held[-1] == day - 1)), day - 1, day)
        held += [day] if is_mass(len(found.turned), len(histories)) else []
        assert found.named == () or day in held
        assert found.named == () or what == "half an import"


def test_the_formula_alone_makes_nobody_recover() -> None:
    better = using(6, formula(first=3))
    assert better.tier is not Tier.LOW
    assert runs([*[using(6)] * 3, *[better] * 3], SINCE) == []


def test_under_a_new_formula_it_is_still_told_who_falls_by_themselves() -> None:
    assert runs([*[using(9)] * 3, *[using(4, formula(last=3))] * 3], SINCE) == [(3, LOW)]


def test_who_comes_out_of_onboarding_low_is_new_and_who_was_not_known_is_not() -> None:
    onboarding, low = [using(5, tier=Tier.ONBOARDING)] * 2, [using(5)] * 3
    assert runs([*onboarding, *low], SINCE) == [(3, LOW)]
    assert runs([UNKNOWN, UNKNOWN, *low], SINCE) == []
    assert news([Seen(1, Past((None, None, None), using(5), using(5)))], SINCE).named == ()


def test_late_data_makes_nobody_fall_and_is_counted() -> None:
    history = {1: days("9 5 5")}
    tool = "t8"  # the first one of those that fell out
    assert [one.rule for one in run(history, SINCE, 0, 1).named] == [LOW]
    part = run(history, SINCE, 0, 1).named[0].part
    assert part is not None
    for late in (Since(START, START - DAY, late=frozenset({part.tool, tool})), Since(START, START - DAY, is_late=True)):
        found = run(history, late, 0, 1)
        assert (found.named, found.unjudged) == ((), 1)
        assert run({1: days("6 9 9")}, late, 0, 2).unjudged == 0


def test_a_tools_data_is_late_where_all_its_sources_are() -> None:
    today = date(2026, 11, 20)
    reaches = [Reach(0b011, today), Reach(0b110, today - timedelta(days=20))]
    assert late_tools(["a", "b", "c", "d"], reaches, today) == {"c"}


def test_who_is_put_off_is_not_named() -> None:
    assert run({1: days("9 5 5")}, SINCE, 0, 1, is_snoozed=True).named == ()


def test_a_tool_that_goes_quiet_is_told_once_a_month() -> None:
    seen = Seen(1, past(days("9 9"), 0, 1), quiet=("t3",))
    assert [(one.rule, one.tools) for one in news([seen], SINCE).named] == [(QUIET, ("t3",))]
    for on, told in ((START - 29 * DAY, 0), (START - 30 * DAY, 1)):
        assert len(news([seen], Since(START, START - DAY, memories={1: [Memory(on, QUIET)]})).named) == told
    assert news([seen], Since(START, START - DAY, late=frozenset({"t3"}))).named == ()
    assert news([Seen(1, past([UNKNOWN], 0, 1), quiet=("t3",))], SINCE).named == ()


JAN, FEB = date(2027, 1, 6), date(2027, 2, 1)


@pytest.mark.parametrize(
    ("before", "after", "memories", "expected"),
    [
        (FEB, JAN, [], [MOVED]),
        (JAN, FEB, [], [MOVED]),
        (JAN, FEB, [Memory(START, MOVED, renews_on=FEB)], []),  # told already
        (JAN, FEB, [Memory(START, MOVED, renews_on=JAN)], [MOVED]),
        (JAN, JAN, [], []),  # and back
        (None, JAN, [], []),  # it is known now
        (JAN, None, [], []),
        (START - 2 * DAY, FEB, [], []),  # it was renewed: the next one is known
    ],
)
def test_a_renewal_that_moved_is_told_once(
    before: date | None, after: date | None, memories: list[Memory], expected: list[Rule]
) -> None:
    seen = Seen(1, past(days("9"), 0, 0), renews_on=after, moved=(before, after))
    found = news([seen], Since(START, START - DAY, memories={1: memories})).named
    assert [one.rule for one in found] == expected
    assert all((one.renewed_on, one.renews_on) == (before, after) for one in found)


@pytest.mark.parametrize(
    ("ahead", "expected"), [(91, None), (90, 90), (61, None), (60, 60), (30, 30), (29, None), (0, None), (-1, None)]
)
def test_a_renewal_is_told_on_the_day_on_which_it_comes_near(ahead: int, expected: int | None) -> None:
    assert entered(START + ahead * DAY, START - DAY, START, (30, 90, 60)) == expected


def test_a_weekend_loses_no_renewal_and_its_own_thresholds_hold() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert [entered(monday + n * DAY, friday, monday, (14,)) for n in (11, 12, 13, 14, 15)] == [None, 14, 14, 14, None]
    seen = Seen(1, past(days("9"), 0, 0), renews_on=START + 14 * DAY)
    assert news([seen], Since(START, START - DAY, thresholds=Thresholds(ahead=(14,)))).named
    assert news([seen], SINCE).named == ()


def test_a_digest_tells_of_what_it_was_made_for_and_of_each_client_once() -> None:
    falls = Seen(1, past(days("9 5"), 0, 1), renews_on=START + 60 * DAY)
    renews = Seen(2, past(days("9"), 0, 0), renews_on=START + 60 * DAY)
    expected = {
        Content.LOW: [(1, LOW)],
        Content.RENEWALS: [(1, RENEWAL), (2, RENEWAL)],
        Content.BOTH: [(1, LOW), (2, RENEWAL)],
        Content.VIEW: [(1, LOW), (2, RENEWAL)],
    }
    for content, named in expected.items():
        found = news([renews, falls], Since(START, START - DAY, content)).named
        assert [(one.client_id, one.rule) for one in found] == named


def test_another_threshold_makes_others_low() -> None:
    assert runs(days("9 8 8"), Since(START, START - DAY, thresholds=Thresholds(low=4))) == [(2, LOW)]


def test_another_threshold_makes_another_fall_a_big_one() -> None:
    for fall, told in ((0.3, []), (0.05, [(1, FELL)])):
        assert runs(days("14 12 12"), Since(START, START - DAY, thresholds=Thresholds(fall=fall))) == told
    assert runs(days("8 6 8 8"), Since(START, START - DAY, thresholds=Thresholds(fall=0.3))) == []


def test_what_is_told_stands_in_its_part_the_furthest_move_and_the_next_renewal_first() -> None:
    named = [
        Named(1, RENEWAL, renews_on=FEB),
        Named(2, RECOVERED, moved=0.1),
        Named(3, FELL, moved=-0.2),
        Named(4, MOVED, renews_on=JAN),
        Named(5, QUIET),
        Named(6, LOW, moved=-0.3),
    ]
    assert [one.client_id for one in in_order(named)] == [6, 3, 5, 2, 4, 1]


@pytest.mark.parametrize(
    ("number", "of", "expected"), [(9, 20, False), (10, 100, False), (10, 99, True), (11, 100, True), (41, 150, True)]
)
def test_more_than_a_tenth_at_once_and_ten_at_least_are_the_datas_doing(number: int, of: int, expected: bool) -> None:
    assert is_mass(number, of) is expected


def test_who_changes_tier_is_counted_whatever_the_cause_but_not_who_ends_onboarding() -> None:
    falls = {number: days("9 5") for number in range(12)}
    falls[20] = [using(9, tier=Tier.ONBOARDING), using(9)]
    falls[21] = [using(9), UNKNOWN]
    falls[22] = days("9 8")
    found = run(falls, SINCE, 0, 1).turned
    assert sorted(one.client_id for one in found) == [*range(12), 21]
    assert {one.rule for one in found} == {LOW, FELL}
    assert run(falls, Since(START, START - DAY, Content.RENEWALS), 0, 1).turned == ()


def test_the_first_run_of_a_week_is_that_of_another_week_than_the_last_one() -> None:
    sunday = START - DAY
    assert Since(START, sunday).is_first_of_week
    assert not Since(START + DAY, START).is_first_of_week
    assert Since(START + DAY, START - 4 * DAY).is_first_of_week  # Monday was a holiday


def test_after_the_first_picture_who_was_low_in_it_is_not_new() -> None:
    second = Since(START, START - DAY, is_settled=True)
    history = {1: days("7 7 6 6 6"), 2: days("7 7 7 6 6"), 3: days("7 7 6 7 7")}
    assert [(one.client_id, one.rule) for one in run(history, second, 2, 4).named] == [(2, LOW), (3, RECOVERED)]
