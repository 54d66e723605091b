"""Where each of our columns stands in a file: bound once to the header, then read batch by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import repeat

from bot.domain.catalog import fold
from storage.imports.files import Batch, CsvFile
from storage.imports.mapping import COLUMNS, REQUIRED, FileMapping
from storage.imports.report import FileProblem, Refused

BECAUSE, LINE = "rejected_because", "rejected_line"  # what a rejects file adds
_LIKELY = {  # what people call our columns
    "id": ("account id", "customer id", "company id", "record id", "key", "number"),
    "name": ("account name", "customer name", "company name", "company", "customer", "title"),
    "client_id": ("account id", "customer id", "company id", "client", "account", "customer"),
    "product": ("plan", "plan tier", "product name", "hub", "sku"),
    "tool": ("feature", "feature name", "tool name", "event", "module"),
    "used_on": ("date", "day", "usage date", "event date", "timestamp", "used at"),
    "team": ("team name", "group", "department"),
    "email": ("email address", "mail", "user email", "member", "user", "person"),
    "count": ("uses", "usage count", "usage", "times", "quantity", "events"),
}


@dataclass(frozen=True)
class Columns:
    """Our columns of one file. `extra`: positions and names of the columns that are none of ours."""

    at: dict[str, int]
    constants: dict[str, str]
    defaults: dict[str, str]
    from_line: str | None  # our column that is the line's number
    line_at: int | None  # where a rejects file keeps the line of the row's first file
    tools: dict[str, int]  # of a wide file: tool -> position
    extra: tuple[tuple[int, str], ...]
    header: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Whether the rows say anything for one of our columns."""
        return name in self.at or name in self.constants or name == self.from_line

    def cells(self, name: str, batch: Batch, columns: Sequence[Sequence[str]]) -> Sequence[str]:
        """The cells of one of our columns; empty ones where the file has none."""
        if name == self.from_line:
            return self._lines(batch, columns)
        if name in self.at:
            cells = columns[self.at[name]]
            default = self.defaults.get(name)
            return cells if default is None else [cell if cell.strip() else default for cell in cells]
        constant = self.constants.get(name, "")
        if "{line}" in constant:
            return [constant.replace("{line}", line) for line in self._lines(batch, columns)]
        return list(repeat(constant, len(batch.rows)))

    def _lines(self, batch: Batch, columns: Sequence[Sequence[str]]) -> Sequence[str]:
        """The rows' line numbers in the file that they first stood in."""
        return list(map(str, batch.lines)) if self.line_at is None else columns[self.line_at]

    def title(self, name: str) -> str:
        """What the file calls one of our columns."""
        return self.header[self.at[name]] if name in self.at else name


def bind(file: CsvFile, entry: FileMapping) -> Columns | Refused:
    """Find our columns in the header. Case, spaces, hyphens and underscores do not matter."""
    places: dict[str, int] = {}
    twice = []
    for i, title in enumerate(file.header):
        if fold(title) in places:
            twice.append(title)
        elif title:
            places[fold(title)] = i
    wanted = {name: entry.columns.get(name, name) for name in COLUMNS[entry.object] if name not in entry.constants}
    at = {name: places[fold(title)] for name, title in wanted.items() if fold(title) in places}
    tools = {} if entry.wide is None else {t: places[fold(c)] for c, t in entry.wide.tools.items() if fold(c) in places}
    if twice and {fold(title) for title in twice} & {fold(file.header[i]) for i in (*at.values(), *tools.values())}:
        return Refused(FileProblem.COLUMN_TWICE, tuple(dict.fromkeys(twice)), file.header)
    from_line = None if entry.id is None else "id" if "client_id" not in COLUMNS[entry.object] else "client_id"
    missing = _missing(entry, places, {*at, *entry.constants, from_line})
    if missing:
        return Refused(FileProblem.MISSING_COLUMN, missing, file.header, _meant(missing, file.header))
    return Columns(
        at=at,
        constants=entry.constants,
        defaults=entry.defaults,
        from_line=from_line,
        line_at=places.get(fold(LINE)),
        tools=tools,
        extra=_extra(file, entry, {*at.values(), *tools.values()}),
        header=file.header,
    )


def _missing(entry: FileMapping, places: dict[str, int], known: set[str | None]) -> tuple[str, ...]:
    """Titles that the file needs and lacks: what its object requires, and what the mapping names."""
    required: list[str] = list(REQUIRED[entry.object]) if entry.wide is None else []
    if entry.object == "usage" and not known & {"client_id", "subscription_id"}:
        required.append("client_id")
    missing = [entry.columns.get(name, name) for name in required if name not in known]
    named = [*entry.columns.values(), *(entry.wide.tools if entry.wide else ())]
    return tuple(dict.fromkeys([*missing, *(title for title in named if fold(title) not in places)]))


def _meant(missing: Sequence[str], header: Sequence[str]) -> tuple[str, ...]:
    """For each missing title the one in the header that was likely meant, or an empty text."""
    folded = {fold(title): title for title in header if title}
    likely = []
    for title in missing:
        called = next((folded[fold(one)] for one in _LIKELY.get(title, ()) if fold(one) in folded), None)
        near = get_close_matches(fold(title), folded, n=1)
        likely.append(called or (folded[near[0]] if near else ""))
    return tuple(likely)


def _extra(file: CsvFile, entry: FileMapping, bound: set[int]) -> tuple[tuple[int, str], ...]:
    """The further columns, each name once."""
    if not entry.properties:
        return ()
    seen = {fold(name) for name in (*entry.ignore, BECAUSE, LINE, *COLUMNS[entry.object])}
    found = []
    for i, title in enumerate(file.header):
        if i not in bound and title and fold(title) not in seen:
            seen.add(fold(title))
            found.append((i, title[:255]))
    return tuple(found)
