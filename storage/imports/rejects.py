"""Refused rows: counted, named in the report, and kept whole in a file that can be mended and imported again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import TextIOWrapper
from operator import itemgetter
from pathlib import Path
from typing import Any

from storage.imports import cells
from storage.imports.columns import BECAUSE, LINE
from storage.imports.files import CsvFile
from storage.imports.mapping import REJECTS
from storage.imports.report import NAMED, FileReport, Reason, Refusal


class RejectsFile:
    """The refused rows of one file, as they stood there, with the reason in a last column that an import ignores.

    It appears when the import has read everything, so that mending and importing a rejects file can replace it.
    """

    def __init__(self, file: CsvFile, path: Path) -> None:
        self.path = path
        self._file = file
        self._draft = path.with_name(path.name + ".part")
        self._text: TextIOWrapper | None = None
        self._writer: Any = None
        self._added = [name for name in (LINE, BECAUSE) if name not in file.header]
        self._lines: set[int] = set()

    def write(self, line: int, row: Sequence[str], because: str) -> None:
        """Keep a row. Of a file that is read as two objects, each row once."""
        if line in self._lines:
            return
        self._lines.add(line)
        if self._text is None:
            self._text = self._draft.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._text, delimiter=self._file.delimiter, lineterminator="\n")
            self._writer.writerow([*self._file.header, *self._added])
        values = {LINE: str(line), BECAUSE: because}
        kept = list(row) if len(row) == len(self._file.header) else _fit(row, len(self._file.header))
        if BECAUSE in self._file.header:
            kept[self._file.header.index(BECAUSE)] = because
        self._writer.writerow([*kept, *(values[name] for name in self._added)])

    def finish(self) -> Path | None:
        """Put the file where it belongs; None where nothing was refused."""
        if self._text is None:
            return None
        self._text.close()
        self._draft.replace(self.path)
        return self.path

    def drop(self) -> None:
        """Leave nothing behind of an import that failed."""
        if self._text is not None:
            self._text.close()
            self._draft.unlink(missing_ok=True)


def _fit(row: Sequence[str], width: int) -> list[str]:
    """A row with too few cells or too many, so that the reason still stands in its own column."""
    if len(row) < width:
        return [*row, *[""] * (width - len(row))]
    return [*row[: width - 1], " ".join(row[width - 1 :])]


class Refusals:
    """Takes the refused rows of one file that is read as one object."""

    def __init__(self, report: FileReport, rejects: RejectsFile) -> None:
        self.report = report
        self._rejects = rejects
        self._waiting: list[tuple[int, Sequence[str], str, str, Reason]] = []

    def add(self, line: int, row: Sequence[str], column: str, cell: str, reason: Reason) -> None:
        """Refuse a row because of one of its cells."""
        self._waiting.append((line, row, column, cell, reason))

    def flush(self) -> None:
        """Write down what was refused of a batch, in the file's order and not in that of the checks."""
        for refused in sorted(self._waiting, key=itemgetter(0)):
            self._write(*refused)
        self._waiting.clear()

    def _write(self, line: int, row: Sequence[str], column: str, cell: str, reason: Reason) -> None:
        self.report.refused += 1
        self.report.reasons[column, reason] += 1
        if len(self.report.refusals) < NAMED:
            self.report.refusals.append(Refusal(line, column, cells.kind(cell), reason))
        if row:
            self._rejects.write(line, row, f"{column}: {reason}" if column else str(reason))


def path_for(folder: Path, file: CsvFile, taken: set[Path]) -> Path:
    """Where a file's rejects go: its own name in the folder, the same again when they are imported themselves."""
    name = file.name.removesuffix(REJECTS) + REJECTS
    path = folder / name
    return path if path not in taken else folder / f"{file.path.parent.name}-{name}"
