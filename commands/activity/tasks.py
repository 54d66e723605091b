"""`/task` alone: one's open tasks, or those of the team that one leads, and what is done with one, in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import activity_form as form
from bot.blocks import forms as fields
from bot.blocks import ids, morning
from bot.blocks import tasks as show
from bot.blocks.forms import FormState
from bot.blocks.kit import Message, Modal
from bot.blocks.tasks import Did
from bot.domain import due
from bot.domain.tasks import Given, Led, Place, place
from bot.errors import FieldError, UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn, carried_id, categories, chosen
from storage import leads, tasks

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def page(at: Place, turn: Turn, did: tuple[Did, Given] | None = None) -> Message:
    me, plans = turn.person, any(turn.today <= span.last for span in turn.person.away)
    with turn.db.read() as connection:
        led = Led(me.leads, leads.is_any_missing(connection, me))
        at = at if any(led) else at._replace(is_team=False)
        found = tasks.open_of(connection, me, at, show.PAGE + 1)
    return show.page(found, at, turn.today, turn.words, led=led, plans=plans, covers=me.covers, did=did)


def on_page(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Another page, or the tasks of one's team: in place, or below a message that is no list."""
    ack()
    reply(replace_original=not action["action_id"].endswith(ids.BELOW), **page(place(chosen(action)), turn))


def _shown(at: Place, body: Payload, turn: Turn, did: tuple[Did, Given]) -> Message:
    """What stands in the place of the message whose button was pressed: of a morning message the most stays."""
    blocks = body.get("message", {}).get("blocks", []) if at.in_morning else []
    return morning.after(blocks, *did, turn.today, turn.words) if blocks else page(at, turn, did)


def on_done(ack: Ack, action: Payload, body: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Done*, with one click. Of two clicks the second one says who was faster."""
    ack()
    number, at = _carried(action)
    with turn.db.write() as connection:
        is_first = tasks.finish(connection, turn.person, number, now())
        one = tasks.get(connection, turn.person, number)
    reply(**_shown(at, body, turn, (Did.DONE if is_first else Did.DONE_BEFORE, one)))


def on_given_done(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Done* in the direct message about a task that one was given: in place."""
    ack()
    number = carried_id(chosen(action)) or 0
    with turn.db.write() as connection:
        is_first = tasks.finish(connection, turn.person, number, now())
        one = tasks.get(connection, turn.person, number)
    reply(**show.given_done(one, turn.today, turn.words, is_first=is_first))


def on_reopen(ack: Ack, action: Payload, body: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    ack()
    number, at = _carried(action)
    with turn.db.write() as connection:
        tasks.reopen(connection, turn.person, number, now())
        one = tasks.get(connection, turn.person, number)
    reply(**_shown(at, body, turn, (Did.REOPENED, one)))


def on_put_off(ack: Ack, action: Payload, body: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """To the day that the entry's word means to whose task it is."""
    ack()
    number, at = _carried(action)
    word = action["selected_option"]["value"].partition(" ")[0]
    with turn.db.write() as connection:
        days = tasks.get(connection, turn.person, number).days
        day = due.parse(word, turn.today, days) or turn.today
        is_open = tasks.put_off(connection, turn.person, number, day, now())
        one = replace(tasks.get(connection, turn.person, number), asked=due.off(word, turn.today, days))
    reply(**_shown(at, body, turn, (Did.PUT_OFF if is_open else Did.DONE_BEFORE, one)))


def on_change(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Change…*: a modal that knows which version it was opened with."""
    ack()
    number, at = _carried(action)
    with turn.db.read() as connection:
        one = tasks.get(connection, turn.person, number)
    state = forms.carrying(body, f"{number} {at}", one.version)
    view = form.change(one.client, _fields(one), categories(turn), state, turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def _fields(one: Given) -> dict[str, str]:
    """What stands in the modal's fields."""
    made = {form.NAME: one.title, form.DETAILS: one.details, form.CATEGORY: one.category or ""}
    made |= {form.DUE: one.due_on.isoformat(), form.ASSIGNEE: one.assignee_slack_id, form.PRIORITY: one.priority.value}
    return {name: text for name, text in made.items() if text}


def on_changed(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    """Given to somebody else, it leaves the list. Another day that has passed is asked about once."""
    state, entered = forms.carried(view), fields.entered(view["state"]["values"])
    about, _, asked = state.about.partition("?")
    number, _, at = about.partition(" ")
    task_id = carried_id(number) or 0
    try:
        made = form.read_task(0, entered, categories(turn))  # the client stays as it is
        if made.due_on < turn.today and made.due_on.isoformat() != asked:
            with turn.db.read() as connection:
                before = tasks.get(connection, turn.person, task_id)
            if made.due_on != before.due_on:
                ack(response_action="update", view=_past(before, made.due_on, entered, about, state, turn))
                return
        with turn.db.write() as connection:
            one = tasks.change(connection, turn.person, task_id, state.version, made, now())
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    shown, too_late = place(at), UserError("tasks_too_old", command=turn.called("task"))
    if shown.in_morning:
        forms.below(ack, state, page(Place(), turn, (Did.CHANGED, one)), too_late)
    else:
        forms.replace(ack, state, page(shown, turn, (Did.CHANGED, one)), too_late)


def _past(one: Given, day: date, entered: dict[str, str], about: str, state: FormState, turn: Turn) -> Modal:
    """The modal again with a question; it carries the day that was asked about."""
    asked = replace(state, about=f"{about}?{day.isoformat()}")
    view = form.change(one.client, entered, categories(turn), asked, turn.words)
    return form.past(view, day, turn.today, turn.words)


def _carried(action: Payload) -> tuple[int, Place]:
    """The task, and the page that it stands on."""
    number, _, at = chosen(action).partition(" ")
    return carried_id(number) or 0, place(at)
