"""CSV files: which ones are meant, whether they can be read, and their rows in batches."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from storage import collector
from storage.imports.mapping import REJECTS, FileMapping, Mapping
from storage.imports.report import FileProblem, FileReport, Refused

BATCH = 20_000  # rows that are in memory at a time
_BYTES = 1 << 20
_LINE_END = re.compile("\r\n|\r|\n")
_DELIMITERS = ",;\t"
_SUFFIXES = (".csv", ".tsv")
_ORDER = ("clients", "subscriptions", "services", "deals", "usage", "teams")  # what is referred to comes first


@dataclass
class Batch:
    """Some rows of a file. `lines[i]` is the line on which `rows[i]` begins; the header stands on line 1."""

    lines: Sequence[int] = ()
    rows: list[list[str]] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)  # lines of rows that csv itself could not read
    position: int = 0  # bytes read so far


@dataclass(frozen=True)
class CsvFile:
    """A file that can be read: UTF-8, with a header."""

    path: Path
    delimiter: str
    header: tuple[str, ...]
    size: int  # bytes

    @property
    def name(self) -> str:
        return self.path.name

    def batches(self, rows: int = BATCH) -> Iterator[Batch]:
        """All rows but the header, without blank ones."""
        with self.path.open("rb") as raw, TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, delimiter=self.delimiter)
            next(row for row in reader if any(row))
            with collector.paused():  # it would walk each batch's rows again and again
                while batch := _next_batch(reader, rows):
                    batch.position = raw.tell()
                    yield batch


def _next_batch(reader: Any, size: int) -> Batch | None:
    """The next rows; None at the end. Everything that is done for each row here costs a tenth of the whole reading."""
    batch, begin, rows = Batch(), reader.line_num + 1, list[list[str]]()
    while len(rows) < size and not batch.unreadable:
        try:
            rows.extend(islice(reader, size))  # what was read before an error stays
            break
        except csv.Error:  # a cell longer than csv takes: mostly a quote that is never closed
            batch.unreadable.append(begin + sum(map(_lines, rows)))
    if not rows and not batch.unreadable:
        return None
    batch.rows, batch.lines = rows, range(begin, begin + len(rows))
    if batch.unreadable or reader.line_num + 1 != begin + len(rows):
        batch.lines = list(accumulate(map(_lines, rows[:-1]), initial=begin)) if rows else []
    if not all(map(any, rows)):
        batch.lines = [line for line, row in zip(batch.lines, rows, strict=True) if any(row)]
        batch.rows = [row for row in rows if any(row)]
    return batch


def _lines(row: Sequence[str]) -> int:
    """How many lines of the file a row takes: cells may hold line ends."""
    return 1 + sum(len(_LINE_END.findall(cell)) for cell in row)


def find(paths: Sequence[Path], mapping: Mapping) -> tuple[list[tuple[Path, FileMapping]], list[FileReport]]:
    """The files to read, each with what it is, in the order to read them; and those that nothing says what to do with.

    Of a folder, the CSV files in it, but not rejects files of earlier imports. A file may be read as several objects.
    Raises FileNotFoundError.
    """
    meant: list[tuple[Path, FileMapping]] = []
    others = []
    for path in dict.fromkeys(file for given in paths for file in _files(given)):
        entries = [(path, entry) for entry in mapping.files if entry.matches(path.name)]
        meant.extend(entries)
        if not entries:
            others.append(FileReport(path.name, left_out=Refused(FileProblem.NO_OBJECT)))
    return sorted(meant, key=lambda one: _ORDER.index(one[1].object)), others


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        path.stat()  # raises FileNotFoundError
        return [path]
    found = (one for one in path.iterdir() if one.suffix.casefold() in _SUFFIXES and one.is_file())
    return sorted(one for one in found if not one.name.endswith(REJECTS))


def beside(paths: Sequence[Path]) -> Path | None:
    """The `mapping.toml` that stands beside the data."""
    folders = (path if path.is_dir() else path.parent for path in paths)
    return next((found for folder in folders if (found := folder / "mapping.toml").is_file()), None)


def inspect(path: Path) -> CsvFile | Refused:
    """Look a file through: its encoding as a whole, its delimiter and header."""
    try:
        at = _not_utf8(path)
        if at is not None:
            return Refused(FileProblem.NOT_UTF8, at=at)
        header, delimiter = _header(path)
    except csv.Error:
        return Refused(FileProblem.NOT_TEXT)
    except PermissionError:
        return Refused(FileProblem.NO_ACCESS)
    if not header:
        return Refused(FileProblem.EMPTY)
    return CsvFile(path, delimiter, header, path.stat().st_size)


def _not_utf8(path: Path) -> int | None:
    """The first byte that is not UTF-8; None where all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    at = 0
    with path.open("rb") as file:
        while chunk := file.read(_BYTES):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return at - pending + error.start
            at += len(chunk)
    return at if decoder.getstate()[0] else None


def _header(path: Path) -> tuple[tuple[str, ...], str]:
    """The first row that is not blank, and the delimiter that gives it most cells."""
    best: tuple[tuple[str, ...], str] = ((), ",")
    for delimiter in _DELIMITERS:
        with path.open(encoding="utf-8-sig", newline="") as text:
            row = next((row for row in csv.reader(text, delimiter=delimiter) if any(row)), [])
        if len(row) > len(best[0]):
            best = (tuple(cell.strip() for cell in row), delimiter)
    return best
