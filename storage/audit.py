"""The audit: who changed which setting, when, from what to what. Written with the change, never edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from storage.schema import audit_entry, person

SLICE = 500  # entries that are read at once
Values = Mapping[str, Any]  # by setting, as people read them


class Entry(NamedTuple):
    id: int
    at: datetime
    who: str | None  # None: the command line
    action: str  # such as "workspace.created"
    subject: str
    before: Values
    after: Values


def record(
    connection: Connection,
    installation_id: int,
    person_id: int | None,
    now: datetime,
    action: str,
    subject: str,
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """Say what is changed in this transaction, which holds the installation's row. Equal values are left out.

    person_id  None: on the command line
    subject    the name of what is changed, as it is now
    """
    old, new = dict(before or {}), dict(after or {})
    same = [name for name in old.keys() & new.keys() if old[name] == new[name]]
    for name in same:
        del old[name], new[name]
    mine = audit_entry.c.installation_id == installation_id
    number = (connection.scalar(select(func.max(audit_entry.c.id)).where(mine)) or 0) + 1
    values = {"person_id": person_id, "at": now, "action": action, "subject": subject[:255]}
    connection.execute(
        insert(audit_entry).values(installation_id=installation_id, id=number, **values, before=old, after=new)
    )


def every(connection: Connection, installation_id: int) -> Iterator[Entry]:
    """All entries, the newest first, a slice at a time."""
    found = read(connection, installation_id, limit=SLICE)
    while found:
        yield from found
        found = read(connection, installation_id, before=found[-1].id, limit=SLICE)


def read(connection: Connection, installation_id: int, *, before: int | None = None, limit: int = 20) -> list[Entry]:
    """The newest entries first; those older than the entry `before`."""
    one = audit_entry.c
    who = (person.c.installation_id == one.installation_id) & (person.c.id == one.person_id)
    query = (
        select(one.id, one.at, person.c.name, one.action, one.subject, one.before, one.after)
        .select_from(audit_entry.outerjoin(person, who))
        .where(one.installation_id == installation_id)
        .order_by(one.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(one.id < before)
    return [Entry(*row) for row in connection.execute(query)]
