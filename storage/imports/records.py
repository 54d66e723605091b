"""Clients, services and deals: their rows checked and staged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.domain import names
from storage import lists
from storage.imports import cells, clients, properties, staging
from storage.imports.cells import Bad, Cells, Hosts, Texts
from storage.imports.files import Batch
from storage.imports.mapping import FileMapping
from storage.imports.report import Reason
from storage.imports.rows import Part, Rows
from storage.imports.work import Work
from storage.schema import record

_BATCH = 5_000  # clients have wide rows
_SAID = ("name", "name_key", "domain", "url", "currency", "mrr", "properties", "given")
_EARLIER = select(staging.record.c.external_id, *(staging.record.c[name] for name in _SAID)).where(
    staging.record.c.object == bindparam("object"), lists.among_texts(staging.record.c.external_id, "refs")
)
Said = tuple[Any, ...]  # what a row says: the values of _SAID


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
        self.identity = Texts(required=True)
        self.name = Texts(required=True)
        strict = {"currency": Cells(cells.currency), "mrr": Cells(cells.money(decimal))}
        lenient = {"domain": Hosts(), "url": Cells(cells.link)}
        self.strict = {name: read for name, read in strict.items() if self.is_client and columns.has(name)}
        self.lenient = {name: read for name, read in lenient.items() if self.is_client and columns.has(name)}
        self.types = properties.types(work, self.kind, entry.object, rows.file, columns, formats)
        self.properties = {name: properties.reader(work, type_, formats) for name, type_ in self.types.items()}
        self.extra = {name: i for i, name in columns.extra}
        self.client_ids = None if self.is_client else clients.Numbers(work)
        self.currency = work.mapping.currency if self.is_client else None

    def good(self, batch: Batch, columns: Sequence[Sequence[str]]) -> Iterator[tuple[int, list[str], str, Said]]:
        """The good rows: line, cells, id, and what they say."""
        parts = [self._part(name, read, batch, columns) for name, read in self._strict()]
        keep = self.rows.refuse_bad(batch, parts if self.client_ids is None else [*parts, self._client(batch, columns)])
        values = {part_name: part.values for (part_name, _), part in zip(self._strict(), parts, strict=True)}
        values |= {name: self._fit(name, name, read, batch, columns, keep) for name, read in self.lenient.items()}
        own = {
            name: self._fit(name, self.types[name], read, batch, columns, keep)
            for name, read in self.properties.items()
        }
        good = zip(batch.lines, batch.rows, values["id"], self._said(values, own), strict=True)
        return good if keep is None else compress(good, keep)

    def _said(self, values: Mapping[str, Sequence[Any]], own: Mapping[str, Sequence[Any]]) -> Iterator[Said]:
        empty = [None] * len(values["id"])
        currencies, given = self._currencies(values, empty)
        return zip(
            values["name"], map(self._key, values["name"]), values.get("domain", empty), values.get("url", empty),
            currencies, values.get("mrr", empty), properties.documents(own, len(empty)), given, strict=True,
        )  # fmt: skip

    def _key(self, name: Any) -> str:
        """What a client is found by; only they are looked up by name."""
        return names.key(name) if self.is_client and type(name) is str else ""

    def _currencies(self, values: Mapping[str, Sequence[Any]], empty: Sequence[Any]) -> tuple[list[Any], list[str]]:
        """Each row's currency, the mapping's where it names only an amount; and what its file has."""
        own = {*self.strict, *self.lenient}
        plain, settled = (json.dumps([sorted(one), sorted(self.types)]) for one in (own, own | {"currency"}))
        stated, amounts = values.get("currency", empty), values.get("mrr", empty)
        missing = [
            self.currency is not None and amount is not None and currency is None
            for currency, amount in zip(stated, amounts, strict=True)
        ]
        currencies = [self.currency if miss else one for one, miss in zip(stated, missing, strict=True)]
        return currencies, [settled if miss else plain for miss in missing]

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
    work: Work, checks: Checks, good: Sequence[tuple[int, list[str], str, Said]]
) -> list[tuple[int, str, Said]]:
    """Rows without those whose id came before: identical ones are counted, others refused."""
    parameters = {"object": checks.kind, "refs": [identity for _, _, identity, _ in good]}
    earlier = work.stage.connection.execute(_EARLIER, parameters)
    seen: dict[str, Said] = {identity: tuple(said) for identity, *said in earlier}
    first = []
    for line, row, identity, said in good:
        if identity not in seen:
            seen[identity] = said
            first.append((line, identity, said))
        elif seen[identity] == said:
            checks.rows.report.repeated += 1
        else:
            checks.rows.refusals.add(line, row, checks.rows.columns.title("id"), identity, Reason.TWICE)
    return first


def _load(work: Work, checks: Checks, rows: Sequence[tuple[int, str, Said]]) -> None:
    known = clients.find_stored(work, checks.kind, [identity for _, identity, _ in rows])
    staged = []
    for line, identity, said in rows:
        number = known.get(identity) or work.next_number()
        staged.append((number, number, checks.kind, identity, identity not in known, *said, line))
    work.stage.load(staging.record, staged)


def highest(work: Work) -> int:
    """The highest record id of the installation."""
    statement = select(func.max(record.c.id)).where(record.c.installation_id == work.installation_id)
    return work.stage.connection.scalar(statement) or 0
