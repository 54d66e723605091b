"""Digests: what a team's channel is told unasked, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

MOST_LINES = 25  # in one message; the rest is behind a button
GRACE = timedelta(hours=3)  # a run that is later than that is left out
WEEKDAYS = frozenset(range(5))


class Content(StrEnum):
    LOW = "low"  # engagement: who fell, recovered, went quiet
    RENEWALS = "renewals"
    BOTH = "both"
    VIEW = "view"  # both, of the clients of a saved view


class Pause(StrEnum):
    """Why a digest rests."""

    DRAFT = "draft"  # no channel was chosen yet
    PERSON = "person"  # somebody paused it
    ARCHIVED = "archived"  # its channel is
    NOT_IN_CHANNEL = "not_in_channel"
    RESTRICTED = "restricted"  # the channel's rules let only some post
    SHARED = "shared"  # the channel is shared with another company, or has guests
    GONE = "gone"  # what it tells of: its view, its team, its channel
    REFUSED = "refused"  # by Slack, for another reason


@dataclass(frozen=True)
class Thresholds:
    low: int = 3  # the highest score that is low here
    fall: float = 0.1  # of the share: so far down, a client is low at once, and it is a big fall
    ahead: tuple[int, ...] = (90, 60, 30)  # days before a renewal on which it is told


@dataclass(frozen=True)
class Alerts:
    """The clients of which a message is sent between digests."""

    keys: bool  # the team's key accounts
    mrr: float | None = None  # and those who pay as much or more a month, in this currency:
    currency: str = ""


@dataclass(frozen=True)
class Digest:
    installation_id: int
    id: int
    workspace_id: int
    name: str
    content: Content
    time_zone: str
    made_by: int
    team_id: int | None = None  # None: the whole workspace
    view_id: int | None = None
    channel_id: str | None = None
    days: frozenset[int] = WEEKDAYS  # 0: Monday
    at: time = time(9)
    grace: timedelta = GRACE
    thresholds: Thresholds = field(default_factory=Thresholds)
    alerts: Alerts | None = None
    escalates: int | None = None  # working hours
    paused: Pause | None = None
    next_at: datetime | None = None  # None: it rests
    told_on: date | None = None  # the local day of its last run; None: it never ran
    told_as_of: date | None = None  # the day that the scores spoke of then
    version: int = 1
