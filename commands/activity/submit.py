"""What the modals of tasks and notes write: once, with errors beside their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn

from slack_bolt import Ack

from bot.blocks import activity as show
from bot.blocks import activity_form as form
from bot.blocks.forms import FormState, entered
from bot.domain.activity import Kind, Task
from bot.errors import FieldError, UserError
from commands import forms
from commands.activity import opening
from commands.arguments import Turn, carried_id, categories
from storage import activity, clients

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def on_task(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    """A task that is due in the past is asked about once; the modal carries the day that was."""
    state, fields = forms.carried(view), entered(view["state"]["values"])
    try:
        made = form.read_task(_client(fields), fields, categories(turn))
        if made.due_on < turn.today and made.due_on.toordinal() != state.version:
            ack(response_action="update", view=_past(made, fields, state, turn))
            return
        with turn.db.write() as connection:
            found = activity.log_task(connection, turn.person, made, view["id"], now())
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    on, crm = found or _saved(Kind.TASK, view, turn), turn.person.crm
    said = show.task_logged(on, made, crm, turn.today, turn.words)
    client = show.called(on, crm, turn.words)
    forms.below(ack, state, said, UserError("task_logged", client=client, title=made.title))


def on_note(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    state, fields = forms.carried(view), entered(view["state"]["values"])
    try:
        made = form.read_note(_client(fields), fields, categories(turn))
        with turn.db.write() as connection:
            found = activity.leave_note(connection, turn.person, made, view["id"], now())
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    on, crm = found or _saved(Kind.NOTE, view, turn), turn.person.crm
    said = show.note_left(on, made, crm, turn.words)
    forms.below(ack, state, said, UserError("note_left", client=show.called(on, crm, turn.words)))


def _client(fields: Mapping[str, str]) -> int | None:
    return carried_id(fields.get(form.CLIENT, ""))


def _past(made: Task, fields: dict[str, str], state: FormState, turn: Turn) -> dict[str, Any]:
    asked = replace(state, version=made.due_on.toordinal())
    view = opening.task(fields, _name(made.client_id, turn), asked, turn)
    return form.past(view, made.due_on, turn.today, turn.words)


def _name(client_id: int, turn: Turn) -> str:
    with turn.db.read() as connection:
        return clients.name(connection, turn.person, client_id) or ""


def _saved(kind: Kind, view: Payload, turn: Turn) -> NoReturn:
    """The modal was submitted before: say when, where they are."""
    with turn.db.read() as connection:
        at = activity.logged_at(connection, turn.person, kind, view["id"]) or turn.now
    raise UserError("saved_once", at=turn.words.clock(at.astimezone(turn.person.zone).time()))
