"""When it is looked whether there is news for alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.domain.digests import Alerts, Content, Digest, Pause
from storage import alerts, digests
from storage.database import Database
from storage.installations import every
from storage.schema import digest, person
from tests.storage.bases import NOW
from tests.storage.test_standing import Base, base

__all__ = ["base"]

HOUR = timedelta(hours=1)
ANNA = 900


@pytest.fixture
def one(base: Base) -> Digest:
    """Looked at, until an hour from now."""
    with base.database.write() as connection:
        here = next(each for each in every(connection) if each.id == base.id)
        connection.execute(insert(person).values(installation_id=here.id, id=ANNA, name="Anna"))
        made = Digest(here.id, 7, here.workspace_id, "Nordic", Content.BOTH, "Europe/Oslo", made_by=ANNA,
                      channel_id="C1", alerts=Alerts(keys=True), told_on=NOW.date(), told_as_of=NOW.date())  # fmt: skip
        digests.add(connection, made, NOW)
        alerts.looked(connection, made, (), NOW + HOUR)
    return made


def is_due(database: Database, one: Digest, hours: int = 0) -> bool:
    with database.read() as connection:
        return alerts.is_any_due(connection, one.installation_id, NOW + hours * HOUR)


def test_it_is_looked_once_scores_have_moved(base: Base, one: Digest) -> None:
    base.settle()
    with base.database.write() as connection:
        alerts.looked(connection, one, (), NOW + HOUR)
    assert (base.settle(), is_due(base.database, one)) == (0, False)
    base.archive(1)
    assert (base.settle(), is_due(base.database, one)) == (1, True)


def test_it_is_looked_when_its_time_has_come(base: Base, one: Digest) -> None:
    assert [is_due(base.database, one, hours) for hours in (0, 1)] == [False, True]


@pytest.mark.parametrize(
    "values", [{"alerts": None}, {"paused": Pause.PERSON}, {"channel_id": None}, {"told_as_of": None}]
)
def test_it_is_looked_for_digests_that_run_and_have_told_something(
    base: Base, one: Digest, values: dict[str, object]
) -> None:
    with base.database.write() as connection:
        if "told_as_of" in values:
            connection.execute(update(digest).values(told_as_of=None))
        else:
            kept = digests.get(connection, one.installation_id, one.id)
            assert kept is not None
            assert digests.change(connection, _with(kept, values))
        assert connection.scalar(select(digest.c.id)) == one.id
    assert not is_due(base.database, one, 1)


def _with(one: Digest, values: dict[str, object]) -> Digest:
    return replace(one, **values)  # type: ignore[arg-type]


def test_who_was_left_out_waits_until_the_next_run(base: Base, one: Digest) -> None:
    with base.database.write() as connection:
        alerts.looked(connection, one, (3, 1), NOW + HOUR)
        later = _with(one, {"told_on": NOW.date() + timedelta(1)})
        assert alerts.left_out(connection, one) == {1, 3}
        assert alerts.left_out(connection, later) == frozenset()
