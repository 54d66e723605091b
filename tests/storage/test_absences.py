"""Who is away and who covers for them, on each database: on the days of whoever is away, where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.domain.access import Person
from bot.domain.working_days import Span, WorkingDays
from storage import absences, people, schema
from storage.database import Database
from storage.installations import Installation, bind
from tests.conftest import NOW

ANNA, CLEO = 1, 3
AWAY = Span(date(2026, 11, 23), date(2026, 11, 27))


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Cleo's team, in Auckland, has a workspace of its own; she is away for a week, and Anna covers for her."""
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        bind(connection, installation.id, "T1")
        people_ = [{"id": n, "slack_user_id": f"U{n}", "slack_team_id": "T1", "name": f"Person {n}"} for n in (1, 2, 3)]
        connection.execute(insert(schema.person), [mine | one for one in people_])
        in_auckland = {"time_zone": "Pacific/Auckland", "email": "cleo@example.com"}
        connection.execute(update(schema.person).where(schema.person.c.id == CLEO).values(in_auckland))
        connection.execute(insert(schema.workspace).values(**mine, id=7, name="South", is_primary=False))
        team = {"id": 1, "name": "Team", "name_key": "team", "country": "NZ", "workspace_id": 7}
        connection.execute(insert(schema.team).values(**mine, **team))
        member = {"person_id": CLEO, "team_id": 1, "is_primary": True}
        connection.execute(insert(schema.team_member).values(**mine, **member))
        add(connection, installation, 1, AWAY)
        add(connection, installation, 2, Span(AWAY.last + timedelta(days=9), AWAY.last + timedelta(days=9)), None)
    return installation


def add(connection: Any, here: Installation, number: int, span: Span, cover: int | None = ANNA) -> None:
    values = {"id": number, "person_id": CLEO, "from_on": span.first, "to_on": span.last, "cover_id": cover}
    made = {"made_by": CLEO, "made_at": NOW, "installation_id": here.id}
    connection.execute(insert(schema.absence).values(**values, **made))


def found(database: Database, who: int, now: str | None) -> Person:
    with database.read() as connection:
        one = people.find(connection, "T1", f"U{who}", None if now is None else datetime.fromisoformat(now))
    assert one is not None
    return one


@pytest.mark.parametrize(
    ("now", "is_covered"),
    [
        pytest.param("2026-11-22T10:59+00:00", False, id="Sunday in Auckland"),
        pytest.param("2026-11-22T11:00+00:00", True, id="Monday there, Sunday here"),
        pytest.param("2026-11-27T10:59+00:00", True, id="the last minute"),
        pytest.param("2026-11-27T11:00+00:00", False, id="Saturday there, Friday here"),
        pytest.param(None, False, id="nobody asks"),
    ],
)
def test_somebody_covers_on_the_days_of_whom_they_cover(
    database: Database, here: Installation, now: str | None, is_covered: bool
) -> None:
    assert [one.person_id for one in found(database, ANNA, now).covers] == [CLEO] * is_covered
    assert found(database, 2, now).covers == found(database, CLEO, now).covers == ()
    if now is not None:
        cleo = found(database, CLEO, now)
        with database.read() as connection:
            assert absences.cover_of(connection, cleo, datetime.fromisoformat(now)) == (ANNA if is_covered else None)


def test_a_cover_knows_where_the_clients_stand_and_until_when(database: Database, here: Installation) -> None:
    (one,) = found(database, ANNA, "2026-11-25T12:00+00:00").covers
    assert (one.name, one.email, one.workspace_id, one.last) == ("Person 3", "cleo@example.com", 7, AWAY.last)


def test_a_person_works_in_the_country_of_their_team_but_for_the_days_on_which_they_are_away(
    database: Database, here: Installation
) -> None:
    days = found(database, CLEO, "2026-11-20T12:00+00:00").days
    assert days.country == "NZ"
    assert days.since(AWAY.first) == date(2026, 11, 30)
    assert found(database, ANNA, "2026-11-20T12:00+00:00").days == WorkingDays()


def test_another_installation_knows_nothing_of_it(database: Database, here: Installation) -> None:
    now = "2026-11-25T12:00+00:00"
    elsewhere = replace(found(database, CLEO, now), installation_id=here.id + 1)
    with database.read() as connection:
        assert absences.cover_of(connection, elsewhere, datetime.fromisoformat(now)) is None
        assert absences.of_people(connection, here.id + 1, [CLEO], AWAY.first) == []
        assert len(absences.of_people(connection, here.id, [CLEO], AWAY.first)) == 2
        assert len(absences.covered_by(connection, here.id, ANNA, AWAY.first)) == 1
