"""What a modal carries and gives back: where its answer goes, and what was entered in its fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.blocks import kit
from bot.blocks.kit import Block, Modal
from bot.blocks.words import Words

REPLIES = 29 * 60  # seconds in which a click can be answered; Slack allows 30 minutes

_KINDS = ("option", "options", "user", "users", "conversation", "date", "time")

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]  # `view.state.values` of a submission


@dataclass(frozen=True)
class FormState:
    """What a modal carries as `private_metadata`, which only Slack and the bot see."""

    reply_to: str  # the response_url of the click that opened it: the only way to the private message it stood in
    opened: int  # when, in seconds of Unix time
    about: str = ""  # a filter, or the id of what is changed
    version: int = 0  # of what is changed, as it was shown

    def can_reply(self, now: float) -> bool:
        return bool(self.reply_to) and now - self.opened < REPLIES


def write(state: FormState) -> str:
    made = [state.reply_to, state.opened, state.about, state.version]
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> FormState | None:
    """The state that a modal carries; None where it is none, as of another release."""
    try:
        reply_to, opened, about, version = json.loads(text)
        return FormState(str(reply_to), int(opened), str(about), int(version))
    except (ValueError, TypeError):
        return None


def modal(
    title: str, blocks: Sequence[Block], callback: str, state: FormState, words: Words, submit: str = ""
) -> Modal:
    """A modal with a form that carries its state."""
    return kit.modal(
        title,
        blocks,
        close=words("Cancel"),
        submit=submit or words("Save"),
        callback=callback,
        metadata=write(state),
    )


def entered(values: Values) -> dict[str, str]:
    """What was entered, by field; several choices with commas between them. Empty fields are left out."""
    fields = {name: _text(value) for elements in values.values() for name, value in elements.items()}
    return {name: text for name, text in fields.items() if text}


def _text(value: Mapping[str, Any]) -> str:
    match value:
        case {"selected_option": {"value": str(chosen)}}:
            return chosen
        case {"selected_options": list(several)}:
            return ",".join(one["value"] for one in several)
        case {"selected_users": list(several)}:
            return ",".join(several)
        case {"selected_date": str(moment)} | {"selected_time": str(moment)}:
            return moment
        case {"selected_user": str(text)} | {"selected_conversation": str(text)} | {"value": str(text)}:
            return text.strip()
    return ""


def opened(blocks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What stood in the fields of a modal when it was opened, as `entered` gives it."""
    fields = [block["element"] for block in blocks if block["type"] == "input"]
    return {one["action_id"]: text for one in fields if (text := _text(_prefilled(one)))}


def _prefilled(element: Mapping[str, Any]) -> dict[str, Any]:
    names = {"initial_value": "value"} | {f"initial_{kind}": f"selected_{kind}" for kind in _KINDS}
    return {names[name]: value for name, value in element.items() if name in names}
