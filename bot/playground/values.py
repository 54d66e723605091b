"""What elements hold: the value that Slack writes for each kind: empty, prefilled, chosen; what its client refuses."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.elements import options_of
from bot.playground.ids import interactive_elements
from bot.playground.model import Json, Values
from bot.playground.refusals import ImpossibleError, NotModelledError

# Per element: the field that holds what was chosen, and the field that prefills it.
_FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),  # nothing prefills it
}
STATELESS = frozenset({"button", "overflow"})


def chosen_field(element: Json) -> str:
    """The field in which Slack writes what was chosen in this element; overflow menus keep none in state."""
    return "selected_option" if element["type"] == "overflow" else _FIELDS[element["type"]][0]


def state_values(blocks: list[Json], inputs: Values, here: str | None = None) -> Values:
    """`state.values` of a message or modal: every element that keeps a value: chosen, prefilled or empty.

    `here` is the conversation that `default_to_current_conversation` means.
    """
    values: Values = {}
    for block in blocks:
        for element in interactive_elements(block):
            if element["type"] not in STATELESS:
                kept = inputs.get(block["block_id"], {}).get(element["action_id"])
                at = values.setdefault(block["block_id"], {})
                at[element["action_id"]] = kept if kept is not None else initial_value(element, here)
    return values


def initial_value(element: Json, here: str | None = None) -> Json:
    """The element's value before anybody touches it: its prefilled one, else the empty value of its kind."""
    chosen, prefilled = _FIELDS[element["type"]]
    several = chosen.endswith("s")
    if element.get("default_to_current_conversation") and here and prefilled not in element:
        return {"type": element["type"], chosen: [here] if several else here}
    return {"type": element["type"], chosen: element.get(prefilled, [] if several else None)}


def is_empty(value: Json) -> bool:
    return all(held in (None, [], "") for name, held in value.items() if name != "type")


def entered(element: Json, raw: Any) -> Json:
    """The element's value after a person entered `raw`: text, an option's value, ids, a date; lists for several.

    ImpossibleError where Slack's client could not have produced it, such as an option that is not offered.
    """
    kind, chosen = element["type"], chosen_field(element)
    if raw in (None, "", []):
        return {"type": kind, chosen: [] if chosen.endswith("s") else None}
    if chosen == "selected_option":
        held: Any = _option(element, raw)
    elif chosen == "selected_options":
        held = [_option(element, each) for each in _several(raw)]
    elif chosen.endswith("s"):
        held = _several(raw)
    else:
        held = _written(kind, raw)
    most = element.get("max_selected_items")
    if most is not None and len(held) > most:
        raise ImpossibleError(f"no more than {most} items can be chosen")
    return {"type": kind, chosen: held}


# What a picker can give at all.
_PICKED = {
    "datepicker": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
    "timepicker": r"([01]\d|2[0-3]):[0-5]\d",
    "datetimepicker": r"\d{10}",
}

# What Slack's client takes in inputs that are typed, and what it says of anything else.
_TYPED = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "Please enter a valid email address."),
    "url_text_input": (r"[A-Za-z][A-Za-z0-9+.-]*://\S+", "Please enter a valid URL."),
}


def _written(kind: str, raw: Any) -> str | int:
    if kind in _PICKED and not re.fullmatch(_PICKED[kind], str(raw)):
        raise ImpossibleError(f"no {kind} gives {raw!r}")
    return int(raw) if kind == "datetimepicker" else str(raw)


def _several(raw: Any) -> list[Any]:
    return list(raw) if isinstance(raw, list | tuple) else [raw]


def _option(element: Json, value: Any) -> Json:
    for option in options_of(element):
        if option["value"] == value:
            return dict(option)
    raise ImpossibleError(f"{value!r} is not an option of {element.get('action_id')}")


def complaint(block: Json, value: Json) -> str | None:
    """What Slack's client says beside an input before it sends anything; None where it has nothing to say."""
    element = block["element"]
    if is_empty(value):
        return None if block.get("optional") else "Please complete this required field."
    text = str(value.get("value"))
    if element["type"] == "plain_text_input":
        least, most = element.get("min_length") or 0, element.get("max_length") or 3000
        if len(text) < least:
            return f"Please enter at least {least} characters."
        if len(text) > most:
            return f"Please enter no more than {most} characters."
    if element["type"] in _TYPED:
        pattern, words = _TYPED[element["type"]]
        return None if re.fullmatch(pattern, text) else words
    return _number_complaint(element, text) if element["type"] == "number_input" else None


def _number_complaint(element: Json, text: str) -> str | None:
    if not re.fullmatch(r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+", text, re.ASCII):
        return "Please enter a valid number."
    number = float(text)
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def find_element(blocks: list[Json], block_id: str, action_id: str) -> tuple[Json, Json]:
    """The block and the element of those ids, as they are shown now; ImpossibleError where there is none."""
    for block in blocks:
        if block["block_id"] == block_id:
            for element in interactive_elements(block):
                if element["action_id"] == action_id:
                    return block, element
    raise ImpossibleError(f"there is no element {action_id} in a block {block_id} here")


def keep_inputs(blocks: list[Json], inputs: Values) -> Values:
    """What was entered, as far as block id and action id both still stand there; the rest is forgotten."""
    standing = {
        (block["block_id"], element["action_id"]) for block in blocks for element in interactive_elements(block)
    }
    kept: Values = {}
    for block_id, actions in inputs.items():
        for action_id, value in actions.items():
            if (block_id, action_id) in standing:
                kept.setdefault(block_id, {})[action_id] = value
    return kept


def action_json(block: Json, element: Json, chosen: Json, action_ts: str) -> Json:
    """The entry in `actions` of a block_actions payload."""
    kind = element["type"]
    action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    for name in ("text", "value", "style", "url", "placeholder", "confirm"):
        if name in element and not (name == "text" and kind != "button"):
            action["confirm" if name == "confirm" else name] = element[name]
    if kind == "button" and chosen:
        raise ImpossibleError("a button has nothing to choose")
    if kind != "button":
        field = chosen_field(element)
        if set(chosen) != {field}:
            raise NotModelledError(f"{kind} takes {field}, not {', '.join(chosen) or 'nothing'}")
        action |= {k: v for k, v in entered(element, chosen[field]).items() if k != "type"}
    return action | {"action_ts": action_ts}
