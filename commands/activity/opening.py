"""The modals that log something, opened from a card, a category, an opportunity or a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import activity as show
from bot.blocks import activity_form as form
from bot.blocks import digest_menu, kit
from bot.blocks.forms import FormState
from bot.blocks.kit import Modal
from bot.blocks.offers import evidence, step
from bot.domain import due
from bot.domain.activity import BODY, Priority, beginnings, may_name
from bot.domain.tasks import Place
from bot.errors import UserError
from commands import forms
from commands.activity import away, tasks
from commands.arguments import Turn, carried_client, carried_id, categories, chosen, named_by, typed
from storage import clients, lookup, ties

Payload = Mapping[str, Any]
Draw = Callable[[dict[str, str], str | None, FormState, Turn], Modal]
HELP = {"help", "?"}


def task(fields: dict[str, str], client: str | None, state: FormState, turn: Turn) -> Modal:
    """*Log task*: one's own, due in some working days, unless the fields say otherwise."""
    usual = {form.ASSIGNEE: _assignee(fields, turn), form.PRIORITY: Priority.MEDIUM.value}
    day = due.default(turn.today, turn.person.days).isoformat()
    return form.task({form.DUE: day, **usual, **fields}, client, categories(turn), state, turn.words)


def _assignee(fields: Mapping[str, str], turn: Turn) -> str:
    """Who asks; whom they cover, of a client that they see for that reason alone."""
    person, client = turn.person, carried_id(fields.get(form.CLIENT, ""))
    if client is None or not person.covered:
        return person.slack_user_id
    with turn.db.read() as connection:
        stand = clients.stand(connection, person.installation_id, client)
    covered = person.in_place_of(stand.workspaces) if stand is not None else None
    return person.slack_user_id if covered is None else covered.slack_user_id or person.slack_user_id


def note(fields: dict[str, str], client: str | None, state: FormState, turn: Turn) -> Modal:
    return form.note(fields, client, categories(turn), state, turn.words)


def on_log_task(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Log task*, with the client of a card, or with a category of it; with neither from where no client is meant."""
    ack()
    _open_about(task, chosen(action), body, slack, turn)


def on_digest(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Log task* in the menu of a digest's line; what is said of it comes below the digest, privately."""
    ack()
    _open_about(task, digest_menu.read(action["selected_option"]["value"]).client, body, slack, turn)


def on_leave_note(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    _open_about(note, chosen(action), body, slack, turn)


def _open_about(draw: Draw, about: str, body: Payload, slack: WebClient, turn: Turn) -> None:
    client, _, category = about.partition(" ")
    if not client:
        _open(slack, body, draw({}, None, forms.carrying(body), turn))
        return
    with turn.db.read() as connection:
        name = clients.name(connection, turn.person, carried_id(client) or 0)
    if name is None:
        raise UserError("client_gone", command=turn.command)
    fields = {form.CLIENT: client, form.CATEGORY: category} if category else {form.CLIENT: client}
    _open(slack, body, draw(fields, name, forms.carrying(body), turn))


def on_opportunity(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Log task* in an opportunity's menu: what is to be done is the title, and why stands in the details."""
    ack()
    client, _, key = (kit.carried(action["block_id"]) or "").partition("/")
    one = carried_client(turn, client)
    found = next((each for each in one.opportunities() if each.key == key), None)
    if found is None:
        raise UserError("opportunity_gone", command=turn.called("opportunities"))
    fields = {form.CLIENT: client, form.NAME: step(turn.catalog, found, turn.words)}
    fields[form.DETAILS] = evidence(turn.catalog, found, turn.words)
    _open(slack, body, task(fields, one.client.name, forms.carrying(body), turn))


def _open(slack: WebClient, body: Payload, view: Modal) -> None:
    """Over the modal whose button was pressed, or as the only one."""
    open_ = slack.views_push if body.get("view", {}).get("type") == "modal" else slack.views_open
    open_(trigger_id=body["trigger_id"], view=view)


def on_task_command(ack: Ack, command: Payload, slack: WebClient, turn: Turn) -> None:
    """`/task [client] [title] [due]`: a form with what was understood; alone, one's open tasks; `away`: who is away.

    A form is acknowledged when it is open.
    """
    text = typed(command.get("text"))
    if text.casefold() in HELP:
        ack(**show.task_usage(turn.called("task"), turn.words))
        return
    if not text:
        ack(**tasks.page(Place(), turn))
        return
    if text.casefold() == away.WORD:
        ack(**away.page(turn))
        return
    fields, name, rest = _about(text, command["channel_id"], turn)
    title, day = due.split(rest, turn.today, turn.person.days)
    fields |= {form.NAME: title} if title else {}
    fields |= {form.DUE: day.isoformat()} if day else {}
    view = task(fields, name, forms.carrying(command), turn)
    off = due.off(rest.rpartition(" ")[2], turn.today, turn.person.days)
    _open(slack, command, view if off is None or day is None else form.moved(view, off, day, turn.today, turn.words))
    ack()


def on_note_command(ack: Ack, command: Payload, slack: WebClient, turn: Turn) -> None:
    """`/note [client] [text]`, likewise."""
    text = typed(command.get("text"))
    if text.casefold() in HELP:
        ack(**show.note_usage(turn.called("note"), turn.words))
        return
    fields, name, rest = _about(text, command["channel_id"], turn)
    fields |= {form.BODY_FIELD: rest[:BODY]} if rest else {}
    _open(slack, command, note(fields, name, forms.carrying(command), turn))
    ack()


def _about(text: str, channel: str, turn: Turn) -> tuple[dict[str, str], str | None, str]:
    """The client that a text begins with, else the one that the channel is tied to, and the rest of the text."""
    with turn.db.read() as connection:
        for name, rest in beginnings(text):
            hit = _clear(connection, name, turn)
            if hit is not None and may_name(name, hit.name):
                return {form.CLIENT: str(hit.client_id)}, hit.name, rest
        client_id, called = ties.seen(connection, turn.person, channel) or (None, None)
    return {} if client_id is None else {form.CLIENT: str(client_id)}, called, text


def _clear(connection: Connection, name: str, turn: Turn) -> lookup.Hit | None:
    found = named_by(connection, name, turn)
    return next((hit for hit in found.hits if hit.client_id == found.clear), None)


def on_options(ack: Ack, body: Payload, turn: Turn) -> None:
    """The clients that somebody sees and may mean by what is typed into the field."""
    with turn.db.read() as connection:
        found = named_by(connection, typed(body.get("value")), turn)
    ack(**kit.found((hit.name, str(hit.client_id)) for hit in found.hits or found.nearest))
