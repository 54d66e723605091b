"""Migrations: from empty they give exactly the models' tables; they are whole or nothing; one process runs them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Row, func, inspect, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.domain import names
from bot.domain.listing import NOTHING
from storage import migrate
from storage.database import Database
from storage.schema import delivery, installation, metadata, record, standing, task, word_ending, word_form
from tests.conftest import BACKENDS, Fresh

POSTGRES = """
SELECT table_name, column_name, row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position), data_type,
       character_maximum_length, numeric_precision, numeric_scale, is_nullable, column_default
  FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY 1, 2
""", """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1
""", """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' ORDER BY 1, 2
"""  # fmt: skip


@pytest.fixture(params=BACKENDS)
def empty(request: pytest.FixtureRequest, fresh: Fresh, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table, on each backend."""
    url = f"sqlite:///{tmp_path}/empty.db" if request.param == "sqlite" else fresh(request.param)
    database = Database(url)
    _clear(database)
    yield database
    database.close()


def _clear(database: Database) -> None:
    if database.is_sqlite:
        database.close()
        for file in Path(str(database.url.database)).parent.glob("empty.db*"):
            file.unlink()
        return
    with database.write() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")


def test_upgrading_an_empty_database_gives_the_models(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []


def test_each_definition_is_the_one_the_models_give(empty: Database) -> None:
    """Down to defaults, order of columns, operator classes and WITHOUT ROWID, which Alembic does not compare."""
    migrate.upgrade(empty)
    migrated = _definitions(empty)
    _clear(empty)
    metadata.create_all(empty.engine)
    assert migrated == _definitions(empty)


def _definitions(database: Database) -> list[Row[tuple[object, ...]]] | set[tuple[str, ...]]:
    with database.read() as connection:
        if not database.is_sqlite:
            return [row for query in POSTGRES for row in connection.execute(text(query))]
        rows = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%alembic_version%'")
        )
        return {_parts(row.sql) for row in rows}


def _parts(sql: str) -> tuple[str, ...]:
    """The columns in their order; then constraints, whose order means nothing, sorted. A copied table is quoted."""
    head, _, rest = " ".join(sql.replace('"', "").replace("('')", "''").split()).partition("(")
    body, _, tail = rest.rpartition(")")
    parts = [part.strip() for part in re.split(r",(?![^(]*\))", body)]
    bound = [part for part in parts if part.startswith(("CONSTRAINT", "UNIQUE", "FOREIGN", "PRIMARY", "CHECK"))]
    return (head.strip(), tail.strip(), *(part for part in parts if part not in bound), *sorted(bound))


def test_the_version_tells_how_a_database_stands_to_the_code(empty: Database) -> None:
    assert migrate.version(empty) == "empty"
    migrate.upgrade(empty)
    assert migrate.version(empty) == "current"
    with empty.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert migrate.version(empty) == "newer"


def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    before = _definitions(empty)
    migrate.upgrade(empty)
    assert _definitions(empty) == before


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    with empty.write() as connection:
        connection.exec_driver_sql("CREATE TABLE word_form (form INTEGER)")  # the revision makes it after others
    with pytest.raises((OperationalError, ProgrammingError), match="already exists"):
        migrate.upgrade(empty)
    assert inspect(empty.engine).get_table_names() == ["word_form"]
    assert migrate.version(empty) == "empty"


def test_names_that_the_first_version_indexed_are_found_by_the_second(empty: Database) -> None:
    migrate.upgrade(empty, "0001")
    with empty.write() as connection:
        connection.execute(
            text("INSERT INTO installation (currency, created_at) VALUES ('EUR', '2026-11-20 09:00:00')")
        )
        for one in ("acme", "globex"):
            connection.execute(
                text("INSERT INTO word (installation_id, word, clients) VALUES (1, :one, 1)"), {"one": one}
            )
            connection.execute(text("INSERT INTO word_form VALUES (1, :one, :one)"), {"one": one})
    migrate.upgrade(empty)
    with empty.read() as connection:
        forms = connection.execute(select(word_form.c.form, word_form.c.word)).all()
        endings = connection.execute(select(word_ending.c.ending, word_ending.c.word)).all()
    assert set(forms) == {(form, one) for one in ("acme", "globex") for form in names.forms(one)}
    assert set(endings) == {(ending, one) for one in ("acme", "globex") for ending in names.endings(one)}
    assert len(forms) > 4
    assert len(endings) > 2


def test_standings_outlive_the_copying_of_their_table_and_from_then_on_their_workspace(empty: Database) -> None:
    migrate.upgrade(empty, "0003")
    with empty.write() as connection:
        for statement in (
            "INSERT INTO installation (currency, created_at) VALUES ('EUR', '2026-11-20 09:00:00')",
            "INSERT INTO workspace (installation_id, id, name, is_primary) "
            "VALUES (1, 1, 'W', true), (1, 2, 'X', false)",
            "INSERT INTO source (installation_id, id, name, kind, form, covers, changed_at) "
            "VALUES (1, 1, 's', 'csv', 'events', 'all', '2026-11-20 09:00:00')",
            "INSERT INTO record (installation_id, id, object, external_id, name, name_key, properties, source_id) "
            "VALUES (1, 7, 'company', '7', 'Acme', 'acme', '{}', 1)",
            "INSERT INTO standing (installation_id, client_id, workspace_id, tier) "
            "VALUES (1, 7, 1, 'high'), (1, 7, 2, 'low')",
        ):
            connection.execute(text(statement))
    migrate.upgrade(empty)
    with empty.write() as connection:
        connection.execute(text("DELETE FROM workspace WHERE id = 2"))
        one = standing.c
        rows = connection.execute(select(one.client_id, one.workspace_id, one.tier, one.name_key, one.areas))
        assert sorted(rows.all()) == [(7, 1, "high", "acme", NOTHING), (7, 2, "low", "acme", NOTHING)]
        assert connection.scalar(select(installation.c.everything_to)) is None


def test_services_that_are_there_are_found_by_their_clients(empty: Database) -> None:
    migrate.upgrade(empty, "0018")
    with empty.write() as connection:
        for statement in (
            "INSERT INTO installation (currency, created_at) VALUES ('EUR', '2026-11-20 09:00:00')",
            "INSERT INTO source (installation_id, id, name, kind, form, covers, changed_at) "
            "VALUES (1, 1, 's', 'csv', 'events', 'all', '2026-11-20 09:00:00')",
            "INSERT INTO record (installation_id, id, object, external_id, name, name_key, properties, source_id) "
            "VALUES (1, 7, 'company', '7', 'Acme', 'acme', '{}', 1), "
            """(1, 8, 'service', '8', 'Setup', '', '{"client_id": "7"}', 1)""",
        ):
            connection.exec_driver_sql(statement)
    migrate.upgrade(empty)
    with empty.read() as connection:
        assert connection.scalars(select(record.c.client_key).order_by(record.c.id)).all() == [None, "7"]


def test_messages_about_tasks_that_nobody_tried_to_send_are_still_sent(empty: Database) -> None:
    migrate.upgrade(empty, "0008")
    with empty.write() as connection:
        for statement in (
            "INSERT INTO installation (currency, created_at) VALUES ('EUR', '2026-11-20 09:00:00')",
            "INSERT INTO source (installation_id, id, name, kind, form, covers, changed_at) "
            "VALUES (1, 1, 's', 'csv', 'events', 'all', '2026-11-20 09:00:00')",
            "INSERT INTO record (installation_id, id, object, external_id, name, name_key, properties, source_id) "
            "VALUES (1, 7, 'company', '7', 'Acme', 'acme', '{}', 1)",
            "INSERT INTO person (installation_id, id) VALUES (1, 5)",
        ):
            connection.execute(text(statement))
        for number, (state, attempts) in enumerate((("waiting", 0), ("waiting", 1), ("sending", 1), ("sent", 1)), 1):
            connection.execute(
                text(
                    "INSERT INTO task (installation_id, id, slack_view_id, client_id, title, due_on, priority, "
                    "assignee_id, author_id, made_at, message, message_lease_until, message_attempts) VALUES (1, "
                    f"{number}, '{number}', 7, 'Call', '2026-11-20', 'low', 5, 5, '2026-11-20 09:00:00', '{state}', "
                    f"'2026-11-20 09:00:00', {attempts})"
                )
            )
    migrate.upgrade(empty)
    with empty.read() as connection:
        assert connection.execute(select(delivery.c.id, delivery.c.key, delivery.c.state)).all() == [
            (1, "1/1", "waiting")
        ]
        assert connection.scalar(select(func.count()).select_from(task)) == 4


def test_several_processes_may_migrate_at_the_same_time(empty: Database) -> None:
    url = empty.url.render_as_string(hide_password=False)

    def start(_: int) -> str:
        own = Database(url)
        migrate.upgrade(own)
        found = migrate.version(own)
        own.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == ["current"] * 4


def test_keys_are_held_again_after_a_migration_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    migrate.upgrade(database)
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the migrations that a test may write to."""
    copied = shutil.copytree(migrate._FOLDER, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "_FOLDER", copied)
    migrate._scripts.cache_clear()
    yield copied
    migrate._scripts.cache_clear()


def test_a_new_revision_is_numbered_and_holds_what_changed(folder: Path) -> None:
    count = len(list((folder / "versions").glob("*.py")))
    written = migrate.write_revision("Nothing new")
    assert written.name == f"{count + 1:04}_nothing_new.py"
    text = written.read_text()
    assert text.startswith('"""Nothing new.\n')
    assert f'down_revision = "{count:04}"' in text.replace("'", '"')
    assert text.rstrip().endswith("def upgrade() -> None:\n    pass")


def test_the_first_revision_makes_every_table_and_names_its_own_types(folder: Path) -> None:
    for old in (folder / "versions").glob("*.py"):
        old.unlink()
    text = migrate.write_revision("All tables").read_text()
    assert text.count("op.create_table(") == len(metadata.tables)
    assert "storage" not in text  # a revision must not change with the models
    assert "MOMENT" in text
