"""Rows of one file, checked column by column: the good ones go on, the others are refused with their reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any, NamedTuple

from storage.imports.cells import Bad
from storage.imports.columns import Columns
from storage.imports.files import BATCH, Batch, CsvFile
from storage.imports.rejects import Refusals
from storage.imports.report import FileReport, Reason
from storage.imports.work import Progress


class Part(NamedTuple):
    """One of our columns in a batch: its title in the file, its cells, and what they were read as."""

    title: str
    cells: Sequence[str]
    values: Sequence[Any]


class Rows:
    """A file on its way through the checks of one object."""

    def __init__(self, file: CsvFile, columns: Columns, refusals: Refusals, progress: Progress) -> None:
        self.file = file
        self.columns = columns
        self.refusals = refusals
        self._progress = progress

    @property
    def report(self) -> FileReport:
        return self.refusals.report

    def batches(self, rows: int = BATCH) -> Iterator[tuple[Batch, list[Sequence[str]]]]:
        """The rows that have as many cells as the header, in batches, with their columns."""
        for batch in self.file.batches(rows):
            self.report.read += len(batch.rows) + len(batch.unreadable)
            for line in batch.unreadable:
                self.refusals.add(line, (), "", "", Reason.UNREADABLE)
            self._level(batch)
            if batch.rows:
                yield batch, list(zip(*batch.rows, strict=True))
            self.refusals.flush()
            self._progress(self.file.name, batch.position, self.file.size)

    def _level(self, batch: Batch) -> None:
        """Drop empty cells beyond the header, and refuse rows that still have too many or too few."""
        width = len(self.columns.header)
        if set(map(len, batch.rows)) <= {width}:
            return
        for line, row in zip(batch.lines, batch.rows, strict=True):
            if not any(row[width:]):
                del row[width:]
            if len(row) != width:
                self.refusals.add(line, row, "", "", Reason.CELLS)
        keep = [len(row) == width for row in batch.rows]
        batch.lines = list(compress(batch.lines, keep))
        batch.rows = list(compress(batch.rows, keep))

    def refuse_bad(self, batch: Batch, parts: Sequence[Part]) -> list[bool] | None:
        """Refuse each row for its first bad cell. Gives which rows are good; None where all are."""
        bad: dict[int, tuple[str, str, Reason]] = {}
        for title, cells, values in parts:
            if Bad in set(map(type, values)):
                for i, value in enumerate(values):
                    if type(value) is Bad and i not in bad:
                        bad[i] = (title, cells[i], value.reason)
        for i in sorted(bad):
            self.refusals.add(batch.lines[i], batch.rows[i], *bad[i])
        return [i not in bad for i in range(len(batch.rows))] if bad else None
