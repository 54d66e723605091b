"""`/opportunities`: a base and a client word for word, at their limits, and harmless whatever a name says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.blocks import opportunities as show
from bot.blocks.offers import of_line
from bot.blocks.words import speak
from bot.domain.answers import Answer, Reply
from bot.domain.catalog import Kind
from bot.domain.clients import Client
from bot.domain.filters import Filter
from bot.domain.listing import Group, Line, Listing, Offers, Scope, Sign, Whose
from bot.domain.moves import Ground
from bot.domain.opportunities import find
from bot.domain.scoring import Use
from bot.domain.subscriptions import Subscription
from bot.playground.validation import block_problems, view_problems
from tests.base import CATALOG, LONG_AGO, TODAY, client, judged, place, with_facts
from tests.blocks.conftest import Golden
from tests.blocks.test_engagement import BASE, HOSTILE, RECENT
from tests.blocks.test_listing import asked, line

WORDS = speak()
TEAM = Scope(Whose.TEAM, team_id=1, name="CS Nordic")
OWNED = {
    "marketing": {"starter": 14, "professional": 11, "enterprise": 2},
    "sales": {"starter": 20, "professional": 9},
    "service": {"starter": 1_006},
}
KINDS = {
    Kind.ACTIVATION: Group(21, {"EUR": 9_000.0}),
    Kind.UPSELL: Group(6, {"EUR": 3_100.0, "NOK": 900.0}),
    Kind.CROSS_SELL: Group(1, {"EUR": 4_700.0}),
}
OFFERS = Offers(1_052, OWNED, KINDS, 5)
FIRST = (
    (line(1), "88 tickets in 90 days, no Service Hub"),
    (line(2), "marketing contacts at 93 % of 10,000"),
    (line(3), "pays for Campaigns, not in use"),
)
BASES = {
    "mine": (asked(), OFFERS, FIRST),
    "of_a_kind": (
        asked(Filter(opportunity=Kind.UPSELL)),
        replace(OFFERS, kinds={Kind.UPSELL: KINDS[Kind.UPSELL]}),
        FIRST[1:2],
    ),
    "of_a_team": (asked(scope=TEAM), replace(OFFERS, held=1), ()),
    "of_nobody": (asked(), Offers(0, {}, {}, 0), ()),
    "of_one_without_subscriptions": (asked(), Offers(1, {}, {}, 0), ()),
    "held_back": (asked(), Offers(7, {"sales": {"starter": 7}}, {}, 7), ()),
    "late": (asked(as_of=TODAY - timedelta(12)), OFFERS, FIRST[:1]),
}


def overview(one: Listing, found: Offers, first: Any) -> dict[str, Any]:
    return show.overview(CATALOG, one, found, first, 1, WORDS)


@pytest.mark.parametrize("name", BASES)
def test_a_base_says_this_word_for_word(name: str, golden: Golden) -> None:
    golden(f"opportunities_{name}", overview(*BASES[name]))


def using(base: Client, **times: int) -> Client:
    """The client with so many uses of some tools besides."""
    return replace(base, uses={**base.uses, **{place(key): Use(number, RECENT) for key, number in times.items()}})


def answered(one: Client, reply: Reply = Reply.OFFERED) -> Client:
    """The client after everything was answered."""
    found = find(CATALOG, judged(one).situation())
    return replace(one, answers={each.key: Answer(reply, None, each.evidence, each.size) for each in found})


SEATS = (
    Subscription("Marketing Hub", "Professional", LONG_AGO, mrr=890.0, seats=10, seats_used=10),
    Subscription("Sales Hub", "Professional", LONG_AGO, mrr=200.0, seats=10, seats_used=9),
)
ACME = with_facts(using(BASE, tickets=88), subscriptions=SEATS)
BEGINNER = [Subscription("Marketing Hub", "Starter", TODAY - timedelta(33), seats=3, seats_used=3)]
CLIENTS = {
    "several": ACME,
    "activation_alone": BASE,
    "without_subscriptions": with_facts(BASE, subscribing=False, subscriptions=[]),
    "held_while_low": with_facts(using(client(), tickets=88), subscriptions=SEATS),
    "held_while_onboarding": with_facts(ACME, subscriptions=BEGINNER),
    "held_while_not_known": with_facts(ACME, covered=False, measured=0),
    "all_answered": answered(ACME),
    "former": with_facts(client(), subscriptions=[Subscription("Sales Hub", "Starter", None, date(2026, 8, 31))]),
    "nothing_loaded": replace(with_facts(client(), covered=False, measured=0), as_of=None),
    "longest_name": replace(ACME, name="Æ" * 255),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_says_this_word_for_word(name: str, golden: Golden) -> None:
    golden(f"opportunities_client_{name}", show.of_client(CATALOG, judged(CLIENTS[name]), WORDS))


@pytest.mark.parametrize("name", CLIENTS)
def test_the_text_beside_the_blocks_says_what_can_be_answered_and_what_is_held_back(name: str) -> None:
    message = show.of_client(CATALOG, judged(CLIENTS[name]), WORDS)
    sections = [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]
    held = [text.replace("*", "") for text in sections if text.startswith("*Held back")]
    assert bool(held) is name.startswith("held")
    for said in (*answerable(message), *held):
        assert said in message["text"]


def test_what_was_answered_leaves_the_rest_where_it_is() -> None:
    one = judged(ACME)
    (gone, *kept) = answerable(show.of_client(CATALOG, one, WORDS))
    first = next(each for each in one.opportunities() if each.kind is not Kind.ACTIVATION)
    given = {first.key: Answer(Reply.OFFERED, None, first.evidence, first.size)}
    left = answerable(show.of_client(CATALOG, judged(replace(ACME, answers=given)), WORDS))
    assert gone not in left
    assert left[: len(kept)] == kept


def answerable(message: dict[str, Any]) -> list[str]:
    """The evidence of each opportunity that has a menu."""
    return [block["text"]["text"].split("\n")[-1] for block in message["blocks"] if "accessory" in block]


def test_help_and_the_modals_say_this_word_for_word(golden: Golden) -> None:
    golden("opportunities_usage", show.usage("/engagement", WORDS))
    evidence = "88 tickets in 90 days, no Service Hub"
    golden("opportunities_not_now", show.not_now("Acme AS", evidence, TODAY, "7/cross-sell/service x", WORDS))
    golden("opportunities_not_for_them", show.not_for_them("Acme AS", evidence, "7/cross-sell/service x", WORDS))


# Limits

CURRENCIES = dict.fromkeys(("AUD", "EUR", "NOK", "PLN", "SEK"), 1e12)
EDITIONS = {key: dict.fromkeys(product.editions, 1_000_000) for key, product in CATALOG.products.items()}
FULL = Offers(50_000_000, EDITIONS, {kind: Group(1_000_000, CURRENCIES) for kind in Kind}, 1_000_000)


def everything(name: str) -> Iterator[dict[str, Any]]:
    """All that is shown of a base and a client of this name, with as much in it as can be."""
    scope = Scope(Whose.TEAM, team_id=1, name=name)
    named: list[tuple[Line, str]] = [(line(number, name=name), "much " * 60) for number in range(3)]
    yield overview(asked(Filter(client=name[:100]), scope), FULL, named)
    yield show.of_client(CATALOG, judged(replace(ACME, name=name)), WORDS)
    yield show.not_now(name, "much " * 60, TODAY, "m", WORDS)
    yield show.not_for_them(name, "much " * 60, "m", WORDS)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_can_neither_ping_nor_link_nor_break_what_is_shown(name: str) -> None:
    for made in everything(name):
        is_modal = made.get("type") == "modal"
        assert not (view_problems(made) if is_modal else block_problems(made["blocks"], "message"))
        sections = (block["text"]["text"] for block in made["blocks"] if block["type"] == "section")
        for text in (made.get("text", ""), *sections):
            assert "<!" not in text
            assert "<@" not in text
            assert "<http" not in text


def test_the_fullest_base_has_its_buttons_and_first_three() -> None:
    message = next(everything("Æ" * 255))
    elements = [element for block in message["blocks"] for element in block.get("elements", [])]
    assert [one["text"]["text"] for one in elements if one["type"] == "button"] == [
        "Not used 1,000,000", "Bigger 1,000,000", "Another 1,000,000", "Overview",
    ]  # fmt: skip
    assert sum("accessory" in block for block in message["blocks"]) == 3


def test_the_evidence_of_a_line_is_of_what_is_open_and_of_the_kind_that_is_asked_for() -> None:
    found = judged(ACME).opportunities()
    unused = line(signs=Sign.ACTIVATION, ground=Ground(CATALOG, None, CATALOG.bits(["campaigns"]), 0))
    assert of_line(CATALOG, unused, found, Kind.CROSS_SELL, WORDS) == "88 tickets in 90 days, no Service Hub"
    assert of_line(CATALOG, unused, found, Kind.UPSELL, WORDS) == "10 of 10 Marketing Hub seats in use"
    held = judged(CLIENTS["held_while_low"]).opportunities()
    assert of_line(CATALOG, unused, [one for one in held if one.held], None, WORDS) == "pays for Campaigns, not in use"
