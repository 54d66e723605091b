"""When a clock on a wall shows a time: across the hours that clocks skip, and those that they show twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_MINUTE = timedelta(minutes=1)


def moment(day: date, at: time, zone: tzinfo) -> datetime:
    """When a clock shows a time on a day: the first time it does; where it is put forward past it, right after that."""
    wanted = datetime.combine(day, at)
    found = wanted.replace(tzinfo=zone).astimezone(UTC)
    while (found - _MINUTE).astimezone(zone).replace(tzinfo=None) > wanted:
        found -= _MINUTE
    return found
