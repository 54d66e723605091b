"""A super admin looks at a workspace as another person, and stops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import looking as show
from bot.blocks.notices import notice
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, carried_id
from storage import members, rights

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def on_look(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn, now: Clock) -> None:
    """*Look as Anna*, in the modal of her rights."""
    ack()
    me = turn.person
    if not me.has_seat:
        raise UserError("look_no_seat")
    with turn.db.write() as connection:
        other = members.get(connection, me.installation_id, carried_id(action["value"]))
        rights.look_as(connection, me.installation_id, me.id, None if other.id == me.id else other.id, now())
    view = notice(show.begun(other.name, turn.command, turn.words), turn.words, turn.words("Look as somebody"))
    slack.views_update(view_id=body["view"]["id"], view=view)


def on_stop(ack: Ack, bare_reply: Reply, turn: Turn, now: Clock) -> None:
    """*Look as myself*, above every answer; the answer goes with what it showed."""
    ack()
    with turn.db.write() as connection:
        rights.look_as(connection, turn.person.installation_id, turn.person.id, None, now())
    bare_reply(**show.ended(turn.command, turn.words))
