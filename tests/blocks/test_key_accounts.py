"""Key accounts on a card, in the modal where they are said, and in the words of a list; at their limits, too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.blocks import engagement as cards
from bot.blocks import key_accounts as show
from bot.blocks.forms import FormState
from bot.blocks.key_accounts import Place
from bot.blocks.scopes import whose
from bot.blocks.words import speak
from bot.domain.key_accounts import Followers, Owner, is_channel
from bot.domain.listing import Scope, Whose
from bot.playground.validation import view_problems
from tests.base import CATALOG, client, judged
from tests.blocks.conftest import Golden

WORDS = speak()
STATE = FormState("https://hooks.slack.example/actions/T0/1/x", 1_790_000_000, "7 C0ACME")
ACME = judged(client())
OURS = judged(client(key_of_me=True, key_of_team="CS *Nordic*"))


def test_a_tied_channel_s_card_has_the_ways_to_what_it_says_elsewhere(golden: Golden) -> None:
    golden("key_account_tied_card", show.tied_card(cards.card(CATALOG, OURS, WORDS), 7, WORDS))
    golden("key_account_untied", show.untied(WORDS))


def test_the_modal_says_how_it_is_and_asks_about_another_client_s_channel(golden: Golden) -> None:
    here = Place("C0ACME", other="Globex <Oy>")
    golden("key_account_form", show.form(OURS, "CS Nordic", show.chosen(OURS), Place("C0ACME", True), STATE, WORDS))
    golden("key_account_form_alone", show.form(ACME, None, set(), None, STATE, WORDS))
    asked = show.form(ACME, "CS Nordic", {Owner.TEAM}, replace(here, is_tied=True), STATE, WORDS)
    golden("key_account_form_replacing", show.replacing(asked, here, WORDS))


def test_a_client_that_the_asker_does_not_see_is_not_named_in_the_question() -> None:
    view = show.form(ACME, None, set(), Place("C0ACME", True), STATE, WORDS)
    assert "tied to another client" in str(show.replacing(view, Place("C0ACME", other=""), WORDS)["blocks"][0])


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_names_at_their_longest_fit(letter: str) -> None:
    one = judged(client(name=letter * 255, key_of_me=True, key_of_team=letter * 255))
    view = show.form(one, letter * 255, show.chosen(one), Place("C0", other=letter * 255), STATE, WORDS)
    assert view_problems(show.replacing(view, Place("C0", other=letter * 255), WORDS)) == []


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (Scope(Whose.ALL, followers=Followers(1)), "your key accounts"),
        (Scope(Whose.ALL, followers=Followers(None, 5, "CS <Nordic>")), "key accounts of CS &lt;Nordic&gt;"),
        (Scope(Whose.ALL, followers=Followers(1, 5, "Nordic")), "key accounts of yours and of Nordic"),
        (Scope(Whose.PERSON, 2, name="Bo", followers=Followers(1)), "your key accounts among clients of Bo"),
    ],
)
def test_a_list_says_whose_key_accounts_it_has(scope: Scope, told: str) -> None:
    assert whose(scope, WORDS) == told


@pytest.mark.parametrize(
    ("channel", "name", "is_one"),
    [
        ("C0ACME", "acme", True),
        ("G0ACME", "privategroup", True),
        ("D0ANNA", "directmessage", False),
        ("G0THREE", "mpdm-anna--bo--cleo-1", False),
    ],
)
def test_channels_can_be_about_a_client_and_direct_messages_cannot(channel: str, name: str, is_one: bool) -> None:
    assert is_channel(channel, name) is is_one
