"""Block Kit: with its elements the only place that knows the library behind it, and its limits. All text comes by here.

What every message is made of (sections, notes, buttons, "⋯" menus) is written down as Slack takes it: built by the
library, which checks what is cut to the limits here already, the five blocks of a card take ten times as long. The rest
is the library's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any, Literal

from slackblocks import (
    AxisConfig,
    BarChart,
    ConversationFilter,
    ConversationSelectMenu,
    DataPoint,
    DataSeries,
    DataVisualizationBlock,
    DatePicker,
    InputBlock,
    LineChart,
    PlainText,
    PlainTextInput,
)

from bot.blocks.elements import CHOICES as CHOICES
from bot.blocks.elements import Element as Element
from bot.blocks.elements import asking as asking
from bot.blocks.elements import box as box
from bot.blocks.elements import boxes as boxes
from bot.blocks.elements import button as button
from bot.blocks.elements import conversation as conversation
from bot.blocks.elements import files as files
from bot.blocks.elements import found as found
from bot.blocks.elements import line as line
from bot.blocks.elements import lines as lines
from bot.blocks.elements import one_person as one_person
from bot.blocks.elements import overflow as overflow
from bot.blocks.elements import person as person
from bot.blocks.elements import persons as persons
from bot.blocks.elements import plain_text
from bot.blocks.elements import radios as radios
from bot.blocks.elements import search as search
from bot.blocks.elements import searches as searches
from bot.blocks.elements import select as select
from bot.blocks.elements import selects as selects
from bot.blocks.text import ELLIPSIS
from bot.blocks.text import bar as bar
from bot.blocks.text import cut as cut
from bot.blocks.text import escape as escape
from bot.blocks.text import link as link
from bot.blocks.text import name as name
from bot.blocks.text import plain as plain
from bot.blocks.text import spoken as spoken

Block = dict[str, Any]
Message = dict[str, Any]  # what chat.postMessage, an acknowledgement and a response_url take
Modal = dict[str, Any]  # what views.open and views.update take
Home = dict[str, Any]  # what views.publish takes

MESSAGE_BLOCKS = 50
HOME_BLOCKS = 100
CELL = 2_000  # characters of a column's text
SECTION = 3000  # characters of a section's text
CHART_TITLE = 50
LABEL = 20  # of a point or a series in a chart
POINTS = 20
VALUE = 2_000  # of a button
BLOCK_ID = 255
TITLE = 24
TEXT = 4000  # of a message's `text`: chat.update refuses more


def section(*lines: str, accessory: Element | None = None) -> Block:
    """A section of lines of mrkdwn. Without `expand`, Slack folds a long one behind "See more"."""
    made = {"type": "section", "text": _mrkdwn(_fit(lines)), "expand": True}
    return made if accessory is None else {**made, "accessory": accessory}


def columns(*cells: str, accessory: Element | None = None) -> Block:
    """A section of at most ten texts of mrkdwn, two beside each other."""
    made: Block = {"type": "section", "fields": [_mrkdwn(one if len(one) <= CELL else ELLIPSIS) for one in cells[:10]]}
    return made if accessory is None else {**made, "accessory": accessory}


def carrying(name: str, state: str, block: Block) -> Block:
    """The block with a state that its menus send back as `block_id`; their options' values are too short for it.

    `name` tells apart the blocks of a message. Without its menus where the state is too long: they would know nothing.
    """
    made = f"{name}:{state}"
    return {**block, "block_id": made} if len(made) <= BLOCK_ID else _without_menus(block)


def carried(block_id: str) -> str | None:
    """The state that a block carries; None where it carries none."""
    _, colon, state = block_id.partition(":")
    return state if colon else None


def _without_menus(block: Block) -> Block:
    kept = {key: value for key, value in block.items() if key != "accessory"}
    if "elements" in kept:
        kept["elements"] = [one for one in kept["elements"] if one["type"] == "button"]
    return kept


def sections(lines: Iterable[str]) -> list[Block]:
    """As many sections as the lines need."""
    found: list[list[str]] = [[]]
    for told in lines:
        if found[-1] and sum(len(one) + 1 for one in found[-1]) + len(told) > SECTION:
            found.append([])
        found[-1].append(told)
    return [section(*part) for part in found if part]


def _fit(lines: Sequence[str]) -> str:
    """Whole lines up to the limit, then an ellipsis: a line that was escaped is never cut inside."""
    whole = "\n".join(lines)
    if len(whole) <= SECTION:
        return whole or ELLIPSIS
    kept = ""
    for told in lines:
        if len(kept) + len(told) + 3 > SECTION:  # with two line ends and the ellipsis
            break
        kept += f"{told}\n"
    return kept + ELLIPSIS


def _mrkdwn(text: str) -> dict[str, Any]:
    """`verbatim` keeps imported text from becoming links and pings."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def actions(*elements: Element) -> Block:
    return {"type": "actions", "elements": list(elements)}


def field(label: str, element: Element, hint: str = "", *, optional: bool = True) -> Block:
    """A field of a modal; its block has the element's id, so that an error finds its place."""
    made = {
        "type": "input",
        "block_id": element["action_id"],
        "label": plain_text(label),
        "element": element,
        "optional": optional,
    }
    return {**made, "hint": plain_text(hint)} if hint else made


def channel_picker(label: str, block: str, action: str, chosen: str | None, hint: str) -> Block:
    """An input for a channel, public or private, never one shared with another company."""
    menu = ConversationSelectMenu(
        action_id=action,
        initial_conversation=chosen,
        filter=ConversationFilter(
            include=["public", "private"], exclude_external_shared_channels=True, exclude_bot_users=True
        ),
    )
    return InputBlock(PlainText(label), menu, block_id=block, hint=PlainText(hint))._resolve()


def day_picker(label: str, block: str, chosen: date) -> Block:
    """An input for a day; block and action id alike."""
    element = DatePicker(action_id=block, initial_date=chosen.isoformat())
    return InputBlock(PlainText(label), element, block_id=block)._resolve()


def time_picker(label: str, block: str, chosen: time) -> Block:
    """An input for a time of day; block and action id alike."""
    element = {"type": "timepicker", "action_id": block, "initial_time": chosen.isoformat("minutes")}
    return field(label, element, optional=False)


def text_input(label: str, block: str, longest: int, *, optional: bool = False) -> Block:
    """An input for some words; block and action id alike."""
    element = PlainTextInput(action_id=block, multiline=True, max_length=longest)
    return InputBlock(PlainText(label), element, block_id=block, optional=optional)._resolve()


def chart(title: str, kind: Literal["bar", "line"], points: Sequence[tuple[str, float]], name: str) -> Block:
    """A chart of one series of at most twenty points, each with a label of its own. For messages only."""
    shown = [(cut(label, LABEL), value) for label, value in points[-POINTS:]]
    series = [DataSeries(cut(name, LABEL), [DataPoint(label, value) for label, value in shown])]
    axis = AxisConfig([label for label, _ in shown])
    made = BarChart(series, axis) if kind == "bar" else LineChart(series, axis)
    block: Block = DataVisualizationBlock(cut(title, CHART_TITLE), made)._resolve()
    return {name: value for name, value in block.items() if name != "block_id"}  # the library makes one up each time


def message(text: str, blocks: Sequence[Block]) -> Message:
    """A message: blocks, and beside them a complete `text`, which is all that phones and screen readers take."""
    if len(blocks) > MESSAGE_BLOCKS:
        raise ValueError(f"{len(blocks)} blocks; Slack takes {MESSAGE_BLOCKS}")
    return {"text": cut(text, TEXT), "blocks": _identified(blocks)}


def modal(
    title: str,
    blocks: Sequence[Block],
    *,
    close: str,
    callback: str | None = None,
    submit: str | None = None,
    metadata: str = "",
) -> Modal:
    """A modal. `metadata` (at most 3,000 characters) comes back with its submission."""
    made = {
        "type": "modal",
        "title": plain_text(cut(title, TITLE)),
        "blocks": _identified(blocks),
        "close": plain_text(close),
        "submit": plain_text(submit) if submit else None,
        "callback_id": callback,
        "private_metadata": metadata or None,
    }
    return {name: value for name, value in made.items() if value is not None}


def home(blocks: Sequence[Block]) -> Home:
    """A Home tab."""
    if len(blocks) > HOME_BLOCKS:
        raise ValueError(f"{len(blocks)} blocks; Slack takes {HOME_BLOCKS}")
    return {"type": "home", "blocks": _identified(blocks)}


def _identified(blocks: Sequence[Block]) -> list[Block]:
    """Each block with its place for an id, unless it has one that something refers to."""
    return [block if "block_id" in block else {**block, "block_id": f"b{at}"} for at, block in enumerate(blocks)]
