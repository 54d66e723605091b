"""When a digest runs: once on each local day that was chosen, whatever the clocks there are put to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.domain.access import zone
from bot.domain.digests import Digest
from bot.domain.local_time import moment

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_HALF_A_DAY = timedelta(hours=12)  # further than rules are moved, and nearer than another run
_FURTHEST = 14  # days that are looked at: in a week a day may be one that a zone leaves out


def local_day(one: Digest, at: datetime) -> date:
    """The day of a moment where the digest is."""
    return at.astimezone(zone(one.time_zone)).date()


def following(one: Digest, after: datetime) -> datetime:
    """When it runs next: after a moment, and on a day after the last one that it told of."""
    day = local_day(one, after)
    if one.told_on is not None:
        day = max(day, one.told_on + _DAY)
    for ahead in range(_FURTHEST):
        found = _run(one, day + ahead * _DAY)
        if found is not None and found > after:
            return found
    raise ValueError("no day is chosen")


def _run(one: Digest, day: date) -> datetime | None:
    """When it runs on a day; None where that day was not chosen, or the zone leaves it out.

    Where clocks are put forward past its time and midnight at once, it is the last minute of the day.
    """
    if day.weekday() not in one.days:
        return None
    found = moment(day, one.at, zone(one.time_zone))
    return next((at for at in (found, found - _MINUTE) if local_day(one, at) == day), None)


def is_late(one: Digest, planned: datetime, now: datetime) -> bool:
    """Whether a run that was planned for a moment comes too late now, and is left out."""
    return now > planned + one.grace


def planned_anew(one: Digest, now: datetime) -> datetime | None:
    """When it runs next once it was changed; None where it rests."""
    return following(one, now) if one.paused is None else None


def planned_again(one: Digest) -> datetime | None:
    """The same next run by the rules that its zone has now: they may be others than when it was planned."""
    return None if one.next_at is None else following(one, one.next_at - _HALF_A_DAY)
