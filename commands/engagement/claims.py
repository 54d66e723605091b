"""*I'll take it* and *Give back* of a low client's card: the card says who acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack

from bot.blocks import engagement as cards
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, carried_client, carried_id, chosen
from storage import claims, covering

Payload = Mapping[str, Any]


def on_take(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    ack()
    one = carried_client(turn, action["value"])
    with turn.db.write() as connection:
        claims.take(connection, turn.person, one.client.id, turn.now)
        covering.acted(connection, turn.person, one.client.covered, "client.taken", turn.now)
    reply(**cards.card(turn.catalog, carried_client(turn, action["value"]), turn.words))


def on_give_back(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Where somebody has done so already, or another has it since, the card says it."""
    ack()
    client, _, taker = chosen(action).partition(" ")
    one = carried_client(turn, client)
    claim = one.client.claim
    if claim is not None and claim.person_id == carried_id(taker):
        if not claim.may_end:
            raise UserError("claim_not_yours", person=claim.name)
        with turn.db.write() as connection:
            claims.give_back(connection, turn.person, one.client.id, claim.person_id, turn.now)
            covering.acted(connection, turn.person, one.client.covered, "client.given_back", turn.now)
    reply(**cards.card(turn.catalog, carried_client(turn, client), turn.words))
