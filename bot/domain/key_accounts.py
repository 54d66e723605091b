"""Key accounts: whose a client is that is followed, and what one filter means to who asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


def is_channel(channel: str, name: str) -> bool:
    """Whether it is a channel, public or private, that can be about a client; not a direct message, nor one of several.

    name  as Slack gives it beside the id
    """
    return not channel.startswith("D") and not name.startswith(("directmessage", "mpdm-"))


class Owner(StrEnum):
    """For whom a client is followed."""

    ME = "me"
    TEAM = "team"


class Key(StrEnum):
    """What the filter `key:` keeps."""

    ME = "me"
    TEAM = "team"  # those of my primary team
    ANY = "any"  # both


@dataclass(frozen=True)
class Followers:
    """Whose key accounts a list has: a person's, a team's, or both."""

    person_id: int | None = None
    team_id: int | None = None
    team: str = ""
