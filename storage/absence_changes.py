"""Absences as they are set, changed and ended, one after the other by the installation's row. Each is audited."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from secrets import randbits
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from bot.domain.absences import COVER, FROM, WHO, Absence, check
from bot.domain.access import Person, Right, zone
from bot.domain.working_days import Span
from bot.errors import FieldError, UserError
from storage import absences, audit, deliveries, people, returns
from storage.installations import lock
from storage.schema import absence, person

_one = absence.c


class Wanted(NamedTuple):
    """An absence as it is entered. People by their Slack users' ids."""

    who: str  # empty: who enters it
    span: Span
    cover: str  # empty: nobody


class Changed(NamedTuple):
    before: Absence | None
    after: Absence | None  # None: whose it is is back, or stays


def add(connection: Connection, asker: Person, wanted: Wanted, now: datetime) -> Changed:
    """Raises FieldError."""
    lock(connection, asker.installation_id)
    whose = _whose(connection, asker, wanted.who, now)
    cover = _checked(connection, asker, whose, wanted, now, None)
    here = {"installation_id": asker.installation_id, "id": randbits(62), "person_id": whose.id}
    made = {"made_by": asker.id, "made_at": now, "cover_id": cover and cover.id}
    connection.execute(insert(absence).values(**here, **made, from_on=wanted.span.first, to_on=wanted.span.last))
    returns.plan(connection, whose, now)
    _audit(connection, asker, now, "absence.set", whose.name, {}, _told(wanted.span, cover.name if cover else None))
    return Changed(None, get(connection, asker, here["id"]))


def change(connection: Connection, asker: Person, number: int, version: int, wanted: Wanted, now: datetime) -> Changed:
    """Whose it is stays. Raises FieldError; UserError where it was changed since that version."""
    lock(connection, asker.installation_id)
    before = get(connection, asker, number)
    if before.version != version:
        raise UserError("absence_changed")
    whose = people.by_id(connection, asker.installation_id, before.person_id, now)
    if whose is None:
        raise UserError("absence_gone")
    cover = _checked(connection, asker, whose, wanted, now, before)
    values = {"from_on": wanted.span.first, "to_on": wanted.span.last, "cover_id": cover and cover.id}
    connection.execute(update(absence).where(*_is(asker, number)).values(**values, version=version + 1))
    returns.plan(connection, whose, now)
    old, new = _told(before.span, before.cover), _told(wanted.span, cover.name if cover else None)
    _audit(connection, asker, now, "absence.changed", before.person, old, new)
    return Changed(before, get(connection, asker, number))


def end(connection: Connection, asker: Person, number: int, now: datetime) -> Absence:
    """Whose it is is back today, or does not leave. What it was. Raises UserError."""
    lock(connection, asker.installation_id)
    before = get(connection, asker, number)
    yesterday = _today(connection, asker.installation_id, before.person_id, now) - timedelta(days=1)
    if before.last <= yesterday:
        raise UserError("absence_gone")
    deliveries.withdraw(connection, asker.installation_id, returns.KIND, [number])
    if before.first <= yesterday:
        values = {"to_on": yesterday, "version": before.version + 1}
        connection.execute(update(absence).where(*_is(asker, number)).values(values))
        new = _told(Span(before.first, yesterday), before.cover)
    else:
        connection.execute(delete(absence).where(*_is(asker, number)))
        new = {}
    _plan_returns(connection, before._replace(last=yesterday, version=before.version + 1), asker, now)
    _audit(connection, asker, now, "absence.ended", before.person, _told(before.span, before.cover), new)
    return before


def _plan_returns(connection: Connection, one: Absence, asker: Person, now: datetime) -> None:
    """Of who is back today: they are told at once what happened."""
    whose = people.by_id(connection, asker.installation_id, one.person_id, now)
    if whose is not None:
        returns.plan(connection, whose, now)
    if one.first <= one.last:
        deliveries.withdraw(connection, asker.installation_id, returns.KIND, [one.id])
        deliveries.add(connection, asker.installation_id, one.person_id, returns.KIND, returns.key(one), now)


def get(connection: Connection, asker: Person, number: int) -> Absence:
    """One that somebody may change; UserError where there is none."""
    found = absences.get(connection, asker, number)
    if found is None:
        raise UserError("absence_gone")
    return found


def _is(asker: Person, number: int) -> tuple[ColumnElement[bool], ...]:
    return _one.installation_id == asker.installation_id, _one.id == number


def _whose(connection: Connection, asker: Person, slack_user_id: str, now: datetime) -> Person:
    """Themselves; who leads a team, somebody in it; a super admin anybody."""
    if slack_user_id in {"", asker.slack_user_id}:
        return asker
    found = _member(connection, asker, slack_user_id, WHO, now)
    leads_them = asker.leads and asker.own_team_id is not None and found.team_id == asker.own_team_id
    if not (leads_them or asker.is_super_admin):
        raise FieldError("absence_not_yours", WHO, person=found.name)
    return found


def _member(connection: Connection, asker: Person, slack_user_id: str, field: str, now: datetime) -> Person:
    found = people.in_installation(connection, asker.installation_id, slack_user_id, now)
    if found is None or found.refusal is not None:
        raise FieldError("absence_stranger", field)
    return found


def _checked(
    connection: Connection, asker: Person, whose: Person, wanted: Wanted, now: datetime, before: Absence | None
) -> Person | None:
    """The cover, where all that was entered can be. Raises FieldError."""
    here, span = asker.installation_id, wanted.span
    theirs = absences.of_people(connection, here, [whose.id], span.first)
    others = tuple(one.span for one in theirs if before is None or one.id != before.id)
    check(span, whose.day(now), others, before and before.span)
    for one in absences.covered_by(connection, here, whose.id, span.first):
        if one.span.meets(span):
            raise FieldError("absence_covering", FROM, person=one.person)
    return _cover(connection, asker, whose, wanted, now) if wanted.cover else None


def _cover(connection: Connection, asker: Person, whose: Person, wanted: Wanted, now: datetime) -> Person:
    """Somebody else who has a seat and is not away then."""
    found = _member(connection, asker, wanted.cover, COVER, now)
    if found.id == whose.id:
        raise FieldError("absence_own_cover", COVER)
    if found.lacks(Right.SEAT) is not None:
        raise FieldError("absence_cover_seat", COVER, person=found.name)
    theirs = absences.of_people(connection, asker.installation_id, [found.id], wanted.span.first)
    if any(one.span.meets(wanted.span) for one in theirs):
        raise FieldError("absence_cover_away", COVER, person=found.name)
    return found


def _today(connection: Connection, installation_id: int, person_id: int, now: datetime) -> date:
    """Where somebody is."""
    mine = (person.c.installation_id == installation_id, person.c.id == person_id)
    return now.astimezone(zone(connection.scalar(select(person.c.time_zone).where(*mine)) or "")).date()


def _told(span: Span, cover: str | None) -> dict[str, Any]:
    """An absence as the audit keeps it."""
    return {"from": span.first.isoformat(), "to": span.last.isoformat(), "cover": cover or None}


def _audit(
    connection: Connection,
    asker: Person,
    now: datetime,
    action: str,
    subject: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    audit.record(connection, asker.installation_id, asker.id, now, action, subject, before, after)
