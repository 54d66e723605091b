"""`/digest`: what each digest tells which channel and when, to be previewed, changed, paused, sent and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import digest_list as show
from bot.blocks import ids
from bot.blocks.kit import Message
from bot.domain.access import Right
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, carried_id, chosen, typed
from commands.digests import edit, ending, running
from commands.digests.door import enter
from storage import digest_settings
from storage.audience import Audience

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def page(turn: Turn, first: int = 0) -> Message:
    with turn.db.read() as connection:
        found = digest_settings.every(connection, turn.person)
    return show.page(found, first, turn.person, turn.now, turn.words)


def on_command(ack: Ack, command: Payload, slack: WebClient, turn: Turn) -> None:
    """`/digest [word]`."""
    enter(turn)
    match typed(command.get("text")).casefold():
        case "":
            ack(**page(turn))
        case "new" | "create":
            ack()
            edit.open_new({"trigger_id": command["trigger_id"]}, slack, turn)
        case "help" | "?":
            ack(**show.usage(command["command"], turn.words))
        case word:
            raise UserError("workspace_word", word=word, command=command["command"])


def on_list(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Another page, or the list in the place of what led to it."""
    ack()
    enter(turn)
    reply(**page(turn, carried_id(action.get("value", "")) or 0))


def on_more(
    ack: Ack,
    action: Payload,
    body: Payload,
    slack: WebClient,
    reply: Reply,
    audience: Audience,
    turn: Turn,
    compose: running.Compose,
    now: Clock,
) -> None:
    """What was chosen in the menu of one."""
    ack()
    enter(turn)
    number = carried_id(chosen(action)) or 0
    match action["selected_option"]["value"].partition(" ")[0]:
        case ids.PREVIEW_DIGEST:
            reply(replace_original=False, **running.preview(number, compose, turn))
        case ids.EDIT_DIGEST:
            edit.open_edit(number, body, slack, turn)
        case ids.SEND_DIGEST:
            running.open_send(number, body, slack, turn)
        case ids.DELETE_DIGEST:
            ending.open_delete(number, body, slack, turn)
        case ids.PAUSE_DIGEST:
            ending.pause(number, turn, now())
            reply(**page(turn))
        case ids.RESUME_DIGEST:
            edit.resume(number, audience, turn, now())
            reply(**page(turn))


LISTENERS = [
    ("command", "digest", on_command, Right.MEMBER),
    ("action", re.compile(rf"^{ids.SHOW_DIGESTS}:[a-z]+$"), on_list, Right.MEMBER),
    ("action", re.compile(rf"^{ids.MORE_OF_DIGEST}:\d+$"), on_more, Right.MEMBER),
    ("action", ids.NEW_DIGEST, edit.on_new, Right.MEMBER),
    ("action", ids.EDIT_DIGEST, edit.on_edit, Right.MEMBER),
    ("options", re.compile(rf"^{ids.OF_DIGEST}[a-z]+$"), edit.on_options, Right.MEMBER),
    ("view", ids.NEW_DIGEST, edit.on_saved, Right.MEMBER),
    ("view", ids.EDIT_DIGEST, edit.on_saved, Right.MEMBER),
    ("view", ids.SEND_DIGEST, running.on_send, Right.MEMBER),
    ("view", ids.DELETE_DIGEST, ending.on_delete, Right.MEMBER),
]
