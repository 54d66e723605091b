"""When whoever was away is told what happened meanwhile (`bot.jobs.returns`): once they are back to work."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection

from bot.domain.absences import Absence, away_since, back_at, goes_on
from bot.domain.access import Person
from bot.domain.working_days import WorkingDays
from storage import absences, deliveries

KIND = "return"  # of deliveries


def plan(connection: Connection, whose: Person, now: datetime) -> None:
    """After their absences have changed. Of those that follow each other the last one's message tells of all."""
    found = absences.of_people(connection, whose.installation_id, [whose.id], date.min)
    spans = tuple(one.span for one in found)
    days = WorkingDays(whose.country, spans)
    coming = [(one, at) for one in found if (at := back_at(one.span, days, whose.zone)) > now]
    deliveries.withdraw(connection, whose.installation_id, KIND, [one.id for one, _ in coming])
    for one, at in coming:
        if not goes_on(one.span, spans, WorkingDays(whose.country)):
            deliveries.add(connection, whose.installation_id, whose.id, KIND, key(one), now, due_at=at)


def key(one: Absence) -> str:
    return f"{one.id}/{one.version}"


def since(connection: Connection, asker: Person, one: Absence) -> date:
    """From when on they were away without a working day between."""
    found = absences.of_people(connection, asker.installation_id, [asker.id], date.min)
    return away_since(one.span, [each.span for each in found], WorkingDays(asker.country))
