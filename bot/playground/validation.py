"""What Slack takes: messages' blocks and modals against Block Kit's rules, each problem with its JSON pointer.

Written as tables of its own and not on the library that builds the bot's blocks: a judge that shares the builder's
mistakes would acquit them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.playground.blocks_table import BLOCKS, HOME_FIELDS, MODAL_FIELDS, MOST, REAL, SURFACES
from bot.playground.elements import plain
from bot.playground.ids import interactive_elements
from bot.playground.model import Json
from bot.playground.refusals import RefusalError
from bot.playground.rules import Problem, Rule, fields, many, typed

VIEW_BYTES = 250_000
MESSAGE_CHARACTERS = 13_200
MARKDOWN_CHARACTERS = 12_000
MOST_CHARTS = 2


def _surface(surface: str) -> Rule:
    return many(typed(SURFACES[surface], frozenset(BLOCKS) | REAL["message"], REAL[surface]), 0, MOST[surface])


def block_problems(blocks: Any, surface: str, at: str = "/blocks") -> list[Problem]:
    """Everything wrong with these blocks on that surface ("message", "modal" or "home")."""
    problems = list(_surface(surface)(blocks, at))
    return problems or [*_doubles(blocks, at), *_focus(blocks, at), *_together(blocks, at)]


def view_problems(view: Any) -> list[Problem]:
    """Everything wrong with a modal."""
    if isinstance(view, dict) and view.get("type") == "home":
        return [Problem("/view/type", "only modals can be opened")]
    shape = fields({"title": plain(24), "blocks": _surface("modal")}, MODAL_FIELDS)
    problems = list(typed({"modal": shape})(view, "/view"))
    if problems:
        return problems
    blocks = view["blocks"]
    if any(block["type"] == "input" for block in blocks) and not view.get("submit"):
        problems.append(Problem("/view", "missing required field: submit"))
    return [*problems, *_doubles(blocks, "/view/blocks"), *_focus(blocks, "/view/blocks")]


def home_problems(view: Any) -> list[Problem]:
    """Everything wrong with a Home tab."""
    if isinstance(view, dict) and view.get("type") == "modal":
        return [Problem("/view/type", "only Home tabs can be published")]
    problems = list(typed({"home": fields({"blocks": _surface("home")}, HOME_FIELDS)})(view, "/view"))
    if problems:
        return problems
    blocks = view["blocks"]
    return [*_doubles(blocks, "/view/blocks"), *_focus(blocks, "/view/blocks")]


def _doubles(blocks: list[Json], at: str) -> Iterator[Problem]:
    """Block ids must differ within a message or modal, action ids within a block."""
    ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for number, block in enumerate(blocks):
        if ids[block.get("block_id")] > 1:
            yield Problem(f"{at}/{number}/block_id", f"block_id already exists: {block['block_id']}")
        actions = Counter(element.get("action_id") for element in interactive_elements(block))
        for action_id, times in actions.items():
            if action_id is not None and times > 1:
                yield Problem(f"{at}/{number}/elements", f"action_id already exists: {action_id}")


def _focus(blocks: list[Json], at: str) -> Iterator[Problem]:
    focused = [
        number
        for number, block in enumerate(blocks)
        for element in interactive_elements(block)
        if element.get("focus_on_load")
    ]
    for number in focused[1:]:
        yield Problem(f"{at}/{number}", "only one element can have focus_on_load")


def _together(blocks: list[Json], at: str) -> Iterator[Problem]:
    """What is counted over a whole message."""
    if sum(block["type"] == "data_visualization" for block in blocks) > MOST_CHARTS:
        yield Problem(at, f"no more than {MOST_CHARTS} data_visualization blocks allowed")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        yield Problem(at, f"markdown blocks must be less than {MARKDOWN_CHARACTERS + 1} characters together")


def check_blocks(blocks: Any, surface: str) -> None:
    """Refuses a message's blocks as chat.* and response_url do: nothing is posted."""
    problems = block_problems(blocks, surface)
    if problems:
        raise RefusalError("invalid_blocks", [str(each) for each in problems], errors=[str(each) for each in problems])
    if sum(map(len, _texts(blocks))) > MESSAGE_CHARACTERS:
        raise RefusalError("msg_blocks_too_long")


def _texts(value: Any) -> Iterator[str]:
    """Every text that a message shows."""
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == "text" and isinstance(each, str):
                yield each
            else:
                yield from _texts(each)


def check_view(view: Json, *, is_home: bool = False) -> None:
    """Refuses a modal, or a Home tab, as views.* do."""
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise RefusalError("view_too_large")
    problems = home_problems(view) if is_home else view_problems(view)
    if problems:
        raise RefusalError("invalid_arguments", [str(each) for each in problems])


def check_metadata(metadata: Any) -> Json | None:
    """Refuses metadata that is not {event_type, event_payload}; {} and None mean none."""
    if not metadata:
        return metadata if isinstance(metadata, dict) else None
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise RefusalError("invalid_metadata_format")
    if not isinstance(metadata["event_type"], str) or not isinstance(metadata["event_payload"], dict):
        raise RefusalError("invalid_metadata_schema")
    return metadata
