"""Files that people asked for, until each is sent: one process at a time works on one, for as long as its lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from bot.domain.access import Person
from storage.database import Database
from storage.schema import export_request, installation

LEASE = timedelta(minutes=10)  # several times what the largest file takes
KEPT = timedelta(days=30)  # once sent, or failed

_one = export_request.c
_OPEN = _one.state.in_(("waiting", "sending"))


@dataclass(frozen=True)
class Request:
    """A list that somebody asked for as a file, claimed by this process."""

    installation_id: int
    id: int
    workspace_id: int
    person_id: int
    filter: str
    attempts: int  # this one included
    file_id: str | None  # of an attempt whose end is not known


def ask(connection: Connection, asker: Person, text: str, now: datetime) -> bool:
    """Note that a person wants the clients of a filter as a file. False where the same file is on its way already."""
    mine = _one.installation_id == asker.installation_id
    home = select(installation.c.id).where(installation.c.id == asker.installation_id)
    connection.execute(home.with_for_update())  # of two clicks the second one sees the first
    connection.execute(delete(export_request).where(mine, ~_OPEN, _one.made_at < now - KEPT))
    same = select(_one.id).where(mine, _one.person_id == asker.id, _one.filter == text, _OPEN)
    if connection.execute(same).first() is not None:
        return False
    next_id = connection.scalar(select(func.coalesce(func.max(_one.id), 0) + 1).where(mine))
    values = {"installation_id": asker.installation_id, "id": next_id, "workspace_id": asker.workspace_id}
    values |= {"person_id": asker.id, "filter": text, "state": "waiting", "lease_until": now, "made_at": now}
    connection.execute(insert(export_request).values(values))
    return True


def claim(database: Database, installation_id: int, now: datetime) -> Request | None:
    """Take the request that is due longest; no other process gets it before the lease runs out. None: nothing is due.

    One that another process took and did not end, because it was killed, is due again.
    """
    due = select(export_request).where(_one.installation_id == installation_id, _OPEN, _one.lease_until <= now)
    due = due.order_by(_one.lease_until, _one.id).limit(1)
    with database.read() as connection:  # nearly always in vain: that shall not take SQLite's write lock
        if connection.execute(due).first() is None:
            return None
    with database.write() as connection:
        row = connection.execute(due.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        values = {"state": "sending", "lease_until": now + LEASE, "attempts": row.attempts + 1}
        connection.execute(update(export_request).where(*_is(installation_id, row.id)).values(values))
    return Request(installation_id, row.id, row.workspace_id, row.person_id, row.filter, row.attempts + 1, row.file_id)


def announce(connection: Connection, request: Request, file_id: str) -> bool:
    """Note that the file is about to be posted: from now on it may be there whatever we hear of it.

    False where another process has the request by now: it must not be posted here.
    """
    return _change(connection, request, file_id=file_id)


def put_off(connection: Connection, request: Request, until: datetime) -> None:
    _change(connection, request, state="waiting", lease_until=until)


def end(connection: Connection, request: Request, error: str | None = None) -> bool:
    """Sent; or failed, and why. False where another process has the request by now."""
    return _change(connection, request, state="failed" if error else "sent", error=error)


def _change(connection: Connection, request: Request, **values: Any) -> bool:
    """Write to a request that is still this attempt's."""
    held = (_one.state == "sending", _one.attempts == request.attempts)
    mine = _is(request.installation_id, request.id)
    return connection.execute(update(export_request).where(*mine, *held).values(values)).rowcount == 1


def _is(installation_id: int, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _one.installation_id == installation_id, _one.id == number
