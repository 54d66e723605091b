"""The commands that load data and make scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from bot import import_report
from bot.cli.frame import FailureError, progress
from bot.launch import catalog_of
from bot.settings import Settings
from storage import catalog as catalogs
from storage import import_runs, imports, standing
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
) -> Iterator[str]:
    """Import files into an installation; gives the lines of the report. Raises FailureError where nothing was read."""
    now = datetime.now(UTC)
    catalog = (
        catalog_of(settings, database, number) if dry_run else catalogs.adopt(database, number, settings.catalog, now)
    )
    try:
        with progress() as show:
            report = imports.run(
                database,
                number,
                paths,
                mapping=mapping,
                catalog=catalog,
                today=now.date(),
                now=now,
                as_of=as_of,
                dry_run=dry_run,
                progress=show,
            )
    except imports.DayError as error:
        raise FailureError(f"--as-of: {error}") from None
    yield from import_report.lines(report)
    if not report.has_any:
        raise FailureError("Nothing was imported: " + ("see above." if report.files else "no CSV file is there."))
    if not dry_run:
        names = list(dict.fromkeys(one.name for one in report.files))
        with database.write() as connection:
            import_runs.note(connection, number, names, report, datetime.now(UTC))


def score(database: Database, number: int, settings: Settings) -> int:
    """Make all scores again; how many clients that were."""
    catalog = catalogs.adopt(database, number, settings.catalog, datetime.now(UTC))
    with progress() as show:
        return standing.rescore(database, number, catalog, lambda done, total: show("scores", done, total))
