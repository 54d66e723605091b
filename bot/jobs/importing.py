"""One import that this process has claimed: it keeps the claim as long as it gets on, and stops once it has lost it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from storage import catalog as catalogs
from storage import import_runs, imports
from storage.database import Database
from storage.import_runs import Run
from storage.imports import Report

ATTEMPTS = 3  # what killed as many processes is not tried again
RENEW = timedelta(seconds=20)

Clock = Callable[[], datetime]


class LostError(Exception):
    """Another process has the import by now."""


@dataclass
class Lease:
    """Renews the claim whenever the import says how far it is."""

    database: Database
    run: Run
    now: Clock
    renewed_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.renewed_at = self.now()

    def progress(self, _what: str, _done: int, _total: int) -> None:
        if self.now() - self.renewed_at < RENEW:
            return
        self.renewed_at = self.now()
        if not import_runs.renew(self.database, self.run, self.renewed_at):
            raise LostError


def carry_out(
    database: Database,
    run: Run,
    paths: Sequence[Path],
    now: Clock,
    *,
    mapping: Path | None,
    catalog: Path | None,
    rejects: Path,
    whole: bool = False,
) -> Report:
    """Import files as the command line does. Raises UserError, IncompleteError where `whole`, and LostError."""
    moment = now()
    return imports.run(
        database,
        run.installation_id,
        paths,
        mapping=mapping,
        catalog=catalogs.adopt(database, run.installation_id, catalog, moment),
        today=moment.date(),
        now=moment,
        progress=Lease(database, run, now).progress,
        rejects_folder=rejects,
        whole=whole,
    )
