"""`/task` alone: one's open tasks, or those of the team that one leads; done, put off and opened again in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack

from bot.blocks import tasks as show
from bot.blocks.kit import Message
from bot.blocks.tasks import Did
from bot.domain import due
from bot.domain.tasks import Given, Place, place
from bot.reply import Reply
from commands.arguments import Turn, carried_id, chosen
from storage import tasks

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def page(at: Place, turn: Turn, did: tuple[Did, Given] | None = None) -> Message:
    with turn.db.read() as connection:
        found = tasks.open_of(connection, turn.person, at, show.PAGE + 1)
    return show.page(found, at, turn.today, turn.words, leads=turn.person.leads, did=did)


def on_page(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Another page, or the tasks of one's team: in place."""
    ack()
    reply(**page(place(chosen(action)), turn))


def on_done(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Done*, with one click. Of two clicks the second one says who was faster."""
    ack()
    number, at = _carried(action)
    with turn.db.write() as connection:
        is_first = tasks.finish(connection, turn.person, number, now())
        one = tasks.get(connection, turn.person, number)
    reply(**page(at, turn, (Did.DONE if is_first else Did.DONE_BEFORE, one)))


def on_reopen(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    ack()
    number, at = _carried(action)
    with turn.db.write() as connection:
        tasks.reopen(connection, turn.person, number)
        one = tasks.get(connection, turn.person, number)
    reply(**page(at, turn, (Did.REOPENED, one)))


def on_put_off(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """To the day that the entry's word means."""
    ack()
    number, at = _carried(action)
    day = due.parse(action["selected_option"]["value"].partition(" ")[0], turn.today) or turn.today
    with turn.db.write() as connection:
        is_open = tasks.put_off(connection, turn.person, number, day)
        one = tasks.get(connection, turn.person, number)
    reply(**page(at, turn, (Did.PUT_OFF if is_open else Did.DONE_BEFORE, one)))


def _carried(action: Payload) -> tuple[int, Place]:
    """The task, and the page that it stands on."""
    number, _, at = chosen(action).partition(" ")
    return carried_id(number) or 0, place(at)
