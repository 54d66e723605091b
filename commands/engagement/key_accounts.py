"""*Key account, channel…* of a card: who follows a client, and the channel that is about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import engagement as cards
from bot.blocks import forms as fields
from bot.blocks import key_accounts as show
from bot.blocks import kit
from bot.blocks.forms import FormState
from bot.domain.engagement import Engagement
from bot.domain.key_accounts import Owner, is_channel
from bot.errors import UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn, carried_client, chosen, judged
from storage import clients, covering, facts, followers, installations, key_accounts, ties

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def tied(turn: Turn) -> kit.Message | None:
    """The card of the client that a channel is tied to; None where there is none that the asker sees."""
    person = turn.person
    if person.tied is None:
        return None
    named = (facts.BY_ID, {"client": person.tied, **followers.owners(person)}, person.covered)
    with turn.db.read() as connection:
        found = facts.client(
            connection, person.installation_id, person.workspace_id, turn.catalog, turn.catalogs, *named
        )
    if not found:
        return None
    card = cards.card(turn.catalog, judged(found[0], turn), turn.words)
    return show.tied_card(card, found[0].id, turn.words)


def on_open(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    one = carried_client(turn, chosen(action))
    at = body.get("channel") or {}
    channel = at["id"] if at and is_channel(at["id"], at.get("name", "")) else ""
    state = forms.carrying(body, f"{one.client.id} {channel}")
    view = show.form(one, _team(turn), show.chosen(one), _place(one, state, turn), state, turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def _team(turn: Turn) -> str | None:
    """The team for which somebody may say that it follows a client."""
    return turn.person.team if turn.person.own_team_id is not None else None


def _place(one: Engagement, state: FormState, turn: Turn) -> show.Place | None:
    """The channel that a modal is about, as it is now."""
    channel = state.about.partition(" ")[2]
    if not channel:
        return None
    with turn.db.read() as connection:
        tied_to = ties.client_of(connection, turn.person.installation_id, channel)
        other = None if tied_to in {None, one.client.id} else clients.name(connection, turn.person, tied_to or 0) or ""
    return show.Place(channel, tied_to == one.client.id, other)


def on_submit(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    """Where the channel is another client's, that is asked about once: the modal carries whose it was."""
    state = forms.carried(view)
    client_id, _, channel = state.about.partition(" ")
    one, (owners, is_tied) = carried_client(turn, client_id), show.ticked(fields.entered(view["state"]["values"]))
    with turn.db.write() as connection:
        installations.lock(connection, turn.person.installation_id)
        before = ties.client_of(connection, turn.person.installation_id, channel) if channel else None
        asks = is_tied and before not in {None, one.client.id, state.version}
        if not asks:
            key_accounts.keep(connection, turn.known_in(connection), one.client.id, owners, now())
            _tie(connection, one, channel, turn, now(), is_tied=is_tied)
            covering.acted(connection, turn.person, one.client.covered, "client.followed", now())
    if asks:
        ack(response_action="update", view=_question(one, owners, replace(state, version=before or 0), turn))
        return
    card = cards.card(turn.catalog, carried_client(turn, client_id), turn.words)
    forms.replace(ack, state, card, UserError("card_too_old", command=turn.command))


def _tie(connection: Connection, one: Engagement, channel: str, turn: Turn, now: datetime, *, is_tied: bool) -> None:
    if channel and is_tied:
        ties.tie(connection, turn.person, channel, one.client.id, now)
    elif channel:
        ties.untie(connection, turn.person, channel, one.client.id)


def _question(one: Engagement, owners: Set[Owner], state: FormState, turn: Turn) -> kit.Modal:
    """The modal as it was submitted, and whose the channel is."""
    at = _place(one, state, turn)
    view = show.form(one, _team(turn), owners, at and replace(at, is_tied=True), state, turn.words)
    return show.replacing(view, at, turn.words) if at else view


def on_untie(ack: Ack, action: Payload, body: Payload, reply: Reply, turn: Turn) -> None:
    """*Untie*, below the card that a channel shows by itself."""
    ack()
    one = carried_client(turn, action["value"])
    with turn.db.write() as connection:
        ties.untie(connection, turn.person, body["channel"]["id"], one.client.id)
        covering.acted(connection, turn.person, one.client.covered, "channel.untied", turn.now)
    reply(**show.untied(turn.words))
