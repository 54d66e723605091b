"""Submitting a modal: what Slack's client refuses by itself, and what an app may answer (`response_action`)."""

from __future__ import annotations

from typing import Any

from bot.playground.model import Json, View
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.state import Slack
from bot.playground.validation import check_view
from bot.playground.values import complaint, state_values


def own_complaints(view: View) -> dict[str, str]:
    """What Slack's client says beside inputs before it sends anything, by block id."""
    values = state_values(view.payload["blocks"], view.inputs, view.channel)
    found = {
        block["block_id"]: complaint(block, values[block["block_id"]][block["element"]["action_id"]])
        for block in view.payload["blocks"]
        if block["type"] == "input"
    }
    return {block_id: text for block_id, text in found.items() if text}


def answer_submission(slack: Slack, view: View, answer: Any) -> dict[str, str]:
    """Does what the acknowledgement says; gives the errors by block id. RefusalError where it is wrong."""
    if answer is not None and not isinstance(answer, dict):
        raise RefusalError("invalid_arguments", ["must provide an object"])
    said: Json = answer or {}
    match said.get("response_action"):
        case None if not said:
            slack.close_view(view)
        case "errors":
            return _errors(view, said)
        case "clear":
            slack.clear_views(view.person)
        case "update":
            slack.update_view(view, _view(said))
        case "push":
            slack.push_view(view.person, _view(said))
        case other:
            raise RefusalError("invalid_arguments", [f"response_action: {other}"])
    return {}


def _errors(view: View, answer: Json) -> dict[str, str]:
    errors = answer.get("errors")
    inputs = {block["block_id"] for block in view.payload["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise RefusalError("invalid_arguments", ["errors must name block ids of input blocks"])
    if not all(isinstance(text, str) and text for text in errors.values()):
        raise RefusalError("invalid_arguments", ["errors must be texts"])
    return dict(errors)


def _view(answer: Json) -> Json:
    view = answer.get("view")
    if not isinstance(view, dict):
        raise RefusalError("invalid_arguments", ["missing required field: view"])
    try:
        check_view(view)
    except NotModelledError as missing:
        raise RefusalError("not_modelled", [str(missing)]) from None
    return view
