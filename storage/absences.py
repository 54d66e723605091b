"""Who is away and who covers for them, as it is read: beside a person, in a page, and for what is sent to somebody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, ScalarSelect, Select, bindparam, func, or_, select

from bot.domain.absences import Absence, Covered
from bot.domain.access import Person, zone
from bot.domain.working_days import Span
from storage.schema import absence, person, team, team_member
from storage.sqljson import rows

RECENT = timedelta(days=30)  # absences that are over still say for so long when somebody worked
_one = absence.c
_away, _cover = person.alias("away"), person.alias("cover")
_place, _team = team_member.alias("place_of_away"), team.alias("team_of_away")


def spans(who: ColumnElement[int], since: ColumnElement[date]) -> ScalarSelect[Any]:
    """The first and last days of somebody's absences that end on a day or later, of a row that names them."""
    here = who.table.c.installation_id
    mine = select(rows(_one.from_on, _one.to_on)).where(_one.installation_id == here, _one.person_id == who)
    return mine.where(_one.to_on >= since).correlate(who.table, since.table).scalar_subquery()


def recent(who: ColumnElement[int]) -> ScalarSelect[Any]:
    """The same of those that are not long over; `days` is bound."""
    here = who.table.c.installation_id
    mine = select(rows(_one.from_on, _one.to_on)).where(_one.installation_id == here, _one.person_id == who)
    return mine.where(_one.to_on >= bindparam("recent", type_=Date)).correlate(who.table).scalar_subquery()


def covers(who: ColumnElement[int], primary: ColumnElement[int]) -> ScalarSelect[Any]:
    """Whom somebody covers about now, as `covered` reads it; `days` is bound. A person's team says where they work."""
    here = who.table.c.installation_id
    columns = (_away.c.id, _away.c.name, _away.c.slack_user_id, _away.c.email, _away.c.time_zone)
    home = func.coalesce(_team.c.workspace_id, primary)
    place = (_place.c.installation_id == here) & (_place.c.person_id == _away.c.id) & _place.c.is_primary
    mine = (_one.installation_id == here, _one.cover_id == who, *_about_now())
    return (
        select(rows(*columns, home, _one.from_on, _one.to_on))
        .select_from(absence)
        .join(_away, (_away.c.installation_id == here) & (_away.c.id == _one.person_id))
        .outerjoin(_place, place)
        .outerjoin(_team, (_team.c.installation_id == here) & (_team.c.id == _place.c.team_id))
        .where(*mine)
        .correlate(who.table, primary.table)
        .scalar_subquery()
    )


def _about_now() -> tuple[ColumnElement[bool], ...]:
    """On some clock on earth."""
    return _one.from_on <= bindparam("latest", type_=Date), _one.to_on >= bindparam("earliest", type_=Date)


def days(now: datetime | None) -> dict[str, date | None]:
    """What is bound to `recent` and `covers`. Without a moment nobody is away, and nobody covers."""
    if now is None:
        return dict.fromkeys(("recent", "earliest", "latest"))
    day = now.date()
    return {"recent": day - RECENT, "earliest": day - timedelta(days=1), "latest": day + timedelta(days=1)}


def span(values: Sequence[str]) -> Span:
    first, last = map(date.fromisoformat, values)
    return Span(first, last)


def covered(found: Sequence[Sequence[Any]] | None, now: datetime | None) -> tuple[Covered, ...]:
    """Those of `covers` who are away where they are, by name."""
    those = []
    for number, name, slack_user_id, email, time_zone, workspace, *ends in found or ():
        away = span(ends)
        if now is not None and away.has(now.astimezone(zone(time_zone)).date()):
            those.append(Covered(number, name, slack_user_id or "", email or "", workspace, away.last))
    return tuple(sorted(those, key=lambda one: (one.name, one.person_id)))


def _select() -> Select[Any]:
    here = _one.installation_id
    who = (_away.c.installation_id == here) & (_away.c.id == _one.person_id)
    cover = (_cover.c.installation_id == here) & (_cover.c.id == _one.cover_id)
    columns = (_one.id, _one.person_id, _away.c.name, _one.from_on, _one.to_on, _one.cover_id)
    rest = (func.coalesce(_cover.c.name, ""), func.coalesce(_cover.c.slack_user_id, ""), _one.version)
    joined = absence.join(_away, who).outerjoin(_cover, cover)
    return select(*columns, _away.c.slack_user_id, *rest).select_from(joined).order_by(_one.from_on, _one.id)


_SELECT = _select()


def settable(asker: Person) -> ColumnElement[bool]:
    """Whose absence somebody may set: their own, of people in the team that they lead; a super admin anybody's."""
    if asker.is_super_admin:
        return _one.person_id.is_not(None)
    whose = _one.person_id == asker.id
    if asker.leads and asker.own_team_id is not None:
        at = team_member.c
        team = select(at.person_id).where(at.installation_id == asker.installation_id, at.is_primary)
        whose = or_(whose, _one.person_id.in_(team.where(at.team_id == asker.own_team_id)))
    return whose


def coming(connection: Connection, asker: Person, today: date, limit: int) -> list[Absence]:
    """The absences that somebody may set and that are not over, in the order of their days."""
    mine = (_one.installation_id == asker.installation_id, _one.to_on >= today, settable(asker))
    return [Absence(*row) for row in connection.execute(_SELECT.where(*mine).limit(limit))]


def get(connection: Connection, asker: Person, absence_id: int) -> Absence | None:
    """One that somebody may set."""
    mine = (_one.installation_id == asker.installation_id, _one.id == absence_id, settable(asker))
    row = connection.execute(_SELECT.where(*mine)).one_or_none()
    return None if row is None else Absence(*row)


def get_own(connection: Connection, asker: Person, absence_id: int) -> Absence | None:
    mine = (_one.installation_id == asker.installation_id, _one.id == absence_id, _one.person_id == asker.id)
    row = connection.execute(_SELECT.where(*mine)).one_or_none()
    return None if row is None else Absence(*row)


def of_people(connection: Connection, installation_id: int, people: Collection[int], since: date) -> list[Absence]:
    """The absences of some people that end on a day or later."""
    mine = (_one.installation_id == installation_id, _one.person_id.in_(people), _one.to_on >= since)
    return [Absence(*row) for row in connection.execute(_SELECT.where(*mine))]


def covered_by(connection: Connection, installation_id: int, cover_id: int, since: date) -> list[Absence]:
    """The absences that somebody is the cover in and that end on a day or later."""
    mine = (_one.installation_id == installation_id, _one.cover_id == cover_id, _one.to_on >= since)
    return [Absence(*row) for row in connection.execute(_SELECT.where(*mine))]


def cover_of(connection: Connection, whose: Person, now: datetime) -> int | None:
    """Who covers for somebody now, and is told beside them. No statement where they are not away."""
    if not whose.is_away(now):
        return None
    found = of_people(connection, whose.installation_id, [whose.id], whose.day(now))
    return next((one.cover_id for one in found if one.span.has(whose.day(now))), None)
