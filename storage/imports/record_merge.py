"""Merges staged clients, services and deals into the records, a range of numbers at a time."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, delete, func, insert, select, update

from bot.domain import names
from storage import lists, name_index
from storage.imports import clients, staging
from storage.imports.work import Work
from storage.schema import person, record, record_date, record_person

_OWN = ("name", "domain", "url", "currency", "mrr")
_ids = lists.numbers("ids")
_here: BindParameter[int] = bindparam("here")
_STAGED = (
    select(staging.record)
    .where(staging.record.c.number.between(bindparam("first"), bindparam("last")))
    .order_by(staging.record.c.number)
)
_STORED = select(
    record.c.id, record.c.name, record.c.domain, record.c.url, record.c.currency, record.c.mrr, record.c.properties,
    record.c.archived_at,
).where(record.c.installation_id == _here, record.c.id.in_(select(_ids.c.value)))  # fmt: skip
_UPDATE = (
    update(record)
    .where(record.c.installation_id == _here, record.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in (*_OWN, "name_key", "properties")} | {"archived_at": None})
)
_PERSONS = select(person.c.email, person.c.id).where(
    person.c.installation_id == _here, lists.among_texts(person.c.email, "emails")
)
_MOVE = update(staging.record).where(staging.record.c.number == bindparam("of")).values(record_id=bindparam("new_id"))


class Place(NamedTuple):
    """The id of a staged record, and whether nobody has it yet."""

    id: int
    is_new: bool


class Wanted(NamedTuple):
    """A record as it shall be."""

    id: int
    kind: str
    external_id: str
    name_key: str
    values: dict[str, Any]  # of _OWN, and "properties"
    properties: dict[str, Any]  # those that are other than before; all of a new one
    name_before: str | None  # None where it was not in the search index


class Difference(NamedTuple):
    """What a range of staged records means for the stored ones."""

    new: list[Wanted]
    changed: list[Wanted]
    archived: list[tuple[int, str]]  # id, object
    tallies: dict[str, list[int]]  # object -> added, changed, unchanged


class Staged(NamedTuple):
    """A staged record, taken apart and ready to be compared."""

    number: int
    kind: str
    external_id: str
    is_new: bool
    facts: dict[str, Any]
    name_key: str  # empty but for clients: only they are looked up by name


def read(work: Work, first: int, last: int) -> list[Staged]:
    """The staged records of a range. Needs no lock, so it is done between two slices."""
    rows = work.stage.connection.execute(_STAGED, {"first": first, "last": last})
    found = []
    for number, _, kind, external_id, is_new, text, _ in rows:
        facts = json.loads(text)
        name_key = names.key(facts["name"]) if kind == work.mapping.record else ""
        found.append(Staged(number, kind, external_id, is_new, facts, name_key))
    return found


def compare(
    work: Work, staged: Sequence[Staged], first: int, last: int, moved: Mapping[int, Place], retyped: Collection[str]
) -> Difference:
    """Find what is new, what is changed, and what a complete source no longer names. Reads only."""
    placed = [(one, moved.get(one.number) or Place(one.number, one.is_new)) for one in staged]
    stored = _stored(work, [place.id for _, place in placed if not place.is_new])
    difference = Difference([], [], _unnamed(work, first, last), {})
    for one, place in placed:
        tally = difference.tallies.setdefault(one.kind, [0, 0, 0])
        before = stored.get(place.id)
        wanted = _wanted(one, place.id, before, retyped)
        if before is None:
            difference.new.append(wanted)
            tally[0] += 1
        elif wanted.properties or before.archived_at is not None or _own(before) != _own_of(wanted):
            difference.changed.append(wanted)
            tally[1] += 1
        else:
            tally[2] += 1
    return difference


def _stored(work: Work, ids: Sequence[int]) -> Mapping[int, Any]:
    rows = work.stage.connection.execute(_STORED, {"here": work.installation_id, "ids": ids}) if ids else ()
    return {row.id: row for row in rows}


def _wanted(staged: Staged, identity: int, before: Any, retyped: Collection[str]) -> Wanted:
    said = staged.facts["properties"]
    old: dict[str, Any] = {} if before is None else before.properties
    merged = {name: value for name, value in {**old, **said}.items() if value is not None}
    other = {name: value for name, value in said.items() if name in retyped or old.get(name) != value}
    values = dict.fromkeys(_OWN) if before is None else dict(zip(_OWN, _own(before), strict=True))
    values |= {**staged.facts, "properties": merged}
    name_before = None if before is None or before.archived_at is not None else before.name
    return Wanted(identity, staged.kind, staged.external_id, staged.name_key, values, other, name_before)


def _own(row: Any) -> tuple[Any, ...]:
    return (row.name, row.domain, row.url, row.currency, row.mrr)


def _own_of(wanted: Wanted) -> tuple[Any, ...]:
    return tuple(wanted.values[name] for name in _OWN)


def _unnamed(work: Work, first: int, last: int) -> list[tuple[int, str]]:
    """Records that this source, which is complete, named before and names no more."""
    if not work.is_snapshot:
        return []
    named = select(staging.record.c.number).where(staging.record.c.number == record.c.id).exists()
    statement = select(record.c.id, record.c.object).where(
        record.c.installation_id == work.installation_id,
        record.c.id.between(first, last),
        record.c.source_id == work.source_id,
        record.c.object.in_(work.objects),
        record.c.archived_at.is_(None),
        ~named,
    )
    return [(identity, kind) for identity, kind in work.stage.connection.execute(statement)]


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
    if difference.new:
        work.stage.load(record, (_row(work, one) for one in difference.new))
    if difference.changed:
        connection.execute(_UPDATE, [_update_row(work, one) for one in difference.changed])
    written = [*difference.new, *difference.changed]
    _write_typed(work, written, fields, {one.id for one in difference.changed})
    _archive(work, [identity for identity, _ in difference.archived])
    _index(work, difference)
    gone = {identity for identity, kind in difference.archived if kind == work.mapping.record}
    return {one.id for one in written if one.kind == work.mapping.record} | gone


def _row(work: Work, one: Wanted) -> tuple[Any, ...]:
    values = one.values
    properties = json.dumps(values["properties"], ensure_ascii=False)
    return (
        work.installation_id, one.id, one.kind, one.external_id, values["name"], one.name_key, values["domain"],
        values["url"], values["currency"], values["mrr"], properties, work.source_id, None,
    )  # fmt: skip


def _update_row(work: Work, one: Wanted) -> dict[str, Any]:
    values = {f"new_{name}": value for name, value in one.values.items()}
    return {"here": work.installation_id, "of": one.id, "new_name_key": one.name_key, **values}


def _write_typed(
    work: Work,
    written: Iterable[Wanted],
    fields: Mapping[tuple[str, str], tuple[int, str]],
    existing: Collection[int],
) -> None:
    """Keep user- and date-valued properties as typed rows too."""
    found: dict[str, list[tuple[int, int, Any]]] = {"user": [], "date": []}
    for one in written:
        for name, value in one.properties.items():
            property_id, type_ = fields[one.kind, name]
            if type_ in found:
                found[type_].append((property_id, one.id, value))
    persons = _persons(work, {value for _, _, value in found["user"] if value is not None})
    _replace(work, record_person, [(p, r, persons.get(v)) for p, r, v in found["user"]], existing)
    _replace(work, record_date, found["date"], existing)


def _replace(work: Work, table: Any, rows: Sequence[tuple[int, int, Any]], existing: Collection[int]) -> None:
    old = [{"here": work.installation_id, "p": p, "r": r} for p, r, _ in rows if r in existing]
    if old:
        mine = (table.c.installation_id == _here, table.c.property_id == bindparam("p"))
        work.stage.connection.execute(delete(table).where(*mine, table.c.record_id == bindparam("r")), old)
    work.stage.load(table, ((work.installation_id, *row) for row in rows if row[2] is not None))


def _persons(work: Work, emails: Collection[str]) -> dict[str, int]:
    """The people with these addresses; made where there is none yet."""
    if not emails:
        return {}
    connection = work.stage.connection
    rows = connection.execute(_PERSONS, {"here": work.installation_id, "emails": list(emails)})
    known = dict(rows.all())
    new = sorted(set(emails) - known.keys())
    if new:
        mine = person.c.installation_id == work.installation_id
        highest = connection.scalar(select(func.max(person.c.id)).where(mine)) or 0
        known |= {email: highest + 1 + i for i, email in enumerate(new)}
        rows_ = [{"installation_id": work.installation_id, "id": known[e], "email": e, "name": e[:255]} for e in new]
        connection.execute(insert(person), rows_)
    return known


def _archive(work: Work, ids: Sequence[int]) -> None:
    if ids:
        mine = (record.c.installation_id == work.installation_id, record.c.id == bindparam("of"))
        archive = update(record).where(*mine).values(archived_at=work.now)
        work.stage.connection.execute(archive, [{"of": one} for one in ids])


def _index(work: Work, difference: Difference) -> None:
    """Keep the search words of clients: of new, renamed and archived ones, and of those that came back."""
    kind = work.mapping.record
    renamed = [one for one in difference.changed if one.kind == kind and one.name_before != one.values["name"]]
    gone = [one.id for one in renamed if one.name_before is not None]
    gone += [identity for identity, of in difference.archived if of == kind]
    come = [(one.id, one.values["name"]) for one in difference.new if one.kind == kind]
    come += [(one.id, one.values["name"]) for one in renamed]
    if gone:
        name_index.remove(work.stage.connection, work.installation_id, gone)
    if come:
        name_index.add(work.stage.connection, work.installation_id, come)
