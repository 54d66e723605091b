"""Imports that are asked for: each is worked on by one process at a time, and is its installation's."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from storage import import_runs
from storage.database import Database
from storage.import_runs import LEASE, Run
from storage.installations import Installation, create
from storage.schema import audit_entry, import_run, person
from tests.conftest import NOW

FILES = [{"id": "F1", "name": "clients.csv"}, {"id": "F2", "name": "usage.csv"}]


@pytest.fixture
def asked(database: Database, installation: Installation) -> Installation:
    with database.write() as connection:
        connection.execute(insert(person).values(installation_id=installation.id, id=1, name="Anna"))
        import_runs.ask(connection, installation.id, 1, FILES, NOW)
    return installation


def claim(database: Database, home: Installation, after: timedelta = timedelta()) -> Run | None:
    return import_runs.claim(database, home.id, NOW + after)


def test_what_was_asked_for_is_claimed_with_its_files_and_told(database: Database, asked: Installation) -> None:
    run = claim(database, asked)
    assert run is not None
    assert (run.person_id, list(run.files), run.attempts) == (1, FILES, 1)
    with database.read() as connection:
        (going,) = import_runs.going(connection, asked.id)
        assert (going.who, going.files, going.state) == ("Anna", ("clients.csv", "usage.csv"), "running")
        assert import_runs.last(connection, asked.id) is None
        audited = connection.execute(select(audit_entry.c.action, audit_entry.c.subject)).all()
    assert audited == [("data.uploaded", "clients.csv, usage.csv")]


def test_of_many_processes_one_has_it(database: Database, asked: Installation) -> None:
    begin, found = threading.Barrier(8), []

    def take() -> None:
        begin.wait()
        found.append(claim(database, asked))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(run is not None for run in found) == 1


def test_it_is_claimed_again_once_its_lease_has_run_out_and_the_first_can_write_no_more(
    database: Database, asked: Installation
) -> None:
    first = claim(database, asked)
    assert first is not None
    assert claim(database, asked, LEASE - timedelta(seconds=1)) is None
    second = claim(database, asked, LEASE)
    assert second is not None
    assert second.attempts == 2
    assert not import_runs.renew(database, first, NOW + LEASE)
    with database.write() as connection:
        assert not import_runs.end(connection, first, NOW + LEASE)
        assert import_runs.end(connection, second, NOW + LEASE, "import_given_up")
        assert not import_runs.end(connection, second, NOW + LEASE)
    assert claim(database, asked, 3 * LEASE) is None
    with database.read() as connection:
        last = import_runs.last(connection, asked.id)
    assert last is not None
    assert (last.state, last.error, last.at) == ("failed", "import_given_up", NOW + LEASE)


def test_what_is_renewed_stays_with_who_has_it(database: Database, asked: Installation) -> None:
    run = claim(database, asked)
    assert run is not None
    assert import_runs.renew(database, run, NOW + LEASE / 2)
    assert claim(database, asked, LEASE) is None
    assert claim(database, asked, LEASE * 1.5) is not None


def test_what_is_put_off_is_due_then(database: Database, asked: Installation) -> None:
    run = claim(database, asked)
    assert run is not None
    with database.write() as connection:
        import_runs.put_off(connection, run, NOW + timedelta(minutes=1))
    assert claim(database, asked) is None
    assert claim(database, asked, timedelta(minutes=1)) is not None


def test_another_installations_imports_are_neither_seen_nor_taken(database: Database, asked: Installation) -> None:
    with database.write() as connection:
        other = create(connection, NOW)
    assert claim(database, other) is None
    assert import_runs.claim_folder(database, other.id, ["clients.csv"], NOW) is not None
    assert import_runs.claim_folder(database, asked.id, ["clients.csv"], NOW) is not None
    with database.read() as connection:
        assert [one.origin for one in import_runs.going(connection, other.id)] == ["folder"]


def test_what_ended_long_ago_is_forgotten(database: Database, asked: Installation) -> None:
    run = claim(database, asked)
    assert run is not None
    with database.write() as connection:
        import_runs.end(connection, run, NOW)
        import_runs.ask(connection, asked.id, 1, FILES, NOW + import_runs.KEPT + timedelta(days=1))
        assert len(connection.execute(select(import_run)).all()) == 1
