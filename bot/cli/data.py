"""The commands that load data and make scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from bot import import_report
from bot.cli.frame import FailureError, progress
from bot.domain.catalog import Catalog
from bot.launch import catalog_of
from bot.settings import Settings
from storage import catalog as catalogs
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
    catalog = catalog_of(settings, database, number)
    if not dry_run:
        _remember(database, number, settings, catalog, now)
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
    return import_report.lines(report)


def _remember(database: Database, number: int, settings: Settings, catalog: Catalog, now: datetime) -> None:
    """Keep the catalog's text: what the scores are made with is asked for again by `score` and by the bot."""
    text = catalogs.read(settings.catalog)
    if catalogs.parse(text, str(settings.catalog)).hash == catalog.hash:  # else it is the one kept before
        with database.write() as connection:
            catalogs.remember(connection, number, catalog, text, now)


def score(database: Database, number: int, settings: Settings) -> int:
    """Make all scores again; how many clients that were."""
    catalog = catalog_of(settings, database, number)
    _remember(database, number, settings, catalog, datetime.now(UTC))
    with progress() as show:
        return standing.rescore(database, number, catalog, lambda done, total: show("scores", done, total))
