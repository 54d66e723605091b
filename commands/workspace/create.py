"""A new CS workspace: its name, description and teams, and then straight on to its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import workspace_form as form
from bot.blocks import workspaces as show
from bot.domain.workspace_settings import description, name, teams
from bot.domain.workspaces import MOST
from bot.errors import FieldError
from commands import forms
from commands.arguments import Turn
from commands.workspace import edit, first, index
from storage import submissions, workspace_changes, workspace_choices, workspaces

Payload = Mapping[str, Any]


def open_form(body: Payload, slack: WebClient, turn: Turn) -> None:
    here = turn.person.installation_id
    with turn.db.read() as connection:
        is_full = len(workspaces.every(connection, here)) > MOST
        is_free = bool(workspace_choices.free_teams(connection, here))
    view = show.full(turn.words) if is_full else form.create(forms.carrying(body), turn.words, is_free=is_free)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_open(ack: Ack, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Create*, from the list."""
    ack()
    open_form(body, slack, turn)


def on_submit(ack: Ack, view: Payload, turn: Turn, now: Callable[[], datetime]) -> None:
    state = forms.carried(view)
    try:
        made = _write(view, form.read(view["state"]["values"]), turn, now())
    except FieldError as error:
        forms.refuse(ack, form.field_id(error.field, 0), error, turn)
        return
    ack(
        response_action="update",
        view=form.kept(turn.words) if made is None else edit.opened(made, turn, form.CUSTOMERS, state, is_new=True),
    )
    first.show_again(ack, state, turn)
    index.resettle(turn)


def _write(view: Payload, entered: Mapping[str, str], turn: Turn, now: datetime) -> int | None:
    """The new workspace's id; None where this submission was written already."""
    here, by = turn.person.installation_id, turn.person.id
    called, about = name(entered.get("name", "")), description(entered.get("description", ""))
    chosen = teams(entered.get("teams", ""))
    with turn.db.write() as connection:
        if not submissions.claim(connection, here, view["id"], now):
            return None
        return workspace_changes.create(connection, here, by, called, about, chosen, now)
