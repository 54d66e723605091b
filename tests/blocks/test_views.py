"""Saved views as a list and their modals, at their limits, too."""

from __future__ import annotations

import pytest

from bot.blocks import forms, views
from bot.blocks.forms import FormState
from bot.blocks.words import speak
from bot.domain.access import Person
from bot.domain.filter_text import parse
from bot.domain.filters import FilterError
from bot.domain.views import SavedView, ViewNameError, called, name
from bot.playground.validation import block_problems, check_blocks, view_problems
from tests.blocks.conftest import Golden
from tests.domain.filters import CATEGORIES

WORDS = speak()
ANNA = Person(1, 1, 1, "U0ANNACSM", "Anna Aas", "UTC", "en-US", team_id=5, team="CS Nordic")
STATE = FormState("https://hooks.slack.example/actions/T0/1/x", 1_790_000_000, "tier:low sort:drop", 2)
OWN = SavedView(10, "Falling", "tier:low sort:drop", 1, "Anna Aas", None, None, 1, None, None)
OURS = SavedView(11, "Renewals", 'team:"Old name" renews:60', 2, "Bo Berg", 5, "CS Nordic", 1, None, "CS Nordic")
GONE = SavedView(12, "Gone", "csm:ola@example.com", 1, "Anna Aas", None, None, 1, None, None)
ALL = SavedView(13, "Everything", "", 1, "Anna Aas", None, None, 1, None, None)


def test_saved_views_say_what_they_keep_and_offer_what_one_may(golden: Golden) -> None:
    golden("views", views.page([OWN, OURS, GONE, ALL], 0, ANNA, CATEGORIES, "/engagement", WORDS))


def test_no_saved_views_say_how_to_save_one(golden: Golden) -> None:
    golden("views_none", views.page([], 0, ANNA, CATEGORIES, "/engagement", WORDS))


def test_the_modals_of_a_view(golden: Golden) -> None:
    golden("view_save", views.save(ANNA, STATE, WORDS))
    golden("view_rename", views.rename(OURS, STATE, WORDS))
    golden("view_delete", views.delete(OURS, STATE, WORDS))
    golden("view_saved", views.saved("The <best> ones", "/engagement", WORDS))


def test_who_is_in_no_team_saves_for_themselves() -> None:
    alone = Person(1, 1, 1, "U0ANNACSM", "Anna Aas", "UTC", "en-US")
    blocks = views.save(alone, STATE, WORDS)["blocks"]
    assert [block["block_id"] for block in blocks if block["type"] == "input"] == [views.NAME]


@pytest.mark.parametrize("letter", ["x", "&", "*", "`", "株"])
def test_views_of_the_longest_names_and_filters_fit_into_a_message_and_turn(letter: str) -> None:
    text = f'client:"{letter * 100}" team:"{letter * 255}" csm:{"a" * 240}@example.com'
    long = [
        SavedView(2**62 - n, letter * 60, text, 1, letter * 255, 5, letter * 255, 1, "a" * 240 + "@example.com", letter)
        for n in range(views.PAGE * 2 + 1)
    ]
    for first, turns in ((0, ["next"]), (views.PAGE, ["back", "next"]), (2 * views.PAGE, ["back"])):
        made = views.page(long, first, ANNA, CATEGORIES, "/engagement", WORDS)
        check_blocks(made["blocks"], "message")
        ids = [element["action_id"] for element in made["blocks"][-1]["elements"]]
        assert ids == [*(f"turn_views:{turn}" for turn in turns), "show_overview"]


@pytest.mark.parametrize("letter", ["x", "&", "*", "`", '"', "株"])
def test_the_modals_of_the_longest_view_keep_slacks_limits(letter: str) -> None:
    asker = Person(1, 1, 1, "U0ANNACSM", "Anna Aas", "UTC", "en-US", team_id=5, team=letter * 255)
    view = SavedView(2**62, letter * 60, "", 1, "Anna", 5, letter * 255, 1, None, None)
    state = FormState("https://hooks.slack.com/" + "x" * 150, 2**33, letter * 1_300, 99)
    for made in (
        views.save(asker, state, WORDS),
        views.rename(view, state, WORDS),
        views.delete(view, state, WORDS),
        views.saved(letter * 60, "/engagement", WORDS),
    ):
        assert not view_problems(made)
        assert len(made.get("private_metadata", "")) <= 3_000
    assert forms.read(views.save(asker, state, WORDS)["private_metadata"]) == state


def test_a_page_beyond_the_last_view_can_still_be_left() -> None:
    made = views.page([OWN], views.PAGE, ANNA, CATEGORIES, "/engagement", WORDS)
    assert not block_problems(made["blocks"], "message")


def test_ones_own_view_comes_before_the_teams_of_that_name() -> None:
    ours = SavedView(14, "FALLING", "", 2, "Bo Berg", 5, "CS Nordic", 1, None, None)
    assert called([OWN, ours], "falling") is OWN
    assert called([ours, OWN], "fal ling") is OWN
    assert called([ours], "Falling") is ours


@pytest.mark.parametrize(
    ("typed", "key", "meant"),
    [
        ("faling", "filter_meant", "view:Falling"),
        ("fall", "filter_meant", "view:Falling"),
        ("zzz", "filter_unknown_view", None),
    ],
)
def test_a_view_that_is_not_there_says_what_was_meant(typed: str, key: str, meant: str | None) -> None:
    with pytest.raises(FilterError) as caught:
        called([OWN, OURS], typed)
    assert (caught.value.key, caught.value.values.get("meant")) == (key, meant)


def test_a_view_s_name_is_kept_so_that_it_can_be_typed() -> None:
    assert name("  My   falling\tones ") == "My falling ones"
    assert parse('view:"My falling ones"', CATEGORIES).view == name("My falling ones")


@pytest.mark.parametrize(("typed", "error"), [("", ViewNameError), (" - ", ViewNameError), ("x" * 61, FilterError)])
def test_a_name_that_cannot_be_is_refused(typed: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        name(typed)
