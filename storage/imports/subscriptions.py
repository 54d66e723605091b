"""Subscriptions: their rows checked and staged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

from sqlalchemy import select

from storage import lists
from storage.imports import cells, clients, staging
from storage.imports.cells import Bad, Cells
from storage.imports.files import Batch
from storage.imports.mapping import FileMapping
from storage.imports.report import Reason
from storage.imports.rows import Part, Rows
from storage.imports.work import Work

FACTS = ("product", "edition", "seats", "seats_used", "mrr", "currency", "started_on", "renews_on", "ended_on",
         "cancels_on", "auto_renews", "status")  # fmt: skip
_BATCH = 5_000
_SEATS = 2**31 - 1
_staged = staging.subscription.c
_EARLIER = select(_staged.external_id, _staged.client, _staged.facts).where(
    lists.among_texts(_staged.external_id, "refs")
)

_Good = tuple[int, list[str], int, str, str]  # line, cells, client's number, id, facts as JSON


class Checks:
    """Reads the cells of one file of subscriptions."""

    def __init__(self, work: Work, entry: FileMapping, rows: Rows) -> None:
        self.work = work
        self.rows = rows
        mapping = work.mapping
        day = cells.day(entry.dates or mapping.dates)
        reads: dict[str, cells.Read] = {
            "edition": cells.text(), "seats": cells.whole(_SEATS), "seats_used": cells.whole(_SEATS),
            "mrr": cells.money(mapping.decimal), "currency": cells.currency, "started_on": day, "renews_on": day,
            "ended_on": day, "cancels_on": day, "auto_renews": cells.boolean(), "status": cells.text(64),
        }  # fmt: skip
        self.numbers = clients.Numbers(work)
        self.client = Cells(cells.text(), required=True)
        self.has_id = rows.columns.has("id")
        self.identity = Cells(cells.text(), required=True)
        self.facts = {"product": Cells(cells.text(), required=True)}
        self.facts |= {name: Cells(read) for name, read in reads.items() if rows.columns.has(name)}

    def good(self, batch: Batch, columns: Sequence[Sequence[str]]) -> Iterator[_Good]:
        """The good rows of a batch."""
        parts = {name: self._part(name, read, batch, columns) for name, read in self.facts.items()}
        ids = self._part("client_id", self.client, batch, columns)
        client = ids._replace(values=self.numbers.all(ids.values))
        own = [self._part("id", self.identity, batch, columns)] if self.has_id else []
        parts |= self._in_order(parts)
        keep = self.rows.refuse_bad(batch, [*own, client, *parts.values()])
        for i in range(len(batch.rows)) if keep is None else compress(range(len(batch.rows)), keep):
            facts = {name: part.values[i] for name, part in parts.items()}
            if self.work.mapping.currency and facts.get("mrr") is not None and facts.get("currency") is None:
                facts["currency"] = self.work.mapping.currency
            identity = own[0].values[i] if own else _identity(ids.values[i], facts)
            yield batch.lines[i], batch.rows[i], client.values[i], identity, json.dumps(facts, ensure_ascii=False)

    def _part(self, name: str, read: Cells, batch: Batch, columns: Sequence[Sequence[str]]) -> Part:
        found = self.rows.columns.cells(name, batch, columns)
        return Part(self.rows.columns.title(name), found, read.all(found))

    def _in_order(self, parts: dict[str, Part]) -> dict[str, Part]:
        """The end, refused where it lies before the start."""
        if "started_on" not in parts or "ended_on" not in parts:
            return {}
        starts, end = parts["started_on"].values, parts["ended_on"]
        values = [_not_before(start, day) for start, day in zip(starts, end.values, strict=True)]
        return {"ended_on": end._replace(values=values)}


def _not_before(start: Any, end: Any) -> Any:
    return Bad(Reason.ENDS_BEFORE_START) if type(start) is str and type(end) is str and end < start else end


def _identity(client: str, facts: dict[str, Any]) -> str:
    """An id where the file has none: what is bought, by whom, and since when."""
    parts = (client, facts["product"], facts.get("edition") or "", facts.get("started_on") or "")
    whole = "/".join(parts)
    return whole if len(whole) <= cells.ID_LENGTH else cells.digest(whole)


def stage(work: Work, entry: FileMapping, rows: Rows) -> None:
    """Check a file and stage its good rows."""
    checks = Checks(work, entry, rows)
    for batch, columns in rows.batches(_BATCH):
        with work.stage.reading():
            good = list(checks.good(batch, columns))
            work.stage.load(staging.subscription, _first_of_each(work, checks, good))


def _first_of_each(work: Work, checks: Checks, good: Sequence[_Good]) -> list[tuple[str, int, str, int]]:
    """Rows without those whose id came before: identical ones are counted, others refused."""
    rows = work.stage.connection.execute(_EARLIER, {"refs": [one[3] for one in good]})
    seen = {external_id: (client, facts) for external_id, client, facts in rows}
    first = []
    for line, row, client, identity, facts in good:
        if identity not in seen:
            seen[identity] = (client, facts)
            first.append((identity, client, facts, line))
        elif seen[identity] == (client, facts):
            checks.rows.report.repeated += 1
        else:
            checks.rows.refusals.add(line, row, checks.rows.columns.title("id"), identity, Reason.TWICE)
    return first
