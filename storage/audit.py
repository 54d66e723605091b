"""The audit: who changed which setting, when, from what to what. Written with the change, never edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select

from storage import homes
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
    subject_id: int | None = None,
    *,
    is_shown: bool = True,
) -> None:
    """Say what is changed in this transaction, which holds the installation's row. Equal values are left out.

    person_id  None: on the command line
    subject    the name of what is changed, as it is now; `subject_id` where it has an id that is never another's
    is_shown   settings and rights decide what everybody's Home tab shows; what somebody only did does not
    """
    old, new = dict(before or {}), dict(after or {})
    same = [name for name in old.keys() & new.keys() if old[name] == new[name]]
    for name in same:
        del old[name], new[name]
    mine = audit_entry.c.installation_id == installation_id
    number = (connection.scalar(select(func.max(audit_entry.c.id)).where(mine)) or 0) + 1
    values = {"person_id": person_id, "at": now, "action": action, "subject": subject[:255], "subject_id": subject_id}
    connection.execute(
        insert(audit_entry).values(installation_id=installation_id, id=number, **values, before=old, after=new)
    )
    if is_shown:
        homes.mark(connection, installation_id)


def every(connection: Connection, installation_id: int) -> Iterator[Entry]:
    """All entries, the newest first, a slice at a time."""
    found = read(connection, installation_id, limit=SLICE)
    while found:
        yield from found
        found = read(connection, installation_id, before=found[-1].id, limit=SLICE)


def read(connection: Connection, installation_id: int, *, before: int | None = None, limit: int = 20) -> list[Entry]:
    """The newest entries first; those older than the entry `before`."""
    older = [] if before is None else [audit_entry.c.id < before]
    return _newest(connection, installation_id, limit, *older)


def of_workspace(connection: Connection, installation_id: int, workspace_id: int, limit: int) -> list[Entry]:
    """The newest changes of a workspace's settings, and of objects, which are settings of all: each is a version."""
    one = audit_entry.c
    its = (one.action == "workspace.changed") & (one.subject_id == workspace_id)
    return _newest(connection, installation_id, limit, or_(its, one.action == "objects.changed"))


def _newest(connection: Connection, installation_id: int, limit: int, *which: ColumnElement[bool]) -> list[Entry]:
    one = audit_entry.c
    who = (person.c.installation_id == one.installation_id) & (person.c.id == one.person_id)
    query = (
        select(one.id, one.at, person.c.name, one.action, one.subject, one.before, one.after)
        .select_from(audit_entry.outerjoin(person, who))
        .where(one.installation_id == installation_id, *which)
        .order_by(one.id.desc())
        .limit(limit)
    )
    return [Entry(*row) for row in connection.execute(query)]
