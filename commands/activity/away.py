"""*I am away*: from when to when and who covers, for oneself, and for the people of the team that one leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import absences as show
from bot.blocks import forms as fields
from bot.blocks.forms import FormState
from bot.blocks.kit import Message, Modal
from bot.blocks.words import speak
from bot.domain.absences import COVER, WHO
from bot.errors import FieldError, UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn, carried_id, chosen
from storage import absence_changes, absences, covering, deliveries
from storage.absence_changes import Changed, Wanted

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]
WORD = "away"  # behind `/task`
KIND = "cover"  # of deliveries


def page(turn: Turn, did: str = "") -> Message:
    with turn.db.read() as connection:
        found = absences.coming(connection, turn.person, turn.today, show.PAGE + 1)
    return show.page(found, turn.person.id, turn.today, turn.words, did)


def on_page(ack: Ack, reply: Reply, turn: Turn) -> None:
    """*Away…*: in place."""
    ack()
    reply(**page(turn))


def on_away(ack: Ack, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*I am away*, in a message or on the Home tab."""
    ack()
    view = form(show.proposed(turn.today), forms.carrying(body), turn)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def form(entered: dict[str, str], state: FormState, turn: Turn) -> Modal:
    for_others = turn.person.is_super_admin or (turn.person.leads and turn.person.own_team_id is not None)
    whose = {WHO: turn.person.slack_user_id} if for_others else {}
    return show.form({**whose, **entered}, state, turn.words, for_others=for_others)


def on_set(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    """The list comes below the message whose button was pressed."""
    state, entered = forms.carried(view), fields.entered(view["state"]["values"])
    try:
        wanted = Wanted(entered.get(WHO, ""), show.read(entered), entered.get(COVER, ""))
        with turn.db.write() as connection:
            _tell(connection, absence_changes.add(connection, turn.person, wanted, now()), turn, now())
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    forms.below(ack, state, page(turn), UserError("absence_set", command=turn.called("task")))


def _tell(connection: Connection, changed: Changed, turn: Turn, now: datetime) -> None:
    """Let who covers know it, in their own words; what was not sent yet of the same absence is not any more."""
    one = changed.after or changed.before
    deliveries.withdraw(connection, turn.person.installation_id, KIND, [one.id] if one else [])
    for to, of, is_cover in covering.affected(connection, turn.person, *changed, now):
        message = show.covers(of, to.day(now), speak(to.locale), is_cover=is_cover)
        key = f"{of.id}/{of.version}" if is_cover else f"{of.id}/{of.version}/end"
        deliveries.add(connection, to.installation_id, to.id, KIND, key, now, message)


def on_change(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Change*: a modal that knows which version it was opened with."""
    ack()
    with turn.db.read() as connection:
        one = absence_changes.get(connection, turn.person, carried_id(chosen(action)) or 0)
    state = forms.carrying(body, str(one.id), one.version)
    slack.views_open(trigger_id=body["trigger_id"], view=show.change(one, show.fields_of(one), state, turn.words))


def on_changed(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    state, entered = forms.carried(view), fields.entered(view["state"]["values"])
    number = carried_id(state.about) or 0
    try:
        wanted = Wanted("", show.read(entered), entered.get(COVER, ""))
        with turn.db.write() as connection:
            changed = absence_changes.change(connection, turn.person, number, state.version, wanted, now())
            _tell(connection, changed, turn, now())
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    forms.replace(ack, state, page(turn), UserError("absence_set", command=turn.called("task")))


def on_back(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Is back*, with one click: from today on nobody covers. What has not begun is as if it never was set."""
    ack()
    with turn.db.write() as connection:
        one = absence_changes.end(connection, turn.person, carried_id(chosen(action)) or 0, now())
        _tell(connection, Changed(one, None), turn, now())
    reply(**page(turn, show.ended(one, turn.today, turn.words)))
