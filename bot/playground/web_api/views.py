"""The views methods: opening, pushing and rewriting modals, and publishing Home tabs."""

from __future__ import annotations

from bot.playground import home
from bot.playground.model import Json, View
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.shapes import view_json
from bot.playground.state import Slack
from bot.playground.validation import check_view
from bot.playground.web_api.method import Given, method


def payload_of(given: Given) -> Json:
    """The modal of the call, checked; an external id that another open modal has is refused."""
    payload = given.document("view")
    if not isinstance(payload, dict):
        raise RefusalError("invalid_arguments", ["missing required field: view"])
    check_view(payload)
    if any(block.get("element", {}).get("type") == "file_input" for block in payload["blocks"]):
        given.need("files:read")
    return payload


def unique(slack: Slack, payload: Json, view: View | None = None) -> None:
    external_id = payload.get("external_id")
    if external_id and any(v.external_id == external_id and v is not view for v in slack.views.values()):
        raise RefusalError("duplicate_external_id")


@method("views.open", takes="trigger_id view")
def open_view(given: Given) -> Json:
    slack, payload = given.slack, payload_of(given)
    unique(slack, payload)
    trigger = slack.take_trigger(given.required("trigger_id"))
    if trigger.view_id is not None and slack.stack(trigger.person):
        raise NotModelledError("views.open on a trigger from inside a modal: views.push and views.update are modelled")
    return {"view": view_json(slack, slack.open_view(trigger.person, payload, trigger.channel))}


@method("views.push", takes="trigger_id view")
def push(given: Given) -> Json:
    slack, payload = given.slack, payload_of(given)
    unique(slack, payload)
    trigger = slack.take_trigger(given.required("trigger_id"))
    if trigger.view_id is None:
        raise NotModelledError("views.push on a trigger from outside a modal: views.open is modelled")
    return {"view": view_json(slack, slack.push_view(trigger.person, payload))}


@method("views.update", takes="view_id external_id hash view")
def update(given: Given) -> Json:
    slack, payload = given.slack, payload_of(given)
    with slack.lock:
        view = find(slack, given)
        unique(slack, payload, view)
        if given.text("hash") and given.text("hash") != view.hash:
            raise RefusalError("hash_conflict")
        slack.update_view(view, payload)
        return {"view": view_json(slack, view)}


@method("views.publish", takes="user_id hash view")
def publish(given: Given) -> Json:
    slack, payload = given.slack, given.document("view")
    if not given.manifest.home_tab:
        raise RefusalError("not_enabled")
    if not isinstance(payload, dict):
        raise RefusalError("invalid_arguments", ["missing required field: view"])
    check_view(payload, is_home=True)
    if payload.get("external_id"):
        raise NotModelledError("external_id of a Home tab")
    person = slack.people.get(given.required("user_id"))
    if person is None or person.is_bot:
        raise RefusalError("invalid_arguments", ["invalid user_id [json-pointer:/user_id]"])
    return {"view": view_json(slack, home.publish(slack, person.id, payload, given.text("hash")))}


def find(slack: Slack, given: Given) -> View:
    if view_id := given.text("view_id"):
        view = slack.views.get(view_id)
    else:
        external_id = given.required("external_id")
        view = next((v for v in slack.views.values() if v.external_id == external_id), None)
    if view is None:
        raise RefusalError("not_found")
    return view
