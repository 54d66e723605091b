"""A client's activity: its tasks and notes, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack

from bot.blocks import activity as show
from bot.blocks.kit import Message
from bot.domain.activity import Kind, Position
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, carried_id, categories, chosen
from storage import activity, clients

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def on_activity(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*Activity*, or another page of it: in place."""
    ack()
    reply(**_shown(chosen(action), turn))


def _page(client_id: int, before: Position | None, turn: Turn) -> Message:
    with turn.db.read() as connection:
        name = clients.name(connection, turn.person, client_id)
        if name is None:
            raise UserError("client_gone", command=turn.command)
        found = activity.of_client(connection, turn.person, client_id, before, show.PAGE + 1)
    zone, names = turn.person.zone, categories(turn)
    crm = turn.person.crm
    return show.page(client_id, name, found, names, zone, turn.today, turn.words, crm=crm, before=before)


def on_push_again(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Try again*, on a task or note that did not reach the CRM: the page shows that it waits."""
    ack()
    kind, _, rest = chosen(action).partition(" ")
    number, _, place = rest.partition(" ")
    what = Kind.NOTE if kind == Kind.NOTE else Kind.TASK
    with turn.db.write() as connection:
        activity.push_again(connection, turn.person, what, carried_id(number) or 0, now())
    reply(**_shown(place, turn))


def _shown(text: str, turn: Turn) -> Message:
    """The page that a button carries."""
    client, _, place = text.partition(" ")
    return _page(carried_id(client) or 0, _position(place), turn)


def _position(text: str) -> Position | None:
    """Where a page begins; None for the first one, and for what is no place."""
    moment, _, number = text.partition(" ")
    try:
        made_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    identity = carried_id(number)
    return None if identity is None or made_at.tzinfo is None else Position(made_at, identity)
