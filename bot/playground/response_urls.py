"""What an app may do with a response_url: answer, replace or remove what was pressed; five times in thirty minutes."""

from __future__ import annotations

from typing import Any

from bot.playground import events
from bot.playground.model import Json, Message, ResponseUrl
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.shapes import message_json
from bot.playground.state import Slack
from bot.playground.validation import check_blocks

_TAKES = {"text", "blocks", "response_type", "replace_original", "delete_original", "unfurl_links", "unfurl_media"}


def answer_url(slack: Slack, token: str, values: Json) -> tuple[int, Json]:
    """Does what the post says; gives the HTTP status and the answer. A refused post is not a use of the address."""
    try:
        check_content(values, removes=_yes(values, "delete_original"))
        right = slack.take_response_url(token)
    except RefusalError as refusal:
        return 404 if refusal.code in ("expired_url", "used_url") else 400, refusal.answer()
    except NotModelledError as missing:
        return 501, {"ok": False, "error": "not_modelled", "method": "response_url", "missing": str(missing)}
    apply(slack, right, values)
    return 200, {"ok": True}


def check_content(values: Any, *, removes: bool = False) -> None:
    """Refuses an answer, here or in an acknowledgement, that says nothing or whose blocks are wrong."""
    if not isinstance(values, dict):
        raise RefusalError("invalid_arguments", ["must provide an object"])
    if unknown := set(values) - _TAKES:
        raise NotModelledError(f"argument {', '.join(sorted(unknown))}")
    blocks = values.get("blocks")
    if not isinstance(values.get("text", ""), str):
        raise RefusalError("invalid_arguments", ["must provide a string [json-pointer:/text]"])
    if blocks is not None:
        check_blocks(blocks, "message")
    if not values.get("text") and not blocks and not removes:
        raise RefusalError("no_text")
    if values.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        raise RefusalError("invalid_arguments", ["must be ephemeral or in_channel [json-pointer:/response_type]"])


def apply(slack: Slack, right: ResponseUrl, values: Json) -> None:
    original = slack.find(right.source) if right.source else None
    if original and _yes(values, "delete_original"):
        remove(slack, original)
    elif original and _yes(values, "replace_original"):
        replace(slack, original, values)
    elif not _yes(values, "delete_original"):
        write(slack, right.person, right.channel, values)


def _yes(values: Json, name: str) -> bool:
    return values.get(name) in (True, "true")


def write(slack: Slack, person_id: str, channel_id: str, values: Json) -> Message:
    """A new answer where the person is: theirs alone, unless it says in_channel."""
    private = values.get("response_type", "ephemeral") == "ephemeral"
    message = slack.post(
        channel_id,
        slack.app.user_id,
        values.get("text", ""),
        values.get("blocks"),
        ephemeral_to=person_id if private else None,
    )
    events.message_posted(slack, message)
    return message


def replace(slack: Slack, original: Message, values: Json) -> None:
    before = message_json(slack, original)
    slack.replace(original, values.get("text", ""), values.get("blocks") or [], original.metadata)
    events.message_changed(slack, original, before)


def remove(slack: Slack, original: Message) -> None:
    before = message_json(slack, original)
    slack.remove(original)
    events.message_deleted(slack, original, before)
