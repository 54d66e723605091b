"""The buttons of a digest in its channel: the clients that it does not name, what it is, and *It is right, go on*."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from sqlalchemy import Connection

from bot.blocks import digest as show
from bot.blocks import digest_answers as answers
from bot.blocks import ids
from bot.domain.access import Right
from bot.domain.digests import Digest
from bot.domain.workspaces import EVERYTHING
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, carried_id
from storage import digest_clients, digest_told, digests, installations

Payload = Mapping[str, Any]


def on_names(ack: Ack, action: Payload, body: Payload, reply: Reply, turn: Turn) -> None:
    """The clients behind *See them* and *n more*: those that who presses sees, for them alone."""
    ack()
    (number, ts, start), person = _about(action, body), turn.person
    with turn.db.read() as connection:
        digest = _digest(connection, number, turn)
        told = digest_told.of_message(connection, digest, ts)
        if told is None:
            raise UserError("digest_gone")
        clients = digest_clients.read(
            connection,
            person.installation_id,
            person.workspace_id,
            [one.client_id for one in told.named],
            turn.now,
            person.zone,
            person.covered,
        )
    reply(
        replace_original=False,
        **answers.names(turn.catalog, digest, told, clients, carried_id(start) or 0, ts, turn.words),
    )


def on_about(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*About this digest*."""
    ack()
    with turn.db.read() as connection:
        digest = _own(_digest(connection, action["value"], turn), turn)
    reply(replace_original=False, **answers.about(digest, turn.called("digest"), turn.words))


def on_go_on(ack: Ack, action: Payload, body: Payload, reply: Reply, turn: Turn) -> None:
    """*It is right, go on*: the names come with the next run, among what is new by then.

    Not at once: that would be a second post of the day beside the one that is posted exactly once.
    """
    ack()
    number, ts, _ = _about(action, body)
    with turn.db.write() as connection:
        installations.lock(connection, turn.person.installation_id)
        digest = _own(_digest(connection, number, turn), turn)
        told = digest_told.go_on(connection, digest, ts, turn.person.id)
    if told is None:
        raise UserError("digest_went_on")
    reply(**show.message(turn.catalog, digest, told, {}, turn.words))


def _about(action: Payload, body: Payload) -> tuple[str, str, str]:
    """The digest, the message that it is about (without one in the value it is the button's own), and a place."""
    number, ts, start = [*str(action.get("value") or "").split(":"), "", ""][:3]
    return number, ts or str((body.get("message") or {}).get("ts", "")), start


def _digest(connection: Connection, value: str, turn: Turn) -> Digest:
    identity = carried_id(value)
    found = None if identity is None else digests.get(connection, turn.person.installation_id, identity)
    if found is None:
        raise UserError("digest_gone")
    return found


def _own(digest: Digest, turn: Turn) -> Digest:
    """To whoever works in its CS workspace."""
    if turn.person.workspace_id not in {digest.workspace_id, EVERYTHING}:
        raise UserError("digest_not_yours")
    return digest


LISTENERS = [
    ("action", re.compile(rf"^{ids.DIGEST_NAMES}:[a-z]+$"), on_names, Right.SEAT),
    ("action", ids.ABOUT_DIGEST, on_about, Right.SEAT),
    ("action", ids.GO_ON, on_go_on, Right.SEAT),
]
