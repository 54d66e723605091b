"""Who may use the bot, and what a listener asks of the person behind a click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Right(StrEnum):
    """What a listener asks for. Every listener names one; one left out fails the start."""

    MEMBER = "member"  # a full member of the Slack workspace that installed the bot
    SLACK = "slack"  # Slack itself tells something: nobody asks


class Refusal(StrEnum):
    """Why somebody may not use the bot. The value is the key of the sentence they get."""

    GUEST = "guest"  # a guest of the Slack workspace is usually the customer
    OUTSIDER = "outsider"  # of another Slack workspace, a bot, or deleted


@dataclass(frozen=True)
class Person:
    """Somebody who asks: one of the installation's people as Slack tells of them."""

    id: int
    installation_id: int
    workspace_id: int  # the customer success workspace they work in
    slack_user_id: str
    name: str
    time_zone: str
    locale: str
    catalog_hash: str | None = None  # of what the installation's scores are made with
    as_of: date | None = None  # the day that the installation's scores speak of
    team_id: int | None = None  # their primary team
    team: str = ""
    leads: bool = False  # that team
    owns: bool = False  # some clients name them as CSM
    refusal: Refusal | None = None

    def day(self, now: datetime) -> date:
        """The day that it is where they are; in UTC where Slack names a zone that is newer than this machine knows."""
        try:
            zone: tzinfo = ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
            zone = UTC
        return now.astimezone(zone).date()


def refusal(*, is_guest: bool, is_bot: bool, is_deleted: bool, is_stranger: bool) -> Refusal | None:
    """Whether somebody is to be refused. `is_stranger`: their Slack workspace is not the installation's."""
    if is_stranger or is_bot or is_deleted:
        return Refusal.OUTSIDER
    return Refusal.GUEST if is_guest else None
