"""How often a source's usage comes, where its mapping does not say: measured from the days that have any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from bot.domain import freshness
from storage.imports.work import Work
from storage.schema import usage


def measure(work: Work) -> int | None:
    """In working days, from the newest days up to the reach; None where they are too few to say."""
    to = work.report.reach.new
    return None if to is None else freshness.rhythm(_days(work, to))


def _days(work: Work, to: date) -> Iterator[date]:
    """The last days with usage. A look-up each: to count them apart, all of a year's rows would have to be read."""
    mine = (usage.c.installation_id == work.installation_id, usage.c.source_id == work.source_id)
    newest = select(func.max(usage.c.day)).where(*mine)
    day = work.stage.connection.scalar(newest.where(usage.c.day <= to))
    for _ in range(freshness.MOST + 1):
        if day is None:
            return
        yield day
        day = work.stage.connection.scalar(newest.where(usage.c.day < day))
