"""*Activity of key accounts*: what happened to them, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt import Ack

from bot.blocks import feed as show
from bot.blocks import kit
from bot.domain.feed import Position
from bot.domain.key_accounts import Key
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, listing_of, read_filter
from storage import feed

Payload = Mapping[str, Any]


def page(text: str, beside: Position | None, turn: Turn) -> kit.Message:
    """What happened to the key accounts that a filter names, of one's own and one's team's without it."""
    wanted = read_filter(text, turn).whose
    with turn.db.read() as connection:
        asked = listing_of(connection, replace(wanted, key=wanted.key or Key.ANY), turn)
        found, following = feed.page(connection, turn.catalog, turn.catalogs, asked, beside=beside, limit=show.PAGE)
    zone, is_first = turn.person.zone, beside is None
    return show.page(turn.catalog, asked, found, following, turn.person.id, zone, turn.words, is_first=is_first)


def on_feed(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """From a list or the overview, or another page: in place."""
    ack()
    carried = show.read(action.get("value") or "")
    if carried is None:
        raise UserError("list_gone", command=turn.command)
    reply(**page(*carried, turn))
