"""`/workspace people`: whom the data names, who they are in Slack, and what each may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import forms as fields
from bot.blocks import kit
from bot.blocks import people as show
from bot.domain.csms import Rights
from bot.errors import UserError
from bot.reply import Reply
from commands import forms
from commands.arguments import Turn, carried_id
from storage import addresses, csms, members, people, rights, standing, submissions, teams, welcomes

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]
SETTLING = 60.0  # seconds of scoring the clients of a bound address: thousands of them


def page(turn: Turn, first: int = 0) -> kit.Message:
    here = turn.person.installation_id
    with turn.db.read() as connection:
        found, seats = csms.every(connection, here), _seats(connection, here)
    return show.page(found, first, turn.person, seats, turn.words)


def _seats(connection: Connection, here: int) -> show.Seats:
    by_hand, everybody = rights.seats_by_hand(connection, here), not teams.exist(connection, here)
    return show.Seats(by_hand, everybody, welcomes.held(connection, here), rights.by_hand(connection, here))


def on_list(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """The people, in place."""
    ack()
    reply(**page(turn, carried_id(action.get("value", "")) or 0))


def on_bind(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """Somebody was chosen for an address: they are its CSM from now on, and their clients are scored again."""
    ack()
    here, chosen = turn.person.installation_id, action.get("selected_user")
    named = carried_id(action["action_id"].partition(":")[2]) or 0
    if chosen is None:
        return
    with turn.db.write() as connection:
        addresses.bind(connection, here, named, chosen, by=turn.person.id, now=now())
    reply(**page(turn))
    standing.settle(turn.db, here, turn.catalog, seconds=SETTLING)


def on_unbind(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Not theirs*, beside an address that was bound: its clients follow it, and are scored again."""
    ack()
    here = turn.person.installation_id
    with turn.db.write() as connection:
        addresses.unbind(connection, here, action["value"], by=turn.person.id, now=now())
    reply(**page(turn))
    standing.settle(turn.db, here, turn.catalog, seconds=SETTLING)


def on_by_hand(ack: Ack, action: Payload, reply: Reply, turn: Turn, now: Clock) -> None:
    """*Seats by hand*, or by the rule again."""
    ack()
    here, on = turn.person.installation_id, action["value"] == "on"
    with turn.db.write() as connection:
        rights.set_seats_by_hand(connection, here, on, by=turn.person.id, now=now())
    reply(**page(turn))


def on_welcome(ack: Ack, reply: Reply, turn: Turn) -> None:
    """*Welcome 9 people*: they had a seat before there were welcomes. A job writes to them."""
    ack()
    with turn.db.write() as connection:
        welcomes.release(connection, turn.person.installation_id)
    reply(**page(turn))


def on_rights(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Rights* beside a CSM, or anybody chosen in the menu: a modal."""
    ack()
    with turn.db.read() as connection:
        one = _rights(connection, turn, _chosen(connection, action, turn))
        seats = _seats(connection, turn.person.installation_id)
    view = show.rights(one, turn.person, seats, forms.carrying(body, str(one.id)), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def _chosen(connection: Connection, action: Payload, turn: Turn) -> int | None:
    if "value" in action:
        return carried_id(action["value"])
    return people.in_slack(connection, turn.person.installation_id, action.get("selected_user") or "")


def _rights(connection: Connection, turn: Turn, identity: int | None) -> Rights:
    """Raises UserError for who is no full member."""
    here = turn.person.installation_id
    one = members.get(connection, here, identity)
    clients, seat = csms.clients_of(connection, here, one.id), rights.seat(connection, here, one.id)
    return Rights(one.id, one.name, one.is_super_admin, one.manages, seat, one.has_seat, one.team, clients)


def on_saved(ack: Ack, view: Payload, turn: Turn, now: Clock) -> None:
    """Only what was changed in the form is written: a form that is open for long takes nothing back."""
    state, moment = forms.carried(view), now()
    before, after = fields.opened(view["blocks"]), fields.entered(view["state"]["values"])
    changed = {name: after.get(name) for name in show.FIELDS if before.get(name) != after.get(name)}
    try:
        with turn.db.write() as connection:
            one = _rights(connection, turn, carried_id(state.about))
            if submissions.claim(connection, turn.person.installation_id, view["id"], moment):
                _write(connection, turn, one.id, changed, moment)
    except UserError as error:
        if error.key != "last_super_admin":
            raise
        forms.refuse(ack, show.SUPER_ADMIN, error, turn)
        return
    too_late = UserError("workspace_too_old", command=f"{turn.called('workspace')} people")
    forms.replace(ack, state, page(turn.known_again()), too_late)


def _write(connection: Connection, turn: Turn, who: int, changed: Mapping[str, str | None], now: datetime) -> None:
    here, by = turn.person.installation_id, turn.person.id
    if show.SEAT in changed:
        choice = changed[show.SEAT]
        rights.set_seat(connection, here, who, choice if choice in {"on", "off"} else None, by=by, now=now)
    if show.MANAGES in changed:
        rights.set_manages(connection, here, who, changed[show.MANAGES] == show.YES, by=by, now=now)
    if show.SUPER_ADMIN in changed:
        rights.set_super_admin(connection, here, who, changed[show.SUPER_ADMIN] == show.YES, by=by, now=now)
