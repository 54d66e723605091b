"""The menu of a list and of the overview: filters that narrow it, and what else can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import ids
from bot.reply import Reply
from commands.arguments import Turn, read_filter
from commands.engagement import lists, views

Payload = Mapping[str, Any]


def on_more(
    ack: Ack,
    action: Payload,
    body: Payload,
    slack: WebClient,
    reply: Reply,
    turn: Turn,
    now: Callable[[], datetime],
) -> None:
    kept = lists.carried(action, turn)
    match action["selected_option"]["value"]:
        case ids.SAVE_VIEW:
            views.on_save(ack, body, slack, turn, kept)
        case ids.SAVED_VIEWS:
            views.on_list(ack, reply, turn)
        case ids.EXPORT:
            lists.on_export(ack, reply, turn, kept, now())
        case text:
            chosen = read_filter(text, turn)
            of = kept if chosen.whose.is_default else kept.of(chosen)
            lists.on_narrow(ack, reply, turn, of.narrowed(chosen))
