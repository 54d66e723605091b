"""*Outcome…* of a renewal: asked in a modal, kept with who said it, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import engagement as cards
from bot.blocks import kit, states
from bot.blocks import renewal_outcome as show
from bot.blocks.states import ListState
from bot.domain.engagement import Engagement
from bot.domain.renewals import Said
from bot.errors import FieldError, UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn, carried_client, chosen
from commands.renewals import lists
from storage import covering, renewal_outcomes

Payload = Mapping[str, Any]


def on_open(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Outcome…* in a line's menu."""
    ack()
    one, day = _renewal(chosen(action), turn)
    about = f"{one.client.id} {day.isoformat()} {kit.carried(action['block_id']) or ''}"
    view = show.form(one.client.name, day, turn.today, forms.carrying(body, about), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_submit(ack: Ack, view: Payload, turn: Turn) -> None:
    """Kept, then the list that it was opened from stands without that client, and says so."""
    state = forms.carried(view)
    try:
        outcome, reason = show.read(view["state"]["values"])
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    one, day = _renewal(state.about, turn)
    with turn.db.write() as connection:
        renewal_outcomes.say(connection, turn.person, one.client.id, day, outcome, reason, turn.now)
        covering.acted(connection, turn.person, one.client.covered, "renewal.answered", turn.now)
    said = Said(outcome, day, reason, turn.person.name, turn.now, turn.person.id)
    listed = states.read(state.about.split(" ", 2)[2])
    message = _listed(listed, turn, (f"{one.client.id} {one.client.name}", said))
    answer = forms.replace if listed is not None else forms.below
    answer(ack, state, message, UserError("renewals_too_old", command=turn.called("renewals")))


def on_take_back(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*Undo*, in a list or on the client's card: that is shown anew."""
    ack()
    client, day, sayer, listed = f"{action['value']} ".split(" ", 3)
    one = carried_client(turn, client)
    with turn.db.write() as connection:
        its = (turn.person.installation_id, one.client.id, date.fromisoformat(day), int(sayer))
        if renewal_outcomes.take_back(connection, *its):
            covering.acted(connection, turn.person, one.client.covered, "renewal.reopened", turn.now)
    if listed.strip():
        reply(**_listed(states.read(listed.strip()), turn))
        return
    reply(**cards.card(turn.catalog, carried_client(turn, client), turn.words))


def _listed(state: ListState | None, turn: Turn, said: tuple[str, Said] | None = None) -> kit.Message:
    """The page of a list as it is by now; the first page of the usual one where it is not known."""
    return lists.page(state.filter if state else "", turn, before=state.before if state else 0, said=said)


def _renewal(carried: str, turn: Turn) -> tuple[Engagement, date]:
    """The client and the day that a menu or a modal carries; UserError where either is another by now."""
    client, day = carried.split(" ")[:2]
    one, on = carried_client(turn, client), date.fromisoformat(day)
    if on != one.client.renews_on and on not in {each.cancels_on for each in one.client.facts.subscriptions}:
        raise UserError("renewal_moved", command=turn.called("renewals"))
    return one, on
