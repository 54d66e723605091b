"""Selects whose options the app gives while something is typed: what it may answer, and what can then be chosen."""

from __future__ import annotations

from typing import Any

from bot.playground.elements import EXTERNAL, GROUP, OPTION, options_of
from bot.playground.model import Json, Message, View
from bot.playground.refusals import ImpossibleError, NotModelledError, RefusalError
from bot.playground.rules import exactly_one, fields, many
from bot.playground.values import chosen_field, initial_value

MIN_QUERY_LENGTH = 3  # characters that are typed before anything is asked, unless the element says otherwise

_ANSWER = fields(
    {}, {"options": many(OPTION, 0, 100), "option_groups": many(GROUP, 0, 100)}, exactly_one("options", "option_groups")
)


def least(element: Json) -> int:
    """So many characters must be typed. ImpossibleError for an element that asks for nothing."""
    if element["type"] not in EXTERNAL:
        raise ImpossibleError(f"{element['type']} loads no options")
    return int(element.get("min_query_length", MIN_QUERY_LENGTH))


def check_suggestions(answer: Any) -> list[Json]:
    """The options of an acknowledgement, those in groups included. RefusalError where Slack takes none of it."""
    problems = [str(one) for one in _ANSWER(answer, "")]
    if problems:
        raise RefusalError("invalid_arguments", problems)
    return options_of(answer)


def with_options(element: Json, source: Message | View, block_id: str) -> Json:
    """An external select with all that can be chosen in it: what was loaded, was there from the start, or is chosen."""
    if element["type"] not in EXTERNAL:
        return element
    if not isinstance(source, View):
        raise NotModelledError(f"{element['type']} in a message")
    loaded = source.loaded.get((block_id, element["action_id"]), {})
    kept = source.inputs.get(block_id, {}).get(element["action_id"])
    offered = {one["value"]: one for one in [*chosen(element, kept), *loaded.values()]}
    return element | {"options": list(offered.values())}


def chosen(element: Json, kept: Json | None) -> list[Json]:
    """The options that the app chose from the start, and those that are chosen now."""
    held = [each[chosen_field(element)] for each in (initial_value(element), kept) if each is not None]
    return [one for some in held for one in (some if isinstance(some, list) else [some]) if one is not None]
