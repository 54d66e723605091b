"""*Snooze…* of a digest's line and of a low client's card, and *End snooze*."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import digest_menu, ids
from bot.blocks import engagement as cards
from bot.blocks import forms as fields
from bot.blocks import snooze_form as form
from bot.domain.access import Right
from bot.errors import FieldError, UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn, carried_client, chosen
from storage import covering, snoozes

Payload = Mapping[str, Any]
USUAL = timedelta(days=14)  # what is proposed
IN_DIGEST = "digest"  # behind the client, where its card is not what the modal was opened from


def on_card(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    _open(chosen(action), "", body, slack, turn)


def on_line(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    _open(digest_menu.read(action["selected_option"]["value"]).client, IN_DIGEST, body, slack, turn)


def _open(client: str, place: str, body: Payload, slack: WebClient, turn: Turn) -> None:
    one, day = carried_client(turn, client), turn.person.days.since(turn.today + USUAL)
    view = form.form(one.client.name, day, forms.carrying(body, f"{client} {place}"), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_submit(ack: Ack, view: Payload, turn: Turn) -> None:
    """Its card shows it in place; below a digest, which is everybody's, it is said privately."""
    state = forms.carried(view)
    client_id, _, place = state.about.partition(" ")
    client = carried_client(turn, client_id).client
    try:
        until, reason = form.read(fields.entered(view["state"]["values"]), turn.today)
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    with turn.db.write() as connection:
        snoozes.put_off(connection, turn.person, client.id, until, reason, turn.now)
        covering.acted(connection, turn.person, client.covered, "client.snoozed", turn.now)
    if place == IN_DIGEST:
        day = turn.words.weekday(until, turn.today)
        said = digest_menu.snoozed(client.id, client.name, day, turn.words)
        forms.below(ack, state, said, UserError("snooze_kept", client=client.name))
        return
    card = cards.card(turn.catalog, carried_client(turn, client_id), turn.words)
    forms.replace(ack, state, card, UserError("card_too_old", command=turn.command))


def on_end(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """By whoever sees the client. Where it has ended already, the card says so."""
    ack()
    client = carried_client(turn, action["value"]).client
    if client.snooze is not None:
        with turn.db.write() as connection:
            snoozes.end(connection, turn.person.installation_id, client.id, turn.now)
            covering.acted(connection, turn.person, client.covered, "client.told_again", turn.now)
    reply(**cards.card(turn.catalog, carried_client(turn, action["value"]), turn.words))


LISTENERS = [
    ("entry", f"{ids.MORE_OF_CARD}:{ids.SNOOZE}", on_card, Right.SEAT),
    ("entry", f"{ids.DIGEST_MENU}:{ids.SNOOZE}", on_line, Right.SEAT),
    ("view", ids.SNOOZE, on_submit, Right.SEAT),
    ("action", ids.END_SNOOZE, on_end, Right.SEAT),
]
