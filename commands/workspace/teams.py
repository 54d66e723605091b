"""`/workspace teams`: the list of teams, and the modals that make, change and remove one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import forms as fields
from bot.blocks import ids, kit
from bot.blocks import teams as show
from bot.blocks.forms import FormState
from bot.domain.teams import Entered
from bot.errors import FieldError, UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn, carried_id
from commands.workspace import index
from storage import places, submissions
from storage import team_settings as teams

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def page(turn: Turn, first: int = 0) -> kit.Message:
    with turn.db.read() as connection:
        found = teams.every(connection, turn.person.installation_id)
    return show.page(found, first, turn.words)


def on_list(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """The teams, in place."""
    ack()
    reply(**page(turn, carried_id(action.get("value", "")) or 0))


def on_new(ack: Ack, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*New team*: where its maker is, as far as Slack tells."""
    ack()
    zone = turn.person.time_zone
    here = {show.TIME_ZONE: zone, show.COUNTRY: places.country_of(zone) or ""}
    view = show.create({name: text for name, text in here.items() if text}, forms.carrying(body), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_change(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Change* or *Remove*: a modal that knows which version it was opened with."""
    ack()
    what, _, number = action["selected_option"]["value"].partition(":")
    here = turn.person.installation_id
    find = teams.changeable if what == ids.EDIT_TEAM else teams.removable
    with turn.db.read() as connection:
        one = find(connection, here, carried_id(number) or 0)
        views = teams.saved_views(connection, here, one.id)
    state = forms.carrying(body, str(one.id), one.version)
    view = (
        show.edit(one, show.fields_of(one), state, turn.words)
        if what == ids.EDIT_TEAM
        else show.remove(one, views, state, turn.words)
    )
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_created(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    person, moment = turn.person, now()

    def write(writing: Connection) -> None:
        teams.create(writing, person.installation_id, _entered(view), by=person.id, now=moment)

    _save(ack, view, turn, moment, write)


def on_edited(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    """Where somebody else was faster, the modal says what they changed and keeps what was entered."""
    person, state, moment = turn.person, forms.carried(view), now()
    number = carried_id(state.about) or 0

    def write(writing: Connection) -> None:
        teams.change(writing, person.installation_id, number, state.version, _entered(view), by=person.id, now=moment)

    try:
        _save(ack, view, turn, moment, write)
    except UserError as error:
        if error.key != "team_changed":
            raise
        ack(response_action="update", view=_again(view, state, number, turn))


def _again(view: Payload, state: FormState, number: int, turn: Turn) -> kit.Modal:
    with turn.db.read() as connection:
        one = teams.changeable(connection, turn.person.installation_id, number)
    before, after = fields.opened(view["blocks"]), show.fields_of(one)
    changed = {name: after.get(name, "") for name in before | after if before.get(name) != after.get(name)}
    mine = fields.entered(view["state"]["values"])
    return show.edit(one, mine, replace(state, version=one.version), turn.words, changed)


def on_removed(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    person, state, moment = turn.person, forms.carried(view), now()

    def write(writing: Connection) -> None:
        number = carried_id(state.about) or 0
        teams.remove(writing, person.installation_id, number, state.version, by=person.id, now=moment)

    _save(ack, view, turn, moment, write)


def _entered(view: Payload) -> Entered:
    """What was entered, with its country and time zone in their own spelling. Raises FieldError."""
    read = show.read(fields.entered(view["state"]["values"]))
    country, zone = places.country(read.country or ""), places.time_zone(read.time_zone or "")
    if read.country and country is None:
        raise FieldError("team_country", show.COUNTRY)
    if read.time_zone and zone is None:
        raise FieldError("team_time_zone", show.TIME_ZONE)
    return replace(read, country=country, time_zone=zone)


def _save(ack: Ack, view: Payload, turn: Turn, now: datetime, write: Callable[[Connection], None]) -> None:
    """Write once what a modal says, show the teams in the place of the list, and move clients that it moves."""
    try:
        with turn.db.write() as connection:
            if submissions.claim(connection, turn.person.installation_id, view["id"], now):
                write(connection)
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
        return
    too_late = UserError("workspace_too_old", command=f"{turn.called('workspace')} teams")
    forms.replace(ack, forms.carried(view), page(turn), too_late)
    index.resettle(turn)
