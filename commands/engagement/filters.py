"""The modal of a list's filter: opened from a list or the overview; what it says takes the list's place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot import home
from bot.blocks import filter_form
from bot.blocks.filter_form import Choices
from bot.blocks.forms import Values
from bot.domain.filter_text import write
from bot.domain.filters import Filter, FilterError
from bot.errors import UserError
from commands import forms
from commands.arguments import Turn, categories, read_filter
from commands.engagement import lists
from storage import named

Payload = Mapping[str, Any]

AT_HOME = "home"  # in what the modal carries: it was opened from the Home tab


def on_open(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Filter*: the fields as the list has them."""
    ack()
    wanted = read_filter(action.get("value") or "", turn)
    state = forms.carrying(body, AT_HOME if body.get("view") else "")
    view = filter_form.form(wanted, _offered(wanted, turn), state, turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_submit(ack: Ack, view: Payload, slack: WebClient, turn: Turn) -> None:
    state = forms.carried(view)
    try:
        values = view["state"]["values"]
        text = write(filter_form.read(values, _chosen(values, turn)))
        message = lists.page(text, turn)
    except FilterError as error:
        forms.refuse(ack, filter_form.field(error), error, turn)
        return
    if state.about == AT_HOME:
        ack()
        home.answer(turn.looker, slack, message)
        return
    forms.replace(ack, state, message, UserError("list_too_old", command=turn.command, filter=text))


def _offered(wanted: Filter, turn: Turn) -> Choices:
    installation_id = turn.person.installation_id
    with turn.db.read() as connection:
        csm = named.csm_of(connection, installation_id, wanted.csm) if wanted.csm else None
        return Choices(categories(turn), named.teams(connection, turn.person), csm)


def _chosen(values: Values, turn: Turn) -> Choices:
    installation_id, chosen = turn.person.installation_id, filter_form.csm_chosen(values)
    with turn.db.read() as connection:
        csm = named.csm_chosen(connection, installation_id, chosen) if chosen else None
        return Choices(categories(turn), named.teams(connection, turn.person), csm)
