"""`/workspace history`: who changed which setting, when, from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack

from bot.blocks import audit as show
from bot.blocks.kit import Message
from bot.reply import Reply
from commands.arguments import Turn, carried_id
from storage import audit

Payload = Mapping[str, Any]


def page(turn: Turn, before: int | None = None) -> Message:
    with turn.db.read() as connection:
        found = audit.read(connection, turn.person.installation_id, before=before, limit=show.PAGE + 1)
    return show.page(found, before, turn.person.zone, turn.words)


def on_turn(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    ack()
    reply(**page(turn, carried_id(action.get("value") or "")))
