"""A task submitted, from who may see its client to its row in the outbox, against one INSERT of the same row."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, insert

from benchmarks.card import NOW, TEAM, USER, base
from bot.domain.access import Person
from bot.domain.activity import Priority, Task
from storage import activity, installations, people
from storage.database import Database
from storage.schema import task

OTHER = "U2"
TURNS, TASKS = 8, 50  # a turn of each is so many tasks
Write = Callable[[Connection, str], object]


def run(sizes: tuple[int, ...] = (1_000, 100_000)) -> list[tuple[str, str]]:
    """Rows of (what, figure). All write in turns, so that a slower moment of the machine hits each."""
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            database = base(Path(folder) / "base.db", size)
            rows += _compare(database, size)
            database.close()
    return rows


def _compare(database: Database, size: int) -> list[tuple[str, str]]:
    alone, pushed = _people(database)
    made = Task(size // 2, None, "Call them", "About forms", date(2026, 11, 25), Priority.HIGH, USER)
    given = replace(made, assignee=OTHER)
    kinds: dict[str, Write] = {
        "bare": lambda connection, view: _bare(connection, alone, made, view),
        "one's own task": lambda connection, view: activity.log_task(connection, alone, made, view, NOW),
        "the same with a CRM": lambda connection, view: activity.log_task(connection, pushed, made, view, NOW),
        "one for somebody else": lambda connection, view: activity.log_task(connection, alone, given, view, NOW),
    }
    taken = _taken(database, kinds)
    return [
        (
            f"{name} at {size:,} clients",
            f"{taken[name] / taken['bare']:.2f} × an INSERT ({taken['bare'] * 1_000:.2f} ms), "
            f"{taken[name] * 1_000:.2f} ms, {_statements(database, kinds[name])} statements",
        )
        for name in list(kinds)[1:]
    ]


def _people(database: Database) -> tuple[Person, Person]:
    """Who logs, without a CRM and with one; and the other, who is known to Slack."""
    with database.write() as connection:
        (here,) = installations.every(connection)
        people.keep(connection, here.id, {"id": OTHER, "team_id": TEAM, "name": "bo"}, NOW)
        found = people.find(connection, TEAM, USER)
    assert found is not None
    return found, replace(found, crm="a CRM")


def _bare(connection: Connection, who: Person, made: Task, view: str) -> None:
    number = int(view.removeprefix("V"))
    values = {"title": made.title, "details": made.details, "due_on": made.due_on, "priority": made.priority.value}
    key = {"installation_id": who.installation_id, "id": number, "slack_view_id": view, "client_id": made.client_id}
    connection.execute(insert(task).values(**key, **values, assignee_id=who.id, author_id=who.id, made_at=NOW))


_views = (f"V{number}" for number in count(1))


def _taken(database: Database, kinds: dict[str, Write]) -> dict[str, float]:
    """The median of the seconds that each takes, in a transaction of its own."""
    taken: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(TURNS):
        for name, write in kinds.items():
            for _ in range(TASKS):
                start = time.perf_counter()
                _write(database, write)
                taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times[TASKS:]) for name, times in taken.items()}


def _write(database: Database, write: Write) -> None:
    with database.write() as connection:
        write(connection, next(_views))


def _statements(database: Database, write: Write) -> int:
    found: list[str] = []

    def note(*args: Any) -> None:
        found.append(args[2])

    event.listen(database.engine, "before_cursor_execute", note)
    _write(database, write)
    event.remove(database.engine, "before_cursor_execute", note)
    return len([one for one in found if not one.startswith(("BEGIN", "PRAGMA"))])
