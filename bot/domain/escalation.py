"""When a low client that nobody takes goes to the team's leads: after so many working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.domain.local_time import moment
from bot.domain.working_days import WorkingDays

OPENS, CLOSES = time(9), time(17)
_FURTHEST = 400  # days that are looked at: longer than any hours that can be chosen
_NONE, _DAY = timedelta(0), timedelta(days=1)


@dataclass(frozen=True)
class Told:
    """What a lead is told."""

    client_id: int
    name: str
    score: int | None
    digest: str
    on: date
    hours: int


def due(since: datetime, hours: int, working: WorkingDays, zone: tzinfo) -> datetime:
    """The moment until which so many hours were worked."""
    left, day = timedelta(hours=hours), since.astimezone(zone).date()
    for _ in range(_FURTHEST):
        if day in working:
            start, closes = max(since, moment(day, OPENS, zone)), moment(day, CLOSES, zone)
            if start + left <= closes:
                return start + left
            left -= max(closes - start, _NONE)
        day += _DAY
    return moment(day, CLOSES, zone)
