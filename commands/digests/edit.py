"""The modal of a digest: opened, filled in, checked against the channel's audience, and saved once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks import digest_form as form
from bot.blocks import digest_list as show
from bot.blocks import forms as fields
from bot.blocks import kit
from bot.blocks import share as channels
from bot.blocks.digest_form import Choices
from bot.blocks.forms import FormState
from bot.domain import digest_settings as rules
from bot.domain.access import Right
from bot.domain.audience import Audience as Verdict
from bot.domain.digests import Content, Digest
from bot.domain.workspaces import search
from bot.errors import FieldError, UserError
from commands import forms
from commands.arguments import Turn, carried_id, categories, require
from commands.digests.door import enter
from storage import digest_choices, digest_settings, places, submissions
from storage.audience import Audience

LATE = 2.0  # seconds, of the 3 in which Slack wants a modal's answer

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def on_new(ack: Ack, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*New digest*, below the list."""
    ack()
    open_new(body, slack, turn)


def open_new(body: Payload, slack: WebClient, turn: Turn) -> None:
    """With what is usual: of one's own team, where it is."""
    enter(turn)
    if not rules.may_set_up(turn.person):
        require(turn, Right.SETTINGS)
    choices = _choices(turn)
    held = form.fields_of(_usual(choices, turn))
    view = form.form(held, choices, forms.carrying(body), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def _usual(choices: Choices, turn: Turn) -> Digest:
    me = turn.person
    mine = [one for one in choices.places if one.team_id is not None and one.team_id == me.own_team_id]
    here = [one for one in choices.places if one.workspace_id == me.home]
    place = next(iter([*mine, *here, *choices.places]))
    zone = place.time_zone or me.time_zone
    of = {"team_id": place.team_id, "channel_id": place.channel_id}
    return Digest(me.installation_id, 0, place.workspace_id, "", Content.BOTH, zone, me.id, **of)  # type: ignore[arg-type]


def on_edit(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Edit the digest*, where its maker is told that it rests."""
    ack()
    open_edit(carried_id(action["value"]) or 0, body, slack, turn)


def open_edit(number: int, body: Payload, slack: WebClient, turn: Turn) -> None:
    enter(turn)
    with turn.db.read() as connection:
        one = digest_settings.changeable(connection, turn.person, number).digest
    state = forms.carrying(body, str(one.id), one.version)
    view = form.form(form.fields_of(one), _choices(turn), state, turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_options(ack: Ack, body: Payload, turn: Turn) -> None:
    """What a field offers for what is typed into it."""
    name, typed = body["action_id"], body.get("value") or ""
    if not rules.may_set_up(turn.person):
        ack(**kit.found([]))
    elif name == form.ZONE:
        ack(**kit.found(search(typed, ((zone, zone) for zone in places.time_zones()))))
    else:
        offer = form.whats if name == form.WHAT else form.ofs
        ack(**kit.found(search(typed, offer(_choices(turn), turn.words))))


def on_saved(ack: Ack, view: Payload, audience: Audience, turn: Turn, now: Clock) -> None:
    """Where somebody else was faster, the modal says what they changed and keeps what was entered."""
    enter(turn)
    state, moment = forms.carried(view), now()
    try:
        wanted = _entered(view, state, turn)
        if (why := _refused(wanted.channel_id, audience, turn)) is not None:
            ack(response_action="errors", errors={form.CHANNEL: why})
            return
        saved = _write(view["id"], wanted, turn, moment)
    except FieldError as error:
        forms.refuse(ack, error.field, error, turn)
    except UserError as error:
        if error.key != "digest_changed":
            raise
        ack(response_action="update", view=_again(view, state, turn))
    else:
        ack(response_action="update", view=show.saved(saved, moment, turn.words))
        forms.refresh(ack, state, listed(turn))


def resume(number: int, audience: Audience, turn: Turn, now: datetime) -> None:
    """Raises UserError where its channel may not be told by now."""
    with turn.db.read() as connection:
        one = digest_settings.changeable(connection, turn.person, number).digest
    if (why := _refused(one.channel_id, audience, turn)) is not None:
        raise UserError("digest_stays", digest=one.name, why=why)
    with turn.db.write() as connection:
        digest_settings.resume(connection, turn.known_in(connection), number, now)


def listed(turn: Turn) -> kit.Message:
    """The list from which a modal was opened, as it is now."""
    with turn.db.read() as connection:
        return show.page(digest_settings.every(connection, turn.person), 0, turn.person, turn.now, turn.words)


def _entered(view: Payload, state: FormState, turn: Turn) -> Digest:
    choices, number = _choices(turn), carried_id(state.about)
    if not choices.places:
        raise UserError("digest_read_only", digest=turn.words("Digest"))
    if number is None:
        before = _usual(choices, turn)
    else:
        with turn.db.read() as connection:
            before = digest_settings.changeable(connection, turn.person, number).digest
    read = form.read(fields.entered(view["state"]["values"]), before, choices)
    zone = places.time_zone(read.time_zone)
    if zone is None:
        raise FieldError("team_time_zone", form.ZONE)
    return replace(read, time_zone=zone, version=state.version)


def _refused(channel_id: str | None, audience: Audience, turn: Turn) -> str | None:
    """Why client data may not be posted there; also where it took too long to ask."""
    if channel_id is None:
        return None
    started = time.monotonic()
    verdict, channel = audience.judge(turn.person.installation_id, channel_id)
    if verdict is not Verdict.FINE:
        return channels.refused(verdict, channel, turn.words)
    is_late = time.monotonic() - started > LATE  # what was asked is kept: the next press is quick
    return channels.slow(turn.words) if is_late else None


def _write(view_id: str, wanted: Digest, turn: Turn, now: datetime) -> Digest:
    with turn.db.write() as connection:
        if not submissions.claim(connection, wanted.installation_id, view_id, now):
            return wanted
        person = turn.known_in(connection)
        if wanted.id:
            return digest_settings.change(connection, person, wanted, now)
        return digest_settings.create(connection, person, wanted, now)


def _again(view: Payload, state: FormState, turn: Turn) -> kit.Modal:
    with turn.db.read() as connection:
        one = digest_settings.changeable(connection, turn.person, carried_id(state.about) or 0).digest
    before, after = fields.opened(view["blocks"]), form.fields_of(one)
    changed = {name: after.get(name, "") for name in before | after if before.get(name) != after.get(name)}
    mine = fields.entered(view["state"]["values"])
    return form.form(mine, _choices(turn), replace(state, version=one.version), turn.words, changed)


def _choices(turn: Turn) -> Choices:
    with turn.db.read() as connection:
        return _read(connection, turn)


def _read(connection: Connection, turn: Turn) -> Choices:
    return Choices(
        digest_choices.places(connection, turn.person),
        digest_choices.views(connection, turn.person, categories(turn)),
        digest_choices.currency(connection, turn.person.installation_id),
    )
