"""Open tasks on each database: whose they are, in order of their days, and each done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.domain.access import Person
from bot.domain.activity import Priority, Task
from bot.domain.tasks import Given, Place
from bot.errors import UserError
from storage import leads, schema, tasks
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.storage import bases

TODAY = date(2026, 11, 20)
ANNA, BO, CLEO = 1, 2, 3
FIRST = Place()


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Anna and Bo in a team, Cleo in none; a client and ten tasks of Anna's, the last one done."""
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, 1)
        stands = {"client_id": 1, "workspace_id": installation.workspace_id, "tier": "low"}
        connection.execute(insert(schema.standing).values(**mine, **stands))
        people = [{"id": n, "slack_user_id": f"U{n}", "name": f"Person {n}"} for n in (ANNA, BO, CLEO)]
        connection.execute(insert(schema.person), [mine | one for one in people])
        connection.execute(insert(schema.team).values(**mine, id=1, name="Team", name_key="team"))
        for one in (ANNA, BO):
            member = {"person_id": one, "team_id": 1, "is_primary": True}
            connection.execute(insert(schema.team_member).values(**mine, **member))
        for number in range(1, 11):
            add(connection, installation, number, ANNA, TODAY + timedelta(days=number // 3 * 5 % 7))
        add(connection, installation, 11, ANNA, TODAY, done_at=NOW, done_by=BO)
    return installation


def add(connection: Any, here: Installation, number: int, whose: int, due_on: date, **changes: Any) -> None:
    values = {"id": number, "slack_view_id": f"V{number}", "client_id": 1, "title": f"Call {number}"}
    values |= {"due_on": due_on, "priority": "low", "assignee_id": whose, "author_id": BO, "made_at": NOW, **changes}
    connection.execute(insert(schema.task).values(installation_id=here.id, **values))


def person(here: Installation, number: int, **changes: Any) -> Person:
    one = Person(number, here.id, here.workspace_id, f"U{number}", f"Person {number}", "UTC", "en-US", team_id=1)
    return replace(one, **changes)


def pages(database: Database, asker: Person, at: Place = FIRST, limit: int = 4) -> list[Given]:
    """All pages, one after the other."""
    found: list[Given] = []
    with database.read() as connection:
        while page := tasks.open_of(connection, asker, at, limit):
            found += page
            at = Place(at.is_team, page[-1].due_on, page[-1].id)
    return found


def test_pages_are_in_order_of_days_and_leave_nothing_out(database: Database, here: Installation) -> None:
    found = pages(database, person(here, ANNA))
    assert sorted(one.id for one in found) == list(range(1, 11))
    assert [(one.due_on, one.id) for one in found] == sorted((one.due_on, one.id) for one in found)


def test_a_task_waits_for_the_next_working_day_where_its_assignee_s_team_is(
    database: Database, here: Installation
) -> None:
    christmas = date(2026, 12, 25)  # a Friday
    with database.write() as connection:
        connection.execute(update(schema.team).values(country="NO"))
        for number, whose in ((12, ANNA), (13, CLEO)):  # Cleo is in no team
            add(connection, here, number, whose, christmas)
    waits = [pages(database, person(here, whose))[-1].waits_until for whose in (ANNA, CLEO)]
    assert waits == [date(2026, 12, 28), christmas]


def test_a_team_s_tasks_are_for_who_leads_it(database: Database, here: Installation) -> None:
    team = Place(is_team=True)
    assert len(pages(database, person(here, BO, leads=True), team)) == 10
    assert pages(database, person(here, BO), team) == []
    assert pages(database, person(here, CLEO, leads=True, team_id=2), team) == []


ADMIN = {"is_super_admin": True, "team_id": None}


def test_a_super_admin_stands_in_for_the_lead_of_a_team_that_has_none(database: Database, here: Installation) -> None:
    admin, team = person(here, CLEO, **ADMIN), Place(is_team=True)
    assert len(pages(database, admin, team)) == 10
    with database.read() as connection:
        assert leads.is_any_missing(connection, admin)
        assert not leads.is_any_missing(connection, person(here, CLEO, leads=True))
    let_bo_lead(database)
    assert pages(database, admin, team) == []
    with database.read() as connection:
        assert not leads.is_any_missing(connection, admin)
    with database.write() as connection:  # who is gone from Slack leads nobody
        connection.execute(update(schema.person).where(schema.person.c.id == BO).values(is_deleted=True))
    assert len(pages(database, admin, team)) == 10


def let_bo_lead(database: Database) -> None:
    with database.write() as connection:
        connection.execute(update(schema.team_member).where(schema.team_member.c.person_id == BO).values(is_lead=True))


def test_where_a_team_has_a_lead_super_admins_change_no_tasks_of_its_people(
    database: Database, here: Installation
) -> None:
    let_bo_lead(database)
    with database.write() as connection:
        assert not tasks.finish(connection, person(here, CLEO, **ADMIN), 1, NOW)
        assert tasks.finish(connection, person(here, BO, leads=True), 1, NOW)


@pytest.mark.parametrize(
    ("who", "changes", "may"),
    [
        (ANNA, {}, True),
        (CLEO, ADMIN, True),  # nobody leads the team
        (CLEO, ADMIN | {"looks_as": BO}, False),
        (BO, {"leads": True}, True),
        (BO, {}, False),
        (CLEO, {"leads": True, "team_id": 2}, False),
        (CLEO, {"leads": True, "looks_as": BO}, False),  # rights stay one's own
        (ANNA, {"workspace_id": 99}, False),
    ],
)
def test_only_who_may_changes_a_task(
    database: Database, here: Installation, who: int, changes: dict[str, Any], may: bool
) -> None:
    asker = person(here, who, **changes)
    with database.write() as connection:
        assert tasks.put_off(connection, asker, 1, date(2027, 1, 1), NOW) is may
        assert tasks.finish(connection, asker, 1, NOW) is may
        assert tasks.reopen(connection, asker, 1, NOW) is may
        assert tasks.finish(connection, asker, 1, NOW) is may
        assert tasks.put_off(connection, asker, 1, TODAY, NOW) is False
    with database.read() as connection:
        if may:
            assert tasks.get(connection, asker, 1).done_by == f"Person {who}"
        else:
            with pytest.raises(UserError):
                tasks.get(connection, asker, 1)
        row = connection.execute(select(schema.task).where(schema.task.c.id == 1)).one()
    assert (row.done_by, row.version) == ((who, 5) if may else (None, 1))


def test_of_many_at_the_same_moment_one_does_it(database: Database, here: Installation) -> None:
    def finish(_: int) -> bool:
        with database.write() as connection:
            return tasks.finish(connection, person(here, ANNA), 1, NOW)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(finish, range(8))).count(True) == 1


def test_of_changes_from_one_version_one_is_written(database: Database, here: Installation) -> None:
    def change(title: str) -> bool:
        made = Task(1, None, title, "", TODAY, Priority.HIGH, "U2")
        try:
            with database.write() as connection:
                return tasks.change(connection, person(here, ANNA), 1, 1, made, NOW).title == title
        except UserError as error:
            return error.key not in {"task_changed", "task_of_another"}  # by then it is another's

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(change, "abcd")).count(True) == 1
    (one,) = pages(database, person(here, BO))
    assert (one.assignee, one.version, one.priority) == ("Person 2", 2, Priority.HIGH)


def test_a_client_that_is_not_seen_hides_its_tasks(database: Database, here: Installation) -> None:
    with database.write() as connection:
        connection.execute(delete(schema.standing))
    assert pages(database, person(here, ANNA)) == []


@pytest.mark.parametrize(
    ("who", "changes", "number", "key"),
    [
        (CLEO, {"team_id": 2}, 1, "task_of_another"),
        (CLEO, {"team_id": 2, "workspace_id": 99}, 1, "task_gone"),
        (ANNA, {"workspace_id": 99}, 1, "task_client_gone"),
        (BO, {"leads": True, "workspace_id": 99}, 1, "task_client_gone"),
        (ANNA, {}, 99, "task_gone"),
    ],
)
def test_who_may_not_change_it_hears_why(
    database: Database, here: Installation, who: int, changes: dict[str, Any], number: int, key: str
) -> None:
    with database.read() as connection, pytest.raises(UserError) as error:
        tasks.get(connection, person(here, who, **changes), number)
    assert error.value.key == key
    assert error.value.values == ({"person": "Person 1"} if key == "task_of_another" else {})


def test_nobody_of_another_installation_sees_or_changes_them(database: Database, here: Installation) -> None:
    with database.write() as connection:
        other = create(connection, NOW)
        stranger = person(other, ANNA, leads=True)
        assert not tasks.finish(connection, stranger, 1, NOW)
    assert pages(database, stranger) == []
    assert pages(database, stranger, Place(is_team=True)) == []
