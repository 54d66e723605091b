"""Block Kit's blocks with their limits, as rules, and which surface takes which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.playground.elements import (
    EVERY,
    IMAGE,
    IMAGE_BLOCK_FIELDS,
    IN_ACTIONS,
    IN_INPUT,
    IN_INPUT_OF_MESSAGE,
    IN_SECTION,
    LINK,
    UNMODELLED,
    plain,
    words,
)
from bot.playground.rules import (
    Problem,
    Rule,
    any_of,
    exactly_one,
    fields,
    flag,
    many,
    number,
    one_of,
    string,
    typed,
    whole,
)

_ID: dict[str, Rule] = {"block_id": string(255)}

_STYLE = fields({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "unlink"), flag))
_INLINE = typed(
    {
        "text": fields({"text": string(3000)}, {"style": _STYLE}),
        "link": fields({"url": LINK}, {"text": string(3000), "style": _STYLE, "unsafe": flag}),
        "emoji": fields({"name": string(100)}, {"unicode": string(50), "style": _STYLE, "skin_tone": whole(1, 6)}),
        "user": fields({"user_id": string(20)}, {"style": _STYLE}),
        "channel": fields({"channel_id": string(20)}, {"style": _STYLE}),
        "usergroup": fields({"usergroup_id": string(20)}, {"style": _STYLE}),
        "broadcast": fields({"range": one_of("here", "channel", "everyone")}, {"style": _STYLE}),
        "date": fields(
            {"timestamp": whole(0, 10**10), "format": string(200)},
            {"fallback": string(200), "url": string(3000), "style": _STYLE},
        ),
    },
    real=frozenset({"color", "team"}),
)
_LINE = many(_INLINE, 0, 1000)
_SECTION = fields({"elements": _LINE})
_RICH = typed(
    {
        "rich_text_section": _SECTION,
        "rich_text_quote": fields({"elements": _LINE}, {"border": whole(0, 1)}),
        "rich_text_preformatted": fields({"elements": _LINE}, {"border": whole(0, 1), "language": string(50)}),
        "rich_text_list": fields(
            {"elements": many(typed({"rich_text_section": _SECTION}), 1, 1000), "style": one_of("bullet", "ordered")},
            {"indent": whole(0, 8), "border": whole(0, 1), "offset": whole(0, 10**6)},
        ),
    }
)

_TEXT = words(3000)


def _input(elements: dict[str, Rule]) -> Rule:
    return fields(
        {"label": plain(2000), "element": typed(elements, EVERY, UNMODELLED)},
        _ID | {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
    )


def _one_point_per_category(chart: Any, at: str) -> Iterator[Problem]:
    """Categories and names of series differ; each series has exactly one point for every category."""
    categories = chart["axis_config"]["categories"]
    names = [series["name"] for series in chart["series"]]
    if len(set(categories)) != len(categories):
        yield Problem(f"{at}/axis_config/categories", "categories must be unique")
    if len(set(names)) != len(names):
        yield Problem(f"{at}/series", "series names must be unique")
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            yield Problem(f"{at}/series/{index}/data", "must have exactly one point for each category")


_POINT = fields({"label": string(20), "value": number()})
_PLOT = fields(
    {
        "series": many(fields({"name": string(20), "data": many(_POINT, 1, 20)}), 1, 12),
        "axis_config": fields({"categories": many(string(20), 1, 20)}, {"x_label": string(50), "y_label": string(50)}),
    },
    {},
    _one_point_per_category,
)
_PIE = fields({"segments": many(fields({"label": string(20), "value": number(above=0)}), 1, 12)})


BLOCKS: dict[str, Rule] = {
    "section": fields(
        {},
        _ID
        | {
            "text": _TEXT,
            "fields": many(words(2000), 1, 10),
            "accessory": typed(IN_SECTION, EVERY, UNMODELLED),
            "expand": flag,
        },
        any_of("text", "fields"),
    ),
    "header": fields({"text": plain(150)}, _ID | {"level": whole(1, 4)}),
    "divider": fields({}, _ID),
    "context": fields(
        {
            "elements": many(
                typed(
                    {
                        "image": IMAGE,
                        "plain_text": fields({"text": string(3000)}, {"emoji": flag}),
                        "mrkdwn": fields({"text": string(3000)}, {"verbatim": flag}),
                    },
                    EVERY,
                ),
                1,
                10,
            )
        },
        _ID,
    ),
    "actions": fields({"elements": many(typed(IN_ACTIONS, EVERY, UNMODELLED), 1, 25)}, _ID),
    "input": _input(IN_INPUT),
    "image": fields(
        {"alt_text": string(2000)},
        _ID | IMAGE_BLOCK_FIELDS | {"title": plain(2000)},
        exactly_one("image_url", "slack_file"),
    ),
    "rich_text": fields({"elements": many(_RICH, 1, 1000)}, _ID),
    "markdown": fields({"text": string(12_000)}, _ID),
    "data_visualization": fields(
        {"title": string(50), "chart": typed({"pie": _PIE, "bar": _PLOT, "line": _PLOT, "area": _PLOT})}, _ID
    ),
    "alert": fields({"text": words(200)}, _ID | {"level": one_of("default", "info", "warning", "error", "success")}),
}

# Real blocks that are not modelled yet, per surface that takes them.
_MESSAGE_ONLY = {"table", "data_table", "card", "carousel", "container"}
_MESSAGE_ONLY |= {"context_actions", "plan", "task_card", "video"}
REAL = {
    "message": frozenset(_MESSAGE_ONLY),
    "modal": frozenset({"video"}),
    "home": frozenset({"video", "card", "carousel"}),
}
SURFACES = {
    "message": {name: rule for name, rule in BLOCKS.items() if name != "alert"}
    | {"input": _input(IN_INPUT_OF_MESSAGE)},
    "modal": {name: rule for name, rule in BLOCKS.items() if name not in ("markdown", "data_visualization")},
    "home": {name: rule for name, rule in BLOCKS.items() if name not in ("markdown", "data_visualization", "alert")}
    | {"input": _input(IN_INPUT_OF_MESSAGE)},
}
MOST = {"message": 50, "modal": 100, "home": 100}

MODAL_FIELDS: dict[str, Rule] = {
    "close": plain(24),
    "submit": plain(24),
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
    "clear_on_close": flag,
    "notify_on_close": flag,
}
HOME_FIELDS: dict[str, Rule] = {name: MODAL_FIELDS[name] for name in ("private_metadata", "callback_id", "external_id")}
