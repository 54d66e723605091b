"""Imports that run unasked or were asked for in Slack: one process at a time works on one, as long as it renews it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update

from bot.domain.data import Import
from storage import audit
from storage.database import Database
from storage.installations import lock
from storage.schema import import_run, person

LEASE = timedelta(minutes=5)  # many times what a batch or a slice takes, after each of which it is renewed
KEPT = timedelta(days=90)  # once it has ended

_one = import_run.c
_OPEN = _one.state.in_(("waiting", "running", "landed"))


@dataclass(frozen=True)
class Run:
    """An import, claimed by this process."""

    installation_id: int
    id: int
    person_id: int | None  # None: the folder's
    files: tuple[Mapping[str, Any], ...]  # each with its `name`; of an upload with Slack's `id`
    moves: tuple[Sequence[Any], ...]  # what is still to be done with the folder's files
    has_landed: bool  # its rows are in the database: nothing is read again
    error: str | None  # why they are not
    attempts: int  # this one included


class Counts(Protocol):
    """Rows of an import, as its report has them."""

    @property
    def read(self) -> int: ...
    @property
    def refused(self) -> int: ...


def ask(
    connection: Connection, installation_id: int, person_id: int, files: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Note that somebody uploaded files that are to be imported."""
    audit.record(connection, installation_id, person_id, now, "data.uploaded", ", ".join(one["name"] for one in files))
    _add(connection, installation_id, now, origin="upload", person_id=person_id, files=list(files), state="waiting")


def note(connection: Connection, installation_id: int, names: Sequence[str], counts: Counts, now: datetime) -> None:
    """Note what the command line has imported."""
    values = {"origin": "command", "files": _named(names), "state": "done", "ended_at": now}
    _add(connection, installation_id, now, **values, **_counted(counts))


def claim(database: Database, installation_id: int, now: datetime) -> Run | None:
    """Take the upload that is due longest; nobody else gets it before the lease runs out. None: nothing is due."""
    due = _due(installation_id, "upload").where(_one.lease_until <= now).limit(1)
    with database.read() as connection:  # nearly always in vain: that shall not take SQLite's write lock
        if connection.execute(due).first() is None:
            return None
    with database.write() as connection:
        row = connection.execute(due.with_for_update(skip_locked=True)).one_or_none()
        return None if row is None else _take(connection, row, now)


def claim_folder(database: Database, installation_id: int, names: Sequence[str] | None, now: datetime) -> Run | None:
    """Take the folder with these files in it, or what another process was killed over. None: somebody is at it.

    names  None: some are being written, so that only what has landed can be tidied up
    """
    if not names:
        with database.read() as connection:
            if connection.execute(_due(installation_id, "folder")).first() is None:
                return None
    with database.write() as connection:
        lock(connection, installation_id)
        row = connection.execute(_due(installation_id, "folder").limit(1)).one_or_none()
        if row is None:
            return None if not names else _begin(connection, installation_id, names, now)
        if row.lease_until > now or (names is None and row.state != "landed"):
            return None
        return _take(connection, row, now, None if row.state == "landed" else _named(names or ()))


def renew(database: Database, run: Run, now: datetime) -> bool:
    """Go on having it. False where another process has it by now."""
    with database.write() as connection:
        return _change(connection, run, lease_until=now + LEASE)


def land(
    connection: Connection,
    run: Run,
    counts: Counts | None,
    error: str | None,
    moves: Sequence[Sequence[Any]],
    now: datetime,
) -> Run | None:
    """Note that the rows are in the database or never will be, and what is to become of the folder's files.

    None where another process has it by now.
    """
    values = {"moves": [list(one) for one in moves], "error": error, "lease_until": now + LEASE} | _counted(counts)
    held = _change(connection, run, state="landed", **values)
    return replace(run, moves=tuple(moves), has_landed=True, error=error) if held else None


def give_back(connection: Connection, run: Run) -> None:
    """Nothing was done. What was begun over before waits for its lease to run out."""
    if run.attempts == 1:
        connection.execute(delete(import_run).where(*_is(run.installation_id, run.id), _one.attempts == 1))


def put_off(connection: Connection, run: Run, until: datetime) -> None:
    _change(connection, run, state="waiting", lease_until=until)


def end(
    connection: Connection, run: Run, now: datetime, error: str | None = None, counts: Counts | None = None
) -> bool:
    """Done; or failed, and why. False where another process has it by now."""
    state = "failed" if error else "done"
    return _change(connection, run, state=state, error=error, ended_at=now, **_counted(counts))


def going(connection: Connection, installation_id: int) -> list[Import]:
    """Those that wait or run, the oldest first."""
    return [_told(row) for row in connection.execute(_telling(installation_id).where(_OPEN).order_by(_one.id))]


def last(connection: Connection, installation_id: int) -> Import | None:
    """The one that ended last."""
    ended = _telling(installation_id).where(~_OPEN).order_by(_one.ended_at.desc(), _one.id.desc()).limit(1)
    row = connection.execute(ended).one_or_none()
    return None if row is None else _told(row)


def _telling(installation_id: int) -> Select[Any]:
    who = (person.c.installation_id == _one.installation_id) & (person.c.id == _one.person_id)
    return (
        select(import_run, person.c.name.label("who"))
        .select_from(import_run.outerjoin(person, who))
        .where(_one.installation_id == installation_id)
    )


def _told(row: Row[Any]) -> Import:
    names = tuple(one["name"] for one in row.files)
    at = row.ended_at or row.made_at
    return Import(row.origin, row.who, names, row.state, row.rows_read, row.rows_refused, row.error, at)


def _counted(counts: Counts | None) -> dict[str, int]:
    return {} if counts is None else {"rows_read": counts.read, "rows_refused": counts.refused}


def _named(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def _due(installation_id: int, origin: str) -> Select[Any]:
    mine = (_one.installation_id == installation_id, _one.origin == origin, _OPEN)
    return select(import_run).where(*mine).order_by(_one.lease_until, _one.id)


def _add(connection: Connection, installation_id: int, now: datetime, **values: Any) -> int:
    lock(connection, installation_id)
    mine = _one.installation_id == installation_id
    connection.execute(delete(import_run).where(mine, _one.ended_at < now - KEPT))
    number: int = connection.scalar(select(func.coalesce(func.max(_one.id), 0) + 1).where(mine)) or 1
    values = {"lease_until": now, "made_at": now} | values
    connection.execute(insert(import_run).values(installation_id=installation_id, id=number, **values))
    return number


def _begin(connection: Connection, installation_id: int, names: Sequence[str], now: datetime) -> Run:
    files = _named(names)
    held = {"origin": "folder", "files": files, "state": "running", "attempts": 1, "lease_until": now + LEASE}
    number = _add(connection, installation_id, now, **held)
    return Run(installation_id, number, None, tuple(files), (), has_landed=False, error=None, attempts=1)


def _take(connection: Connection, row: Row[Any], now: datetime, files: list[dict[str, str]] | None = None) -> Run:
    """Hold what waits, or what another process did not end. The folder may have other files by now."""
    kept = row.files if files is None else files
    state = "landed" if row.state == "landed" else "running"
    values = {"state": state, "files": kept, "lease_until": now + LEASE, "attempts": row.attempts + 1}
    connection.execute(update(import_run).where(*_is(row.installation_id, row.id)).values(values))
    return Run(
        row.installation_id, row.id, row.person_id, tuple(kept), tuple(row.moves), has_landed=state == "landed",
        error=row.error, attempts=row.attempts + 1,
    )  # fmt: skip


def _change(connection: Connection, run: Run, **values: Any) -> bool:
    """Write to an import that is still this attempt's."""
    held = (_OPEN, _one.attempts == run.attempts)
    return (
        connection.execute(update(import_run).where(*_is(run.installation_id, run.id), *held).values(values)).rowcount
        == 1
    )


def _is(installation_id: int, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _one.installation_id == installation_id, _one.id == number
