"""Block Kit's composition objects and elements with their limits, as rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.playground.rules import Problem, Rule, exactly_one, fields, flag, many, one_of, real, string, typed, whole


def plain(most: int) -> Rule:
    """A plain_text object of at most that many characters."""
    return typed({"plain_text": fields({"text": string(most)}, {"emoji": flag})}, frozenset({"mrkdwn"}))


def words(most: int) -> Rule:
    """A plain_text or mrkdwn object of at most that many characters."""
    mrkdwn = fields({"text": string(most)}, {"verbatim": flag})
    return typed({"plain_text": fields({"text": string(most)}, {"emoji": flag}), "mrkdwn": mrkdwn})


def _matches(pattern: str, example: str) -> Rule:
    def rule(value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield Problem(at, f"must look like {example}")

    return rule


LINK = _matches(r"[A-Za-z][A-Za-z0-9+.-]*:\S{1,2990}", "https://example.com")
PICTURE = _matches(r"https?://\S{1,2990}", "https://example.com/picture.png")
DATE = _matches(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "2026-11-22")
TIME = _matches(r"([01]\d|2[0-3]):[0-5]\d", "09:00")

ACTION_ID = string(255)
CONFIRM = fields(
    {"title": plain(100), "text": words(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(most: int = 75, *, url: bool = False, formatted: bool = False) -> Rule:
    """An option; overflow menus take a url, radio buttons and checkboxes take mrkdwn."""
    text = words(most) if formatted else plain(most)
    description = words(most) if formatted else plain(most)
    return fields({"text": text, "value": string(150)}, {"description": description} | ({"url": LINK} if url else {}))


OPTION = option()
GROUP = fields({"label": plain(75), "options": many(OPTION, 1, 100)})
EXTERNAL = frozenset({"external_select", "multi_external_select"})


def options_of(element: dict[str, Any]) -> list[Any]:
    """All options of an element, those in groups included."""
    groups = element.get("option_groups") or []
    return list(element.get("options") or []) + [each for group in groups for each in group["options"]]


def initial_is_offered(element: Any, at: str) -> Iterator[Problem]:
    """What is chosen from the start must be one of the options, word for word."""
    offered = options_of(element)
    chosen = [("initial_option", element["initial_option"])] if element.get("initial_option") else []
    chosen += [(f"initial_options/{n}", each) for n, each in enumerate(element.get("initial_options") or [])]
    for name, each in chosen:
        if each not in offered:
            yield Problem(f"{at}/{name}", "initial option is not one of the options")


def values_differ(element: Any, at: str) -> Iterator[Problem]:
    values = [each["value"] for each in options_of(element)]
    if len(set(values)) != len(values):
        yield Problem(at, "option values must be unique")


_COMMON: dict[str, Rule] = {"action_id": ACTION_ID}
_FOCUS = _COMMON | {"focus_on_load": flag}
_PICK = _FOCUS | {"placeholder": plain(150), "confirm": CONFIRM}
_LISTED = {"options": many(OPTION, 1, 100), "option_groups": many(GROUP, 1, 100)}
_WRITTEN = _FOCUS | {
    "placeholder": plain(150),
    "dispatch_action_config": fields(
        {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
    ),
}
_SEVERAL = {"max_selected_items": whole(1, 100)}
_ASKED = {"min_query_length": whole(0, 100)}
_IDS = many(string(20), 0, 100)
_FILTER = fields(
    {},
    {
        "include": many(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    },
)
_CONVERSATIONS = {"default_to_current_conversation": flag, "filter": _FILTER}
_ANSWERED = {"response_url_enabled": real}


def _lengths(element: Any, at: str) -> Iterator[Problem]:
    least, most = element.get("min_length") or 0, element.get("max_length") or 3000
    if least > most:
        yield Problem(f"{at}/min_length", "min_length must not be greater than max_length")
    if len(element.get("initial_value") or "") > most:
        yield Problem(f"{at}/initial_value", f"must be less than {most + 1} characters")


_BOXES = many(option(formatted=True), 1, 10)

ELEMENTS: dict[str, Rule] = {
    "button": fields(
        {"text": plain(75)},
        _COMMON
        | {
            "url": LINK,
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": real,
            "agent_prompt": real,
            "agent_prompt_display": real,
        },
    ),
    "overflow": fields({"options": many(option(url=True), 1, 5)}, _COMMON | {"confirm": CONFIRM}, values_differ),
    "static_select": fields(
        {},
        _PICK | _LISTED | {"initial_option": OPTION},
        exactly_one("options", "option_groups"),
        initial_is_offered,
        values_differ,
    ),
    "multi_static_select": fields(
        {},
        _PICK | _LISTED | _SEVERAL | {"initial_options": many(OPTION, 1, 100)},
        exactly_one("options", "option_groups"),
        initial_is_offered,
        values_differ,
    ),
    "external_select": fields({}, _PICK | _ASKED | {"initial_option": OPTION}),
    "multi_external_select": fields({}, _PICK | _ASKED | _SEVERAL | {"initial_options": many(OPTION, 1, 100)}),
    "users_select": fields({}, _PICK | {"initial_user": string(20)}),
    "multi_users_select": fields({}, _PICK | _SEVERAL | {"initial_users": _IDS}),
    "conversations_select": fields({}, _PICK | _CONVERSATIONS | _ANSWERED | {"initial_conversation": string(20)}),
    "multi_conversations_select": fields({}, _PICK | _CONVERSATIONS | _SEVERAL | {"initial_conversations": _IDS}),
    "channels_select": fields({}, _PICK | _ANSWERED | {"initial_channel": string(20)}),
    "multi_channels_select": fields({}, _PICK | _SEVERAL | {"initial_channels": _IDS}),
    "radio_buttons": fields(
        {"options": _BOXES},
        _FOCUS | {"initial_option": option(formatted=True), "confirm": CONFIRM},
        initial_is_offered,
        values_differ,
    ),
    "checkboxes": fields(
        {"options": _BOXES},
        _FOCUS | {"initial_options": _BOXES, "confirm": CONFIRM},
        initial_is_offered,
        values_differ,
    ),
    "datepicker": fields({}, _PICK | {"initial_date": DATE}),
    "timepicker": fields({}, _PICK | {"initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": fields({}, _FOCUS | {"initial_date_time": whole(10**9, 10**10 - 1), "confirm": CONFIRM}),
    "plain_text_input": fields(
        {},
        _WRITTEN
        | {
            "initial_value": string(3000, 0),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        _lengths,
    ),
    "email_text_input": fields({}, _WRITTEN | {"initial_value": string(3000, 0)}),
    "url_text_input": fields({}, _WRITTEN | {"initial_value": string(3000, 0)}),
    "file_input": fields({}, _COMMON | {"filetypes": many(string(20), 1, 100), "max_files": whole(1, 10)}),
    "number_input": fields(
        {"is_decimal_allowed": flag},
        _WRITTEN | {"initial_value": string(50), "min_value": string(50), "max_value": string(50)},
    ),
}

_IMAGE_FIELDS = {"image_url": PICTURE, "slack_file": real}
IMAGE = fields({"alt_text": string(2000)}, _IMAGE_FIELDS, exactly_one("image_url", "slack_file"))
IMAGE_BLOCK_FIELDS = _IMAGE_FIELDS

# What Slack has and this does not model: a loud 501 instead of a wrong answer.
UNMODELLED = frozenset({"rich_text_input", "workflow_button"})
_MULTI = {name for name in ELEMENTS if name.startswith("multi_")}
_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input"}
IN_ACTIONS = {name: rule for name, rule in ELEMENTS.items() if name not in _MULTI | _TYPED}
IN_SECTION = {name: rule for name, rule in ELEMENTS.items() if name not in _TYPED | {"datetimepicker"}} | {
    "image": IMAGE
}
IN_INPUT = {name: rule for name, rule in ELEMENTS.items() if name not in {"button", "overflow"}}
IN_INPUT_OF_MESSAGE = {name: rule for name, rule in IN_INPUT.items() if name != "file_input"}
EVERY = frozenset(ELEMENTS) | {"image"} | UNMODELLED
