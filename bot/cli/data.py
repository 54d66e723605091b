"""The commands that load data and make scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from bot import import_report
from bot.cli.frame import FailureError, progress
from bot.launch import catalog_of
from bot.settings import Settings
from storage import imports, standing
from storage.database import Database


def load(
    database: Database,
    number: int,
    settings: Settings,
    paths: Sequence[Path],
    mapping: Path | None,
    as_of: date | None,
    *,
    dry_run: bool,
) -> list[str]:
    """Import files into an installation; gives the lines of the report."""
    now = datetime.now(UTC)
    try:
        with progress() as show:
            report = imports.run(
                database,
                number,
                paths,
                mapping=mapping,
                catalog=catalog_of(settings, database, number),
                today=now.date(),
                now=now,
                as_of=as_of,
                dry_run=dry_run,
                progress=show,
            )
    except ValueError as error:
        raise FailureError(f"--as-of: {error}") from None
    return import_report.lines(report)


def score(database: Database, number: int, settings: Settings) -> int:
    """Make all scores again; how many clients that were."""
    catalog = catalog_of(settings, database, number)
    with progress() as show:
        return standing.rescore(database, number, catalog, lambda done, total: show("scores", done, total))
