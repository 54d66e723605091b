"""What a digest would say now, to who asks alone; and said now, in its channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import digest_list as show
from bot.blocks.kit import Message
from bot.domain import digest_settings as rules
from bot.domain.access import Right
from bot.domain.digest_times import local_day
from bot.domain.digests import Digest
from bot.errors import UserError
from commands import forms
from commands.arguments import Turn, carried_id, require
from commands.digests.door import enter
from storage import digest_runs, digest_settings

Payload = Mapping[str, Any]
Compose = Callable[[Connection, Digest, datetime], Any]  # `bot.jobs.composing`


def preview(number: int, compose: Compose, turn: Turn) -> Message:
    """With real data, which only who sees its clients may see."""
    require(turn, Right.SEAT)
    with turn.db.read() as connection:
        one = digest_settings.get(connection, turn.person, number).digest
        if not rules.may_preview(turn.person, one):
            raise UserError("digest_unseen", digest=one.name)
        made = compose(connection, one, turn.now)
    return show.preview(one, made.message, turn.words)


def open_send(number: int, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Send now* asks first: a whole channel reads it."""
    with turn.db.read() as connection:
        one = _sendable(connection, number, turn)
    view = show.send(one, forms.carrying(body, str(one.id)), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_send(ack: Ack, view: Payload, turn: Turn, compose: Compose, now: Callable[[], datetime]) -> None:
    """A run of its own: kept once for this modal, and posted by the job that posts all."""
    enter(turn)
    state, moment = forms.carried(view), now()
    with turn.db.write() as connection:
        one = _sendable(connection, carried_id(state.about) or 0, turn)
        locked = digest_runs.locked(connection, one)
        said = compose(connection, locked, moment)
        day = local_day(locked, moment)
        digest_runs.keep(connection, locked, f"{one.id}/{view['id']}", day, moment, **vars(said))
    ack(response_action="update", view=show.sent(one, is_new=said.message is not None, words=turn.words))


def _sendable(connection: Connection, number: int, turn: Turn) -> Digest:
    one = digest_settings.changeable(connection, turn.known_in(connection), number).digest
    if not rules.may_send(one):
        raise UserError("digest_unfinished", digest=one.name)
    return one
