"""Saved views: a list's filter under a name, shown again, renamed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import forms as fields
from bot.blocks import ids, kit
from bot.blocks import views as show
from bot.blocks.forms import FormState
from bot.domain.filter_text import write
from bot.domain.filters import Filter, FilterError
from bot.domain.views import ViewNameError, name, wanted
from bot.errors import UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn, carried_id, categories, read_filter
from commands.engagement import lists
from storage import submissions, views

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def page(turn: Turn, first: int = 0) -> kit.Message:
    """The views that somebody sees: their own and their team's."""
    with turn.db.read() as connection:
        found = views.every(connection, turn.person)
    return show.page(found, first, turn.person, categories(turn), turn.command, turn.words)


def on_list(ack: Ack, reply: Reply, turn: Turn) -> None:
    """*Saved views*, from the menu of a list or of the overview: in place."""
    ack()
    reply(**page(turn))


def on_turn(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    ack()
    reply(**page(turn, carried_id(action["value"]) or 0))


def on_show(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """The list that a view keeps, in place."""
    ack()
    with turn.db.read() as connection:
        view = views.get(connection, turn.person, carried_id(action["value"]) or 0)
    reply(**lists.page(write(wanted(view, categories(turn))), turn))


def on_save(ack: Ack, body: Payload, slack: WebClient, turn: Turn, kept: Filter) -> None:
    """*Save view*, from a list's menu: asks for a name."""
    ack()
    view = show.save(turn.person, forms.carrying(body, write(kept)), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_saved(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    entered, state = fields.entered(view["state"]["values"]), forms.carried(view)
    kept, moment = read_filter(state.about, turn), now()
    of_team = entered.get(show.WHOSE) == show.TEAM

    def keep(writing: Connection) -> None:
        person = turn.known_in(writing)
        views.save(writing, person, called, kept, person.own_team_id if of_team else None, moment)

    try:
        called = name(entered.get(show.NAME, ""))
        _once(view, turn, moment, keep)
    except (ViewNameError, FilterError) as error:
        forms.refuse(ack, show.NAME, error, turn)
        return
    ack(response_action="update", view=show.saved(called, turn.command, turn.words))


def on_change(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Rename* or *Delete*: a modal that knows which version it was opened with."""
    ack()
    what, _, identity = action["selected_option"]["value"].partition(":")
    with turn.db.read() as connection:
        view = views.changeable(connection, turn.person, carried_id(identity) or 0)
    state = forms.carrying(body, str(view.id), view.version)
    form = show.rename if what == ids.RENAME_VIEW else show.delete
    slack.views_open(trigger_id=body["trigger_id"], view=form(view, state, turn.words))


def on_renamed(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    state, moment = forms.carried(view), now()
    try:
        called = name(fields.entered(view["state"]["values"]).get(show.NAME, ""))
        _once(view, turn, moment, lambda writing: views.rename(writing, turn.person, *_which(state), called, moment))
    except (ViewNameError, FilterError) as error:
        forms.refuse(ack, show.NAME, error, turn)
        return
    forms.replace(ack, state, page(turn), UserError("views_too_old", command=turn.command))


def on_deleted(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    state = forms.carried(view)
    _once(view, turn, now(), lambda writing: views.remove(writing, turn.person, *_which(state)))
    forms.replace(ack, state, page(turn), UserError("views_too_old", command=turn.command))


def _which(state: FormState) -> tuple[int, int]:
    return carried_id(state.about) or 0, state.version


def _once(view: Payload, turn: Turn, now: datetime, writes: Callable[[Connection], None]) -> None:
    """Write what a modal asks for, unless this submission of it was written already."""
    with turn.db.write() as connection:
        if submissions.claim(connection, turn.person.installation_id, view["id"], now):
            writes(connection)
