"""The conversations methods: what the bot may know of channels, their members and what was said."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypeVar

from bot.playground.model import Channel, Json, Message
from bot.playground.refusals import NotModelledError, RefusalError
from bot.playground.shapes import channel_json, message_json
from bot.playground.web_api.chat import open_direct_message, visible_channel
from bot.playground.web_api.method import Given, method

Item = TypeVar("Item")

_FAMILY = {"public": "channels", "private": "groups", "im": "im"}
_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im"}


def page(given: Given, items: Sequence[Item], most: int = 1000, default: int = 100) -> tuple[list[Item], str]:
    """One page of `limit` items from the cursor on, and the next cursor (empty on the last page)."""
    start, cursor = 0, given.text("cursor")
    if cursor:
        try:
            start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
        except ValueError:
            raise RefusalError("invalid_cursor") from None
    size = given.number("limit", default, most)
    end = start + min(size, given.slack.longest_page or size)
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), following


def paged(key: str, items: list[Json] | list[str], following: str) -> Json:
    return {key: items, "response_metadata": {"next_cursor": following}}


def readable(given: Given, right: str) -> Channel:
    """The channel of the call, where the installation has the right ("read", "history") for its kind."""
    channel = visible_channel(given.slack, given.required("channel"))
    given.need(f"{_FAMILY[channel.kind]}:{right}")
    return channel


def kinds(given: Given) -> set[str]:
    """The kinds of conversation that `types` names; each needs its scope."""
    wanted = given.text("types").split(",") if given.text("types") else ["public_channel"]
    for name in wanted:
        if name == "mpim":
            raise NotModelledError("types=mpim")
        if name not in _TYPES:
            raise RefusalError("invalid_types")
        given.need(f"{_FAMILY[_TYPES[name]]}:read")
    return {_TYPES[name] for name in wanted}


@method("conversations.info", takes="channel include_locale include_num_members")
def info(given: Given) -> Json:
    channel = readable(given, "read")
    shown = channel_json(given.slack, channel, given.flag("include_locale"))
    if given.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


@method("conversations.members", takes="channel cursor limit")
def members(given: Given) -> Json:
    channel = readable(given, "read")
    if channel.kind != "public" and not given.slack.is_member(channel):
        raise RefusalError("channel_not_found")
    return paged("members", *page(given, sorted(channel.members)))


@method("conversations.list", takes="types cursor limit exclude_archived")
def list_all(given: Given) -> Json:
    return listed(given, list(given.slack.channels.values()))


@method("users.conversations", takes="user types cursor limit exclude_archived")
def of_user(given: Given) -> Json:
    slack = given.slack
    person_id = given.text("user") or slack.app.user_id
    if person_id not in slack.people:
        raise RefusalError("user_not_found")
    found = listed(given, [channel for channel in slack.channels.values() if person_id in channel.members])
    for one in found["channels"]:
        one.pop("is_member", None)  # "We omit the is_member and num_members fields in this method's response."
    return found


def listed(given: Given, channels: list[Channel]) -> Json:
    """One page of those channels that the call asks for and the bot may know of."""
    slack, wanted = given.slack, kinds(given)
    found = [
        channel
        for channel in channels
        if channel.kind in wanted
        and (channel.kind == "public" or slack.is_member(channel))
        and not (channel.is_archived and given.flag("exclude_archived"))
    ]
    part, following = page(given, found)
    return paged("channels", [channel_json(slack, channel) for channel in part], following)


@method("conversations.open", scope="im:write", takes="users return_im")
def open_conversation(given: Given) -> Json:
    names = given.document("users") if isinstance(given.values.get("users"), list) else given.text("users")
    people = names if isinstance(names, list) else [name for name in names.split(",") if name]
    if not people:
        raise RefusalError("users_list_not_supplied")
    if len(people) > 1:
        raise NotModelledError("conversations.open with several people")
    if people[0] not in given.slack.people:
        raise RefusalError("user_not_found")
    channel = open_direct_message(given.slack, people[0])
    return {"channel": channel_json(given.slack, channel) if given.flag("return_im") else {"id": channel.id}}


@method("conversations.history", takes="channel cursor limit oldest latest inclusive include_all_metadata")
def history(given: Given) -> Json:
    """What was said in the channel itself, the newest first; answers in threads are not among it."""
    said = [message for message in _said(given) if message.thread_ts is None]
    return _page_of(given, said[::-1]) | {"pin_count": 0}


@method("conversations.replies", takes="channel ts cursor limit oldest latest inclusive include_all_metadata")
def replies(given: Given) -> Json:
    """A message and the answers to it, the oldest first."""
    ts = given.required("ts")
    found = [message for message in _said(given) if ts in (message.ts, message.thread_ts)]
    if not any(message.ts == ts for message in found):
        raise RefusalError("thread_not_found")
    return _page_of(given, found)


def _said(given: Given) -> list[Message]:
    """What can be read of the channel between the times that the call names."""
    slack, channel = given.slack, readable(given, "history")
    if not slack.is_member(channel):
        raise RefusalError("not_in_channel")
    oldest, latest = _ts(given, "oldest", "0"), _ts(given, "latest", "inf")
    inclusive = given.flag("inclusive")
    with slack.lock:
        return [
            message
            for message in slack.messages[channel.id]
            if message.ephemeral_to is None
            and (oldest < float(message.ts) < latest or (inclusive and float(message.ts) in (oldest, latest)))
        ]


def _page_of(given: Given, said: list[Message]) -> Json:
    metadata = given.flag("include_all_metadata")
    part, following = page(given, said, most=999)
    shown = [message_json(given.slack, message, metadata) for message in part]
    answer: Json = {"messages": shown, "has_more": bool(following)}
    return answer | ({"response_metadata": {"next_cursor": following}} if following else {})


def _ts(given: Given, name: str, default: str) -> float:
    try:
        return float(given.text(name) or default)
    except ValueError:
        raise RefusalError(f"invalid_ts_{name}") from None
