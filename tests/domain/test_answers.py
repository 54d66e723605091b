"""An answered opportunity leaves lists and counts until its date, or until its evidence grows by half."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Answer, Reply, is_open
from bot.domain.catalog import Kind
from bot.domain.opportunities import Opportunity

TODAY = date(2026, 11, 20)
TICKETS = Opportunity(
    Kind.CROSS_SELL, "cross-sell/service", "service", None, {"tickets": 88}, rule=11, evidence="tool.tickets", size=88
)
CAMPAIGNS = Opportunity(Kind.ACTIVATION, "activation/campaigns", "marketing", "professional", {"tool": "Campaigns"})


def test_what_nobody_answered_is_open() -> None:
    assert is_open(TICKETS, None, TODAY)


@pytest.mark.parametrize("reply", Reply)
@pytest.mark.parametrize(
    ("until", "size", "expected"),
    [
        (None, 88, False),
        (None, 59, False),
        (None, 58, True),  # 88 is 1.5 times as much and more
        (None, 0, True),
        (None, None, False),
        (date(2026, 11, 21), 88, False),
        (date(2026, 11, 20), 88, True),
        (date(2026, 11, 19), 88, True),
        (date(2027, 11, 20), 40, True),
        (date.max, 88, False),
    ],
)
def test_an_answer_holds_until_its_date_or_until_the_evidence_grows_by_half(
    reply: Reply, until: date | None, size: float | None, expected: bool
) -> None:
    assert is_open(TICKETS, Answer(reply, until, "tool.tickets", size), TODAY) is expected


def test_other_evidence_says_nothing_of_growth() -> None:
    assert not is_open(TICKETS, Answer(Reply.OFFERED, None, "tool.live_chat", 5), TODAY)


def test_an_answered_activation_has_no_evidence_that_could_grow() -> None:
    assert not is_open(CAMPAIGNS, Answer(Reply.NOT_FOR_THEM), TODAY)
    assert is_open(CAMPAIGNS, Answer(Reply.NOT_NOW, TODAY), TODAY)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_evidence_that_has_not_grown_opens_nothing(now: int, then: int) -> None:
    found = is_open(TICKETS._replace(size=now), Answer(Reply.OFFERED, None, "tool.tickets", then), TODAY)
    assert found is (now > then and 2 * now >= 3 * then)
