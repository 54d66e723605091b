"""Lists and the overview: word for word, at their limits, and harmless whatever a name says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import listing as show
from bot.blocks import overview as shown
from bot.blocks import states, timeline
from bot.blocks.states import ListState
from bot.blocks.words import speak
from bot.domain.catalog import Kind, Tier
from bot.domain.filter_text import write
from bot.domain.filters import NO_DATE, Filter, Renews, Sort
from bot.domain.listing import (
    NO_SCORE,
    Colleague,
    Group,
    Line,
    Listing,
    Overview,
    Page,
    Position,
    Scope,
    Sign,
    Whose,
)
from bot.domain.moves import Cause, Part, tenths
from bot.domain.timeline import Stage
from bot.playground.validation import block_problems
from tests.base import CATALOG, TODAY, client, ground, judged, scored
from tests.blocks.conftest import Golden
from tests.blocks.test_engagement import BASE, HOSTILE

WORDS = speak()
MINE = Scope(Whose.MINE, person_id=1)
FELL = (Part(Cause.USAGE, "marketing_email", -9, 100), Part(Cause.USAGE, "templates", 3, 100))


def line(number: int = 1, **changes: Any) -> Line:
    made = Line(
        id=number,
        name=f"Umbrella {number} AS",
        tier=Tier.LOW,
        score=3,
        share=0.31,
        change=-0.06,
        before=scored(4),
        mrr=2_400.0,
        currency="EUR",
        renews_on=TODAY + timedelta(60),
        csm="Anna Aas",
        signs=Sign(0),
        position=Position(0, (0.31,), number),
        parts=FELL,
    )
    return made._replace(**changes)


def asked(wanted: Filter = Filter(), scope: Scope = MINE, as_of: date | None = TODAY) -> Listing:  # noqa: B008 (frozen)
    return Listing(1, 1, scope, wanted, TODAY, as_of)


def test_a_list_is_late_by_the_rhythm_of_its_data() -> None:
    old = asked(as_of=TODAY - timedelta(12))
    assert show.data_day(old, WORDS).endswith("late: no change is told")
    assert show.data_day(replace(old, every=5), WORDS) == "data to Sun 8 Nov"
    assert show.data_day(replace(asked(as_of=TODAY - timedelta(6)), every=1), WORDS).endswith("no change is told")


def page(one: Listing, found: Page, before: int = 0) -> dict[str, Any]:
    return show.page(CATALOG, one, found, ListState(write(one.wanted), 1, before=before), WORDS)


KINDS = (
    line(1),
    line(2, change=0.123, parts=(Part(Cause.USAGE, "workflows", 1, 8),), tier=Tier.MEDIUM, score=5),
    line(3, change=0.001, mrr=None, renews_on=None),
    line(4, tier=Tier.ONBOARDING, onboarding_since=TODAY - timedelta(33), change=None),
    line(5, tier=Tier.UNKNOWN, score=None, share=None, change=None),
    line(6, change=-0.2, parts=(Part(Cause.SUBSCRIPTION, "deals", -1, 5),), renews_on=TODAY),
    line(7, change=-0.2, parts=(), renews_on=TODAY - timedelta(3), csm=None),
    line(8, tier=Tier.FORMER, score=None, change=None, renews_on=None, mrr=0.0),
)
LISTS = {
    "first_page": (asked(Filter(tiers=(Tier.LOW,))), Page(KINDS, False, True, 34), 0),
    "middle_page": (asked(Filter(sort=Sort.NAME), Scope(Whose.ALL)), Page(KINDS[:2], True, True, None), 10),
    "one": (asked(Filter(csm="me")), Page(KINDS[:1], False, False, 1), 0),
    "more_than_counted": (asked(scope=Scope(Whose.ALL)), Page(KINDS[:1], False, True, 1_001), 0),
    "of_a_category": (
        asked(Filter(category="marketing"), Scope(Whose.TEAM, team_id=1, name="CS Nordic")),
        Page((line(1, score=8, tier=Tier.LOW), line(2, score=NO_SCORE)), False, False, 2),
        0,
    ),
    "of_a_late_category": (
        asked(Filter(category="marketing", tiers=(Tier.LOW,))),
        Page((line(1, change=None),), False, False, 1, late_to=TODAY - timedelta(17)),
        0,
    ),
    "of_an_opportunity": (asked(Filter(opportunity=Kind.CROSS_SELL)), Page(KINDS[:2], True, False, None), 10),
    "going_quiet": (asked(Filter(quiet=True)), Page((line(1, quiet=("Forms", "SEO")),), False, False, 1), 0),
    "of_a_category_not_measured": (
        asked(Filter(category="marketing")),
        Page((line(1, score=NO_SCORE),), False, False, 1, is_measured=False),
        0,
    ),
    "by_renewal": (asked(Filter(sort=Sort.RENEWAL)), Page((line(1), line(2, renews_on=None)), False, False, 2), 0),
    "of_a_colleague": (
        asked(Filter(csm="bo@example.com"), Scope(Whose.PERSON, person_id=2, name="Bo Berg")),
        Page(KINDS[:1], False, False, 1),
        0,
    ),
    "of_a_colleague_in_a_team": (
        asked(Filter(csm="bo@example.com", team="mine"), Scope(Whose.PERSON, 2, 1, "Bo Berg", "CS Nordic")),
        Page(KINDS[:1], False, False, 1),
        0,
    ),
    "of_nobody": (asked(Filter(csm="nobody"), Scope(Whose.PERSON)), Page(KINDS[6:7], False, False, 1), 0),
    "late": (asked(as_of=TODAY - timedelta(12)), Page(KINDS[:1], False, False, 1), 0),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_this_word_for_word(name: str, golden: Golden) -> None:
    one, found, before = LISTS[name]
    golden(f"list_{name}", page(one, found, before))


def test_nobody_matching_offers_to_drop_a_filter(golden: Golden) -> None:
    one = asked(Filter(tiers=(Tier.LOW,), renews=Renews(0, 30)))
    golden("list_nobody", show.nobody(one, ("renews", 14), 1, WORDS))
    golden("list_nobody_at_all", show.nobody(asked(Filter(renews=NO_DATE)), None, 1, WORDS))


TIERS = {
    Tier.LOW: Group(9, {"EUR": 1_700.0}),
    Tier.MEDIUM: Group(22, {"EUR": 4_400.0, "NOK": 900.0}),
    Tier.HIGH: Group(14, {"EUR": 3_100.0, "NOK": 100.0, "PLN": 1.0}),
    Tier.ONBOARDING: Group(4, {"EUR": 600.0}),
    Tier.UNKNOWN: Group(3, {}),
}
OVERVIEW = Overview(
    scope=MINE,
    as_of=TODAY,
    tiers=TIERS,
    fell=(line(1), line(2, before=scored(3))),
    rose=(KINDS[1],),
    first=(line(9), line(10, renews_on=TODAY), line(11, renews_on=TODAY + timedelta(179))),
    currencies=("EUR", "NOK", "PLN"),
)
TEAM = Scope(Whose.TEAM, team_id=1, name="CS Nordic")
COLLEAGUES = (
    Colleague("Anna Aas", 52, 9, overdue=1, taken=4),
    Colleague("Bo Berg", 48, 7),
    Colleague("Cleo Costa", 44, 11, overdue=2, taken=1, away_to=TODAY + timedelta(14)),
    Colleague(None, 6, 6),
)
OVERVIEWS = {
    "mine": (asked(), OVERVIEW),
    "of_a_team_for_its_lead": (asked(scope=TEAM), replace(OVERVIEW, scope=TEAM, colleagues=COLLEAGUES)),
    "in_one_currency": (
        asked(),
        replace(OVERVIEW, tiers={tier: TIERS[tier] for tier in (Tier.LOW, Tier.ONBOARDING)}, currencies=("EUR",)),
    ),
    "nothing_moved": (asked(), replace(OVERVIEW, fell=(), rose=(), first=())),
    "late": (asked(as_of=TODAY - timedelta(12)), OVERVIEW),
    "mostly_in_kroner": (asked(), replace(OVERVIEW, currencies=("NOK", "EUR", "PLN"))),
    "one_client": (asked(scope=Scope(Whose.ALL)), replace(OVERVIEW, tiers={Tier.HIGH: Group(1, {})}, fell=(), rose=())),
}


@pytest.mark.parametrize("name", OVERVIEWS)
def test_the_overview_says_this_word_for_word(name: str, golden: Golden) -> None:
    one, found = OVERVIEWS[name]
    golden(f"overview_{name}", shown.overview(CATALOG, one, found, 1, list(Whose)[:3], WORDS))


def test_the_chart_of_the_tiers_says_its_numbers(golden: Golden) -> None:
    golden("overview_chart", shown.chart(asked(), OVERVIEW, WORDS))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_can_neither_ping_nor_link_nor_break_a_list(name: str) -> None:
    hostile = tuple(line(n, name=name, csm=name) for n in range(10))
    scope = Scope(Whose.TEAM, team_id=1, name=name)
    listed = page(asked(scope=scope), Page(hostile, True, True, 10))
    colleagues = tuple(Colleague(name, 1, 1) for _ in range(40))
    found = replace(OVERVIEW, scope=scope, fell=hostile[:3], rose=hostile[:2], first=hostile[:3], colleagues=colleagues)
    over = shown.overview(CATALOG, asked(scope=scope), found, 1, list(Whose)[:3], WORDS)
    assert "and 25 more" in over["text"]
    for message in (listed, over):
        assert not block_problems(message["blocks"], "message")
        for text in (message["text"], *(b["text"]["text"] for b in message["blocks"] if b["type"] == "section")):
            assert "<!" not in text
            assert "<@" not in text
            assert "<http" not in text


def test_a_longest_filter_still_pages_and_only_its_menu_goes_without() -> None:
    long = Filter(client="ö" * 100, csm=f"{'c' * 240}@example.com", team="x" * 255, category="marketing")
    message = page(asked(long, Scope(Whose.ALL)), Page(KINDS, True, True, 34), 10)
    assert not block_problems(message["blocks"], "message")


@pytest.mark.parametrize(
    "state",
    [
        ListState("", 1),
        ListState('tier:low team:"CS Nordic"', 2**40, Position(3, ("EUR", 12.5), 2**60), True, 90),
        ListState("x", 7, Position(0, ("ærfugl & co",), 1)),
        ListState("x", 7, Position(1, (None,), 1)),
    ],
)
def test_a_state_comes_back_as_it_was_written(state: ListState) -> None:
    assert states.read(states.write(state)) == state


# A client's score over time.

WEEK = timedelta(7)
THEN = ground(BASE, lost=["marketing_email", "workflows", "social"])
STAGES = (
    Stage(TODAY - 12 * WEEK, 6, 0.61, THEN, from_import=True),
    Stage(TODAY - 5 * WEEK, 5, 0.55, ground(BASE, lost=["marketing_email", "workflows"])),
    Stage(TODAY - 2 * WEEK, None, None, None),
    Stage(TODAY - WEEK, 5, 0.5, ground(BASE, lost=["marketing_email"])),
    Stage(TODAY - timedelta(1), 4, 0.41, ground(BASE)),
)


def test_the_history_of_a_client_says_this_word_for_word(golden: Golden) -> None:
    golden("history", timeline.history(CATALOG, judged(BASE), STAGES, WORDS))
    golden("history_none_yet", timeline.history(CATALOG, judged(BASE), STAGES[-1:], WORDS))
    golden("history_steady", timeline.history(CATALOG, judged(BASE), STAGES[:1], WORDS))
    golden("history_without_data", timeline.history(CATALOG, judged(replace(client(), as_of=None)), (), WORDS))


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_a_stored_change_is_rounded_as_the_exact_one(before: int, after: int, data: st.DataObject) -> None:
    was, now = (Fraction(data.draw(st.integers(0, possible)), possible) for possible in (before, after))
    assert show.tenths_of(float(now) - float(was)) == tenths(now - was)
