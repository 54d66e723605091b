"""The morning message: what somebody chose of it, when it is due where they are, and what is said in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from bot.domain.catalog import THIRDS, Tier
from bot.domain.local_time import moment
from bot.domain.moves import OWN, Ground, Part, explain, own_change
from bot.domain.scoring import whole
from bot.domain.tasks import Given
from bot.domain.working_days import WorkingDays

USUAL = time(8, 30)  # before the channels' 9:00
LATEST = timedelta(hours=3)  # later than that, as after the bot was down, it is left out
AHEAD = (7, 30, 60, 90)  # days before a renewal on which it is told
RANK = {Tier.LOW: 0, Tier.MEDIUM: 1, Tier.HIGH: 2}
_DAY = timedelta(days=1)
_HALF_A_DAY = _DAY / 2  # further than rules are moved, and nearer than another day


class Topic(StrEnum):
    """A part of the message."""

    TASKS = "tasks"
    CLIENTS = "clients"
    RENEWALS = "renewals"
    COVER = "cover"


class Way(StrEnum):
    """How somebody hears of a part."""

    DIRECT = "direct"
    CHANNEL = "channel"  # it is left to their channel's digest
    OFF = "off"


@dataclass(frozen=True)
class Choice:
    """When somebody wants to hear, and of what."""

    at: time = USUAL
    ways: Mapping[Topic, Way] = field(default_factory=lambda: dict.fromkeys(Topic, Way.DIRECT))

    def wants(self, topic: Topic) -> bool:
        return self.ways[topic] is Way.DIRECT


def following(after: datetime, at: time, zone: tzinfo, told_on: date) -> datetime:
    """When it is looked at next whether there is something to tell: on a day after the last one that was told."""
    day = max(after.astimezone(zone).date(), told_on + _DAY)
    while (found := moment(day, at, zone)) <= after:
        day += _DAY
    return found


def planned_again(planned: datetime, at: time, zone: tzinfo, told_on: date) -> datetime:
    """The same next time by the rules that the zone has now: they may be others than when it was planned."""
    return following(planned - _HALF_A_DAY, at, zone, told_on)


def is_due(planned: datetime, now: datetime, zone: tzinfo, told_on: date, working: WorkingDays) -> bool:
    """Whether what was planned for a moment is told now."""
    day = planned.astimezone(zone).date()
    return planned <= now <= planned + LATEST and day > told_on and day in working


def entered(renews_on: date, told_on: date, day: date) -> int | None:
    """The days before a renewal that have come since the last day that was told; None where none have."""
    left = ((days, renews_on - timedelta(days=days)) for days in AHEAD)
    return next((days for days, came in left if told_on < came <= day <= renews_on), None)


class Kind(StrEnum):
    """What became of a client, in the order in which it is told."""

    FELL = "fell"
    QUIET = "quiet"
    RECOVERED = "recovered"


class Seen(NamedTuple):
    """A client as it was when the last message was sent, and as it is."""

    client_id: int
    client: str
    before: Ground | None
    now: Ground | None
    last_used: Mapping[str, date] = {}  # of tools that are going quiet, by their keys


class Move(NamedTuple):
    """What a client did since then."""

    client_id: int
    client: str
    kind: Kind
    before: int
    score: int
    parts: tuple[Part, ...] = ()  # what it did, largest first
    tools: tuple[str, ...] = ()  # names of those that went quiet
    share: float = 0.0  # how far it moved


class Renewal(NamedTuple):
    client_id: int
    client: str
    renews_on: date
    days: int  # of those in `AHEAD`


class Cover(NamedTuple):
    """Somebody who is away, and what is to be done for them."""

    name: str
    last: date  # day on which they are away
    overdue: int
    today: int


@dataclass(frozen=True)
class Morning:
    """What there is to tell on a day."""

    day: date
    told_on: date
    tasks: tuple[Given, ...] = ()  # due, those due longest first
    moves: tuple[Move, ...] = ()
    renewals: tuple[Renewal, ...] = ()
    covers: tuple[Cover, ...] = ()

    @property
    def has_news(self) -> bool:
        return bool(self.tasks or self.moves or self.renewals or self.covers)


def move(one: Seen, told: date, as_of: date) -> Move | None:
    """What a client did since the day that the scores spoke of then; None where it is nothing of its own doing."""
    if one.before is None or one.now is None or one.before.score is None or one.now.score is None:
        return None
    scores = (one.before.score, one.now.score)
    kind, share = _kind(one.before, one.now), own_change(one.before, one.now)
    if kind is not None:
        parts = tuple(part for part in explain(one.before, one.now) if part.cause in OWN)
        return Move(one.client_id, one.client, kind, *scores, parts, share=float(share))
    tools = _quiet(one, told, as_of)
    return Move(one.client_id, one.client, Kind.QUIET, *scores, tools=tools) if tools else None


def _kind(before: Ground, now: Ground) -> Kind | None:
    """It fell to a lower score, or rose into a better tier: with what it did alone, and with all that moved it."""
    was, own = before.share, own_change(before, now)
    if was is None or before.score is None or now.score is None:
        return None
    alone = _score(was + own)
    if own < 0:
        return Kind.FELL if max(alone, now.score) < before.score else None
    tier = now.catalog.tier(before.score)
    return Kind.RECOVERED if min(RANK[now.catalog.tier(one)] for one in (alone, now.score)) > RANK[tier] else None


def _score(share: Fraction) -> int:
    share = min(max(share, Fraction(0)), Fraction(1))
    return whole(share.numerator, share.denominator)


def _quiet(one: Seen, told: date, as_of: date) -> tuple[str, ...]:
    """The tools of which the last third of their window has become empty since."""
    tools = one.now.catalog.tools if one.now is not None else ()
    days = {tool.key: timedelta(days=tool.within // THIRDS) for tool in tools}
    new = {key for key, last in one.last_used.items() if key in days and told < last + days[key] <= as_of}
    return tuple(tool.name for tool in tools if tool.key in new)


def in_order(moves: list[Move]) -> tuple[Move, ...]:
    """Those that fell come first, the deepest fall before the others."""
    kinds = list(Kind)
    return tuple(sorted(moves, key=lambda one: (kinds.index(one.kind), -abs(one.share), one.client, one.client_id)))
