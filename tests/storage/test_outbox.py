"""What is to be pushed to the CRM: written with a task or note, taken by one process, in the order of its versions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from bot.domain.access import Person
from bot.domain.activity import Entry, Kind, Note, Priority, Push, Task
from bot.domain.crm import RecordKey
from storage import activity, installations, outbox, people, schema, tasks
from storage.database import Database
from storage.installations import Installation, create
from storage.outbox import LEASE, Claim
from tests.conftest import NOW
from tests.storage import bases

COMPANY, KARI, OLA = 1, 2, 3  # Kari's company is loaded, Ola's is not
CALL = Task(COMPANY, None, "Call them", "About forms", date(2026, 11, 25), Priority.HIGH, "U1")
LATER = NOW + LEASE


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Anna (U1) and Bo (U2), a company and two contacts, all in the primary workspace; and a CRM."""
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        installations.bind(connection, installation.id, "T1")
        installations.set_crm(connection, installation.id, "recording")
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, COMPANY, KARI, OLA)
        one = schema.record.c
        for number, company in ((KARI, "1"), (OLA, "99")):
            values = {"object": "contact", "properties": {"company_id": company}}
            connection.execute(update(schema.record).where(one.id == number).values(values))
        rows = [{"id": n, "slack_user_id": f"U{n}", "slack_team_id": "T1", "email": f"u{n}@x.example"} for n in (1, 2)]
        connection.execute(insert(schema.person), [mine | row | {"name": f"Person {row['id']}"} for row in rows])
        stands = mine | {"workspace_id": installation.workspace_id, "tier": "low"}
        connection.execute(insert(schema.standing), [stands | {"client_id": n} for n in (COMPANY, KARI, OLA)])
    return installation


def who(database: Database, here: Installation, number: int = 1) -> Person:
    with database.read() as connection:
        found = people.by_id(connection, here.id, number)
    assert found is not None
    return found


def log(database: Database, here: Installation, made: Task = CALL, view: str = "V1") -> int:
    with database.write() as connection:
        assert activity.log_task(connection, who(database, here), made, view, NOW)
        return connection.scalar(select(schema.task.c.id).where(schema.task.c.slack_view_id == view)) or 0


def finish(database: Database, here: Installation, number: int) -> None:
    with database.write() as connection:
        assert tasks.finish(connection, who(database, here), number, NOW)


def rows(database: Database) -> list[Any]:
    columns = (schema.outbox.c.kind, schema.outbox.c.version, schema.outbox.c.state)
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]


def take(database: Database, here: Installation, at: Any = NOW) -> Claim:
    found = outbox.claim(database, here.id, at)
    assert found is not None
    return found


def send(database: Database, one: Claim, remote_id: str = "R1") -> None:
    with database.read() as connection:
        subject = outbox.subject(connection, one)
    assert subject is not None
    outbox.sent(database, one, subject, remote_id)


def entry(database: Database, here: Installation, client: int = COMPANY) -> Entry:
    with database.read() as connection:
        (one,) = activity.of_client(connection, who(database, here), client)
    return one


CHANGES: dict[str, Callable[[Any, Person, int], object]] = {
    "finish": lambda connection, anna, task: tasks.finish(connection, anna, task, NOW),
    "put off": lambda connection, anna, task: tasks.put_off(connection, anna, task, date(2027, 1, 1), NOW),
    "change": lambda connection, anna, task: tasks.change(connection, anna, task, 1, replace(CALL, title="Write"), NOW),
    "take over": lambda connection, anna, task: tasks.take(
        connection, replace(anna, id=2), schema.task.c.id == task, NOW
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_each_change_is_written_with_the_task(database: Database, here: Installation, change: Any) -> None:
    number = log(database, here)
    with database.write() as connection:
        change(connection, who(database, here), number)
    assert rows(database) == [("task", 1, "waiting"), ("task", 2, "waiting")]


def test_what_changes_nothing_is_not_pushed(database: Database, here: Installation) -> None:
    number = log(database, here)
    with database.write() as connection:
        assert activity.log_task(connection, who(database, here), CALL, "V1", NOW) is None
        assert not tasks.reopen(connection, who(database, here), number, NOW)
    assert rows(database) == [("task", 1, "waiting")]


def test_without_a_crm_nothing_is_written(database: Database, here: Installation) -> None:
    with database.write() as connection:
        installations.set_crm(connection, here.id, None)
    number = log(database, here)
    finish(database, here, number)
    assert rows(database) == []
    assert entry(database, here).push is Push.LOCAL


@pytest.mark.parametrize("to", ["U1", "U2"])
def test_the_outbox_takes_one_statement(database: Database, here: Installation, to: str) -> None:
    anna, statements = who(database, here), []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    numbers = []
    for number, crm in enumerate((None, "recording")):
        statements.clear()
        with database.write() as connection:
            assert activity.log_task(connection, replace(anna, crm=crm), replace(CALL, assignee=to), f"V{number}", NOW)
        numbers.append(len([one for one in statements if not one.startswith(("BEGIN", "PRAGMA"))]))
    assert numbers[1] - numbers[0] == 1


def test_versions_go_in_order_and_none_before_the_one_that_is_worked_on(database: Database, here: Installation) -> None:
    number = log(database, here)
    finish(database, here, number)
    first = take(database, here)
    assert (first.version, first.is_first) == (1, True)
    assert outbox.claim(database, here.id, NOW) is None
    outbox.refuse(database, first, "no")
    second = take(database, here)
    assert (second.version, second.is_first) == (2, False)


def test_what_is_pushed_is_the_task_as_it_is_and_all_versions_up_to_that_are_done(
    database: Database, here: Installation
) -> None:
    number = log(database, here)
    first = take(database, here)
    finish(database, here, number)
    with database.read() as connection:
        made = outbox.subject(connection, first)
    assert made is not None
    assert made.pushed.is_done
    with database.write() as connection:
        tasks.reopen(connection, who(database, here), number, NOW)
    outbox.sent(database, first, made, "R1")
    assert rows(database) == [("task", 3, "waiting")]
    assert entry(database, here).push is Push.WAITING
    send(database, take(database, here))
    assert rows(database) == []
    assert entry(database, here).push is Push.SENT


def test_one_of_many_processes_takes_it_and_another_once_the_lease_is_over(
    database: Database, here: Installation
) -> None:
    log(database, here)
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda _: outbox.claim(database, here.id, NOW), range(6)))
    assert len([one for one in taken if one]) == 1
    again = take(database, here, LATER)
    assert (again.attempts, again.is_first) == (2, False)
    late = next(one for one in taken if one)
    outbox.put_off(database, late, NOW)  # it is no longer that one's to change
    assert outbox.claim(database, here.id, LATER) is None


def test_what_is_put_off_waits(database: Database, here: Installation) -> None:
    log(database, here)
    outbox.put_off(database, take(database, here), LATER)
    assert outbox.claim(database, here.id, LATER - timedelta(seconds=1)) is None
    assert take(database, here, LATER).attempts == 2


def test_refused_and_given_up_stand_in_the_activity_until_somebody_lets_it_be_tried_again(
    database: Database, here: Installation
) -> None:
    number = log(database, here)
    outbox.refuse(database, take(database, here), "x" * 300)
    assert (entry(database, here).push, entry(database, here).reason) == (Push.REFUSED, "x" * 255)
    anna = who(database, here)
    for push in (Push.REFUSED, Push.GIVEN_UP):
        assert entry(database, here).push is push
        with database.write() as connection:
            assert activity.push_again(connection, anna, Kind.TASK, number, NOW)
            assert not activity.push_again(connection, anna, Kind.TASK, number, NOW)
        assert entry(database, here).push is Push.WAITING
        again = take(database, here)
        assert not again.is_first  # what was given up may have arrived
        outbox.give_up(database, again)


def test_only_who_sees_the_client_tries_it_again(database: Database, here: Installation) -> None:
    number = log(database, here)
    outbox.give_up(database, take(database, here))
    with database.write() as connection:
        elsewhere = create(connection, NOW)
        anna = who(database, here)
        for stranger in (replace(anna, workspace_id=7), replace(anna, installation_id=elsewhere.id)):
            assert not activity.push_again(connection, stranger, Kind.TASK, number, NOW)
        assert not activity.push_again(connection, anna, Kind.NOTE, number, NOW)
    assert outbox.claim(database, elsewhere.id, NOW) is None


def test_what_is_gone_with_its_client_is_dropped(database: Database, here: Installation) -> None:
    log(database, here)
    with database.write() as connection:
        connection.execute(delete(schema.record).where(schema.record.c.id == COMPANY))
    one = take(database, here)
    with database.read() as connection:
        assert outbox.subject(connection, one) is None
    outbox.drop(database, one)
    assert rows(database) == []


@pytest.mark.parametrize(
    ("client", "company", "records"),
    [
        (COMPANY, None, (RecordKey("company", "1"),)),
        (KARI, "Client 1", (RecordKey("contact", "2"), RecordKey("company", "1"))),
        (OLA, None, (RecordKey("contact", "3"),)),
    ],
)
def test_it_stands_on_the_client_and_its_company(
    database: Database, here: Installation, client: int, company: str | None, records: tuple[RecordKey, ...]
) -> None:
    with database.write() as connection:
        on = activity.leave_note(connection, who(database, here), Note(client, None, "They moved"), "V1", NOW)
    assert on == (f"Client {client}", client == COMPANY, company)
    with database.read() as connection:
        made = outbox.subject(connection, take(database, here))
    assert made is not None
    assert made.pushed.records == records
    assert (made.pushed.kind, made.pushed.body, made.pushed.author) == (Kind.NOTE, "They moved", "u1@x.example")


def test_a_company_s_activity_has_that_of_its_clients_too(database: Database, here: Installation) -> None:
    log(database, here, replace(CALL, client_id=KARI))
    assert (entry(database, here, KARI).client, entry(database, here).client) == ("", "Client 2")
    with database.write() as connection:
        connection.execute(delete(schema.standing).where(schema.standing.c.client_id == KARI))
    with database.read() as connection:  # who does not see the client does not see it there either
        assert activity.of_client(connection, who(database, here), COMPANY) == []


def test_a_company_that_is_gone_is_none(database: Database, here: Installation) -> None:
    with database.write() as connection:
        connection.execute(update(schema.record).where(schema.record.c.id == COMPANY).values(archived_at=NOW))
        on = activity.log_task(connection, who(database, here), replace(CALL, client_id=KARI), "V1", NOW)
    assert on == ("Client 2", False, None)
