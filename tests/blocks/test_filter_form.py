"""The filter's modal: what it shows, what it says, and that it says what it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import filter_form, forms
from bot.blocks.filter_form import Choices
from bot.blocks.forms import FormState, Values
from bot.blocks.wording import explain
from bot.blocks.words import speak
from bot.domain.filter_text import parse, write
from bot.domain.filters import Filter, FilterError
from bot.domain.named import Csm, Team
from bot.playground.validation import view_problems
from bot.playground.values import entered, find_element, state_values
from tests.blocks.conftest import Golden
from tests.domain.filters import CATEGORIES, FILTERS

WORDS = speak()
STATE = FormState("https://hooks.slack.example/actions/T0/1/x", 1_790_000_000)
TEAMS = (Team(1, "CS Central"), Team(2, "CS Nordic"))
ANNA = Csm(7, "anna@example.com", "U0ANNACSM")
CHOICES = Choices(CATEGORIES, TEAMS)


def values(view: dict[str, Any], **changed: Any) -> Values:
    """What Slack sends of a modal in which these fields were changed."""
    inputs = {name: {name: entered(find_element(view["blocks"], name, name)[1], raw)} for name, raw in changed.items()}
    return state_values(view["blocks"], inputs)


def read(found: Csm | None = None, /, **changed: Any) -> Filter:
    """The filter of an empty modal in which these fields were filled in."""
    view = filter_form.form(Filter(), CHOICES, STATE, WORDS)
    return filter_form.read(values(view, **changed), replace(CHOICES, csm=found))


@pytest.mark.parametrize(
    ("name", "text", "csm"),
    [
        ("empty", "", None),
        (
            "full",
            "tier:low,medium score:2-5 category:marketing opportunity:upsell going:quiet client:acme "
            'csm:anna@example.com team:"CS Nordic" renews:30-90 sort:-mrr',
            ANNA,
        ),
        ("csm_not_in_slack", "csm:old@example.com", Csm(8, "old@example.com", None)),
    ],
)
def test_a_filter_fills_the_fields_in(golden: Golden, name: str, text: str, csm: Csm | None) -> None:
    wanted = parse(text, CATEGORIES)
    golden(f"filter_{name}", filter_form.form(wanted, replace(CHOICES, csm=csm), STATE, WORDS))


@given(FILTERS, st.booleans())
def test_text_object_text_modal_object(made: Filter, in_slack: bool) -> None:
    wanted = parse(write(replace(made, view=None)), CATEGORIES)
    teams = () if wanted.team in {None, "mine", "all"} else (Team(3, str(wanted.team)),)
    named = wanted.csm if wanted.csm and "@" in wanted.csm else None
    choices = Choices(CATEGORIES, (*TEAMS, *teams), Csm(7, named, "U0ANNACSM" if in_slack else None) if named else None)
    view = filter_form.form(wanted, choices, STATE, WORDS)
    assert not view_problems(view)
    sent = values(view)
    assert filter_form.csm_chosen(sent) == ("" if named is None else "U0ANNACSM" if in_slack else "7")
    assert filter_form.read(sent, choices) == wanted


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, ""),
        ({"score": "4"}, "score:4-10"),
        ({"score_to": "3"}, "score:0-3"),
        ({"score": "5", "score_to": "5"}, "score:5"),
        ({"tier": ["high", "low"]}, "tier:low,high"),
        ({"csm": "me", "team": "all"}, "csm:me team:all"),
        ({"team": "2"}, 'team:"CS Nordic"'),
        ({"renews": " 60 days "}, "renews:60"),
        ({"client": "  tier:low "}, "client:tier:low"),
        ({"sort": "-score", "going": ["quiet"]}, "going:quiet sort:-score"),
    ],
)
def test_fields_say_a_filter(fields: dict[str, Any], text: str) -> None:
    assert write(read(**fields)) == text


def test_a_person_chosen_in_slack_is_the_csm_of_that_address() -> None:
    assert read(ANNA, csm_person="U0ANNACSM") == Filter(csm="anna@example.com")


@pytest.mark.parametrize(
    ("fields", "csm", "field", "says"),
    [
        ({"score": "7", "score_to": "3"}, None, "score", "Not understood: score:7-3 → score:3-7?"),
        ({"renews": "soon"}, None, "renews", "Not understood: renews:soon. After renews: 60, 30-90, passed, none."),
        ({"renews": "90-30"}, None, "renews", "Not understood: renews:90-30 → renews:30-90?"),
        ({"renews": "9999"}, None, "renews", "renews:9999 is out of range: renews goes from 0 to 3650."),
        ({"client": "\x00"}, None, "client", "What should client: be? For example client:acme"),
        (
            {"csm": "me", "csm_person": "U0ANNACSM"},
            ANNA,
            "csm",
            "csm is there twice: csm:me and csm:anna@example.com. Keep one of them.",
        ),
        (
            {"csm_person": "U0ENGAGEMENT"},
            Csm(9, None, "U0ENGAGEMENT"),
            "csm_person",
            "No e-mail address is known of this person, so no client can name them as CSM.",
        ),
        (
            {"csm_person": "U0NEW"},
            None,
            "csm_person",
            "No e-mail address is known of this person, so no client can name them as CSM.",
        ),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    fields: dict[str, Any], csm: Csm | None, field: str, says: str
) -> None:
    with pytest.raises(FilterError) as caught:
        read(csm, **fields)
    assert (filter_form.field(caught.value), explain(caught.value)) == (field, says)


def test_a_team_that_went_meanwhile_is_said_beside_its_field() -> None:
    sent = values(filter_form.form(Filter(), CHOICES, STATE, WORDS), team="2")
    with pytest.raises(FilterError) as caught:
        filter_form.read(sent, replace(CHOICES, teams=TEAMS[:1]))
    assert filter_form.field(caught.value) == "team"


def test_an_error_of_no_field_stands_beside_one() -> None:
    assert filter_form.field(FilterError("filter_quote", name="")) == "client"


def test_of_very_many_teams_the_chosen_one_is_always_in_the_menu() -> None:
    teams = tuple(Team(number, f"Team {number:03} {'x' * 240}") for number in range(300))
    wanted = Filter(team=teams[-1].name)
    view = filter_form.form(wanted, replace(CHOICES, teams=teams), STATE, WORDS)
    assert not view_problems(view)
    assert filter_form.read(values(view), replace(CHOICES, teams=teams)) == wanted


def test_a_form_carries_its_state() -> None:
    for state in (STATE, FormState("", 0, 'tier:low client:"a ""b"""', 3)):
        assert forms.read(forms.write(state)) == state


@pytest.mark.parametrize("text", ["", "7", "[]", '["x"]', '["x","y","z",1]', "{}", "null"])
def test_what_another_release_carried_is_no_state(text: str) -> None:
    assert forms.read(text) is None


@pytest.mark.parametrize(
    ("reply_to", "age", "can"), [("https://x", 0, True), ("https://x", 1_740, False), ("", 0, False)]
)
def test_a_click_can_be_answered_for_half_an_hour(reply_to: str, age: int, can: bool) -> None:
    assert FormState(reply_to, 1_000).can_reply(1_000 + age) is can


def test_the_longest_filter_fits_into_what_a_modal_carries() -> None:
    """Its texts are mostly quotation marks, which are doubled as a filter and then escaped as JSON."""
    assert len(forms.write(FormState("https://hooks.slack.com/" + "x" * 150, 2**33, '"' * 1_300, 99))) <= 3_000
