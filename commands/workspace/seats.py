"""Seats: a super admin helps themselves, others ask one by direct message, once a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import seats as show
from bot.blocks.first_steps import above
from bot.blocks.words import speak
from bot.reply import Reply
from commands.arguments import Turn, carried_id, chosen
from commands.workspace import first
from storage import members, rights

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def on_mine(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Give me a seat*. The list of CS workspaces stays, as it is by then."""
    ack()
    me = turn.person
    with turn.db.write() as connection:
        rights.set_seat(connection, me.installation_id, me.id, "on", by=me.id, now=now())
    given = show.given_to_me(turn.command, turn.words)
    reply(**(above(first.page(turn.known_again()), given) if chosen(action) == show.LIST else given))


def on_ask(ack: Ack, reply: Reply, slack: WebClient, turn: Turn, now: Clock) -> None:
    """*Ask Dina for one*: it is written down before it is sent, so that two clicks ask once."""
    ack()
    me = turn.person
    if me.has_seat:  # by now
        reply(**show.given_to_me(turn.command, turn.words))
        return
    with turn.db.write() as connection:
        admin = rights.ask_for_seat(connection, me.installation_id, me.id, now())
    try:
        direct = slack.conversations_open(users=admin.slack_user_id)["channel"]["id"]
        slack.chat_postMessage(channel=direct, **show.question(me, speak(admin.locale)))
    except (SlackApiError, OSError):
        with turn.db.write() as connection:
            rights.unask(connection, me.installation_id, me.id)
        raise
    reply(**show.asked(admin.name, turn.words))


def on_give(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Give Anna a seat*, below what a super admin was asked."""
    ack()
    here = turn.person.installation_id
    with turn.db.write() as connection:
        one = members.get(connection, here, carried_id(action["value"]))
        rights.set_seat(connection, here, one.id, "on", by=turn.person.id, now=now())
    reply(**show.given(one.name, turn.words))
