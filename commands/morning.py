"""*When do I get messages?*: the time of the morning message, and what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import forms as fields
from bot.blocks import ids
from bot.blocks import morning_form as form
from bot.domain.access import Right
from bot.domain.morning import Choice, following
from bot.errors import FieldError, UserError
from commands import forms
from commands.arguments import Turn
from storage import mornings

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def on_open(ack: Ack, body: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    with turn.db.read() as connection:
        found = mornings.of(connection, turn.person)
    choice, version = (Choice(), 0) if found is None else (found.choice, found.version)
    view = form.form(choice, forms.carrying(body, version=version), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_save(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    state = forms.carried(view)
    try:
        choice = form.read(fields.entered(view["state"]["values"]))
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    with turn.db.write() as connection:
        is_kept = _keep(connection, turn, choice, state.version, now())
    if not is_kept:
        raise UserError("morning_changed")
    ack(response_action="update", view=form.saved(choice, turn.words))


def _keep(connection: Connection, turn: Turn, choice: Choice, version: int, moment: datetime) -> bool:
    """False where something else was chosen since that version. The same once more is kept already."""
    person, found = turn.person, mornings.of(connection, turn.person)
    told_on = turn.today - timedelta(days=1) if found is None else found.told_on
    next_at = following(moment, choice.at, person.zone, told_on)
    if found is None:
        return mornings.begin(connection, person, choice, next_at, told_on)
    return found.choice == choice or mornings.choose(connection, person, choice, version, next_at)


LISTENERS = [
    ("action", ids.SET_MORNING, on_open, Right.SEAT),
    ("view", ids.SET_MORNING, on_save, Right.SEAT),
]
