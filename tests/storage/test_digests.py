"""A digest is read as it was written, and of two changes to one version one is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import insert

from bot.domain.digests import Alerts, Content, Digest, Pause, Thresholds
from storage import digests, schema
from storage.database import Database
from storage.installations import Installation
from tests.conftest import NOW


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
        at=time(7, 45),
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
