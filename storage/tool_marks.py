"""What people say of clients' tools (`bot.domain.marks`): kept, taken back, and read for a card and for slices."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, delete, insert, literal, select

from bot.domain.marks import LASTS, Mark
from storage import bulk, installations
from storage.basis import Basis
from storage.schema import person, record, tool_mark
from storage.sqljson import rows
from storage.uses import Chosen

_one = tool_mark.c


def say(
    connection: Connection, installation_id: int, client_id: int, names: Sequence[str], given: Mark, person_id: int
) -> None:
    """Keep a mark in the place of an earlier one of that tool, which may have been kept under another of its names.

    A client that has gone meanwhile gets none. The caller has made sure that the person may see it.
    """
    installations.lock(connection, installation_id)
    take_back(connection, installation_id, client_id, names)
    values = {"tool": names[0], "is_used": given.is_used, "said_on": given.said_on, "person_id": person_id}
    there = select(
        record.c.installation_id, record.c.id, *(literal(value, _one[name].type) for name, value in values.items())
    ).where(record.c.installation_id == installation_id, record.c.id == client_id, record.c.archived_at.is_(None))
    connection.execute(insert(tool_mark).from_select(["installation_id", "client_id", *values], there))


def take_back(connection: Connection, installation_id: int, client_id: int, names: Collection[str]) -> None:
    """Take out the mark of a tool, whatever name it is kept under."""
    mine = (_one.installation_id == installation_id, _one.client_id == client_id)
    connection.execute(delete(tool_mark).where(*mine, _one.tool.in_(names)))


def column() -> ScalarSelect[Any]:
    """(tool, whether it is used, the day it was said, by whom) of each mark of `record`. `read` reads it."""
    its = (_one.installation_id == record.c.installation_id) & (_one.client_id == record.c.id)
    by = person.alias("marked_by")
    who = (by.c.installation_id == _one.installation_id) & (by.c.id == _one.person_id)
    found = select(rows(_one.tool, _one.is_used, _one.said_on, by.c.name)).join(by, who).where(its)
    return found.correlate(record).scalar_subquery()


def read(found: Iterable[Sequence[Any]] | None) -> Iterator[tuple[str, Mark]]:
    """The marks of a column, each with the name of its tool."""
    for tool, is_used, said_on, name in found or ():
        yield tool, Mark(bool(is_used), date.fromisoformat(said_on), name)


def statement(basis: Basis, chosen: Chosen) -> Select[Any]:
    """The marks of a slice of clients. `of_slice` reads it."""
    columns = (_one.client_id, _one.tool, _one.is_used, _one.said_on)
    return select(*columns).where(_one.installation_id == basis.installation_id, chosen(_one.client_id))


def of_slice(found: Iterable[Sequence[Any]], day: bulk.Day) -> dict[int, list[tuple[str, Mark]]]:
    """By client; who said it is left out."""
    marks: dict[int, list[tuple[str, Mark]]] = {}
    for client_id, tool, is_used, said_on in found:
        said = day(said_on)
        assert said is not None
        marks.setdefault(client_id, []).append((tool, Mark(bool(is_used), said)))
    return marks


def fading(installation_id: int, first: date, last: date) -> Select[Any]:
    """The clients of which a mark no longer counts from one of these days on."""
    when = _one.said_on.between(first - LASTS, last - LASTS)
    return select(_one.client_id).where(_one.installation_id == installation_id, when)
