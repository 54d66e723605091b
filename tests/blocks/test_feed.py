"""A page of what happened to key accounts, each kind in its words; at its limits, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.blocks import feed
from bot.blocks.words import speak
from bot.domain.feed import Happening, Position, Turned, What
from bot.domain.filters import Filter
from bot.domain.key_accounts import Followers, Key
from bot.domain.listing import Listing, Scope, Whose
from bot.domain.moves import Cause, Part
from bot.playground.validation import check_blocks
from tests.base import CATALOG, TODAY
from tests.blocks.conftest import Golden

WORDS = speak()
PLACE = Position("2026-11-20 09:00:00.000000", 4, 7, "12")
ASKED = Listing(1, 1, Scope(Whose.ALL, followers=Followers(1)), Filter(key=Key.ME), TODAY, TODAY)
YESTERDAY = TODAY - timedelta(1)


def one(what: What, **says: object) -> Happening:
    return replace(Happening(what, YESTERDAY, 7, "Acme <AS>", PLACE), **says)  # type: ignore[arg-type]


LINES = [
    one(What.NOTE, at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC), text="They move to *Oslo*", person="Anna"),
    one(What.TASK, at=datetime(2026, 11, 20, 8, tzinfo=UTC), text="Call <them>", person="Bo"),
    one(What.OUTCOME, text="leaving Too <dear>", person="Bo"),
    one(What.RENEWAL, days=(date(2026, 12, 6), date(2027, 1, 6))),
    one(What.RENEWAL, days=(date(2026, 11, 18), date(2027, 11, 18))),
    one(What.RENEWAL, days=(None, date(2027, 1, 6))),
    one(What.RENEWAL, days=(date(2026, 12, 6), None)),
    one(What.QUIET, text="Forms"),
    one(What.FIRST_USED, text="Workflows"),
    one(What.SCORE, scores=(6, 4), parts=(Part(Cause.USAGE, "forms", -2, 10),)),
    one(
        What.SCORE,
        scores=(6, 6),
        parts=(Part(Cause.SUBSCRIPTION, "forms", 1, 20),),
        subscriptions=(
            Turned("marketing", "starter", "professional"),
            Turned("sales", None, "starter"),
            Turned("service", "professional", None),
        ),
    ),
]


def page(found: list[Happening], following: Position | None = None, *, is_first: bool = True) -> dict[str, object]:
    return feed.page(CATALOG, ASKED, found, following, 1, UTC, WORDS, is_first=is_first)


def test_what_happened_is_told_a_line_each_with_the_way_to_what_is_older(golden: Golden) -> None:
    golden("feed", page(LINES, PLACE))
    golden("feed_older", page(LINES[:1], is_first=False))


def test_where_nothing_happened_it_says_how_a_client_becomes_a_key_account(golden: Golden) -> None:
    golden("feed_none", page([]))


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_a_page_of_the_longest_lines_fits(letter: str) -> None:
    long = one(What.NOTE, client=letter * 255, text=letter * 3000, person=letter * 255)
    long = replace(long, position=Position("2026-11-20 09:00:00.000000+00", 5, 2**62, letter * 255))
    team = Scope(Whose.ALL, followers=Followers(1, 5, letter * 255))
    listing = replace(ASKED, scope=team, wanted=Filter(key=Key.ANY, csm=f"{'a' * 242}@example.com", team=letter * 255))
    made = feed.page(CATALOG, listing, [long] * feed.PAGE, long.position, 1, UTC, WORDS, is_first=False)
    check_blocks(made["blocks"], "message")


@pytest.mark.parametrize("place", [None, PLACE])
def test_a_button_carries_the_filter_and_where_a_page_begins(place: Position | None) -> None:
    assert feed.read(feed.write("key:any", place)) == ("key:any", place)


@pytest.mark.parametrize("value", ["", "{}", "[1]", '["key:me",[1,2]]', '["key:me",["a","b","c","d"]]'])
def test_what_is_no_place_is_none(value: str) -> None:
    assert feed.read(value) is None
