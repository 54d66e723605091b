"""`/workspace` alone: the list, and above it what is still to be done before people can work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from slack_bolt import Ack

from bot.blocks import first_steps as show
from bot.blocks.kit import Message
from bot.reply import Reply
from commands.arguments import Turn
from commands.workspace import index
from storage import rights

Clock = Callable[[], datetime]


def page(turn: Turn) -> Message:
    """The list; an admin of Slack is offered to become the first super admin while there is none."""
    listed, here = index.page(turn), turn.person.installation_id
    if not turn.person.is_slack_admin:
        return listed
    with turn.db.read() as connection:
        admins = rights.super_admins(connection, here)
    return listed if admins else show.above(listed, show.offer_first(turn.words))


def on_become(ack: Ack, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Become one*: rank in Slack lets them ask; that they asked makes them super admin. Only the first gets it."""
    ack()
    with turn.db.write() as connection:
        rights.become_first(connection, turn.person.installation_id, turn.person.id, now())
    reply(**page(turn.known_again()))
