"""Whatever the CRM answers, it has each task and note once, and as it is now, in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.domain.access import Person
from bot.domain.activity import Entry, Kind, Note, Priority, Push, Task
from bot.errors import DeliveryError
from bot.jobs.outbox import ATTEMPTS, PAUSES, Outbox
from storage import activity, installations, outbox, people, schema, tasks
from storage.database import Database
from storage.installations import create
from tests.conftest import NOW
from tests.crm import LOST, RecordingCrm
from tests.storage import bases

CALL = Task(1, None, "Call them", "About forms", date(2026, 11, 25), Priority.HIGH, "U1")
DAY = timedelta(days=1)  # every pause is over
BUSY, REFUSED = DeliveryError("http_503", temporary=True), DeliveryError("MISSING_SCOPES", temporary=False)


@pytest.fixture
def crm(tmp_path: Path) -> RecordingCrm:
    return RecordingCrm(tmp_path / "crm")


@pytest.fixture
def anna(sqlite: Database) -> Person:
    """Who has a client, in an installation with a CRM."""
    with sqlite.write() as connection:
        here = create(connection, NOW)
        installations.bind(connection, here.id, "T1")
        installations.set_crm(connection, here.id, "recording")
        bases.add_source(connection, here.id, 1, "all")
        bases.add_clients(connection, here.id, 1)
        user = {"id": "U1", "team_id": "T1", "name": "anna", "profile": {"email": "anna@x.example"}}
        number = people.keep(connection, here.id, user, NOW)
        stands = {"installation_id": here.id, "client_id": 1, "workspace_id": here.workspace_id, "tier": "low"}
        connection.execute(insert(schema.standing).values(stands))
        found = people.by_id(connection, here.id, number)
    assert found is not None
    return found


def run(sqlite: Database, crm: RecordingCrm, anna: Person, now: datetime = NOW) -> None:
    Outbox(sqlite, crm, anna.installation_id, lambda: now).run()


def log(sqlite: Database, anna: Person) -> int:
    with sqlite.write() as connection:
        assert activity.log_task(connection, anna, CALL, "V1", NOW)
        return connection.scalar(select(schema.task.c.id)) or 0


def finish(sqlite: Database, anna: Person, number: int) -> None:
    with sqlite.write() as connection:
        assert tasks.finish(connection, anna, number, NOW)


def shown(sqlite: Database, anna: Person) -> Entry:
    with sqlite.read() as connection:
        (one,) = activity.of_client(connection, anna, 1)
    return one


def test_a_task_is_made_once_and_then_changed(sqlite: Database, crm: RecordingCrm, anna: Person) -> None:
    number = log(sqlite, anna)
    run(sqlite, crm, anna)
    finish(sqlite, anna, number)
    run(sqlite, crm, anna)
    run(sqlite, crm, anna, NOW + DAY)
    assert [(what, said["is_done"]) for what, _, said in crm.calls()] == [("create", False), ("update", True)]
    (said,) = crm.held().values()
    assert (said["marker"], said["title"], said["assignee"]) == (f"task-{number}", "Call them", "anna@x.example")
    assert shown(sqlite, anna).push is Push.SENT


def test_a_note_is_made_once(sqlite: Database, crm: RecordingCrm, anna: Person) -> None:
    with sqlite.write() as connection:
        assert activity.leave_note(connection, anna, Note(1, None, "They moved"), "V1", NOW)
    for now in (NOW, NOW + DAY):
        run(sqlite, crm, anna, now)
    assert [(what, said["kind"], said["body"]) for what, _, said in crm.calls()] == [("create", "note", "They moved")]


def test_many_changes_before_the_crm_is_reached_are_one_push(sqlite: Database, crm: RecordingCrm, anna: Person) -> None:
    number = log(sqlite, anna)
    finish(sqlite, anna, number)
    run(sqlite, crm, anna)
    assert [(what, said["is_done"]) for what, _, said in crm.calls()] == [("create", True)]


def test_a_task_from_before_there_was_a_crm_is_made_once_it_is_changed(
    sqlite: Database, crm: RecordingCrm, anna: Person
) -> None:
    number = log(sqlite, replace(anna, crm=None))
    run(sqlite, crm, anna)
    assert crm.calls() == []
    finish(sqlite, anna, number)
    run(sqlite, crm, anna)
    assert [what for what, _, _ in crm.calls()] == ["create"]


@pytest.mark.parametrize(
    "failures",
    [[BUSY], [LOST], [BUSY, BUSY], [LOST, BUSY], [BUSY, LOST], [LOST, LOST], [LOST, None, BUSY], [LOST, None, LOST],
     [None, BUSY], [None, LOST]],
)  # fmt: skip
def test_whatever_happens_on_the_way_it_is_there_once_and_as_it_is(
    sqlite: Database, crm: RecordingCrm, anna: Person, failures: list[DeliveryError | str | None]
) -> None:
    number = log(sqlite, anna)
    crm.failures = list(failures)
    run(sqlite, crm, anna)
    finish(sqlite, anna, number)
    for day in range(1, 5):
        run(sqlite, crm, anna, NOW + day * DAY)
    assert crm.failures == []
    (said,) = crm.held().values()
    assert said["is_done"]
    assert list(crm.doubled()) == []
    assert shown(sqlite, anna).push is Push.SENT


def test_it_is_tried_again_after_its_pause_and_given_up_in_the_end(
    sqlite: Database, crm: RecordingCrm, anna: Person
) -> None:
    log(sqlite, anna)
    now = NOW
    for pause in (*PAUSES, None):
        crm.failures = [BUSY]
        run(sqlite, crm, anna, now)
        assert crm.failures == []
        if pause is not None:
            assert shown(sqlite, anna).push is Push.WAITING
            run(sqlite, crm, anna, now + pause - timedelta(seconds=1))  # not yet
            now += pause
    assert (shown(sqlite, anna).push, crm.calls()) == (Push.GIVEN_UP, [])
    run(sqlite, crm, anna, now + DAY)
    assert crm.calls() == []


def test_what_was_given_up_although_it_arrived_is_not_made_again(
    sqlite: Database, crm: RecordingCrm, anna: Person
) -> None:
    number = log(sqlite, anna)
    crm.failures = [LOST, *[BUSY] * (ATTEMPTS - 1)]
    for day in range(ATTEMPTS):
        run(sqlite, crm, anna, NOW + day * DAY)
    assert shown(sqlite, anna).push is Push.GIVEN_UP
    with sqlite.write() as connection:
        assert activity.push_again(connection, anna, Kind.TASK, number, NOW)
    run(sqlite, crm, anna)
    assert [what for what, _, _ in crm.calls()] == ["create", "update"]
    assert shown(sqlite, anna).push is Push.SENT


def test_what_the_crm_refuses_is_not_tried_again_before_it_is_changed(
    sqlite: Database, crm: RecordingCrm, anna: Person
) -> None:
    number = log(sqlite, anna)
    crm.failures = [REFUSED]
    for now in (NOW, NOW + DAY):
        run(sqlite, crm, anna, now)
    assert (shown(sqlite, anna).push, shown(sqlite, anna).reason) == (Push.REFUSED, "MISSING_SCOPES")
    finish(sqlite, anna, number)
    run(sqlite, crm, anna)
    assert [(what, said["is_done"]) for what, _, said in crm.calls()] == [("create", True)]
    assert (shown(sqlite, anna).push, shown(sqlite, anna).reason) == (Push.SENT, None)


def test_what_kills_each_process_that_pushes_it_is_given_up(sqlite: Database, crm: RecordingCrm, anna: Person) -> None:
    log(sqlite, anna)
    for day in range(ATTEMPTS):
        assert outbox.claim(sqlite, anna.installation_id, NOW + day * DAY) is not None  # and killed there
    run(sqlite, crm, anna, NOW + ATTEMPTS * DAY)
    assert (shown(sqlite, anna).push, crm.calls()) == (Push.GIVEN_UP, [])


def test_one_that_fails_does_not_hold_up_the_others(sqlite: Database, crm: RecordingCrm, anna: Person) -> None:
    for number in range(4):
        with sqlite.write() as connection:
            assert activity.log_task(connection, anna, replace(CALL, title=f"Call {number}"), f"V{number}", NOW)
    crm.failures = [BUSY, REFUSED]
    run(sqlite, crm, anna)
    assert len(crm.held()) == 2
