"""What elements hold: the right empty value for each kind, what can be chosen, what Slack's client refuses itself."""

from typing import Any

import pytest

from bot.playground.elements import ELEMENTS
from bot.playground.refusals import ImpossibleError, NotModelledError
from bot.playground.values import (
    STATELESS,
    action_json,
    complaint,
    entered,
    find_element,
    initial_value,
    state_values,
)

OPTIONS = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("one", "two", "three")]

EMPTY: dict[str, dict[str, Any]] = {
    "plain_text_input": {"value": None},
    "email_text_input": {"value": None},
    "url_text_input": {"value": None},
    "number_input": {"value": None},
    "static_select": {"selected_option": None},
    "radio_buttons": {"selected_option": None},
    "multi_static_select": {"selected_options": []},
    "checkboxes": {"selected_options": []},
    "external_select": {"selected_option": None},
    "multi_external_select": {"selected_options": []},
    "users_select": {"selected_user": None},
    "multi_users_select": {"selected_users": []},
    "conversations_select": {"selected_conversation": None},
    "multi_conversations_select": {"selected_conversations": []},
    "channels_select": {"selected_channel": None},
    "multi_channels_select": {"selected_channels": []},
    "datepicker": {"selected_date": None},
    "timepicker": {"selected_time": None},
    "datetimepicker": {"selected_date_time": None},
    "file_input": {"files": []},
}


@pytest.mark.parametrize("kind", EMPTY)
def test_each_element_has_its_own_empty_value(kind: str) -> None:
    assert initial_value({"type": kind}) == {"type": kind} | EMPTY[kind]
    assert entered({"type": kind}, "") == {"type": kind} | EMPTY[kind]


def test_every_modelled_element_has_a_value_or_keeps_none() -> None:
    assert set(ELEMENTS) == set(EMPTY) | STATELESS


def test_chosen_options_come_whole() -> None:
    select = {"type": "static_select", "options": OPTIONS}
    assert entered(select, "two")["selected_option"] == OPTIONS[1]
    grouped = {"type": "multi_static_select", "option_groups": [{"label": {}, "options": OPTIONS}]}
    assert entered(grouped, ["one", "three"])["selected_options"] == [OPTIONS[0], OPTIONS[2]]
    assert entered({"type": "datetimepicker"}, "1790000000")["selected_date_time"] == 1790000000


def test_nobody_can_choose_what_is_not_offered() -> None:
    with pytest.raises(ImpossibleError, match="four"):
        entered({"type": "static_select", "action_id": "a", "options": OPTIONS}, "four")
    with pytest.raises(ImpossibleError, match="no more than 2"):
        entered({"type": "multi_users_select", "max_selected_items": 2}, ["U1", "U2", "U3"])


@pytest.mark.parametrize(
    ("kind", "raw"),
    [("datepicker", "22.11.2026"), ("datepicker", "2026-13-01"), ("timepicker", "9:30"), ("datetimepicker", "soon")],
)
def test_a_picker_gives_dates_and_times_and_nothing_else(kind: str, raw: str) -> None:
    with pytest.raises(ImpossibleError, match=kind):
        entered({"type": kind}, raw)


def test_prefilled_values_and_the_current_conversation_count_until_somebody_chooses() -> None:
    element = {"type": "conversations_select", "action_id": "a", "default_to_current_conversation": True}
    blocks = [{"type": "section", "block_id": "b", "accessory": element}]
    assert state_values(blocks, {}, "C1")["b"]["a"]["selected_conversation"] == "C1"
    chosen = {"b": {"a": {"type": "conversations_select", "selected_conversation": "C2"}}}
    assert state_values(blocks, chosen, "C1")["b"]["a"]["selected_conversation"] == "C2"
    element["initial_conversation"] = "C3"
    assert state_values(blocks, {}, "C1")["b"]["a"]["selected_conversation"] == "C3"


def test_a_cleared_value_stays_cleared_although_it_was_prefilled() -> None:
    element = {"type": "plain_text_input", "action_id": "a", "initial_value": "old"}
    blocks = [{"type": "input", "block_id": "b", "element": element}]
    cleared = {"b": {"a": entered(element, "")}}
    assert state_values(blocks, cleared)["b"]["a"]["value"] is None


def test_buttons_and_overflow_menus_keep_no_state() -> None:
    elements = [{"type": kind, "action_id": kind} for kind in sorted(STATELESS)]
    assert state_values([{"type": "actions", "block_id": "b", "elements": elements}], {}) == {}


@pytest.mark.parametrize(
    ("element", "raw", "words"),
    [
        ({"type": "plain_text_input"}, "", "required"),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "at least 3"),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "no more than 3"),
        ({"type": "plain_text_input"}, "x" * 3001, "no more than 3000"),
        ({"type": "email_text_input"}, "nobody", "email"),
        ({"type": "email_text_input"}, "anna@home", "email"),
        ({"type": "email_text_input"}, "anna aas@example.com", "email"),
        ({"type": "url_text_input"}, "example", "URL"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "number"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1_0", "number"),
        ({"type": "number_input", "is_decimal_allowed": True}, "nan", "number"),
        ({"type": "number_input", "is_decimal_allowed": True}, "1e5", "number"),
        ({"type": "number_input", "is_decimal_allowed": True}, "1,5", "number"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}, "1.5", "at least 2"),
        ({"type": "number_input", "is_decimal_allowed": False, "max_value": "9"}, "10", "at most 9"),
        ({"type": "checkboxes", "options": OPTIONS}, [], "required"),
    ],
)
def test_slacks_client_refuses_before_it_sends(element: dict[str, Any], raw: Any, words: str) -> None:
    said = complaint({"type": "input", "element": element}, entered(element, raw))
    assert said is not None
    assert words in said


@pytest.mark.parametrize(
    ("element", "raw"),
    [
        ({"type": "plain_text_input", "min_length": 3, "max_length": 3}, "abc"),
        ({"type": "plain_text_input"}, "x" * 3000),
        ({"type": "email_text_input"}, "anna@example.com"),
        ({"type": "url_text_input"}, "https://example.com"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "1", "max_value": "2"}, "1.5"),
    ],
)
def test_what_fits_is_sent(element: dict[str, Any], raw: str) -> None:
    assert complaint({"type": "input", "element": element}, entered(element, raw)) is None


def test_an_optional_input_may_be_empty() -> None:
    element = {"type": "plain_text_input", "min_length": 3}
    assert complaint({"type": "input", "optional": True, "element": element}, entered(element, "")) is None


def test_an_action_carries_what_its_element_gives() -> None:
    block = {"type": "actions", "block_id": "b"}
    button = {"type": "button", "action_id": "go", "value": "7", "text": {"type": "plain_text", "text": "Go"}}
    assert action_json(block, button, {}, "1.2") == button | {"block_id": "b", "action_ts": "1.2"}
    menu = {"type": "overflow", "action_id": "more", "options": OPTIONS}
    assert action_json(block, menu, {"selected_option": "one"}, "1.2")["selected_option"] == OPTIONS[0]
    assert "options" not in action_json(block, menu, {"selected_option": "one"}, "1.2")
    with pytest.raises(ImpossibleError):
        action_json(block, button, {"selected_option": "one"}, "1.2")
    with pytest.raises(NotModelledError):
        action_json(block, menu, {"value": "one"}, "1.2")


def test_only_what_is_shown_can_be_pressed() -> None:
    with pytest.raises(ImpossibleError, match="no element a"):
        find_element([{"type": "divider", "block_id": "b"}], "b", "a")
