"""Who reads a channel, and whether client data may be posted there. Unknown means no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Audience(StrEnum):
    """Whether client data may be posted to a channel."""

    FINE = "fine"
    NOT_A_CHANNEL = "not_a_channel"  # a conversation between people
    NOT_IN_CHANNEL = "not_in_channel"  # the bot is no member, so it cannot know who reads it
    ARCHIVED = "archived"
    EXTERNAL = "external"  # shared with another company (Slack Connect), or about to be
    GUESTS = "guests"  # somebody in it is a guest, or is not known


FOREIGN = frozenset({Audience.EXTERNAL, Audience.GUESTS})  # refused for who reads along


@dataclass(frozen=True)
class Channel:
    """What Slack says of a conversation that the bot can see (docs: conversations.info)."""

    id: str
    name: str
    is_direct: bool
    is_member: bool
    is_archived: bool
    is_external: bool  # is_ext_shared or is_pending_ext_shared


def judge(channel: Channel | None, members: int, full_members: int) -> Audience:
    """Judge a channel by how many read it and how many of those are known to be full members."""
    if channel is None:
        return Audience.NOT_IN_CHANNEL
    if channel.is_direct:
        return Audience.NOT_A_CHANNEL
    if channel.is_archived:
        return Audience.ARCHIVED
    if channel.is_external:
        return Audience.EXTERNAL
    if not channel.is_member:
        return Audience.NOT_IN_CHANNEL
    return Audience.FINE if full_members >= members else Audience.GUESTS
