"""Slack's shortcuts: a task or note from anywhere, or out of a message, with the client that it seems to be about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import activity_form as form
from bot.domain import names
from bot.domain.access import Person
from bot.domain.mentions import permalink
from commands import forms
from commands.activity import opening
from commands.activity.opening import Draw
from commands.arguments import LONGEST, Turn
from storage import mentions, ties

Payload = Mapping[str, Any]


def on_task(ack: Ack, shortcut: Payload, slack: WebClient, turn: Turn) -> None:
    """*Log a task*: Slack does not say where somebody is."""
    ack()
    _open(opening.task, {}, None, shortcut, slack, turn)


def on_note(ack: Ack, shortcut: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    _open(opening.note, {}, None, shortcut, slack, turn)


def on_message_as_task(ack: Ack, shortcut: Payload, slack: WebClient, turn: Turn) -> None:
    """*Log as task*: the message's first line is the title."""
    ack()
    text, link = _said(shortcut)
    fields = {form.NAME: text.partition("\n")[0], form.DETAILS: form.quoted(text, link)}
    _open_about(opening.task, fields, text, shortcut, slack, turn)


def on_message_as_note(ack: Ack, shortcut: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    text, link = _said(shortcut)
    _open_about(opening.note, {form.BODY_FIELD: form.quoted(text, link)}, text, shortcut, slack, turn)


def _said(shortcut: Payload) -> tuple[str, str]:
    """A message's text as people read it, and its address."""
    message, team = shortcut["message"], shortcut.get("team") or {}
    link = permalink(team.get("domain"), shortcut["channel"]["id"], message["ts"], message.get("thread_ts"))
    return names.typed(message.get("text") or ""), link


def _open_about(draw: Draw, fields: dict[str, str], text: str, shortcut: Payload, slack: WebClient, turn: Turn) -> None:
    """With the client that the message seems to be about."""
    channel = shortcut["channel"]
    with turn.db.read() as connection:
        found = _client(connection, channel["id"], channel.get("name") or "", text[:LONGEST], turn.person)
    about, name = ({}, None) if found is None else ({form.CLIENT: str(found[0])}, found[1])
    _open(draw, fields | about, name, shortcut, slack, turn)


def _client(connection: Connection, channel: str, name: str, text: str, asker: Person) -> tuple[int, str] | None:
    """The one that the text names; else the one that the channel is tied to; else the one that it is called after."""
    if (named := mentions.client(connection, asker, text)) is not None:
        return named.id, named.name
    if (tied := ties.seen(connection, asker, channel)) is not None:
        return tied
    called = mentions.client(connection, asker, name)
    return None if called is None else (called.id, called.name)


def _open(
    draw: Draw, fields: dict[str, str], client: str | None, shortcut: Payload, slack: WebClient, turn: Turn
) -> None:
    known = {name: text for name, text in fields.items() if text}
    view = draw(known, client, forms.carrying(shortcut), turn)
    slack.views_open(trigger_id=shortcut["trigger_id"], view=view)
