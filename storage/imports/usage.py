"""Usage: rows of long and wide files checked, staged, and added up per client, tool and day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, repeat
from typing import Any

from sqlalchemy import BigInteger, cast, delete, func, insert, or_, select

from bot.domain.catalog import fold
from storage.imports import cells, clients, staging
from storage.imports.cells import Bad, Cells
from storage.imports.files import Batch
from storage.imports.mapping import FileMapping, Wide
from storage.imports.report import Reason
from storage.imports.rows import Part, Rows
from storage.imports.work import Work

_MOST = 10**12  # uses a row: thousands of such rows still add up within 64 bits
_TOOLS = 10_000  # names in one import

_Row = tuple[int, int, str, int]  # client's number, tool's number, day, count


class Checks:
    """Reads the cells of one usage file."""

    def __init__(self, work: Work, entry: FileMapping, rows: Rows) -> None:
        self.work = work
        self.rows = rows
        self.tool = Cells(tools(work), required=True)
        self.count = Cells(cells.whole(_MOST), required=True)
        self.day = Cells(cells.day(entry.dates or work.mapping.dates, work.today), required=True)
        self.client = clients.Numbers(work) if rows.columns.has("client_id") else None
        self.subscriber = clients.Numbers(work, of_subscriptions=True) if rows.columns.has("subscription_id") else None
        self.required = Cells(cells.text(), required=True)
        self.optional = Cells(cells.text())

    def part(self, name: str, read: Cells, batch: Batch, columns: Sequence[Sequence[str]]) -> Part:
        """One of our columns, read."""
        found = self.rows.columns.cells(name, batch, columns)
        return Part(self.rows.columns.title(name), found, read.all(found))

    def whose(self, batch: Batch, columns: Sequence[Sequence[str]]) -> Part:
        """The client of each row: named itself, or by its subscription, or by both alike."""
        both = self.client is not None and self.subscriber is not None
        read = self.optional if both else self.required
        mine = self._known(self.client, "client_id", read, batch, columns)
        theirs = self._known(self.subscriber, "subscription_id", read, batch, columns)
        if mine is None or theirs is None:
            part = mine or theirs
            assert part is not None
            return part
        return mine._replace(values=[_agree(*pair) for pair in zip(mine.values, theirs.values, strict=True)])

    def _known(
        self, numbers: clients.Numbers | None, name: str, read: Cells, batch: Batch, columns: Sequence[Sequence[str]]
    ) -> Part | None:
        if numbers is None:
            return None
        part = self.part(name, read, batch, columns)
        return part._replace(values=numbers.all(part.values))


def _agree(client: Any, subscriber: Any) -> Any:
    if client is None and subscriber is None:
        return Bad(Reason.MISSING)
    if client is None or subscriber is None or client == subscriber or type(client) is Bad:
        return subscriber if client is None else client
    return subscriber if type(subscriber) is Bad else Bad(Reason.OTHER_CLIENT)


def tools(work: Work) -> cells.Read:
    """Reads a tool's name as the number that it has in this import."""
    renamed = work.mapping.renamed
    as_text = cells.text()

    def read(cell: str) -> int | Bad:
        checked = as_text(cell)
        if type(checked) is Bad:
            return checked
        name = fold(cell)
        name = renamed.get(name, name) or cell
        if name not in work.tools and len(work.tools) >= _TOOLS:
            return Bad(Reason.TOO_MANY_TOOLS)
        return work.tools.setdefault(name, len(work.tools) + 1)

    return read


def stage(work: Work, entry: FileMapping, rows: Rows) -> None:
    """Check a file and stage its good rows."""
    checks = Checks(work, entry, rows)
    if entry.wide is not None:
        _stage_wide(work, entry.wide, checks)
    elif rows.columns.has("id"):
        _stage_identified(work, checks)
    else:
        for batch, columns in rows.batches():
            with work.stage.reading():
                work.stage.load(staging.use, _good(checks, batch, columns)[0])


def _good(checks: Checks, batch: Batch, columns: Sequence[Sequence[str]]) -> tuple[Iterator[_Row], list[bool] | None]:
    """The good rows of a long file's batch, and which of the batch they are."""
    parts = (
        checks.whose(batch, columns),
        checks.part("tool", checks.tool, batch, columns),
        checks.part("used_on", checks.day, batch, columns),
        checks.part("count", checks.count, batch, columns),
    )
    keep = checks.rows.refuse_bad(batch, parts)
    days = parts[2].values
    checks.work.days.update(days if keep is None else compress(days, keep))
    rows = zip(*(part.values for part in parts), strict=True)
    return (rows if keep is None else compress(rows, keep)), keep


def _stage_identified(work: Work, checks: Checks) -> None:
    """Rows with an id: identical ones count once; an id on several different rows is reported, and all of them count.

    Of the id a hash of 64 bits is kept.
    """
    for batch, columns in checks.rows.batches():
        with work.stage.reading():
            good, keep = _good(checks, batch, columns)
            found = checks.rows.columns.cells("id", batch, columns)
            ids = [hash(cell.strip()) if cell.strip() else None for cell in found]
            kept: Sequence[int | None] = ids if keep is None else list(compress(ids, keep))
            rows = list(good)
            if None in kept:
                work.stage.load(staging.use, (row for one, row in zip(kept, rows, strict=True) if one is None))
            work.stage.load(
                staging.identified_use,
                ((one, *row) for one, row in zip(kept, rows, strict=True) if one is not None),
            )
    with work.stage.reading():
        _settle_identified(work, checks)


def _settle_identified(work: Work, checks: Checks) -> None:
    connection, one = work.stage.connection, staging.identified_use
    row = (one.c.client, one.c.tool, one.c.day, one.c.count)
    differ = or_(*(func.min(column) != func.max(column) for column in row))
    colliding = select(one.c.identity).group_by(one.c.identity).having(func.count() > 1, differ).subquery()
    checks.rows.report.colliding = connection.scalar(select(func.count()).select_from(colliding)) or 0
    each = select(one.c.identity, *row).distinct().subquery()
    total, distinct = (connection.scalar(select(func.count()).select_from(of)) or 0 for of in (one, each))
    checks.rows.report.repeated += total - distinct
    moved = select(each.c.client, each.c.tool, each.c.day, each.c.count)
    connection.execute(insert(staging.use).from_select(["client", "tool", "day", "count"], moved))
    connection.execute(delete(one))


def _stage_wide(work: Work, wide: Wide, checks: Checks) -> None:
    """One column per tool: a yes counts as the tool's least uses, a no as none, on the row's day or the file's."""
    columns = checks.rows.columns
    numbers = {name: tools(work)(name) for name in columns.tools}
    work.covered |= set(numbers.values())
    reads = {name: _wide_cells(work, wide, name) for name in columns.tools}
    for batch, found in checks.rows.batches(5_000):
        with work.stage.reading():
            parts = [checks.whose(batch, found)]
            if columns.has("used_on"):
                parts.append(checks.part("used_on", checks.day, batch, found))
            own = [_wide_part(checks, name, read, found) for name, read in reads.items()]
            keep = checks.rows.refuse_bad(batch, [*parts, *own])
            days = parts[1].values if len(parts) > 1 else list(repeat(work.day.isoformat(), len(batch.rows)))
            good = range(len(batch.rows)) if keep is None else list(compress(range(len(batch.rows)), keep))
            work.days.update(days[i] for i in good)
            for name, part in zip(reads, own, strict=True):
                number = numbers[name]
                work.stage.load(staging.use, ((parts[0].values[i], number, days[i], part.values[i] or 0) for i in good))


def _wide_part(checks: Checks, name: str, read: Cells, found: Sequence[Sequence[str]]) -> Part:
    at = checks.rows.columns.tools[name]
    return Part(checks.rows.columns.header[at], found[at], read.all(found[at]))


def _wide_cells(work: Work, wide: Wide, name: str) -> Cells:
    if wide.numbers:
        return Cells(cells.whole(_MOST))
    folded = fold(name)
    position = work.catalog.tool_names.get(work.mapping.renamed.get(folded, folded))
    least = 1 if position is None else work.catalog.tools[position].at_least
    yes_or_no = cells.boolean([cell.strip() for cell in wide.yes], [cell.strip() for cell in wide.no])

    def read(cell: str) -> int | Bad:
        value = yes_or_no(cell)
        return value if type(value) is Bad else least * value

    made = Cells(read)
    made[""] = read("")
    return made


def add_up(work: Work) -> None:
    """Rows for the same client, tool and day become one."""
    use, cell = staging.use, staging.cell
    key = (use.c.client, use.c.tool, use.c.day)
    total = cast(func.sum(use.c.count), BigInteger)
    with work.stage.reading() as connection, work.stage.filling(cell):
        connection.execute(
            insert(cell).from_select(
                ["client", "tool", "day", "count"], select(*key, total).group_by(*key).order_by(*key)
            )
        )
        connection.execute(delete(use))
        work.covered |= set(connection.scalars(select(cell.c.tool).distinct()))
