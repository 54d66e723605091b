"""*That is not my address*: whoever finds no clients of theirs has a super admin told, once a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import unowned as show
from bot.blocks.words import speak
from bot.reply import Reply
from commands.arguments import Turn
from storage import addresses, rights, submissions


def on_not_mine(ack: Ack, reply: Reply, slack: WebClient, turn: Turn, now: Callable[[], datetime]) -> None:
    """It is written down before it is sent, so that two clicks tell once."""
    ack()
    me, once = turn.person, f"address/{turn.person.id}"
    with turn.db.write() as connection:
        admin = rights.first_admin(connection, me.installation_id)
        is_new = submissions.claim(connection, me.installation_id, once, now())
        known = addresses.of(connection, me.installation_id, me.id)
    if is_new:
        try:
            direct = slack.conversations_open(users=admin.slack_user_id)["channel"]["id"]
            slack.chat_postMessage(channel=direct, **show.question(me, known, speak(admin.locale)))
        except (SlackApiError, OSError):
            with turn.db.write() as connection:
                submissions.release(connection, me.installation_id, once)
            raise
    reply(**show.asked(admin.name, turn.words))
