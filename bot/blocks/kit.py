"""Block Kit: the only module that knows the library behind it, and Slack's limits. All text comes by here, too.

What every message is made of (sections, notes, buttons, "⋯" menus) is written down as Slack takes it: built by the
library, which checks what is cut to the limits here already, the five blocks of a card take ten times as long. The rest
is the library's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from itertools import islice
from typing import Any, Literal

from slackblocks import (
    AxisConfig,
    BarChart,
    CheckboxGroup,
    ConversationFilter,
    ConversationSelectMenu,
    DataPoint,
    DataSeries,
    DataVisualizationBlock,
    DatePicker,
    InputBlock,
    LineChart,
    Option,
    PlainText,
    PlainTextInput,
    RadioButtonGroup,
    StaticMultiSelectMenu,
    StaticSelectMenu,
    UserSelectMenu,
)

from bot.blocks.text import ELLIPSIS
from bot.blocks.text import bar as bar
from bot.blocks.text import cut as cut
from bot.blocks.text import escape as escape
from bot.blocks.text import link as link
from bot.blocks.text import name as name
from bot.blocks.text import plain as plain
from bot.blocks.text import spoken as spoken

Block = dict[str, Any]
Element = dict[str, Any]  # of a block: a button, a menu
Message = dict[str, Any]  # what chat.postMessage, an acknowledgement and a response_url take
Modal = dict[str, Any]  # what views.open and views.update take
Home = dict[str, Any]  # what views.publish takes

MESSAGE_BLOCKS = 50
HOME_BLOCKS = 100
CELL = 2_000  # characters of a column's text
SECTION = 3000  # characters of a section's text
BUTTON = 75
CHART_TITLE = 50
LABEL = 20  # of a point or a series in a chart
POINTS = 20
VALUE = 2_000  # of a button
BLOCK_ID = 255
OPTION = 75
CHOICES = 100  # of a menu
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
    for line in lines:
        if found[-1] and sum(len(one) + 1 for one in found[-1]) + len(line) > SECTION:
            found.append([])
        found[-1].append(line)
    return [section(*part) for part in found if part]


def _fit(lines: Sequence[str]) -> str:
    """Whole lines up to the limit, then an ellipsis: a line that was escaped is never cut inside."""
    whole = "\n".join(lines)
    if len(whole) <= SECTION:
        return whole or ELLIPSIS
    kept = ""
    for line in lines:
        if len(kept) + len(line) + 3 > SECTION:  # with two line ends and the ellipsis
            break
        kept += f"{line}\n"
    return kept + ELLIPSIS


def _mrkdwn(text: str) -> dict[str, Any]:
    """`verbatim` keeps imported text from becoming links and pings."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def actions(*elements: Element) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(label: str, action: str, value: str, *, stands_out: bool = False) -> Element:
    """A button. The value, at most 2,000 characters, is all the state it has."""
    made: Element = {"type": "button", "text": _plain_text(cut(label, BUTTON)), "action_id": action}
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
    return {"text": _plain_text(cut(label, OPTION)), "value": value}


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
    return {"type": "users_select", "action_id": action, "placeholder": _plain_text(cut(placeholder, 150))}


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
    said = {"title": _plain_text(cut(title, 100)), "text": _plain_text(cut(text, 300))}
    return {**element, "confirm": {**said, "confirm": _plain_text(cut(yes, 30)), "deny": _plain_text(cut(no, 30))}}


def files(action: str, most: int) -> Element:
    """A place for files, in modals only."""
    return {"type": "file_input", "action_id": action, "max_files": most}


def field(label: str, element: Element, hint: str = "", *, optional: bool = True) -> Block:
    """A field of a modal; its block has the element's id, so that an error finds its place."""
    made = {
        "type": "input",
        "block_id": element["action_id"],
        "label": _plain_text(label),
        "element": element,
        "optional": optional,
    }
    return {**made, "hint": _plain_text(hint)} if hint else made


def _options(options: Iterable[tuple[str, str]]) -> dict[str, Option]:
    return {value: Option(PlainText(cut(label, OPTION)), value) for label, value in options}


def overflow(action: str, options: Sequence[tuple[str, str]]) -> Element:
    """A "⋯" menu of at most five (label, value); a value has at most 150 characters."""
    made = [{"text": _plain_text(cut(label, OPTION)), "value": value} for label, value in options[:5]]
    return {"type": "overflow", "action_id": action, "options": made}


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
        "title": _plain_text(cut(title, TITLE)),
        "blocks": _identified(blocks),
        "close": _plain_text(close),
        "submit": _plain_text(submit) if submit else None,
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
