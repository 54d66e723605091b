"""A digest is read as it was written, and of two changes to one version one is written."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from datetime import time as time_of_day
from functools import partial

import pytest
from sqlalchemy import event, insert, select, text, update

from bot.domain.digests import Alerts, Content, Digest, Pause, Thresholds
from storage import digest_runs, digests, schema
from storage.database import Database
from storage.digest_facts import Due, due
from storage.installations import Installation
from tests import posting
from tests.conftest import NOW
from tests.storage import bases

TODAY = date(2026, 11, 23)


@pytest.fixture
def usual(database: Database, installation: Installation) -> Digest:
    """With nothing chosen."""
    with database.write() as connection:
        connection.execute(insert(schema.person).values(installation_id=installation.id, id=1, name="Anna Aas"))
        made = Digest(installation.id, 7, installation.workspace_id, "Nordic", Content.BOTH, "Europe/Oslo", made_by=1)
        digests.add(connection, made, NOW)
    return made


def test_is_read_as_it_was_written(database: Database, usual: Digest) -> None:
    whole = replace(
        usual,
        id=8,
        name="Baltic",
        content=Content.LOW,
        channel_id="C1",
        days=frozenset({0, 6}),
        at=time_of_day(7, 45),
        grace=timedelta(minutes=30),
        thresholds=Thresholds(low=4, ahead=(14,)),
        alerts=Alerts(keys=True, mrr=1000.0, currency="EUR"),
        escalates=4,
        paused=Pause.ARCHIVED,
        next_at=NOW,
        told_on=date(2026, 11, 20),
        told_as_of=date(2026, 11, 19),
    )
    with database.write() as connection:
        digests.add(connection, whole, NOW)
    with database.read() as connection:
        assert digests.of_workspace(connection, usual.installation_id, usual.workspace_id) == [whole, usual]
        assert digests.get(connection, usual.installation_id, 9) is None


def test_of_two_changes_to_a_version_the_first_is_written(database: Database, usual: Digest) -> None:
    first, second = replace(usual, name="First"), replace(usual, name="Second")
    with database.write() as connection:
        assert (digests.change(connection, first), digests.change(connection, second)) == (True, False)
    with database.read() as connection:
        assert digests.get(connection, usual.installation_id, usual.id) == replace(first, version=2)


@pytest.mark.parametrize("database", ["postgres-debian", "postgres-wheel"], indirect=True)
def test_one_that_changed_between_what_is_read_of_it_and_its_lock_is_none_that_is_due(
    database: Database, usual: Digest
) -> None:
    """It would be locked as it is by now, and read with what it had told before."""
    planned = update(schema.digest).values(channel_id="C1", next_at=NOW)
    with database.write() as connection:
        connection.execute(planned)
    with ThreadPoolExecutor(1) as pool, database.write() as connection:
        connection.execute(_HOLD)
        event.listen(database.engine, "before_cursor_execute", _hold_back, retval=True)
        found = pool.submit(_due, database, usual)
        with database.write() as other:
            while not found.done() and not other.scalar(_IS_HELD):
                time.sleep(POLL)
            other.execute(planned)
        event.remove(database.engine, "before_cursor_execute", _hold_back)
        connection.rollback()
    assert found.result() is None
    again = _due(database, usual)
    assert again is not None
    assert again.digest == replace(usual, channel_id="C1", next_at=NOW)


POLL = 0.01
_HOLD = text("SELECT pg_advisory_xact_lock(1)")
_IS_HELD = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


def _due(database: Database, one: Digest) -> Due | None:
    with database.write() as connection:
        return due(connection, one.installation_id, NOW)


def _hold_back(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> tuple[str, object]:
    """Once it has begun, and before it locks a digest."""
    paused = "digest.paused IS NULL"
    return statement.replace(paused, f"{paused} AND (SELECT true FROM pg_advisory_xact_lock(1))"), values


def test_a_run_that_was_kept_already_tells_nothing_and_names_nobody(database: Database, usual: Digest) -> None:
    one, its = replace(usual, channel_id="C1", escalates=4), schema.named_client.c
    message, tomorrow = {"text": "News"}, TODAY + timedelta(days=1)
    with database.write() as connection:
        bases.add_source(connection, one.installation_id, 1, "all")
        bases.add_clients(connection, one.installation_id, 1, 2, 3)
        kept = partial(digest_runs.keep, connection, one, "7/today", message=message, facts={}, then=NOW)
        assert kept(day=TODAY, now=NOW, as_of=TODAY, named={1: "low", 2: "quiet"}) is not None
        assert kept(day=tomorrow, now=NOW, as_of=tomorrow, named={3: "low"}) is None
        named = connection.execute(select(its.client_id, its.rule, its.escalates_at).order_by(its.client_id)).all()
    assert [tuple(row) for row in named] == [(1, "low", NOW), (2, "quiet", None)]
    assert posting.get(database, one) == replace(usual, told_on=TODAY, told_as_of=TODAY, next_at=NOW)
