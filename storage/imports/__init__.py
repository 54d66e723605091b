"""CSV import: files are mapped, checked row by row, staged outside the write lock, and merged client by client."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from bot.domain.catalog import Catalog, fold
from bot.errors import UserError
from storage import handovers, standing
from storage.database import Database
from storage.imports import (
    files,
    mapping,
    merging,
    objects,
    reach,
    records,
    rejects,
    sample,
    staging,
    subscriptions,
    teams,
    usage,
)
from storage.imports.columns import bind
from storage.imports.files import CsvFile
from storage.imports.mapping import FileMapping, MappingError
from storage.imports.mapping import Mapping as Form
from storage.imports.rejects import Refusals, RejectsFile
from storage.imports.report import FileReport, Refused, Report
from storage.imports.rows import Rows
from storage.imports.work import Progress, Work
from storage.schema import source, source_tool, tool

__all__ = ["DayError", "IncompleteError", "MappingError", "Report", "run"]


class DayError(UserError):
    """The day that the data is said to go to cannot be right."""

    def __init__(self, problem: str) -> None:
        super().__init__("import_day", problem=problem)

    def __str__(self) -> str:
        return str(self.values["problem"])


class IncompleteError(Exception):
    """A file cannot be read, and all or nothing was asked for."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report


_STAGE: dict[str, Callable[[Work, FileMapping, Rows], None]] = {
    "clients": records.stage,
    "services": records.stage,
    "deals": records.stage,
    "subscriptions": subscriptions.stage,
    "usage": usage.stage,
    "teams": teams.stage,
}
_RECORDS = frozenset({"clients", "services", "deals"})


def run(
    database: Database,
    installation_id: int,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    catalog: Catalog,
    today: date,
    now: datetime,
    as_of: date | None = None,
    dry_run: bool = False,
    kind: str = "csv",
    progress: Progress | None = None,
    rejects_folder: Path | None = None,
    whole: bool = False,
) -> Report:
    """Import CSV files into an installation. Refused rows go to `<file>.rejects.csv` in the folder (or here).

    `mapping`: else the `mapping.toml` beside the data, else the contract. `as_of`: the day that the data goes to.
    `dry_run`: everything but the merge. `whole`: nothing is merged where a file cannot be read, which is else left out
    (IncompleteError). Where no row of any file could be taken, nothing changes, and the sample stays.

    Raises MappingError, OSError where a file cannot be read, DayError for an `as_of` after today and for a snapshot
    older than what its source has said.
    """
    if as_of is not None and as_of > today:
        raise DayError(f"{as_of} lies after today")
    form = _mapping(mapping, paths, kind)
    meant, others = files.find(paths, form)
    report = Report(form.source, dry_run, others)
    stage = staging.Stage(database, installation_id)
    try:
        work = Work(
            stage, installation_id, form, catalog, today, now, as_of, dry_run, kind, report,
            progress or _silent, None,
        )  # fmt: skip
        _begin(work)
        _read(work, meant, rejects_folder or Path.cwd())
        if whole and any(one.left_out for one in report.files):
            raise IncompleteError(report)
        if report.has_any:
            _land(database, work)
    finally:
        stage.close()
    return report


def _silent(_what: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def _mapping(path: Path | None, paths: Sequence[Path], kind: str) -> Form:
    form = mapping.load(path or files.beside(paths))
    return form.model_copy(update={"source": "sample"}) if kind == "sample" else form


def _begin(work: Work) -> None:
    """Find the source. Raises DayError."""
    with work.stage.reading() as connection:
        mine = source.c.installation_id == work.installation_id
        statement = select(source.c.id, source.c.reach).where(mine, source.c.name == work.mapping.source)
        known = connection.execute(statement).one_or_none()
        if known is not None:
            work.source_id = known.id
            if work.is_snapshot and known.reach is not None and work.day < known.reach:
                raise DayError(f"the snapshot is of {work.day}, and its source has spoken of {known.reach} already")
        work.highest = records.highest(work)


def _read(work: Work, meant: Sequence[tuple[Path, FileMapping]], folder: Path) -> None:
    """Check and stage every file. Rejects files appear when all are read, and not at all if that fails."""
    drafts: dict[Path, RejectsFile] = {}
    with ExitStack() as stack:
        for path, entry in meant:
            report = FileReport(path.name, entry.object)
            work.report.files.append(report)
            found = files.inspect(path)
            if isinstance(found, Refused):
                report.left_out = found
                continue
            if path not in drafts:
                target = rejects.path_for(folder, found, {one.path for one in drafts.values()})
                drafts[path] = RejectsFile(found, target)
                stack.callback(drafts[path].drop)
            _read_file(work, entry, found, Refusals(report, drafts[path]))
        usage.add_up(work)
        stack.pop_all()
    kept = {path: draft.finish() for path, draft in drafts.items()}
    for report, (path, _) in zip(work.report.files[-len(meant) :] if meant else (), meant, strict=True):
        report.rejects = kept.get(path) if report.refused else None


def _read_file(work: Work, entry: FileMapping, file: CsvFile, refusals: Refusals) -> None:
    columns = bind(file, entry)
    if isinstance(columns, Refused):
        refusals.report.left_out = columns
        return
    work.objects.add(records.kind_of(work, entry) if entry.object in _RECORDS else entry.object)
    _STAGE[entry.object](work, entry, Rows(file, columns, refusals, work.progress))


def _land(database: Database, work: Work) -> None:
    """Merge, then what clients are and the teams, then move the reach, then make the scores."""
    with work.stage.reading():
        work.report.sample_clients = sample.count(work)
    read_tool = usage.tools(work)
    work.covered |= {number for name in work.mapping.tools if isinstance(number := read_tool(name), int)}
    merging.touch(work)
    work.report.reach = reach.find(work)
    if not work.dry_run and work.kind != "sample":
        sample.remove(work.stage, merging.PAUSE)
    merging.merge(work)
    objects.land(work)
    teams.land(work)
    _say_measured(work)
    if work.dry_run:
        return
    assert work.source_id is not None
    database.analyze()
    new = work.report.reach.new
    reaches: Mapping[int, date] = {} if new is None else {work.source_id: new}
    standing.advance(database, work.installation_id, work.catalog, reaches, work.now)
    with database.write() as connection:
        handovers.release(connection, work.installation_id)
    standing.settle(
        database, work.installation_id, work.catalog, lambda done, total: work.progress("scores", done, total)
    )
    database.analyze()


def _say_measured(work: Work) -> None:
    """Which of the catalog's tools some source measures from now on, and which names the catalog does not know."""
    statement = (
        select(tool.c.name)
        .join(source_tool, source_tool.c.tool_id == tool.c.id)
        .where(source_tool.c.installation_id == tool.c.installation_id)
        .where(tool.c.installation_id == work.installation_id, source_tool.c.source_id.not_in(work.samples))
    )  # fmt: skip
    with work.stage.reading() as connection:
        names = set(connection.scalars(statement))
    mine = {name for name, number in work.tools.items() if number in work.covered}
    known = work.catalog.tool_names
    measured = {known[folded] for name in names | mine if (folded := fold(name)) in known}
    report, tools = work.report, work.catalog.tools
    report.tools, report.measured = len(tools), len(measured)
    report.not_measured = tuple(one.name for i, one in enumerate(tools) if i not in measured)
    report.unknown_tools = tuple(sorted(name for name in mine if fold(name) not in known))
