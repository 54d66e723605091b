"""`/workspace data`: what is loaded and how old it is; and files that are uploaded, to be imported by a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import data as show
from bot.blocks import ids
from bot.blocks.kit import Message
from bot.domain import data
from bot.domain.data import Upload
from bot.errors import UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn
from storage import import_runs, loaded, submissions
from storage.imports.mapping import REQUIRED

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]
KNOWN = [f"{one}.csv" for one in REQUIRED]


def page(turn: Turn) -> Message:
    with turn.db.read() as connection:
        found = loaded.read(connection, turn.person.installation_id, turn.catalog)
    return show.page(found, turn.today, turn.person.zone, turn.words)


def on_show(ack: Ack, reply: Reply, turn: Turn) -> None:
    ack()
    reply(**page(turn))


def on_open(ack: Ack, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Upload CSV*: a modal."""
    ack()
    columns = {f"{one}.csv": needed for one, needed in REQUIRED.items()}
    with turn.db.read() as connection:
        has_sample = loaded.has_sample(connection, turn.person.installation_id)
    view = show.form(forms.carrying(body), columns, turn.words, has_sample=has_sample)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_uploaded(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    """Only what can be told from names and sizes is looked at here: a job reads the files, and tells who sent them."""
    state, moment = forms.carried(view), now()
    found = view["state"]["values"][ids.UPLOAD_DATA][ids.UPLOAD_DATA].get("files") or []
    files = [Upload(one["id"], one["name"], one["size"]) for one in found]
    try:
        data.check(files, KNOWN)
    except UserError as error:
        forms.refuse(ack, ids.UPLOAD_DATA, error, turn)
        return
    with turn.db.write() as connection:
        if submissions.claim(connection, turn.person.installation_id, view["id"], moment):
            asked = [{"id": one.id, "name": one.name} for one in files]
            import_runs.ask(connection, turn.person.installation_id, turn.person.id, asked, moment)
    too_late = UserError("workspace_too_old", command=f"{turn.called('workspace')} data")
    forms.replace(ack, state, page(turn), too_late)
