"""Files that people ask for: each asked for once, taken by one process, and found again when that one was killed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, insert, select

from bot.domain.access import Person
from storage import exports
from storage.database import Database
from storage.exports import LEASE, Request
from storage.installations import Installation, create
from storage.schema import export_request, person
from tests.conftest import NOW

LATER = NOW + LEASE


@pytest.fixture
def anna(database: Database, installation: Installation) -> Person:
    return add(database, installation, 1)


def add(database: Database, here: Installation, number: int) -> Person:
    with database.write() as connection:
        connection.execute(insert(person).values(installation_id=here.id, id=number))
    return Person(number, here.id, here.workspace_id, f"U{number}", "", "UTC", "en-US")


def ask(database: Database, asker: Person, text: str = "tier:low", now: datetime = NOW) -> bool:
    with database.write() as connection:
        return exports.ask(connection, asker, text, now)


def claim(database: Database, asker: Person, now: datetime = NOW) -> Request:
    found = exports.claim(database, asker.installation_id, now)
    assert found is not None
    return found


def end(database: Database, request: Request, error: str | None = None) -> bool:
    with database.write() as connection:
        return exports.end(connection, request, error)


def rows(database: Database) -> list[Row[Any]]:
    with database.read() as connection:
        return list(connection.execute(select(export_request).order_by(export_request.c.id)))


def test_a_second_click_asks_for_nothing_until_the_file_was_sent(database: Database, anna: Person) -> None:
    assert ask(database, anna)
    assert not ask(database, anna)
    request = claim(database, anna)
    assert not ask(database, anna)
    assert end(database, request)
    assert ask(database, anna)


def test_another_list_or_another_person_is_another_file(
    database: Database, installation: Installation, anna: Person
) -> None:
    bo = add(database, installation, 2)
    assert ask(database, anna)
    assert ask(database, anna, "tier:high")
    assert ask(database, bo)
    taken = [claim(database, anna) for _ in range(3)]
    assert [(one.person_id, one.filter) for one in taken] == [(1, "tier:low"), (1, "tier:high"), (2, "tier:low")]


def test_many_clicks_at_once_ask_once(database: Database, anna: Person) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda _: ask(database, anna), range(8)))
    assert asked.count(True) == 1
    assert len(rows(database)) == 1


def test_of_many_processes_one_gets_a_request(database: Database, anna: Person) -> None:
    ask(database, anna)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: exports.claim(database, anna.installation_id, NOW), range(8)))
    assert len([one for one in taken if one is not None]) == 1


def test_many_processes_share_what_is_due(database: Database, anna: Person) -> None:
    for number in range(8):
        ask(database, anna, f"score:{number}")
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: exports.claim(database, anna.installation_id, NOW), range(32)))
    assert sorted(one.id for one in taken if one is not None) == list(range(1, 9))


def test_a_request_is_taken_again_when_its_lease_has_run_out(database: Database, anna: Person) -> None:
    ask(database, anna)
    first = claim(database, anna)
    assert exports.claim(database, anna.installation_id, LATER - timedelta(seconds=1)) is None
    second = claim(database, anna, LATER)
    assert (first.id, first.attempts, second.id, second.attempts) == (1, 1, 1, 2)


def test_whoever_lost_the_lease_can_neither_announce_nor_end_nor_put_off(database: Database, anna: Person) -> None:
    ask(database, anna)
    slow, quick = claim(database, anna), claim(database, anna, LATER)
    with database.write() as connection:
        assert not exports.announce(connection, slow, "F1")
        assert not exports.end(connection, slow)
        exports.put_off(connection, slow, LATER)
    (row,) = rows(database)
    assert (row.state, row.file_id, row.lease_until) == ("sending", None, LATER + LEASE)
    assert end(database, quick)
    assert not end(database, quick)


def test_an_announced_file_is_known_to_the_next_attempt(database: Database, anna: Person) -> None:
    ask(database, anna)
    request = claim(database, anna)
    with database.write() as connection:
        assert exports.announce(connection, request, "F1")
    assert claim(database, anna, LATER).file_id == "F1"


def test_what_is_put_off_waits_until_then(database: Database, anna: Person) -> None:
    ask(database, anna)
    until = NOW + timedelta(minutes=2)
    request = claim(database, anna)
    with database.write() as connection:
        exports.put_off(connection, request, until)
    assert exports.claim(database, anna.installation_id, until - timedelta(seconds=1)) is None
    assert claim(database, anna, until).attempts == 2


@pytest.mark.parametrize(("error", "state"), [(None, "sent"), ("export_refused", "failed")])
def test_what_ended_is_never_taken_again(database: Database, anna: Person, error: str | None, state: str) -> None:
    ask(database, anna)
    assert end(database, claim(database, anna), error)
    assert exports.claim(database, anna.installation_id, NOW + timedelta(365)) is None
    (row,) = rows(database)
    assert (row.state, row.error) == (state, error)


def test_requests_of_another_installation_are_not_taken(database: Database, anna: Person) -> None:
    with database.write() as connection:
        other = create(connection, NOW)
    ask(database, anna)
    assert exports.claim(database, other.id, NOW) is None


def test_requests_that_are_done_with_are_kept_for_a_month(database: Database, anna: Person) -> None:
    ask(database, anna, "tier:low")
    end(database, claim(database, anna))
    ask(database, anna, "tier:high")  # and never taken
    ask(database, anna, "tier:medium", NOW + exports.KEPT)
    assert [row.filter for row in rows(database)] == ["tier:low", "tier:high", "tier:medium"]
    ask(database, anna, "csm:me", NOW + exports.KEPT + timedelta(seconds=1))
    assert [row.filter for row in rows(database)] == ["tier:high", "tier:medium", "csm:me"]
