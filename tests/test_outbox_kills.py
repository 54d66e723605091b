"""Wherever a process is killed, a task or note is there once or not at all, and in the end the CRM has it once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, null, select

from bot.domain.access import Person
from bot.domain.activity import Note, Priority, Task
from bot.jobs.outbox import Outbox
from storage import activity, installations, people, schema, tasks
from storage.database import Database
from storage.installations import create
from tests.conftest import NOW
from tests.crm import LOST, RecordingCrm
from tests.processes import die_at, in_a_child
from tests.storage import bases

LEAST = 200  # kills
CALL = Task(1, None, "Call them", "About forms", date(2026, 11, 25), Priority.HIGH, "U1")
DAY = timedelta(days=1)  # every lease and pause is over
PLACES = (
    ("engine", "do_execute"),
    ("engine", "do_commit"),
    ("crm", "create"),
    ("crm", "update"),
    ("crm", "find_by_marker"),
)

Write = Callable[[Connection, Person], object]
Work = Callable[[Database], None]


def log(connection: Connection, anna: Person) -> object:
    return activity.log_task(connection, anna, CALL, "V1", NOW)


def log_for_bo(connection: Connection, anna: Person) -> object:
    return activity.log_task(connection, anna, replace(CALL, assignee="U2"), "V1", NOW)


def leave(connection: Connection, anna: Person) -> object:
    return activity.leave_note(connection, anna, Note(1, None, "They moved"), "V1", NOW)


def finish(connection: Connection, anna: Person) -> object:
    number = connection.scalar(select(schema.task.c.id))
    return number is not None and tasks.finish(connection, anna, number, NOW)


def put_off_again(connection: Connection, anna: Person) -> object:
    number = connection.scalar(select(schema.task.c.id))
    return number is not None and tasks.put_off(connection, anna, number, date(2026, 12, 1), NOW)


@dataclass
class Desk:
    """A database and a CRM in files, which outlive the process that writes.

    One engine knows the statements of all works, also in a child, which connects anew: before that nobody is connected.
    """

    database: Database
    crm: RecordingCrm
    anna: Person

    def begin_anew(self, database: Database) -> None:
        self.crm.path.write_text("")
        self.crm.failures.clear()
        tables = (schema.task, schema.note, schema.outbox, schema.delivery)
        self._write(database, lambda connection, _: [connection.execute(delete(table)) for table in tables])

    def do(self, *works: Work) -> None:
        for work in works:
            work(self.database)
        self.database.close()

    def writing(self, what: Write) -> Work:
        return lambda database: self._write(database, what)

    def _write(self, database: Database, what: Write) -> None:
        with database.write() as connection:
            what(connection, self.anna)

    def pushing(self, now: datetime = NOW) -> Work:
        return lambda database: Outbox(database, self.crm, self.anna.installation_id, lambda: now).run()

    def is_killed(self, work: Work, place: str, function: str, call: int, *, before: bool) -> bool:
        """Whether the work came as far as that call of a function, in a process that is killed there."""

        def run() -> None:
            die_at(self.crm if place == "crm" else self.database.engine.dialect, function, call, before=before)
            work(self.database)

        return in_a_child(run) == -signal.SIGKILL

    def settle(self, again: Work, *, is_done: bool) -> None:
        """Whoever did it does it again, and the job runs later: nothing is lost, and nothing is there twice."""
        self.do(again, self.pushing(NOW + 2 * DAY), lambda database: self._check(database, is_done=is_done))

    def _check(self, database: Database, *, is_done: bool) -> None:
        with database.read() as connection:
            made = [tuple(row) for row in connection.execute(select(*_columns(schema.task), schema.task.c.done_at))]
            made += [tuple(row) for row in connection.execute(select(*_columns(schema.note), null()))]
            assert connection.execute(select(schema.outbox)).all() == []
        ((number, remote_id, done_at),) = made
        ((there, said),) = self.crm.held().items()
        assert (there, said["is_done"], done_at is not None) == (remote_id, is_done, is_done)
        assert said["marker"].endswith(f"-{number}")
        assert list(self.crm.doubled()) == []


def _columns(table: Any) -> tuple[Any, Any]:
    return table.c.id, table.c.remote_id


@pytest.fixture
def desk(sqlite: Database, tmp_path: Path) -> Desk:
    with sqlite.write() as connection:
        here = create(connection, NOW)
        installations.bind(connection, here.id, "T1")
        installations.set_crm(connection, here.id, "recording")
        bases.add_source(connection, here.id, 1, "all")
        bases.add_clients(connection, here.id, 1)
        for user in ("U1", "U2"):
            people.keep(connection, here.id, {"id": user, "team_id": "T1", "name": user}, NOW)
        stands = {"installation_id": here.id, "client_id": 1, "workspace_id": here.workspace_id, "tier": "low"}
        connection.execute(insert(schema.standing).values(stands))
        anna = people.in_installation(connection, here.id, "U1")
    assert anna is not None
    sqlite.close()
    return Desk(sqlite, RecordingCrm(tmp_path / "crm"), anna)


def killed_everywhere(desk: Desk, before: list[Work], work: Work, again: Work, *, is_done: bool = False) -> int:
    """Kill the work before and after each of its calls, each time anew, and settle it; how often."""
    done = 0
    for place, function in PLACES:
        for is_before in (True, False):
            for call in count(1):
                desk.do(desk.begin_anew, *before)
                if not desk.is_killed(work, place, function, call, before=is_before):
                    break
                desk.settle(again, is_done=is_done)
                done += 1
    return done


def test_whatever_is_killed_nothing_is_lost_and_nothing_is_there_twice(desk: Desk) -> None:
    logs, finishes, put_off = map(desk.writing, (log, finish, put_off_again))
    push = desk.pushing()
    kills = 0
    for submit in map(desk.writing, (log, log_for_bo, leave)):
        kills += killed_everywhere(desk, [], submit, submit)
        kills += killed_everywhere(desk, [submit], push, submit)
    for first in ([logs, finishes], [logs, push, finishes]):
        kills += killed_everywhere(desk, first, push, logs, is_done=True)
    kills += killed_everywhere(desk, [logs, push], finishes, finishes, is_done=True)
    kills += killed_everywhere(desk, [logs, push], put_off, put_off)

    def lose(database: Database) -> None:
        desk.crm.failures.append(LOST)
        push(database)

    kills += killed_everywhere(desk, [logs, lose], desk.pushing(NOW + DAY), logs)
    assert kills >= LEAST
