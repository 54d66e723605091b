"""Which objects are clients, services and revenue: chosen, then what changes with it, then changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks import objects as show
from bot.blocks.notices import notice
from bot.domain.workspace_settings import Objects
from bot.errors import FieldError, UserError
from commands import forms
from commands.arguments import Turn
from commands.workspace import index
from storage import objects, submissions

Payload = Mapping[str, Any]


def open_form(body: Payload, slack: WebClient, turn: Turn) -> None:
    with turn.db.read() as connection:
        found = objects.read(connection, turn.person.installation_id)
    slack.views_open(trigger_id=body["trigger_id"], view=show.form(found, turn.words))


def on_open(ack: Ack, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Objects*, from the list."""
    ack()
    open_form(body, slack, turn)


def on_chosen(ack: Ack, view: Payload, turn: Turn) -> None:
    """The first step: says what will change, and asks."""
    before = _carried(view)[0]
    with turn.db.read() as connection:
        known = objects.read(connection, turn.person.installation_id)
    if not show.is_same(before, known):
        raise UserError("objects_changed")
    try:
        after = show.read(view["state"]["values"], known)
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    if show.is_same(before, after):
        ack(response_action="update", view=_notice(turn.words("Nothing was changed."), turn))
    else:
        ack(response_action="push", view=show.confirm(before, after, turn.words))


def on_confirmed(ack: Ack, view: Payload, turn: Turn, now: Callable[[], datetime]) -> None:
    before, after = _carried(view)
    here, moment = turn.person.installation_id, now()
    with turn.db.write() as connection:
        if submissions.claim(connection, here, view["id"], moment):
            objects.change(connection, here, turn.person.id, before, after, moment)
    ack(response_action="update", view=_notice(turn.words("The objects are changed."), turn))
    index.resettle(turn)


def _carried(view: Payload) -> tuple[Objects, Objects]:
    found = show.carried(view["private_metadata"])
    if found is None:
        raise UserError("form_gone")
    return found


def _notice(told: str, turn: Turn) -> kit.Modal:
    return notice(told, turn.words, turn.words("Objects"), ends_all=True)
