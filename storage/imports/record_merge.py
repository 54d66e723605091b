"""Merges staged clients, services and deals into the records, a range of numbers at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, delete, func, select, update

from storage import bulk, lists, name_index, people
from storage.imports import clients, staging
from storage.imports.work import Work
from storage.schema import record, record_date, record_person

_OWN = ("name", "domain", "url", "currency", "mrr")
_ids = lists.numbers("ids")
_here: BindParameter[int] = bindparam("here")
_STAGED = (
    select(staging.record)
    .where(staging.record.c.number.between(bindparam("first"), bindparam("last")))
    .order_by(staging.record.c.number)
)
_STORED = select(
    record.c.id, record.c.name, record.c.name_key, record.c.domain, record.c.url, record.c.currency, record.c.mrr,
    record.c.properties, record.c.archived_at,
).where(record.c.installation_id == _here, record.c.id.in_(select(_ids.c.value)))  # fmt: skip
_UPDATE = (
    update(record)
    .where(record.c.installation_id == _here, record.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in (*_OWN, "name_key", "properties")} | {"archived_at": None})
)
_MOVE = update(staging.record).where(staging.record.c.number == bindparam("of")).values(record_id=bindparam("new_id"))


class Place(NamedTuple):
    """The id of a staged record, and whether nobody has it yet."""

    id: int
    is_new: bool


class Staged(NamedTuple):
    """A staged record, in the order of its columns."""

    number: int
    id: int
    kind: str
    external_id: str
    is_new: bool
    name: str
    name_key: str  # empty but for clients: only they are looked up by name
    domain: str | None
    url: str | None
    currency: str | None
    mrr: float | None
    properties: str  # JSON
    given: str  # JSON
    line: int


class Wanted(NamedTuple):
    """A stored record as it shall be."""

    id: int
    kind: str
    name_key: str
    values: dict[str, Any]  # of _OWN, and "properties"
    properties: dict[str, Any]  # those that are other than before
    key_before: str | None  # None where it was not in the search index


class Archived(NamedTuple):
    id: int
    kind: str
    name_key: str


class Difference(NamedTuple):
    """What a range of staged records means for the stored ones."""

    new: list[Staged]
    changed: list[Wanted]
    archived: list[Archived]
    tallies: dict[str, list[int]]  # object -> added, changed, unchanged


def read(work: Work, first: int, last: int) -> list[Staged]:
    """The staged records of a range. Needs no lock, so it is done between two slices."""
    rows = bulk.rows(work.stage.connection, _STAGED, {"first": first, "last": last})
    return list(map(Staged._make, rows))


def compare(
    work: Work, staged: Sequence[Staged], first: int, last: int, moved: Mapping[int, Place], retyped: Collection[str]
) -> Difference:
    """Find what is new, what is changed, and what a complete source no longer names. Reads only."""
    placed = [(one, moved[one.number]) for one in staged if one.number in moved]
    if placed:
        places = {one.number: one._replace(id=place.id, is_new=place.is_new) for one, place in placed}
        staged = [places.get(one.number, one) for one in staged]
    stored = _stored(work, [one.id for one in staged if not one.is_new])
    difference = Difference([], [], _unnamed(work, first, last), {})
    for one in staged:
        tally = difference.tallies.setdefault(one.kind, [0, 0, 0])
        before = stored.get(one.id)
        if before is None:
            difference.new.append(one)
            tally[0] += 1
            continue
        wanted = _wanted(one, before, retyped)
        if wanted.properties or before.archived_at is not None or _own(before) != _own_of(wanted):
            difference.changed.append(wanted)
            tally[1] += 1
        else:
            tally[2] += 1
    return difference


def _stored(work: Work, ids: Sequence[int]) -> Mapping[int, Any]:
    rows = work.stage.connection.execute(_STORED, {"here": work.installation_id, "ids": ids}) if ids else ()
    return {row.id: row for row in rows}


def _wanted(staged: Staged, before: Any, retyped: Collection[str]) -> Wanted:
    columns, properties = _given(staged.given)
    said = dict.fromkeys(properties) | json.loads(staged.properties)
    old: dict[str, Any] = before.properties
    merged = {name: value for name, value in {**old, **said}.items() if value is not None}
    other = {name: value for name, value in said.items() if name in retyped or old.get(name) != value}
    values = {name: getattr(staged if name in columns else before, name) for name in _OWN}
    key_before = None if before.archived_at is not None else before.name_key
    values["properties"] = merged
    return Wanted(staged.id, staged.kind, staged.name_key, values, other, key_before)


@lru_cache
def _given(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The columns and the properties that a staged record's file has."""
    columns, properties = json.loads(text)
    return frozenset({"name", *columns}), tuple(properties)


def _own(row: Any) -> tuple[Any, ...]:
    return (row.name, row.domain, row.url, row.currency, row.mrr)


def _own_of(wanted: Wanted) -> tuple[Any, ...]:
    return tuple(wanted.values[name] for name in _OWN)


def _unnamed(work: Work, first: int, last: int) -> list[Archived]:
    """Records that this source, which is complete, named before and names no more."""
    if not work.is_snapshot:
        return []
    named = select(staging.record.c.number).where(staging.record.c.number == record.c.id).exists()
    statement = select(record.c.id, record.c.object, record.c.name_key).where(
        record.c.installation_id == work.installation_id,
        record.c.id.between(first, last),
        record.c.source_id == work.source_id,
        record.c.object.in_(work.objects),
        record.c.archived_at.is_(None),
        ~named,
    )
    return [Archived(*row) for row in work.stage.connection.execute(statement)]


def move(work: Work, staged: Sequence[Staged]) -> dict[int, Place]:
    """Find other ids for new records where somebody else has taken ids, or added a record, since they were staged.

    Runs under the lock, before the comparison.
    """
    connection = work.stage.connection
    new = [one for one in staged if one.is_new]
    if not new:
        return {}
    highest = connection.scalar(select(func.max(record.c.id)).where(record.c.installation_id == work.installation_id))
    if (highest or 0) < new[0].number:
        return {}
    known: dict[tuple[str, str], int] = {}
    for kind in {one.kind for one in new}:
        found = clients.find_stored(work, kind, [one.external_id for one in new if one.kind == kind])
        known |= {(kind, external_id): identity for external_id, identity in found.items()}
    moved = {}
    for at, one in enumerate(new, start=1):
        identity = known.get((one.kind, one.external_id))
        moved[one.number] = Place(identity or highest + at, identity is None)
    connection.execute(_MOVE, [{"of": number, "new_id": place.id} for number, place in moved.items()])
    work.is_moved = True
    return moved


def apply(work: Work, difference: Difference, fields: Mapping[tuple[str, str], tuple[int, str]]) -> set[int]:
    """Write a difference. Gives the clients whose facts changed."""
    connection = work.stage.connection
    work.stage.load(record, [_row(work, one) for one in difference.new])
    if difference.changed:
        connection.execute(_UPDATE, [_update_row(work, one) for one in difference.changed])
    _write_typed(work, difference, fields)
    _archive(work, [one.id for one in difference.archived])
    _index(work, difference)
    touched = [(one.id, one.kind) for some in difference[:3] for one in some]
    return {identity for identity, kind in touched if kind == work.mapping.record}


def _row(work: Work, one: Staged) -> tuple[Any, ...]:
    return (
        work.installation_id, one.id, one.kind, one.external_id, one.name, one.name_key, one.domain, one.url,
        one.currency, one.mrr, one.properties, work.source_id, None,
    )  # fmt: skip


def _update_row(work: Work, one: Wanted) -> dict[str, Any]:
    values = {f"new_{name}": value for name, value in one.values.items()}
    return {"here": work.installation_id, "of": one.id, "new_name_key": one.name_key, **values}


def _write_typed(work: Work, difference: Difference, fields: Mapping[tuple[str, str], tuple[int, str]]) -> None:
    """Keep user- and date-valued properties as typed rows too."""
    typed = {name: found for name, found in fields.items() if found[1] in ("user", "date")}
    kinds = {kind for kind, _ in typed}
    written = [(one.id, one.kind, json.loads(one.properties)) for one in difference.new if one.kind in kinds]
    written += [(one.id, one.kind, one.properties) for one in difference.changed]
    found: dict[str, list[tuple[int, int, Any]]] = {"user": [], "date": []}
    for identity, kind, properties in written:
        for name in properties:
            if (kind, name) in typed:
                property_id, type_ = typed[kind, name]
                found[type_].append((property_id, identity, properties[name]))
    emails = {value for _, _, value in found["user"] if value is not None}
    persons = people.named(work.stage.connection, work.installation_id, emails)
    existing = {one.id for one in difference.changed}
    _replace(work, record_person, [(p, r, persons.get(v)) for p, r, v in found["user"]], existing)
    _replace(work, record_date, found["date"], existing)


def _replace(work: Work, table: Any, rows: Sequence[tuple[int, int, Any]], existing: Collection[int]) -> None:
    old = [{"here": work.installation_id, "p": p, "r": r} for p, r, _ in rows if r in existing]
    if old:
        mine = (table.c.installation_id == _here, table.c.property_id == bindparam("p"))
        work.stage.connection.execute(delete(table).where(*mine, table.c.record_id == bindparam("r")), old)
    work.stage.load(table, ((work.installation_id, *row) for row in rows if row[2] is not None))


def _archive(work: Work, ids: Sequence[int]) -> None:
    if ids:
        mine = (record.c.installation_id == work.installation_id, record.c.id == bindparam("of"))
        archive = update(record).where(*mine).values(archived_at=work.now)
        work.stage.connection.execute(archive, [{"of": one} for one in ids])


def _index(work: Work, difference: Difference) -> None:
    """Keep the search words of clients: of new, renamed and archived ones, and of those that came back."""
    kind, connection, here = work.mapping.record, work.stage.connection, work.installation_id
    renamed = [one for one in difference.changed if one.kind == kind and one.key_before != one.name_key]
    gone = [(one.id, one.key_before) for one in renamed if one.key_before is not None]
    gone += [(one.id, one.name_key) for one in difference.archived if one.kind == kind]
    come = [(one.id, one.name_key) for one in difference.new if one.kind == kind]
    come += [(one.id, one.name_key) for one in renamed]
    if gone:
        name_index.remove(connection, here, gone)
    if come:
        name_index.add(connection, here, come)
