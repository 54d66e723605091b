"""*Move the tasks to me*, in the message about clients that were handed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack

from bot.blocks import handover as show
from bot.domain.handovers import cards
from bot.reply import Reply
from commands.arguments import Turn, carried_id, chosen
from storage import handover_cards, handovers

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def on_move(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """The open tasks of a client, or of all: the message shows it in place, and what it came to below."""
    ack()
    key, _, number = chosen(action).partition(" ")
    with turn.db.write() as connection:
        one = (carried_id(number) or 0) if number else None
        moved = handovers.take(connection, turn.person, key, one, now())
    with turn.db.read() as connection:
        handed = handover_cards.gather(connection, turn.person, turn.catalog, turn.catalogs, key)
    if handed is not None:
        to = show.Reader(turn.today, turn.person.zone, turn.words)
        reply(**show.message(turn.catalog, handed, cards(turn.catalog, handed, turn.today), to))
    reply(replace_original=False, **show.moved(moved, turn.words))
