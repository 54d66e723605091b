"""The ⋯ menu of a digest's line: *I'll take it*, *Open card*, *Not useful*; each by the rights of who presses.

The digest is everybody's: it is never answered in place here. A job draws it again within seconds, the one writer of
it, so that of two answers at once the later one stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack

from bot.blocks import digest_menu as show
from bot.blocks import engagement as cards
from bot.blocks import ids
from bot.domain.access import Right
from bot.domain.digest_news import Rule
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, carried_client, carried_id
from storage import claims, covering, not_useful

Payload = Mapping[str, Any]


def _line(action: Payload) -> show.Line:
    return show.read(action["selected_option"]["value"])


def on_take(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Whatever its tier: the digest has named it. Who is second is told who was first."""
    ack()
    client = carried_client(turn, _line(action).client).client
    with turn.db.write() as connection:
        claims.take(connection, turn.person, client.id, turn.now, low=False)
        covering.acted(connection, turn.person, client.covered, "client.taken", turn.now)
    reply(replace_original=False, **show.taken(client.name, turn.words))


def on_card(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    ack()
    one = carried_client(turn, _line(action).client)
    reply(replace_original=False, **cards.card(turn.catalog, one, turn.words))


def on_useless(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Kept by the rule that named the client; nothing else comes of it yet."""
    ack()
    line = _line(action)
    client = carried_client(turn, line.client).client
    if line.rule not in set(Rule):
        raise UserError("digest_line_gone")
    with turn.db.write() as connection:
        not_useful.say(connection, turn.person, client.id, line.rule, carried_id(line.digest), turn.now)
        covering.acted(connection, turn.person, client.covered, "client.not_useful", turn.now)
    reply(replace_original=False, **show.not_useful(client.name, turn.words))


LISTENERS = [
    ("entry", f"{ids.DIGEST_MENU}:take", on_take, Right.SEAT),
    ("entry", f"{ids.DIGEST_MENU}:card", on_card, Right.SEAT),
    ("entry", f"{ids.DIGEST_MENU}:useless", on_useless, Right.SEAT),
]
