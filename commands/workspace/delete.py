"""Deleting a CS workspace: what goes with it is said first, and a box is to be ticked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import workspaces as show
from bot.blocks.forms import FormState, entered
from bot.errors import UserError
from commands import forms
from commands.arguments import Turn, carried_id
from commands.workspace import first, index
from storage import digest_settings, submissions, workspace_changes, workspaces

Payload = Mapping[str, Any]


def on_open(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    here, number = turn.person.installation_id, carried_id(action["value"]) or 0
    with turn.db.read() as connection:
        found = workspaces.get(connection, here, number)
        views, total = workspaces.saved_in(connection, here, number, show.VIEWS)
        digests = digest_settings.in_workspace(connection, here, number)
    if found.is_primary:
        raise UserError("workspace_primary")
    state = forms.carrying(body, str(number), found.version)
    slack.views_open(trigger_id=body["trigger_id"], view=show.delete(found, views, total, digests, state, turn.words))


def on_submit(ack: Ack, view: Payload, turn: Turn, now: Callable[[], datetime]) -> None:
    state = forms.carried(view)
    if show.UNDERSTOOD not in entered(view["state"]["values"]):
        forms.refuse(ack, show.UNDERSTOOD, UserError("workspace_not_understood"), turn)
        return
    ack(response_action="update", view=show.deleted(_write(view["id"], state, turn, now()), turn.words))
    first.show_again(ack, state, turn)
    index.resettle(turn)


def _write(view_id: str, state: FormState, turn: Turn, now: datetime) -> str:
    here, number = turn.person.installation_id, carried_id(state.about) or 0
    with turn.db.write() as connection:
        if not submissions.claim(connection, here, view_id, now):
            return turn.words("It")
        return workspace_changes.remove(connection, here, turn.person.id, number, state.version, now)
