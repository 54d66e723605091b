"""The tables' versions: bring a database to the newest one, and tell which one it has.

`python -m storage.migrate "what changes"` writes a new revision from the difference between the tables and the models.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import Database

Version = Literal["empty", "outdated", "current", "newer"]

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x656E67  # of pg_advisory_xact_lock: any number that only migrations take


def version(database: Database) -> Version:
    """How the database stands to this code. "newer": it was migrated by a later release."""
    with database.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        return "empty"
    known = [revision.revision for revision in _scripts().walk_revisions()]
    return "current" if found == known[0] else "outdated" if found in known else "newer"


def head() -> str:
    """The newest version that this code knows."""
    return _scripts().get_current_head() or ""


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the database to the newest version (or one before): in one transaction, one process at a time."""
    with database.engine.connect().execution_options(writes=True) as connection, _alone(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, to)


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """A transaction that keeps other migrations waiting."""
    if connection.dialect.name == "sqlite":
        with _unchecked(connection), connection.begin():
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise RuntimeError(f"the migration leaves a row of {broken[0]} without its {broken[2]}")
    else:
        with connection.begin():
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by copying it; its rows' children must survive that, so keys are not held meanwhile.

    The switch works only outside a transaction, hence on the driver's own connection.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute("PRAGMA busy_timeout=60000")  # another process may be migrating
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.execute("PRAGMA busy_timeout=5000")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


def write_revision(message: str) -> Path:
    """Write the next revision, numbered after the last: what turns the tables of that one into today's models."""
    config = _config()
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/head.db")
        upgrade(database)
        with database.engine.connect() as connection:
            config.attributes.update(connection=connection, alters=number > 1)
            script = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        database.close()
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


if __name__ == "__main__":
    sys.stdout.write(f"{write_revision(sys.argv[1])}\n")
