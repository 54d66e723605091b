"""Whom and what Slack's client offers in the selects of people and conversations: nobody can choose anything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.playground.model import Channel, Json, Person
from bot.playground.refusals import ImpossibleError
from bot.playground.state import Slack


def offered_channels(channels: Iterable[Channel], element: Json) -> list[Channel]:
    """Those of the person's conversations that they may choose in this element, its `filter` applied."""
    public_only = element["type"] in ("channels_select", "multi_channels_select")
    rules = {"include": ["public"]} if public_only else element.get("filter", {})
    include = rules.get("include", ["public", "private", "im"])
    return [
        channel
        for channel in channels
        if channel.kind in include
        and not channel.is_archived
        and not (rules.get("exclude_external_shared_channels") and _is_external(channel))
        and not (rules.get("exclude_bot_users") and channel.kind == "im")
    ]


def _is_external(channel: Channel) -> bool:
    return channel.is_ext_shared or channel.is_pending_ext_shared


def offered_people(slack: Slack) -> list[Person]:
    """The people whom a select of people offers: everybody but those who left."""
    return [person for person in slack.people.values() if not person.deleted]


def check_offered(slack: Slack, person_id: str, element: Json, raw: Any) -> None:
    """ImpossibleError where an id was chosen that this element does not offer to this person."""
    kind = element["type"].removeprefix("multi_")
    if kind in ("conversations_select", "channels_select"):
        offered = {channel.id for channel in offered_channels(slack.channels_of(person_id), element)}
    elif kind == "users_select":
        offered = {person.id for person in offered_people(slack)}
    else:
        return
    chosen = set(raw if isinstance(raw, list | tuple) else [raw]) - {None, ""}
    if not chosen <= offered:
        raise ImpossibleError(f"{', '.join(sorted(map(str, chosen - offered)))} is not offered there")
