"""Elements of blocks: buttons, menus, boxes and fields, within Slack's limits. All are reached through `kit`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from slackblocks import (
    CheckboxGroup,
    Option,
    PlainText,
    PlainTextInput,
    RadioButtonGroup,
    StaticMultiSelectMenu,
    StaticSelectMenu,
    UserSelectMenu,
)

from bot.blocks.text import cut

Element = dict[str, Any]

BUTTON = 75
OPTION = 75
CHOICES = 100  # of a menu


def plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(label: str, action: str, value: str, *, stands_out: bool = False) -> Element:
    """A button. The value, at most 2,000 characters, is all the state it has."""
    made: Element = {"type": "button", "text": plain_text(cut(label, BUTTON)), "action_id": action}
    if stands_out:
        made["style"] = "primary"
    return {**made, "value": value} if value else made


def select(action: str, options: Sequence[tuple[str, str]], chosen: str | None = None) -> Element:
    """A menu of at most 100 (label, value)."""
    made = _options(options[:100])
    initial = made.get(chosen) if chosen is not None else None
    return StaticSelectMenu(action_id=action, options=list(made.values()), initial_option=initial)._resolve()


def selects(action: str, options: Sequence[tuple[str, str]], chosen: Iterable[str]) -> Element:
    """A menu of at most 100 (label, value), of which several can be chosen."""
    made = _options(options[:100])
    initial = [made[value] for value in chosen if value in made]
    return StaticMultiSelectMenu(action, list(made.values()), initial_options=initial or None)._resolve()


def search(action: str, chosen: tuple[str, str] | None = None) -> Element:
    """A menu of (label, value) that a listener of options finds while something is typed."""
    made = {"type": "external_select", "action_id": action, "min_query_length": 0}
    return made if chosen is None else {**made, "initial_option": _option(*chosen)}


def searches(action: str, chosen: Sequence[tuple[str, str]] = ()) -> Element:
    """The same, of which several can be chosen."""
    made = {
        "type": "multi_external_select",
        "action_id": action,
        "min_query_length": 0,
        "max_selected_items": CHOICES,
    }
    return {**made, "initial_options": [_option(*one) for one in chosen]} if chosen else made


def found(options: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What a listener of options acknowledges with: the first hundred (label, value)."""
    return {"options": [_option(*one) for one in islice(options, CHOICES)]}


def _option(label: str, value: str) -> dict[str, Any]:
    return {"text": plain_text(cut(label, OPTION)), "value": value}


def radios(action: str, options: Sequence[tuple[str, str]], chosen: str) -> Element:
    """At most ten (label, value), of which one is chosen."""
    made = _options(options[:10])
    return RadioButtonGroup(action, list(made.values()), initial_option=made[chosen])._resolve()


def box(action: str, label: str, value: str, *, ticked: bool) -> Element:
    """A box to be ticked."""
    return boxes(action, [(label, value)], [value] if ticked else [])


def boxes(action: str, options: Sequence[tuple[str, str]], ticked: Iterable[str]) -> Element:
    """At most ten (label, value) to be ticked."""
    made = _options(options[:10])
    initial = [made[value] for value in ticked if value in made]
    return CheckboxGroup(action, list(made.values()), initial_options=initial or None)._resolve()


def line(action: str, value: str | None, most: int) -> Element:
    """A line of at most so many characters to be typed."""
    return PlainTextInput(action, initial_value=value or None, max_length=_most(value, most))._resolve()


def lines(action: str, value: str | None, most: int) -> Element:
    """The same of several lines."""
    return PlainTextInput(action, initial_value=value or None, multiline=True, max_length=_most(value, most))._resolve()


def _most(value: str | None, most: int) -> int | None:
    """Slack refuses a field that begins with more than it may hold: who typed it keeps it, and is told on submit."""
    return most if len(value or "") <= most else None


def person(action: str, chosen: str | None) -> Element:
    """A menu of the people of the Slack workspace; `chosen` is a Slack user's id."""
    return UserSelectMenu(action_id=action, initial_user=chosen)._resolve()


def one_person(action: str, placeholder: str) -> Element:
    """A menu of the people of the Slack workspace that acts as soon as one is chosen."""
    return {"type": "users_select", "action_id": action, "placeholder": plain_text(cut(placeholder, 150))}


def persons(action: str, chosen: Iterable[str]) -> Element:
    """A menu of the people of the Slack workspace, of whom several can be chosen; `chosen` are Slack users' ids."""
    found = list(chosen)
    made = {"type": "multi_users_select", "action_id": action}
    return {**made, "initial_users": found} if found else made


def conversation(action: str, chosen: str | None, *, shared: bool = False) -> Element:
    """A menu of channels, public or private; those shared with another company only where it is said so."""
    ours = {} if shared else {"exclude_external_shared_channels": True}
    rule = {"include": ["public", "private"], **ours, "exclude_bot_users": True}
    made: Element = {"type": "conversations_select", "action_id": action, "filter": rule}
    return {**made, "initial_conversation": chosen} if chosen else made


def asking(element: Element, title: str, text: str, yes: str, no: str) -> Element:
    """The element with a question before it acts."""
    said = {"title": plain_text(cut(title, 100)), "text": plain_text(cut(text, 300))}
    return {**element, "confirm": {**said, "confirm": plain_text(cut(yes, 30)), "deny": plain_text(cut(no, 30))}}


def files(action: str, most: int) -> Element:
    """A place for files, in modals only."""
    return {"type": "file_input", "action_id": action, "max_files": most}


def _options(options: Iterable[tuple[str, str]]) -> dict[str, Option]:
    return {value: Option(PlainText(cut(label, OPTION)), value) for label, value in options}


def overflow(action: str, options: Sequence[tuple[str, str]]) -> Element:
    """A "⋯" menu of at most five (label, value); a value has at most 150 characters."""
    made = [{"text": plain_text(cut(label, OPTION)), "value": value} for label, value in options[:5]]
    return {"type": "overflow", "action_id": action, "options": made}
