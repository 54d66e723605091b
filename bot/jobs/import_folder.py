"""Import what lies in a folder, and put it away: in `done/`, or with what was refused and why in `rejected/`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NamedTuple

import structlog

from bot.blocks.wording import explain
from bot.errors import UserError
from bot.import_report import file_lines
from bot.jobs.importing import ATTEMPTS, Clock, LostError, carry_out
from storage import import_runs
from storage.database import Database
from storage.import_runs import Run
from storage.imports import Report
from storage.imports.mapping import REJECTS

DONE, REJECTED = "done", "rejected"
MAPPING, CATALOG = "mapping.toml", "catalog.toml"  # what stays in the folder: by it all that comes is read
QUIET = 60.0  # seconds without a change after which a file counts as written
_PARTS = (".part", ".partial", ".filepart", ".crdownload", ".tmp", "~")  # what others call files that they are writing

log = structlog.get_logger()


class Seen(NamedTuple):
    """A file as it was looked at: where size or time is another, it is another file by now."""

    name: str
    size: int
    changed: int  # nanoseconds


class Move(NamedTuple):
    """Where something goes, both within the folder. Of what was imported: only while it is what was imported."""

    start: str
    end: str
    size: int | None = None
    changed: int | None = None


class Wrong(NamedTuple):
    """What is wrong with a file: in words, and its refused rows."""

    lines: list[str]
    rejects: Path | None


@dataclass(frozen=True)
class Plan:
    """Where the files of an import go. Written down before any goes there, so that another process can end it."""

    folder: Path
    aside: Path  # where the import has put refused rows, and the reasons are put
    moves: list[Move] = field(default_factory=list)

    def add(self, one: Seen, wrong: Wrong | None) -> None:
        if wrong is None:
            self._add([self.folder / one.name], DONE, [one.name], one)
            return
        reasons = self.aside / f"{len(self.moves)}.txt"
        reasons.write_text("\n".join([*wrong.lines, ""]), encoding="utf-8")
        base = one.name.removesuffix(REJECTS)
        name = one.name if base == one.name else f"{base}.mended.csv"  # its refused rows get the name that it has
        starts = [self.folder / one.name, reasons, *([wrong.rejects] if wrong.rejects else [])]
        self._add(starts, REJECTED, [name, f"{name}.reasons.txt", f"{base}{REJECTS}"], one)

    def _add(self, starts: Sequence[Path], to: str, names: Sequence[str], one: Seen) -> None:
        planned = {self.folder / move.end for move in self.moves}
        ends = _free(self.folder / to, names, planned)
        file, *beside = [
            Move(str(start.relative_to(self.folder)), str(end.relative_to(self.folder)))
            for start, end in zip(starts, ends, strict=False)
        ]
        self.moves.extend([file._replace(size=one.size, changed=one.changed), *beside])


@dataclass(frozen=True)
class Folder:
    """The job, for one installation. Any number of processes may run it at a time.

    All files in the folder at a time are one import: clients and their usage belong together, and rows of one day may
    stand in several files. So all of them wait while one is being written.
    """

    database: Database
    installation_id: int
    path: Path
    catalog: Path | None  # that CATALOG names; else the one in the folder, else that of the last import
    now: Clock
    clock: Callable[[], float] = time.time  # of the file system

    def run(self) -> None:
        """One turn."""
        if not self.path.is_dir():
            log.warning("the folder for imports is not there", installation=self.installation_id)
            return
        for name in (DONE, REJECTED):
            (self.path / name).mkdir(exist_ok=True)
        files = self._files()
        names = None if files is None else [one.name for one in files]
        run = import_runs.claim_folder(self.database, self.installation_id, names, self.now())
        if run is not None and not run.has_landed:
            run = self._import(run, files or [])
        if run is not None:
            self._put_away(run)

    def _files(self) -> list[Seen] | None:
        """What there is to import; None while something is being written."""
        found = [self._look(one) for one in sorted(self.path.iterdir()) if _is_meant(one)]
        return None if None in found else [one for one in found if one is not None]

    def _look(self, path: Path) -> Seen | None:
        """A copy may keep the old file's time, but not the moment at which it was made."""
        stat, now = path.stat(), self.clock()
        is_quiet = now - stat.st_ctime >= QUIET and abs(now - stat.st_mtime) >= QUIET
        return _seen(path) if is_quiet and not path.name.casefold().endswith(_PARTS) else None

    def _import(self, run: Run, files: Sequence[Seen]) -> Run | None:
        """Import the files, and write down what becomes of them. None where another process has them, or had."""
        if self._files() != files:  # between the look and the claim
            with self.database.write() as connection:
                import_runs.give_back(connection, run)
            return None
        aside = self.path / f".import-{run.id}"
        shutil.rmtree(aside, ignore_errors=True)  # of a process that was killed over it
        aside.mkdir()
        try:
            return self._land(run, files, aside, self._report(run, files, aside), None)
        except UserError as error:
            return self._land(run, files, aside, None, error)
        except LostError:
            return None

    def _land(
        self, run: Run, files: Sequence[Seen], aside: Path, report: Report | None, error: UserError | None
    ) -> Run | None:
        plan = Plan(self.path, aside)
        for one in files:
            if _seen(self.path / one.name) == one:  # else it was written to while it was read, and is read again
                plan.add(one, _wrong(one.name, report, error))
        with self.database.write() as connection:
            return import_runs.land(connection, run, report, error.key if error else None, plan.moves, self.now())

    def _report(self, run: Run, files: Sequence[Seen], aside: Path) -> Report:
        if not files:
            raise UserError("import_gone")
        if run.attempts > ATTEMPTS:
            raise UserError("import_given_up")
        paths = [self.path / one.name for one in files]
        mapping, catalog = self._beside(MAPPING), self.catalog or self._beside(CATALOG)
        return carry_out(self.database, run, paths, self.now, mapping=mapping, catalog=catalog, rejects=aside)

    def _beside(self, name: str) -> Path | None:
        return found if (found := self.path / name).is_file() else None

    def _put_away(self, run: Run) -> None:
        """Only now, when the rows are in the database, does anything leave its place."""
        for one in run.moves:
            _move(self.path, Move(*one))
        shutil.rmtree(self.path / f".import-{run.id}", ignore_errors=True)
        with self.database.write() as connection:
            import_runs.end(connection, run, self.now(), run.error)
        log.info("folder imported", installation=run.installation_id, run=run.id, files=len(run.files), error=run.error)


def _is_meant(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.name not in {MAPPING, CATALOG}


def _seen(path: Path) -> Seen | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return Seen(path.name, stat.st_size, stat.st_mtime_ns)


def _wrong(name: str, report: Report | None, error: UserError | None) -> Wrong | None:
    """Why a file goes to `rejected/`; None where all of it has landed."""
    if report is None:
        return Wrong([explain(error)] if error else [], None)
    mine = [one for one in report.files if one.name == name]
    if not any(one.left_out or one.refused for one in mine):
        return None
    return Wrong(
        [line for one in mine for line in file_lines(one)], next((one.rejects for one in mine if one.rejects), None)
    )


def _move(folder: Path, one: Move) -> None:
    """What is not there is where it belongs already, or was taken away by hand; nothing is overwritten."""
    start, end = folder / one.start, folder / one.end
    if one.size is not None and _seen(start) != Seen(start.name, one.size, one.changed or 0):
        return
    if start.exists():
        start.rename(_free(end.parent, [end.name])[0])


def _free(folder: Path, names: Sequence[str], planned: Collection[Path] = ()) -> list[Path]:
    """The names, all with the same number if one of them is taken."""
    for number in count(1):
        found = [folder / _numbered(name, number) for name in names]
        if not any(one in planned or one.exists() for one in found):
            break
    return found


def _numbered(name: str, number: int) -> str:
    head, dot, tail = name.partition(".")
    return name if number == 1 else f"{head}-{number}{dot}{tail}"
