"""`/workspace` alone: the list, and above it what is still to be done before people can work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from slack_bolt import Ack

from bot.blocks import first_steps as show
from bot.blocks.forms import FormState
from bot.blocks.kit import Message
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn
from commands.workspace import index
from storage import first_steps, rights

Clock = Callable[[], datetime]


def page(turn: Turn) -> Message:
    """The list. An admin of Slack is offered to become the first super admin while there is none."""
    return show.above(index.page(turn), *_parts(turn))


def _parts(turn: Turn) -> Iterator[Message]:
    me = turn.person
    with turn.db.read() as connection:
        admins = rights.super_admins(connection, me.installation_id)
        steps = first_steps.read(connection, me.installation_id, turn.catalog) if me.is_super_admin else None
    if me.is_slack_admin and not admins:
        yield show.offer_first(turn.words)
    if steps is not None and not all(steps.done):
        yield show.steps(steps, me, turn.today, turn.command, turn.words)
    if not me.has_seat:
        yield show.no_seat(me, next(iter(admins.values()), None), turn.words)


def on_list(ack: Ack, reply: Reply, turn: Turn) -> None:
    """*CS workspaces*, the way back from what took the place of the list."""
    ack()
    reply(**page(turn))


def show_again(ack: Ack, state: FormState, turn: Turn) -> None:
    """The list from which a modal was opened, as it is now; the modal says what was done, and stays."""
    forms.refresh(ack, state, page(turn))


def on_become(ack: Ack, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Become one*: rank in Slack lets them ask; that they asked makes them super admin. Only the first gets it."""
    ack()
    with turn.db.write() as connection:
        rights.become_first(connection, turn.person.installation_id, turn.person.id, now())
    reply(**page(turn.known_again()))
