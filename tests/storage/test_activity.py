"""Tasks and notes on each database: logged once, by who sees the client, and read a page at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from bot.domain.access import Person
from bot.domain.activity import Entry, Kind, Note, Position, Priority, Task
from bot.errors import FieldError
from storage import activity, clients, people, schema
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.storage import bases

CLIENT, OTHER = 1, 2
NORDIC = 7  # a created workspace, where only OTHER stands
CALL = Task(CLIENT, "core", "Call them", "About forms", date(2026, 11, 25), Priority.HIGH, "U2")


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Anna (U1) and Bo (U2) in the primary workspace, Cleo (U3) in a created one."""
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        connection.execute(
            update(schema.installation).where(schema.installation.c.id == installation.id).values(slack_team_id="T1")
        )
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, CLIENT, OTHER)
        rows = [{"id": n, "slack_user_id": f"U{n}", "slack_team_id": "T1", "name": f"Person {n}"} for n in (1, 2, 3)]
        connection.execute(insert(schema.person), [mine | row for row in rows])
        connection.execute(insert(schema.workspace).values(**mine, id=NORDIC, name="Nordic", is_primary=False))
        team = {"id": 1, "name": "Team", "name_key": "team", "workspace_id": NORDIC}
        connection.execute(insert(schema.team).values(**mine, **team))
        connection.execute(insert(schema.team_member).values(**mine, person_id=3, team_id=1, is_primary=True))
        seats = update(schema.person).where(schema.person.c.installation_id == installation.id)
        connection.execute(seats.values(seat="on"))
        places = [(CLIENT, installation.workspace_id), (OTHER, installation.workspace_id), (OTHER, NORDIC)]
        stands = [mine | {"client_id": one, "workspace_id": at, "tier": "low"} for one, at in places]
        connection.execute(insert(schema.standing), stands)
    return installation


def who(database: Database, here: Installation, number: int) -> Person:
    with database.read() as connection:
        found = people.by_id(connection, here.id, number)
    assert found is not None
    return found


def log(database: Database, author: Person, made: Task = CALL, view: str = "V1", minutes: int = 0) -> bool:
    with database.write() as connection:
        return activity.log_task(connection, author, made, view, NOW + timedelta(minutes=minutes)) is not None


def read(database: Database, asker: Person, client: int = CLIENT, **page: Any) -> list[Entry]:
    with database.read() as connection:
        return activity.of_client(connection, asker, client, **page)


def test_a_task_stands_in_the_activity_of_its_client(database: Database, here: Installation) -> None:
    anna = who(database, here, 1)
    assert log(database, anna)
    (one,) = read(database, anna)
    assert one == Entry(
        Kind.TASK, one.id, NOW, "Person 1", "core", "Call them", "About forms", CALL.due_on, Priority.HIGH, "Person 2"
    )
    assert read(database, anna, OTHER) == []


def test_a_note_stands_there_too(database: Database, here: Installation) -> None:
    anna = who(database, here, 1)
    with database.write() as connection:
        assert activity.leave_note(connection, anna, Note(CLIENT, None, "They moved"), "V1", NOW)
        assert not activity.leave_note(connection, anna, Note(CLIENT, None, "They moved"), "V1", NOW)
    (one,) = read(database, anna)
    assert one == Entry(Kind.NOTE, one.id, NOW, "Person 1", None, "", "They moved")


@pytest.mark.parametrize(("to", "crm", "most"), [("U1", "CRM", 4), ("U2", None, 3), ("U2", "CRM", 4)])
def test_one_modal_logs_once_in_few_statements(
    database: Database, here: Installation, to: str, crm: str | None, most: int
) -> None:
    """What is read, the task, its Home tab or who is told, and what the CRM is."""
    anna, made = replace(who(database, here, 1), crm=crm), replace(CALL, assignee=to)
    with bases.statements(database) as executed:
        assert log(database, anna, made)
    assert len(executed) == most
    assert not log(database, anna, made)
    assert log(database, anna, made, view="V2")
    assert len(read(database, anna)) == 2


def test_many_at_the_same_moment_log_one(database: Database, here: Installation) -> None:
    anna = who(database, here, 1)
    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(lambda _: log(database, anna), range(8)))
    assert first.count(True) == 1
    assert len(read(database, anna)) == 1


def test_a_logged_modal_stays_logged_when_its_client_has_gone_since(database: Database, here: Installation) -> None:
    anna, moved = who(database, here, 1), Note(CLIENT, None, "They moved")
    log(database, anna)
    with database.write() as connection:
        assert activity.leave_note(connection, anna, moved, "V1", NOW)
        connection.execute(delete(schema.standing))
    assert not log(database, anna)
    with database.write() as connection:
        assert activity.leave_note(connection, anna, moved, "V1", NOW) is None
    assert read(database, anna) == []


@pytest.mark.parametrize("client", [CLIENT, 999])
def test_who_does_not_see_a_client_logs_nothing_on_it(database: Database, here: Installation, client: int) -> None:
    cleo = who(database, here, 3)
    with pytest.raises(FieldError) as refused:
        log(database, cleo, replace(CALL, client_id=client, assignee="U3"))
    assert (refused.value.key, refused.value.field) == ("activity_client_gone", "client")
    with pytest.raises(FieldError), database.write() as connection:
        activity.leave_note(connection, cleo, Note(client, None, "x"), "V1", NOW)
    assert read(database, who(database, here, 1)) == []


def test_an_archived_client_takes_nothing_more(database: Database, here: Installation) -> None:
    anna = who(database, here, 1)
    with database.write() as connection:
        mine = (schema.record.c.installation_id == here.id, schema.record.c.id == CLIENT)
        connection.execute(update(schema.record).where(*mine).values(archived_at=NOW))
        assert clients.name(connection, anna, CLIENT) is None
    with pytest.raises(FieldError):
        log(database, anna)


@pytest.mark.parametrize(
    ("user", "changes", "key"),
    [
        ("U3", {}, "task_unseen"),
        ("U2", {"seat": "off"}, "task_no_seat"),
        ("U2", {"is_guest": True}, "task_stranger"),
        ("U2", {"is_deleted": True}, "task_stranger"),
        ("U99", {}, "task_stranger"),
    ],
)
def test_a_task_is_given_only_to_who_may_do_it(
    database: Database, here: Installation, user: str, changes: dict[str, Any], key: str
) -> None:
    with database.write() as connection:
        if changes:
            connection.execute(update(schema.person).where(schema.person.c.slack_user_id == user).values(changes))
    with pytest.raises(FieldError) as refused:
        log(database, who(database, here, 1), replace(CALL, assignee=user))
    assert (refused.value.key, refused.value.field) == (key, "assignee")
    assert read(database, who(database, here, 1)) == []


def test_an_assignee_is_judged_by_what_they_see_themselves(database: Database, here: Installation) -> None:
    with database.write() as connection:
        mine = (schema.person.c.installation_id == here.id, schema.person.c.id == 2)
        connection.execute(update(schema.person).where(*mine).values(is_super_admin=True, looks_as=3))
    assert who(database, here, 2).workspace_id == NORDIC
    assert log(database, who(database, here, 1))


def test_pages_go_back_in_time_and_leave_nothing_out(database: Database, here: Installation) -> None:
    anna = who(database, here, 1)
    for number in range(7):
        log(database, anna, view=f"V{number}", minutes=number // 3)  # some of the same moment
        with database.write() as connection:
            moment = NOW + timedelta(minutes=number // 3)
            activity.leave_note(connection, anna, Note(CLIENT, None, str(number)), f"N{number}", moment)
    whole, found, before = read(database, anna, limit=50), [], None
    while page := read(database, anna, before=before, limit=3):
        found += page
        before = Position(page[-1].made_at, page[-1].id)
    assert found == whole
    assert len(whole) == 14
    assert [one.position for one in whole] == sorted((one.position for one in whole), reverse=True)


def test_nobody_of_another_installation_sees_it(database: Database, here: Installation) -> None:
    log(database, who(database, here, 1))
    with database.write() as connection:
        elsewhere = create(connection, NOW)
    stranger = replace(who(database, here, 1), installation_id=elsewhere.id, workspace_id=elsewhere.workspace_id)
    assert read(database, stranger) == []
    with pytest.raises(FieldError):
        log(database, stranger, replace(CALL, assignee="U1"), view="V9")
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.task)) == 1
