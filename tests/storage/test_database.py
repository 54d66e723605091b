"""The engine: moments keep their zone, writers wait instead of failing, keys are held."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from storage.database import Database
from storage.installations import Installation, every
from storage.schema import installation as table
from storage.schema import person
from tests.conftest import NOW


def test_a_moment_comes_back_aware_and_in_utc(database: Database) -> None:
    oslo = datetime(2026, 11, 20, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    with database.write() as connection:
        connection.execute(insert(table).values(currency="EUR", created_at=oslo))
    with database.read() as connection:
        stored = connection.scalar(select(table.c.created_at))
    assert stored == oslo
    assert stored is not None
    assert stored.tzinfo is UTC


def test_a_naive_moment_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="time zone"), database.write() as connection:
        connection.execute(insert(table).values(currency="EUR", created_at=naive))


def test_a_row_of_no_installation_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(person).values(installation_id=99, id=1))


def test_writers_at_the_same_time_lose_nothing(database: Database, installation: Installation) -> None:
    with database.write() as connection:
        connection.execute(insert(person).values(installation_id=installation.id, id=1, name="0"))

    def add_one(_: int) -> None:
        with database.write() as connection:
            row = select(person.c.name).with_for_update()
            value = int(connection.scalar(row) or 0)
            connection.execute(update(person).values(name=str(value + 1)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(80)))
    with database.read() as connection:
        assert connection.scalar(select(person.c.name)) == "80"


def test_an_installation_has_its_primary_workspace(database: Database, installation: Installation) -> None:
    with database.read() as connection:
        assert every(connection) == [installation]


@pytest.mark.parametrize("database", ["postgres-debian", "postgres-wheel"], indirect=True)
def test_a_session_of_postgresql_is_set_up_without_options_which_pgbouncer_refuses(database: Database) -> None:
    with database.read() as connection:
        set_ = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("statement_timeout", "timezone")]
        driver: Any = connection.connection.driver_connection
        asked = driver.info.get_parameters()
    assert set_ == ["1min", "UTC"]
    assert "options" not in asked


def test_a_new_sqlite_file_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    together = Barrier(8)

    def open_file(path: Path) -> int:
        own = Database(f"sqlite:///{path}")
        together.wait()
        with own.write() as connection:
            found = int(connection.execute(text("SELECT 1")).scalar_one())
        own.close()
        return found

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            assert list(pool.map(open_file, [tmp_path / f"{number}.db"] * 8)) == [1] * 8
