"""Which clients alerts begin of, what they say while they go on, and what ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.alerts import LONGEST, Choice, End, Episode, Subject, began, choose, concerns, end, line, read, went_on
from bot.domain.alerts import write as written
from bot.domain.digest_news import Moment, Named, Past, Rule
from bot.domain.digests import Alerts, Thresholds
from tests.domain.digest_histories import UNKNOWN, using

DAY = date(2026, 11, 23)
LATER = DAY + timedelta(3)
KEYS, PAYING = Alerts(keys=True), Alerts(keys=False, mrr=5000.0, currency="EUR")
LOW = Named(1, Rule.LOW, 5, 3, 0.3, -0.15)  # of a share of 0.45: nine of twenty tools
FELL = Named(1, Rule.FELL, 9, 6, 0.6, -0.25)  # of 0.85: seventeen
QUIET = Named(1, Rule.QUIET, score=3, tools=("t1",))
KEY = {number: Subject(is_key=True) for number in range(20)}


def past(eve: Moment | None, now: Moment | None) -> Past:
    return Past((None, None, None), eve, now)


CONCERNS = [
    (KEYS, Subject(is_key=True), True),
    (KEYS, Subject(is_key=False, mrr=9000.0, currency="EUR"), False),
    (PAYING, Subject(is_key=True), False),
    (PAYING, Subject(is_key=False, mrr=5000.0, currency="EUR"), True),
    (PAYING, Subject(is_key=False, mrr=4999.9, currency="EUR"), False),
    (PAYING, Subject(is_key=False, mrr=5000.0, currency="NOK"), False),
    (PAYING, Subject(is_key=False), False),
    (Alerts(keys=True, mrr=5000.0, currency="EUR"), Subject(is_key=False, mrr=6000.0, currency="EUR"), True),
]


@pytest.mark.parametrize(("alerts", "subject", "expected"), CONCERNS)
def test_alerts_are_about_key_accounts_or_those_who_pay_as_much(
    alerts: Alerts, subject: Subject, expected: bool
) -> None:
    assert concerns(alerts, subject) is expected


@pytest.mark.parametrize(
    ("opened", "open_", "room"), [(0, 0, 3), (1, 5, 2), (3, 3, 0), (0, 9, 1), (0, 10, 0), (5, 12, 0)]
)
def test_three_begin_in_a_day_and_ten_go_on_those_who_fell_furthest_first(opened: int, open_: int, room: int) -> None:
    fallen = [LOW._replace(client_id=number, moved=-number / 20) for number in (1, 2, 3, 4)]
    wanted = sorted(fallen, key=lambda one: one.moved)
    found = choose(fallen, KEY, KEYS, opened, open_)
    assert found == Choice(tuple(wanted[:room]), tuple(wanted[room:]))


@pytest.mark.parametrize("rule", sorted(set(Rule) - {Rule.LOW, Rule.FELL}))
def test_none_begins_but_with_a_fall(rule: Rule) -> None:
    assert choose([LOW._replace(rule=rule)], KEY, KEYS, 0, 0) == Choice((), ())


ENDS = [
    ("low once more", LOW, (9, 6), None),
    ("high on one day", LOW, (6, 9), None),
    ("high on two", LOW, (8, 7), End.UP),
    ("fell, and stays where it is", FELL, (12, 12), None),
    ("fell, and is nearly where it was", FELL, (16, 16), End.UP),
    ("fell, and is a big fall below", FELL, (15, 15), None),
]


@pytest.mark.parametrize(("named", "days", "expected"), [one[1:] for one in ENDS], ids=[one[0] for one in ENDS])
def test_it_ends_when_the_client_is_up_on_two_days(named: Named, days: tuple[int, int], expected: End | None) -> None:
    assert end(began(named, DAY), past(*map(using, days)), Thresholds(), LATER) is expected


def test_who_fell_first_and_was_low_then_is_up_once_it_is_low_no_more() -> None:
    one = went_on(began(FELL, DAY), using(5), None, 3, LATER)
    assert (one.named.rule, end(one, past(using(8), using(8)), Thresholds(), LATER)) == (Rule.LOW, End.UP)


def test_it_ends_when_the_client_is_gone_or_nothing_was_new_for_long() -> None:
    one, still = began(LOW, DAY), past(using(6), using(6))
    assert end(one, None, Thresholds(), LATER) is End.GONE
    assert end(one, past(UNKNOWN, UNKNOWN), Thresholds(), LATER) is None
    last = DAY + LONGEST
    ends = [end(one, still, Thresholds(), day) for day in (last - timedelta(1), last)]
    assert ends == [None, End.OLD]
    assert end(went_on(one, using(6), QUIET, 3, LATER), still, Thresholds(), last) is None


def test_it_says_how_the_client_fell_and_once_it_rises_from_where() -> None:
    one, said = began(LOW, DAY), []
    for tools in (4, 2, 5, 9):
        one = went_on(one, using(tools), None, 3, LATER)
        said.append((line(one).before, line(one).score))
    assert said == [(5, 2), (5, 1), (1, 3), (1, 5)]


def test_where_the_client_is_not_judged_it_says_what_it_said() -> None:
    one = began(LOW, DAY)
    assert went_on(one, UNKNOWN, None, 3, LATER) == went_on(one, None, None, 3, LATER) == one


def test_it_is_read_as_it_was_written() -> None:
    one: Episode = went_on(began(LOW, DAY), using(2), QUIET, 3, LATER)
    for kept in (one, replace(one, end=End.UP, ended_on=LATER)):
        assert read(written(kept)) == kept
