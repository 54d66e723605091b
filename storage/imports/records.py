"""Clients, services and deals: their rows checked and staged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.domain import names
from storage import lists
from storage.imports import cells, clients, properties, staging
from storage.imports.cells import Bad, Cells
from storage.imports.files import Batch
from storage.imports.mapping import FileMapping
from storage.imports.report import Reason
from storage.imports.rows import Part, Rows
from storage.imports.work import Work
from storage.schema import record

_BATCH = 5_000  # clients have wide rows
_EARLIER = select(staging.record.c.external_id, staging.record.c.facts).where(
    staging.record.c.object == bindparam("object"), lists.among_texts(staging.record.c.external_id, "refs")
)


def kind_of(work: Work, entry: FileMapping) -> str:
    """What a file's records are: the mapping's object for clients, else "service" or "deal"."""
    return work.mapping.record if entry.object == "clients" else entry.object.removesuffix("s")


class Checks:
    """Reads the cells of one file of records."""

    def __init__(self, work: Work, entry: FileMapping, rows: Rows) -> None:
        self.work = work
        self.rows = rows
        self.is_client = entry.object == "clients"
        self.kind = kind_of(work, entry)
        decimal = work.mapping.decimal
        formats = entry.dates or work.mapping.dates
        columns = rows.columns
        self.identity = Cells(cells.text(), required=True)
        self.name = Cells(cells.text(), required=True)
        strict = {"currency": Cells(cells.currency), "mrr": Cells(cells.money(decimal))}
        lenient = {"domain": Cells(_domain), "url": Cells(cells.link)}
        self.strict = {name: read for name, read in strict.items() if self.is_client and columns.has(name)}
        self.lenient = {name: read for name, read in lenient.items() if self.is_client and columns.has(name)}
        self.types = properties.types(work, self.kind, entry.object, rows.file, columns, formats)
        self.properties = {name: properties.reader(work, type_, formats) for name, type_ in self.types.items()}
        self.extra = {name: i for i, name in columns.extra}
        self.client_ids = None if self.is_client else clients.Numbers(work)
        self.currency = work.mapping.currency if self.is_client else None

    def good(self, batch: Batch, columns: Sequence[Sequence[str]]) -> Iterator[tuple[int, list[str], str, str]]:
        """The good rows: line, cells, id, and facts as JSON that says only what the file says."""
        parts = [self._part(name, read, batch, columns) for name, read in self._strict()]
        keep = self.rows.refuse_bad(batch, parts if self.client_ids is None else [*parts, self._client(batch, columns)])
        values = {part_name: part.values for (part_name, _), part in zip(self._strict(), parts, strict=True)}
        values |= {name: self._fit(name, name, read, batch, columns, keep) for name, read in self.lenient.items()}
        own = {
            name: self._fit(name, self.types[name], read, batch, columns, keep)
            for name, read in self.properties.items()
        }
        for i in range(len(batch.rows)) if keep is None else compress(range(len(batch.rows)), keep):
            facts = {name: column[i] for name, column in values.items()}
            identity = facts.pop("id")
            if self.currency is not None and facts.get("mrr") is not None and facts.get("currency") is None:
                facts["currency"] = self.currency
            facts["properties"] = properties.plain({name: column[i] for name, column in own.items()})
            yield batch.lines[i], batch.rows[i], identity, json.dumps(facts, ensure_ascii=False)

    def _strict(self) -> Iterator[tuple[str, Cells]]:
        yield "id", self.identity
        yield "name", self.name
        yield from self.strict.items()

    def _part(self, name: str, read: Cells, batch: Batch, columns: Sequence[Sequence[str]]) -> Part:
        found = self.rows.columns.cells(name, batch, columns)
        return Part(self.rows.columns.title(name), found, read.all(found))

    def _client(self, batch: Batch, columns: Sequence[Sequence[str]]) -> Part:
        part = self._part("client_id", Cells(cells.text(), required=True), batch, columns)
        assert self.client_ids is not None
        return part._replace(values=self.client_ids.all(part.values))

    def _fit(
        self,
        name: str,
        type_: str,
        read: Cells,
        batch: Batch,
        columns: Sequence[Sequence[str]],
        keep: list[bool] | None,
    ) -> list[Any]:
        """The values of a column whose misfits are reported and left empty."""
        found = columns[self.extra[name]] if name in self.extra else self.rows.columns.cells(name, batch, columns)
        values = read.all(found)
        if Bad in set(map(type, values)):
            good = keep or [True] * len(values)
            misfits = sum(fine and type(value) is Bad for fine, value in zip(good, values, strict=True))
            self.rows.report.misfits[name, type_] += misfits
            values = [None if type(value) is Bad else value for value in values]
        return values


def stage(work: Work, entry: FileMapping, rows: Rows) -> None:
    """Check a file and stage its good rows."""
    with work.stage.reading():
        checks = Checks(work, entry, rows)
    for batch, columns in rows.batches(_BATCH):
        with work.stage.reading():
            good = list(checks.good(batch, columns))
            _load(work, checks, _first_of_each(work, checks, good))


def _first_of_each(
    work: Work, checks: Checks, good: Sequence[tuple[int, list[str], str, str]]
) -> list[tuple[int, str, str]]:
    """Rows without those whose id came before: identical ones are counted, others refused."""
    parameters = {"object": checks.kind, "refs": [identity for _, _, identity, _ in good]}
    seen = dict(work.stage.connection.execute(_EARLIER, parameters).all())
    first = []
    for line, row, identity, facts in good:
        if identity not in seen:
            seen[identity] = facts
            first.append((line, identity, facts))
        elif seen[identity] == facts:
            checks.rows.report.repeated += 1
        else:
            checks.rows.refusals.add(line, row, checks.rows.columns.title("id"), identity, Reason.TWICE)
    return first


def _load(work: Work, checks: Checks, rows: Sequence[tuple[int, str, str]]) -> None:
    known = clients.find_stored(work, checks.kind, [identity for _, identity, _ in rows])
    staged = []
    for line, identity, facts in rows:
        number = known.get(identity) or work.next_number()
        staged.append((number, number, checks.kind, identity, identity not in known, facts, line))
    work.stage.load(staging.record, staged)


def highest(work: Work) -> int:
    """The highest record id of the installation."""
    statement = select(func.max(record.c.id)).where(record.c.installation_id == work.installation_id)
    return work.stage.connection.scalar(statement) or 0


def _domain(cell: str) -> str | Bad:
    return names.domain(cell) or Bad(Reason.NOT_A_DOMAIN)
