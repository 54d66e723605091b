"""`/opportunities`: what a base, or one client, could use or buy next; and the answers to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack

from bot.blocks import ids, kit
from bot.blocks import opportunities as show
from bot.domain.access import Right
from bot.domain.answers import Reply as Answer
from bot.domain.filter_text import is_filter
from bot.reply import Reply
from commands.arguments import Turn, carried_client, chosen, find_client, typed
from commands.opportunities import answers, base

Payload = Mapping[str, Any]


def on_command(ack: Ack, command: Payload, turn: Turn) -> None:
    """`/opportunities [client | filters]`. The reply rides on the acknowledgement."""
    ack(**answer(typed(command.get("text")), turn))


def answer(text: str, turn: Turn) -> kit.Message:
    if text.casefold() in {"help", "?"}:
        return show.usage(turn.command, turn.words)
    if not text or is_filter(text):
        return base.overview(text, turn)
    return find_client(text, turn, lambda one: show.of_client(turn.catalog, one, turn.words))


def on_more_of_card(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*Opportunities* in a card's menu: in the card's place, which is a button away."""
    ack()
    reply(**show.of_client(turn.catalog, carried_client(turn, chosen(action)), turn.words))


def on_base(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """The same of others' clients: in place."""
    ack()
    reply(**base.overview(action.get("value") or "", turn))


def on_first(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*Open* beside a client of the overview: its opportunities come below, and the overview stays."""
    ack()
    one = carried_client(turn, action["value"])
    reply(replace_original=False, **show.of_client(turn.catalog, one, turn.words))


LISTENERS = [
    ("command", "opportunities", on_command, Right.SEAT),
    ("action", ids.SHOW_OPPORTUNITIES, on_first, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_BASE}:[a-z]+$"), on_base, Right.SEAT),
    ("entry", f"{ids.MORE_OF_CARD}:{ids.OPPORTUNITIES}", on_more_of_card, Right.SEAT),
    *(("entry", f"{ids.ANSWER_OPPORTUNITY}:{one}", answers.on_answer, Right.SEAT) for one in Answer),
    ("view", ids.NOT_NOW, answers.on_not_now, Right.SEAT),
    ("view", ids.NOT_FOR_THEM, answers.on_not_for_them, Right.SEAT),
]
