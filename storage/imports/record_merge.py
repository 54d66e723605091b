"""Merges staged clients, services and deals into the records, a range of numbers at a time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    Insert,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from storage import bulk, handovers, lists, name_index, people
from storage.imports import clients, staging
from storage.imports.work import Work
from storage.schema import record, record_date, record_person, standing

KEY = 255  # characters of an external id
_OWN = ("name", "domain", "url", "currency", "mrr")
_ids = lists.numbers("ids")
_here: BindParameter[int] = bindparam("here")
_one = staging.record.c
_is_new = _one.number.between(bindparam("first"), bindparam("last")) & _one.is_new
_NEW = select(_one.record_id, _one.object, _one.name_key).where(_is_new).order_by(_one.number)
_NEW_IDS = select(_one.number, _one.object, _one.external_id).where(_is_new).order_by(_one.number)
_NEW_PROPERTIES = select(_one.record_id, _one.object, _one.properties).where(
    _is_new, lists.among_texts(_one.object, "kinds")
)
_KNOWN = (
    select(_one.record_id, _one.object, *(_one[name] for name in (*_OWN, "name_key", "properties", "given")))
    .where(_one.number.between(bindparam("first"), bindparam("last")), ~_one.is_new)
    .order_by(_one.number)
)
_STORED = select(
    record.c.id, record.c.name, record.c.name_key, record.c.domain, record.c.url, record.c.currency, record.c.mrr,
    record.c.properties, record.c.archived_at,
).where(record.c.installation_id == _here, record.c.id.in_(select(_ids.c.value)))  # fmt: skip
_UPDATE = (
    update(record)
    .where(record.c.installation_id == _here, record.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in (*_OWN, "name_key", "properties", "client_key")})
    .values(archived_at=None)
)
_RENAME = (
    update(standing)
    .where(standing.c.installation_id == _here, standing.c.client_id == bindparam("of"))
    .values(name_key=bindparam("key"))
)
_MOVE = (
    update(staging.record)
    .where(_one.number == bindparam("of"))
    .values(record_id=bindparam("new_id"), is_new=bindparam("new"))
)


class New(NamedTuple):
    """A staged record that does not stand in the database: what is needed of it beside the row itself."""

    id: int
    kind: str
    name_key: str  # empty but for clients: only they are looked up by name


class Known(NamedTuple):
    """A staged record that stands in the database."""

    id: int
    kind: str
    name: str
    domain: str | None
    url: str | None
    currency: str | None
    mrr: float | None
    name_key: str
    properties: str  # JSON
    given: str  # JSON


class Staged(NamedTuple):
    """The staged records of a range."""

    first: int
    last: int
    new: list[New]
    known: list[Known]


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

    new: list[New]
    changed: list[Wanted]
    archived: list[Archived]
    tallies: dict[str, list[int]]  # object -> added, changed, unchanged


def read(work: Work, first: int, last: int) -> Staged:
    """The staged records of a range. Needs no lock, so it is done between two slices."""
    connection, parameters = work.stage.connection, {"first": first, "last": last}
    new = map(New._make, bulk.rows(connection, _NEW, parameters))
    return Staged(first, last, list(new), list(map(Known._make, bulk.rows(connection, _KNOWN, parameters))))


def compare(work: Work, staged: Staged, retyped: Collection[str]) -> Difference:
    """Find what is new, what is changed, and what a complete source no longer names. Reads only."""
    difference = Difference(staged.new, [], _unnamed(work, staged.first, staged.last), {})
    for kind, count in Counter(one.kind for one in staged.new).items():
        difference.tallies[kind] = [count, 0, 0]
    stored = _stored(work, [one.id for one in staged.known])
    for one in staged.known:
        tally = difference.tallies.setdefault(one.kind, [0, 0, 0])
        before = stored[one.id]
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


def _wanted(staged: Known, before: Any, retyped: Collection[str]) -> Wanted:
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


def move(work: Work, staged: Staged) -> Staged:
    """The records with other ids for new ones where somebody else has taken ids, or added a record, meanwhile.

    Runs under the lock, before the comparison.
    """
    if not staged.new:
        return staged
    connection = work.stage.connection
    highest = connection.scalar(select(func.max(record.c.id)).where(record.c.installation_id == work.installation_id))
    if (highest or 0) < staged.new[0].id:
        return staged
    new = connection.execute(_NEW_IDS, {"first": staged.first, "last": staged.last}).all()
    known: dict[tuple[str, str], int] = {}
    for kind in {kind for _, kind, _ in new}:
        found = clients.find_stored(work, kind, [external_id for _, its, external_id in new if its == kind])
        known |= {(kind, external_id): identity for external_id, identity in found.items()}
    places = [(number, known.get((kind, own)), highest + at) for at, (number, kind, own) in enumerate(new, start=1)]
    connection.execute(
        _MOVE, [{"of": number, "new_id": mine or free, "new": mine is None} for number, mine, free in places]
    )
    work.is_moved = True
    return read(work, staged.first, staged.last)


def apply(
    work: Work, staged: Staged, difference: Difference, fields: Mapping[tuple[str, str], tuple[int, str]]
) -> set[int]:
    """Write a difference. Gives the clients whose facts changed."""
    connection = work.stage.connection
    if difference.new:
        connection.execute(_insert(work), {"first": staged.first, "last": staged.last})
    if difference.changed:
        connection.execute(_UPDATE, [_update_row(work, one) for one in difference.changed])
    _write_typed(work, staged, difference, fields)
    _archive(work, [one.id for one in difference.archived])
    _index(work, difference)
    touched = [(one.id, one.kind) for some in difference[:3] for one in some]
    return {identity for identity, kind in touched if kind == work.mapping.record}


def _insert(work: Work) -> Insert:
    """The new records, from table to table."""
    document = _one.properties if work.stage.is_sqlite else cast(_one.properties, JSONB)
    rows = select(
        literal(work.installation_id), _one.record_id, _one.object, _one.external_id, _one.name, _one.name_key,
        _one.domain, _one.url, _one.currency, _one.mrr, document, literal(work.source_id), _client_key(work),
    )  # fmt: skip
    columns = [column.name for column in record.columns if column is not record.c.archived_at]
    return insert(record).from_select(columns, rows.where(_is_new).order_by(_one.number))


def _client_key(work: Work) -> ColumnElement[str | None]:
    """Of which client a staged record says to be: a service does."""
    said = type_coerce(_one.properties, JSON()) if work.stage.is_sqlite else cast(_one.properties, JSONB)
    return func.substr(said["client_id"].as_string(), 1, KEY)


def _update_row(work: Work, one: Wanted) -> dict[str, Any]:
    values = {f"new_{name}": value for name, value in one.values.items()}
    named = one.values["properties"].get("client_id")
    values["new_client_key"] = None if named is None else str(named)[:KEY]
    return {"here": work.installation_id, "of": one.id, "new_name_key": one.name_key, **values}


def _write_typed(
    work: Work, staged: Staged, difference: Difference, fields: Mapping[tuple[str, str], tuple[int, str]]
) -> None:
    """Keep user- and date-valued properties as typed rows too."""
    typed = {name: found for name, found in fields.items() if found[1] in ("user", "date")}
    new = {"first": staged.first, "last": staged.last, "kinds": list({kind for kind, _ in typed})}
    rows = work.stage.connection.execute(_NEW_PROPERTIES, new) if typed and difference.new else ()
    written = [(identity, kind, json.loads(properties)) for identity, kind, properties in rows]
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
    named = [(p, r, persons.get(v)) for p, r, v in found["user"]]
    if changed := [one for one in named if one[1] in existing]:
        handovers.note(work.stage.connection, work.installation_id, changed, work.today)
    _replace(work, record_person, named, existing)
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
    """Keep what clients are found by: new, renamed and archived ones, and those that came back."""
    kind, connection, here = work.mapping.record, work.stage.connection, work.installation_id
    renamed = [one for one in difference.changed if one.kind == kind and one.key_before != one.name_key]
    gone = [(one.id, one.key_before) for one in renamed if one.key_before is not None]
    gone += [(one.id, one.name_key) for one in difference.archived if one.kind == kind]
    come = [(one.id, one.name_key) for one in difference.new if one.kind == kind]
    come += [(one.id, one.name_key) for one in renamed]
    if renamed:  # at once: until it is settled, nobody would find a client by either name
        connection.execute(_RENAME, [{"here": here, "of": one.id, "key": one.name_key} for one in renamed])
    if gone:
        name_index.remove(connection, here, gone)
    if come:
        name_index.add(connection, here, come)
