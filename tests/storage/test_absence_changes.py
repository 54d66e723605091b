"""Absences as they are set, changed and ended, on each database: what can be, and who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.domain.absences import COVER, FROM, TO, WHO
from bot.domain.access import Person
from bot.domain.working_days import Span
from bot.errors import FieldError, UserError
from storage import absence_changes, absences, audit, people, returns, schema
from storage.absence_changes import Wanted
from storage.database import Database
from storage.installations import Installation, bind
from tests.conftest import NOW

TODAY = NOW.date()  # a Friday
ANNA, BO, CLEO, DAN = range(1, 5)


def days(first: int, last: int) -> Span:
    """Days of December."""
    return Span(date(2026, 12, first), date(2026, 12, last))


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Bo leads Anna; Cleo is of no team, and Dan has no seat. Bo is away from the 14th to the 18th, covered by Cleo."""
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        bind(connection, installation.id, "T1")
        rows = [{"id": n, "slack_user_id": f"U{n}", "slack_team_id": "T1", "name": f"P{n}"} for n in range(1, 5)]
        connection.execute(insert(schema.person), [mine | row for row in rows])
        for number, seat in ((CLEO, "on"), (DAN, "off")):
            connection.execute(update(schema.person).where(schema.person.c.id == number).values(seat=seat))
        connection.execute(insert(schema.team).values(**mine, id=1, name="Team", name_key="team"))
        members = [{"person_id": n, "team_id": 1, "is_primary": True, "is_lead": n == BO} for n in (ANNA, BO)]
        connection.execute(insert(schema.team_member), [mine | row for row in members])
    set_(database, BO, "", days(14, 18), "U3")
    return installation


def asker(database: Database, who: int) -> Person:
    with database.read() as connection:
        found = people.find(connection, "T1", f"U{who}", NOW)
    assert found is not None
    return found


def set_(database: Database, by: int, who: str, span: Span, cover: str = "", now: datetime = NOW) -> None:
    with database.write() as connection:
        absence_changes.add(connection, asker(database, by), Wanted(who, span, cover), now)


def kept(database: Database, who: int = ANNA) -> list[tuple[Span, int | None]]:
    with database.read() as connection:
        found = connection.execute(select(schema.absence).where(schema.absence.c.person_id == who)).all()
    return [(Span(row.from_on, row.to_on), row.cover_id) for row in found]


@pytest.mark.parametrize(
    ("by", "who", "span", "cover", "field", "key"),
    [
        (ANNA, "", days(4, 3), "", TO, "absence_backwards"),
        (ANNA, "", Span(date(2026, 11, 16), date(2026, 11, 19)), "", TO, "absence_past"),
        (ANNA, "", Span(date(2026, 11, 16), TODAY), "", FROM, "absence_past"),
        (ANNA, "", Span(date(2026, 12, 1), date(2027, 12, 2)), "", TO, "absence_long"),
        (BO, "", days(18, 20), "", FROM, "absence_overlaps"),
        (CLEO, "", days(10, 14), "", FROM, "absence_covering"),
        (ANNA, "", days(1, 2), "U1", COVER, "absence_own_cover"),
        (ANNA, "", days(1, 2), "U4", COVER, "absence_cover_seat"),
        (ANNA, "", days(10, 14), "U2", COVER, "absence_cover_away"),
        (ANNA, "", days(1, 2), "U9", COVER, "absence_stranger"),
        (BO, "U9", days(1, 2), "", WHO, "absence_stranger"),
        (BO, "U3", days(1, 2), "", WHO, "absence_not_yours"),
        (ANNA, "U2", days(1, 2), "", WHO, "absence_not_yours"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    database: Database, here: Installation, by: int, who: str, span: Span, cover: str, field: str, key: str
) -> None:
    with pytest.raises(FieldError) as raised:
        set_(database, by, who, span, cover)
    assert (raised.value.field, raised.value.key) == (field, key)
    assert kept(database) == []


def test_who_leads_a_team_sets_it_for_its_people_and_a_super_admin_for_all(
    database: Database, here: Installation
) -> None:
    set_(database, BO, "U1", Span(TODAY, TODAY), "U3")
    assert kept(database) == [(Span(TODAY, TODAY), CLEO)]
    with database.write() as connection:
        connection.execute(update(schema.person).where(schema.person.c.id == CLEO).values(is_super_admin=True))
    set_(database, CLEO, "U1", days(1, 4))
    assert len(kept(database)) == 2
    with database.read() as connection:
        seen = {who: absences.coming(connection, asker(database, who), TODAY, 9) for who in (ANNA, BO, CLEO)}
        told = audit.read(connection, here.id)[0]
    assert {who: [one.person_id for one in found] for who, found in seen.items()} == {
        ANNA: [ANNA, ANNA], BO: [ANNA, ANNA, BO], CLEO: [ANNA, ANNA, BO]
    }  # fmt: skip
    assert (told.who, told.action, told.subject) == ("P3", "absence.set", "P1")
    assert told.after == {"from": "2026-12-01", "to": "2026-12-04", "cover": None}


def test_one_that_has_begun_is_changed_and_ended_today(database: Database, here: Installation) -> None:
    set_(database, ANNA, "", Span(TODAY, TODAY), "U3")
    (number,) = numbers(database)
    monday = NOW.replace(day=23)
    with database.write() as connection:
        me, longer = asker(database, ANNA), Span(TODAY, date(2026, 11, 27))
        absence_changes.change(connection, me, number, 1, Wanted("", longer, "U2"), NOW)
        with pytest.raises(UserError, match="absence_changed"):
            absence_changes.change(connection, me, number, 1, Wanted("", longer, ""), NOW)
    assert kept(database) == [(longer, BO)]
    with database.write() as connection:
        absence_changes.end(connection, me, number, monday)
        with pytest.raises(UserError, match="absence_gone"):
            absence_changes.end(connection, me, number, monday)
    assert kept(database) == [(Span(TODAY, date(2026, 11, 22)), BO)]


def test_one_that_has_not_begun_goes(database: Database, here: Installation) -> None:
    set_(database, ANNA, "", Span(TODAY, TODAY), "U3")
    with database.write() as connection:
        absence_changes.end(connection, asker(database, ANNA), numbers(database)[0], NOW)
    assert kept(database) == []


def told_at(database: Database) -> list[datetime]:
    """When Anna is told what happened meanwhile."""
    with database.read() as connection:
        one = schema.delivery.c
        return list(connection.scalars(select(one.due_at).where(one.person_id == ANNA, one.kind == "return")))


def test_who_is_back_is_told_once_what_happened(database: Database, here: Installation) -> None:
    """In the morning of their first working day; where that moves, then; who is back early, at once."""
    set_(database, ANNA, "", Span(TODAY, date(2026, 11, 27)), "U3")
    assert told_at(database) == [datetime(2026, 11, 30, 8, 30, tzinfo=UTC)]
    (number,), me = numbers(database), asker(database, ANNA)
    with database.write() as connection:
        absence_changes.change(connection, me, number, 1, Wanted("", Span(TODAY, date(2026, 11, 24)), ""), NOW)
    assert told_at(database) == [datetime(2026, 11, 25, 8, 30, tzinfo=UTC)]
    with database.write() as connection:
        absence_changes.end(connection, me, number, NOW.replace(day=23))
    assert told_at(database) == [NOW.replace(day=23)]


@pytest.mark.parametrize("order", ["later first", "later last"])
def test_who_leaves_again_at_once_is_told_of_all_after_that(database: Database, here: Installation, order: str) -> None:
    monday = date(2026, 11, 30)
    first, second = Span(monday, monday), Span(TODAY, date(2026, 11, 27))
    set_(database, BO, "U1", first if order == "later first" else second)
    set_(database, BO, "U1", second if order == "later first" else first)
    assert told_at(database) == [datetime(2026, 12, 1, 8, 30, tzinfo=UTC)]
    (later,) = (number for number, since in spans(database) if since == monday)
    with database.write() as connection:
        one = absences.get_own(connection, asker(database, ANNA), later)
        assert one is not None
        assert returns.since(connection, asker(database, ANNA), one) == TODAY
        absence_changes.end(connection, asker(database, ANNA), later, NOW)
    assert told_at(database) == [datetime(2026, 11, 30, 8, 30, tzinfo=UTC)]


def spans(database: Database) -> list[tuple[int, date]]:
    """Anna's absences, each with its first day."""
    with database.read() as connection:
        mine = select(schema.absence.c.id, schema.absence.c.from_on).where(schema.absence.c.person_id == ANNA)
        return [(number, first) for number, first in connection.execute(mine)]


def test_who_does_not_leave_is_told_nothing(database: Database, here: Installation) -> None:
    set_(database, ANNA, "", days(1, 4))
    with database.write() as connection:
        absence_changes.end(connection, asker(database, ANNA), numbers(database)[0], NOW)
    assert told_at(database) == []


def test_nobody_ends_that_of_others(database: Database, here: Installation) -> None:
    (number,) = numbers(database, BO)
    for one in (
        asker(database, ANNA),
        asker(database, CLEO),
        replace(asker(database, BO), installation_id=here.id + 1),
    ):
        with database.write() as connection, pytest.raises(UserError, match="absence_gone"):
            absence_changes.end(connection, one, number, NOW)
    assert len(kept(database, BO)) == 1


def numbers(database: Database, who: int = ANNA) -> list[int]:
    with database.read() as connection:
        return list(connection.scalars(select(schema.absence.c.id).where(schema.absence.c.person_id == who)))
