"""A digest paused, and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import digest_list as show
from commands import forms
from commands.arguments import Turn, carried_id
from commands.digests import edit
from commands.digests.door import enter
from storage import digest_settings, submissions

Payload = Mapping[str, Any]


def pause(number: int, turn: Turn, now: datetime) -> None:
    with turn.db.write() as connection:
        digest_settings.pause(connection, turn.known_in(connection), number, now)


def open_delete(number: int, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Delete* asks first."""
    with turn.db.read() as connection:
        one = digest_settings.changeable(connection, turn.person, number).digest
    view = show.delete(one, forms.carrying(body, str(one.id), one.version), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_delete(ack: Ack, view: Payload, turn: Turn, now: Callable[[], datetime]) -> None:
    enter(turn)
    state, moment = forms.carried(view), now()
    name = turn.words("It")
    with turn.db.write() as connection:
        if submissions.claim(connection, turn.person.installation_id, view["id"], moment):
            about = (carried_id(state.about) or 0, state.version)
            name = digest_settings.remove(connection, turn.known_in(connection), *about, moment)
    ack(response_action="update", view=show.deleted(name, turn.words))
    forms.refresh(ack, state, edit.listed(turn))
