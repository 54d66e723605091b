"""The events that Slack tells an app of, as the inner `event` of an event callback."""

from __future__ import annotations

from bot.playground.model import Json, Message, Person
from bot.playground.shapes import message_json, user_json
from bot.playground.state import Slack

CHANNEL_TYPES = {"public": "channel", "private": "group", "im": "im"}


def _where(slack: Slack, message: Message) -> Json:
    channel = slack.channels[message.channel]
    return {"channel": channel.id, "channel_type": CHANNEL_TYPES[channel.kind]}


def _heard(slack: Slack, message: Message) -> bool:
    """An app hears of lasting messages where its bot is a member, its own included."""
    return message.ephemeral_to is None and slack.is_member(slack.channels[message.channel])


def message_posted(slack: Slack, message: Message) -> None:
    if _heard(slack, message):
        shared: Json = {"subtype": "file_share"} if message.files else {}
        slack.on_event(message_json(slack, message) | shared | _where(slack, message) | {"event_ts": message.ts})


def message_changed(slack: Slack, message: Message, before: Json) -> None:
    if _heard(slack, message):
        ts = slack.next_ts()
        event: Json = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts, "event_ts": ts}
        slack.on_event(
            event | _where(slack, message) | {"message": message_json(slack, message), "previous_message": before}
        )


def message_deleted(slack: Slack, message: Message, before: Json) -> None:
    if _heard(slack, message):
        ts = slack.next_ts()
        event: Json = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": ts, "event_ts": ts}
        slack.on_event(event | _where(slack, message) | {"deleted_ts": message.ts, "previous_message": before})


def person_changed(slack: Slack, kind: str, person: Person) -> None:
    """`team_join` or `user_change`; both carry the whole user."""
    user = user_json(slack, person, email=True, locale=True)
    slack.on_event({"type": kind, "user": user, "event_ts": slack.next_ts(), "cache_ts": int(slack.real_time())})


def subscription(event: Json) -> str:
    """The name under which a manifest subscribes to the event."""
    suffix = {"channel": "channels", "group": "groups", "im": "im"}
    return f"message.{suffix[event['channel_type']]}" if event["type"] == "message" else str(event["type"])
