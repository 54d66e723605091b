"""Who may do what to a digest, and whether it runs once that was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from bot.domain.access import Person, Right
from bot.domain.digest_times import planned_anew
from bot.domain.digests import Digest, Pause
from bot.domain.workspaces import EVERYTHING

LONGEST = 80  # characters of a name
MOST = 50  # digests of a CS workspace
# Why one rests that can only run again once it was edited.
UNFINISHED = frozenset({Pause.DRAFT, Pause.GONE})


class Outcome(StrEnum):
    """What became of a run."""

    POSTED = "sent"
    QUIET = "quiet"  # it ran, and nothing was new
    LATE = "skipped"
    FAILED = "failed"
    RUNNING = "sending"  # it is being posted, or waits for that


class Run(NamedTuple):
    at: datetime
    outcome: Outcome
    reason: str | None = None  # why it failed, as Slack calls it


class Place(NamedTuple):
    """Whose clients a digest can tell of: a CS workspace's, or those of a team of it."""

    workspace_id: int
    workspace: str
    team_id: int | None = None
    team: str | None = None
    time_zone: str | None = None  # the team's
    channel_id: str | None = None


class View(NamedTuple):
    """A saved view that somebody may think of."""

    id: int
    name: str
    workspace_id: int
    team: str | None  # None: it is the asker's own, and no channel's
    asks: str | None = None  # the part of its filter that depends on who asks


class Listed(NamedTuple):
    """A digest with the names of what it is about, and its last run."""

    digest: Digest
    workspace: str
    team: str | None
    view: str | None
    last: Run | None = None


def manages(asker: Person) -> bool:
    """Whether they set up the digests of all CS workspaces; rights stay one's own, as whomever one looks."""
    return asker.lacks(Right.SETTINGS) is None


def may_set_up(asker: Person) -> bool:
    """Whether there is a digest that they may make: who leads a team makes those of the team."""
    leads = asker.leads and asker.own_team_id is not None
    return manages(asker) or (leads and asker.lacks(Right.SEAT) is None)


def may_change(asker: Person, one: Digest) -> bool:
    return manages(asker) or (may_set_up(asker) and one.team_id == asker.own_team_id)


def may_send(one: Digest) -> bool:
    """Whether it can be posted at once: also while somebody paused it, not where its channel does not take it."""
    return one.channel_id is not None and one.paused in {None, Pause.PERSON}


def may_preview(asker: Person, one: Digest) -> bool:
    """It names clients: who sees those of its CS workspace may."""
    return asker.lacks(Right.SEAT) is None and asker.workspace_id in {one.workspace_id, EVERYTHING}


def edited(one: Digest, before: Digest | None, now: datetime) -> Digest:
    """With its next run. Without a channel it is a draft; saving it mends what else it rested for.

    A run that is due by now is not put off by a change of something else than its times.
    """
    stays = Pause.PERSON if before is not None and before.paused is Pause.PERSON else None
    new = replace(one, paused=Pause.DRAFT if one.channel_id is None else stays)
    if before is not None and _times(before) == _times(new):
        return replace(new, next_at=before.next_at)
    return _planned(new, now)


def _times(one: Digest) -> tuple[object, ...]:
    return one.paused, one.days, one.at, one.time_zone


def paused(one: Digest) -> Digest:
    return replace(one, paused=Pause.PERSON, next_at=None)


def resumed(one: Digest, now: datetime) -> Digest:
    return _planned(replace(one, paused=None), now)


def _planned(one: Digest, now: datetime) -> Digest:
    return replace(one, next_at=planned_anew(one, now))


def weekdays() -> list[date]:
    """A Monday and the days after it: by them days of the week are named."""
    return [date(2026, 11, 23 + day) for day in range(7)]
