"""A client's activity: its tasks and notes, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack

from bot.blocks import activity as show
from bot.blocks.kit import Message
from bot.domain.activity import Position
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, carried_id, categories, chosen
from storage import activity, clients

Payload = Mapping[str, Any]


def on_activity(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*Activity*, or another page of it: in place."""
    ack()
    client, _, place = chosen(action).partition(" ")
    reply(**_page(carried_id(client) or 0, _position(place), turn))


def _page(client_id: int, before: Position | None, turn: Turn) -> Message:
    with turn.db.read() as connection:
        name = clients.name(connection, turn.person, client_id)
        if name is None:
            raise UserError("client_gone", command=turn.command)
        found = activity.of_client(connection, turn.person, client_id, before, show.PAGE + 1)
    zone, names = turn.person.zone, categories(turn)
    return show.page(client_id, name, found, names, zone, turn.today, turn.words, is_first=before is None)


def _position(text: str) -> Position | None:
    """Where a page begins; None for the first one, and for what is no place."""
    moment, _, number = text.partition(" ")
    try:
        made_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    identity = carried_id(number)
    return None if identity is None or made_at.tzinfo is None else Position(made_at, identity)
