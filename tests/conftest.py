"""What all tests stand on: an empty database on SQLite and on each PostgreSQL, lent from one test to the next."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import psycopg
import pytest
import structlog
from hypothesis import HealthCheck, settings

from storage.database import Database
from storage.installations import Installation, create
from storage.schema import metadata
from tests import bots, postgres
from tests.bots import Bot
from tests.lending import Lending

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # a Friday
TODAY = date(2026, 11, 20)
POSTGRES = ("postgres-debian", "postgres-wheel")  # the oldest release that is meant, and the newest
BACKENDS = ("sqlite", *POSTGRES)

settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # a machine may be busy
settings.load_profile("untimed")

Fresh = Callable[[str], str]  # backend -> URL of a fresh database with all tables


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing is skipped: what is not installed there is a failure."""
    report = yield
    return _unskipped(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _unskipped(report)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What would run on both releases of PostgreSQL runs on one, by turns; on both with EVERY_POSTGRES=1.

    They differ in little, and a table's cases fall to both; the second runs took about a fifth of the processors' time.
    """
    if os.environ.get("EVERY_POSTGRES"):
        return
    ids = {item.nodeid for item in items}
    left = [item for item in items if _is_left_to_the_other(item, ids)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


def _is_left_to_the_other(item: pytest.Item, ids: set[str]) -> bool:
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    backend = params.get("database", params.get("shared"))
    if backend not in POSTGRES:
        return False
    names = [item.nodeid.replace(backend, release) for release in POSTGRES]
    return set(names) <= ids and item.nodeid != names[crc32(names[0].encode()) % len(names)]


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def _unskipped(report: Report) -> Report:
    if report.skipped and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason} (and CI skips nothing)"
    return report


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """As the bot itself logs: the library's own way draws all local variables, which takes longer than Slack waits."""
    renderer = structlog.processors.KeyValueRenderer()
    structlog.configure(processors=[structlog.stdlib.add_log_level, structlog.processors.format_exc_info, renderer])


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """Makes fresh databases. Servers start when first asked for and end with the session."""
    numbers = count()
    admin: dict[str, str] = {}
    folder = tmp_path_factory.mktemp("databases")
    with ExitStack() as stack:

        def make(backend: str) -> str:
            if backend == "sqlite":
                return _sqlite(folder, next(numbers))
            if backend not in admin:
                admin[backend] = _start(backend, stack, tmp_path_factory.mktemp(backend))
            return _postgres(admin[backend], next(numbers))

        yield make


def _sqlite(folder: Path, number: int) -> str:
    template = folder / "template.db"
    if not template.exists():
        _create_tables(f"sqlite:///{template}")
    path = folder / f"{number}.db"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


def _start(backend: str, stack: ExitStack, folder: Path) -> str:
    bin_folder = postgres.binaries().get(backend.removeprefix("postgres-"))
    if bin_folder is None:
        pytest.skip(f"{backend} is not installed (Debian: apt-get install postgresql)")
    # It does not analyze tables by itself: how a test's statements are planned would depend on when it ran.
    url = stack.enter_context(postgres.server(bin_folder, folder, autovacuum="off"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template")
    _create_tables(url.removesuffix("postgres") + "template")
    return url


def _postgres(admin: str, number: int) -> str:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE test_{number} TEMPLATE template")
    return admin.removesuffix("postgres") + f"test_{number}"


def _create_tables(url: str) -> None:
    database = Database(url)
    metadata.create_all(database.engine)
    if database.is_sqlite:  # so that the copied file is whole, without its log beside it
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@pytest.fixture(scope="session")
def lending(fresh: Fresh) -> Iterator[Lending]:
    made = Lending(fresh)
    yield made
    made.end()


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, lending: Lending) -> Iterator[Database]:
    """An empty database, once on each backend."""
    with lending.lend(request.param) as lent:
        yield lent


@pytest.fixture
def sqlite(lending: Lending) -> Iterator[Database]:
    """An empty SQLite database, for rules that have nothing to do with the database."""
    with lending.lend("sqlite") as lent:
        yield lent


@pytest.fixture
def installation(database: Database) -> Installation:
    """An installation in `database`."""
    with database.write() as connection:
        return create(connection, NOW)


@pytest.fixture(scope="session")
def small_base(fresh: Fresh) -> Path:
    """An SQLite file with a few clients in it; to be copied, not written to."""
    url = fresh("sqlite")
    bots.load_small_base(url)
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture(scope="module")
def bot(small_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """One running bot on a few clients, for the tests of a module."""
    path = tmp_path_factory.mktemp("bot") / "bot.db"
    shutil.copy(small_base, path)
    with bots.running(path) as one:
        yield one
