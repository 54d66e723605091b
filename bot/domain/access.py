"""Who may use the bot, and what a listener asks of the person behind a click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.absences import Covered
from bot.domain.working_days import Span, WorkingDays
from bot.domain.workspaces import EVERYTHING


class Right(StrEnum):
    """What a listener asks for. Every listener names one; one left out fails the start."""

    SLACK = "slack"  # Slack itself tells something: nobody asks
    MEMBER = "member"  # a full member of the Slack workspace that installed the bot
    SEAT = "seat"  # one with a service seat: works with clients
    SETTINGS = "settings"  # a super admin, or who may manage customer success settings and has a seat
    SUPER_ADMIN = "super_admin"


class Refusal(StrEnum):
    """Why somebody may not use the bot. The value is the key of the sentence they get."""

    GUEST = "guest"  # a guest of the Slack workspace is usually the customer
    OUTSIDER = "outsider"  # of another Slack workspace, a bot, or deleted
    NO_SEAT = "no_seat"
    NO_SETTINGS = "no_settings"
    NO_SUPER_ADMIN = "no_super_admin"


@dataclass(frozen=True)
class Person:
    """Somebody who asks: one of the installation's people as Slack tells of them."""

    id: int
    installation_id: int
    workspace_id: int  # the customer success workspace whose clients they see
    slack_user_id: str
    name: str
    time_zone: str
    locale: str
    catalog_hash: str | None = None  # of what the installation's scores are made with
    as_of: date | None = None  # the day that the installation's scores speak of
    every: int | None = None  # the rhythm of the source that goes there
    team_id: int | None = None  # their primary team
    team: str = ""
    leads: bool = False  # that team
    owns: bool = False  # some clients name them as CSM
    has_seat: bool = True
    manages: bool = False  # customer success settings
    is_super_admin: bool = False
    is_slack_admin: bool = False  # an owner or admin of the Slack workspace, which by itself gives no right
    refusal: Refusal | None = None
    home_id: int | None = None  # the workspace of their team, where they see the clients of another
    looks_as: int | None = None  # the person as whom they look at a workspace: team, workspace and `owns` are theirs
    looks_as_name: str = ""
    country: str | None = None  # of their team
    crm: str | None = None  # where the installation's tasks and notes are pushed
    away: tuple[Span, ...] = ()  # their absences that are not long over
    tied: int | None = None  # the client to which the channel is tied where they ask, whether or not they see it
    covers: tuple[Covered, ...] = ()  # who is away today, and whose cover they are

    @property
    def days(self) -> WorkingDays:
        """When they work."""
        return WorkingDays(self.country, self.away)

    @property
    def covered(self) -> tuple[int, ...]:
        """The people whose clients they see beside those of their workspace."""
        return () if self.workspace_id == EVERYTHING else tuple(one.person_id for one in self.covers)

    @property
    def acts_for(self) -> tuple[int, ...]:
        """The people in whose place they may do something: rights stay one's own, as whomever one looks."""
        return tuple(one.person_id for one in self.covers) if self.looks_as is None else ()

    def is_away(self, now: datetime) -> bool:
        return any(span.has(self.day(now)) for span in self.away)

    def covering(self, person_id: int | None) -> Covered | None:
        return next((one for one in self.covers if one.person_id == person_id), None)

    def in_place_of(self, stands: Mapping[int, int | None]) -> Covered | None:
        """Whom they cover, of a client that they see for that reason alone."""
        csms = () if self.workspace_id in stands else stands.values()
        return next((one for csm in csms if (one := self.covering(csm)) is not None), None)

    def for_whom(self, stands: Mapping[int, int | None]) -> Covered | None:
        """Whom they cover, of the CSMs of a client."""
        return next((one for csm in stands.values() if (one := self.covering(csm)) is not None), None)

    def sees(self, stands: Mapping[int, int | None]) -> bool:
        """Whether they see a client; by the workspaces where it stands, with its CSM in each."""
        return self.workspace_id in stands or any(
            csm in self.covered for workspace, csm in stands.items() if workspace != EVERYTHING
        )

    @property
    def seen_as(self) -> int:
        """Whose clients are "mine"."""
        return self.id if self.looks_as is None else self.looks_as

    @property
    def own_team_id(self) -> int | None:
        """The team for which they may write something: rights stay one's own, as whomever one looks."""
        return self.team_id if self.looks_as is None else None

    @property
    def stands_in(self) -> bool:
        """Whether they do what leads do, of teams that have none."""
        return self.is_super_admin and self.looks_as is None

    def looking_as(self, other: Person) -> Person:
        """The same with what the other sees. Needs a seat and a super admin: else they see their own."""
        if not (self.is_super_admin and self.has_seat):
            return self
        return replace(
            self,
            workspace_id=other.workspace_id,
            home_id=other.home_id,
            team_id=other.team_id,
            team=other.team,
            leads=other.leads,
            owns=other.owns,
            looks_as=other.id,
            looks_as_name=other.name,
            covers=other.covers,
        )

    @property
    def home(self) -> int:
        """The workspace of their team: their saved views are kept there."""
        return self.workspace_id if self.home_id is None else self.home_id

    def lacks(self, right: Right) -> Refusal | None:
        """Why somebody who asks may not do what asks for a right; None where they may."""
        if self.refusal is not None:
            return self.refusal
        match right:
            case Right.SEAT if not self.has_seat:
                return Refusal.NO_SEAT
            case Right.SETTINGS if not (self.is_super_admin or (self.manages and self.has_seat)):
                return Refusal.NO_SETTINGS
            case Right.SUPER_ADMIN if not self.is_super_admin:
                return Refusal.NO_SUPER_ADMIN
        return None

    def day(self, now: datetime) -> date:
        """The day that it is where they are."""
        return now.astimezone(self.zone).date()

    @property
    def zone(self) -> tzinfo:
        return zone(self.time_zone)


def zone(name: str) -> tzinfo:
    """The zone of this name; UTC where Slack names one that is newer than this machine knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return UTC


def has_seat(*, by_hand: bool, choice: str | None, owns: bool, in_team: bool, any_team: bool) -> bool:
    """Whether somebody has a service seat.

    choice   "on" or "off", where somebody gave them a seat or took it away
    by_hand  only those who were given one have a seat
    Else everyone whom clients name as CSM or who is in a team has one; until there is a team, everyone.
    """
    if choice is not None:
        return choice == "on"
    return not by_hand and (owns or in_team or not any_team)


def refusal(*, is_guest: bool, is_bot: bool, is_deleted: bool, is_stranger: bool) -> Refusal | None:
    """Whether somebody is to be refused. `is_stranger`: their Slack workspace is not the installation's."""
    if is_stranger or is_bot or is_deleted:
        return Refusal.OUTSIDER
    return Refusal.GUEST if is_guest else None
