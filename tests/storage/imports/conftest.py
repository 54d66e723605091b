"""A desk on which to import: files are written from short texts, and the database is read back as plain values."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.catalog import Catalog
from storage import catalog as catalogs
from storage import standing
from storage.database import Database
from storage.imports import Report, merging, run
from storage.installations import Installation, create
from storage.schema import field, person, record, record_date, record_person, source, subscription, tool, usage
from tests.conftest import NOW, TODAY

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"


@dataclass
class Desk:
    """Imports into one installation."""

    database: Database
    installation_id: int
    folder: Path
    catalog: Catalog

    def write(self, name: str, text: str) -> Path:
        """A file from an indented text."""
        path = self.folder / name
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8", newline="")
        return path

    def load(self, files: dict[str, str] | None = None, mapping: str = "", **options: Any) -> Report:
        """Write the files, then import the folder."""
        for old in self.folder.glob("*"):
            old.unlink()
        for name, text in (files or {}).items():
            self.write(name, text)
        if mapping:
            options["mapping"] = self.write("mapping.toml", mapping)
        return self.run([self.folder], **options)

    def run(self, paths: list[Path], **options: Any) -> Report:
        """Import these paths as they are."""
        given: dict[str, Any] = {
            "catalog": self.catalog,
            "today": TODAY,
            "now": NOW,
            "rejects_folder": self.rejects,
        } | options
        return run(self.database, self.installation_id, paths, **given)

    @property
    def rejects(self) -> Path:
        path = self.folder.parent / "rejects"
        path.mkdir(exist_ok=True)
        return path

    def rows(self, statement: Any) -> list[tuple[Any, ...]]:
        """A statement's rows as plain tuples."""
        with self.database.read() as connection:
            return [tuple(row) for row in connection.execute(statement)]

    def names(self) -> list[str]:
        """Names of the clients that are not archived."""
        return [
            name for (name,) in self.rows(select(record.c.name).where(record.c.archived_at.is_(None)).order_by("id"))
        ]

    def uses(self) -> dict[tuple[str, str, str], int]:
        """(client's id, tool, day) -> count."""
        return {(c, t, d.isoformat()): n for c, t, d, _, n in self.rows(_USES)}

    def reach(self, name: str = "csv") -> date | None:
        found = self.rows(select(source.c.reach).where(source.c.name == name))
        day: date | None = found[0][0] if found else None
        return day


_USES = (
    select(record.c.external_id, tool.c.name, usage.c.day, source.c.name, usage.c.count)
    .join(record, (record.c.installation_id == usage.c.installation_id) & (record.c.id == usage.c.client_id))
    .join(tool, (tool.c.installation_id == usage.c.installation_id) & (tool.c.id == usage.c.tool_id))
    .join(source, (source.c.installation_id == usage.c.installation_id) & (source.c.id == usage.c.source_id))
    .order_by(record.c.external_id, tool.c.name, usage.c.day, source.c.name)
)
_SUBSCRIPTIONS = (
    select(
        record.c.external_id,
        *(c for c in subscription.c if c.name not in {"installation_id", "id", "client_id", "source_id"}),
    )
    .join(
        record, (record.c.installation_id == subscription.c.installation_id) & (record.c.id == subscription.c.client_id)
    )
    .order_by(subscription.c.external_id)
)


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All facts in the data's own names and in a fixed order, without the ids that the database gave."""
    own = (record.c.object, record.c.external_id, record.c.name, record.c.name_key, record.c.domain, record.c.url,
           record.c.currency, record.c.mrr, record.c.properties, record.c.archived_at)  # fmt: skip
    typed = [
        (
            select(record.c.external_id, field.c.name, value)
            .join(record, (record.c.installation_id == table.c.installation_id) & (record.c.id == table.c.record_id))
            .join(field, (field.c.installation_id == table.c.installation_id) & (field.c.id == table.c.property_id))
            .order_by(record.c.external_id, field.c.name)
        )
        for table, value in ((record_person, record_person.c.person_id), (record_date, record_date.c.day))
    ]
    statements = {
        "records": select(*own).order_by(record.c.object, record.c.external_id),
        "people": select(person.c.email).order_by(person.c.email),
        "properties": select(field.c.object, field.c.name, field.c.type).order_by(field.c.object, field.c.name),
        "people of records": typed[0],
        "dates of records": typed[1],
        "subscriptions": _SUBSCRIPTIONS,
        "usage": _USES,
        "sources": select(source.c.name, source.c.kind, source.c.form, source.c.covers, source.c.reach),
    }
    with database.read() as connection:
        return {name: [tuple(row) for row in connection.execute(one)] for name, one in statements.items()}


PAUSES = (merging.PAUSE, standing.PAUSE)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody else writes, nobody needs the gaps between slices: hundreds of imports would sleep for minutes."""
    monkeypatch.setattr(merging, "PAUSE", 0.0)
    monkeypatch.setattr(standing, "PAUSE", 0.0)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return catalogs.load()


@pytest.fixture
def desk(database: Database, installation: Installation, tmp_path: Path, catalog: Catalog) -> Desk:
    """A desk on each database."""
    return _desk(database, installation.id, tmp_path, catalog)


@pytest.fixture
def one_desk(sqlite: Database, tmp_path: Path, catalog: Catalog) -> Desk:
    """A desk on SQLite only, for rules that have nothing to do with the database."""
    with sqlite.write() as connection:
        made = create(connection, NOW)
    return _desk(sqlite, made.id, tmp_path, catalog)


def _desk(database: Database, installation_id: int, folder: Path, catalog: Catalog) -> Desk:
    data = folder / "data"
    data.mkdir()
    return Desk(database, installation_id, data, catalog)


def data_folder(name: str) -> Path:
    """A public data set: in `DATA`, else beside the checkout. Skips where it is not; fails in CI."""
    base = Path(os.environ.get("DATA") or ROOT.parent / "shared" / "data")
    folder = base / name
    if not folder.is_dir():
        message = f"the data set {name} is not in {base} (say DATA=… where it is)"
        if os.environ.get("CI") == "true":
            pytest.fail(message + ", and CI skips nothing")
        pytest.skip(message)
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
