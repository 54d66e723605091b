"""The playground's sample: plainly made-up clients with a year of usage, loaded through the real import."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.catalog import Catalog
from bot.playground.sample.base import generate
from storage import imports
from storage.database import Database
from storage.imports import sample as old
from storage.imports.report import Report

__all__ = ["load"]


def load(database: Database, installation_id: int, catalog: Catalog, now: datetime) -> Report:
    """Import the sample as of this moment's day, in place of one of an earlier day. The first real import removes it.

    Each client is written whole, so a load that was cut off is finished by another on the same day.
    """
    today = now.date()
    old.leave(database, installation_id, before=today)
    with TemporaryDirectory(prefix="sample-") as name:
        folder = Path(name)
        paths = generate(catalog, today).write(folder)
        return imports.run(
            database,
            installation_id,
            paths,
            catalog=catalog,
            today=today,
            now=now,
            as_of=today,
            kind="sample",
            rejects_folder=folder,
        )
