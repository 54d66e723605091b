"""The app's Home tab: one private view for each person, published by the app, whose opening the app hears of."""

from __future__ import annotations

from bot.playground.ids import fill_ids, new_id
from bot.playground.model import Json, View
from bot.playground.refusals import RefusalError
from bot.playground.shapes import view_json
from bot.playground.state import Slack
from bot.playground.values import keep_inputs


def publish(slack: Slack, person_id: str, payload: Json, known: str) -> View:
    """Shows a view in the person's Home tab, unless another one than `known` (a hash, or nothing) stands there."""
    with slack.lock:
        before = slack.homes.get(person_id)
        if known and (before is None or before.hash != known):
            raise RefusalError("hash_conflict")
        filled = payload | {"blocks": fill_ids(payload["blocks"])}
        identity = before.id if before else new_id("V")
        inputs = keep_inputs(filled["blocks"], before.inputs) if before else {}
        view = View(identity, new_id("hash"), person_id, filled, identity, inputs=inputs)
        slack.homes[person_id] = view
        slack.changed()
        return view


def opened(slack: Slack, person_id: str, tab: str) -> Json:
    """The event of a person who opens one of the app's tabs; it carries what stands in the Home tab, if anything."""
    channel = slack.direct_message(person_id)
    event: Json = {"type": "app_home_opened", "user": person_id, "channel": channel.id if channel else ""}
    event |= {"tab": tab, "event_ts": slack.next_ts()}
    view = slack.homes.get(person_id)
    return event if view is None or tab != "home" else event | {"view": view_json(slack, view)}
