"""What is to be pushed to the CRM, until it is there: one process at a time works on one, for as long as its lease.

Each version of a task or note has a row, written with it and taken out once the CRM has it: that it does, its subject's
`remote_id` says. They go in order, and what is pushed is the subject as it is then, with all versions up to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    insert,
    literal,
    null,
    select,
    update,
)

from bot.domain.access import Person
from bot.domain.activity import Kind, Priority, Push
from bot.domain.crm import Pushed, RecordKey, marker
from storage.database import Database
from storage.schema import note, outbox, person, record, task

LEASE = timedelta(minutes=5)  # several times what the CRM may take to answer

_one = outbox.c
_OPEN = _one.state.in_(("waiting", "sending"))
_CLOSED = _one.state.in_(("refused", "given_up"))
_earlier = outbox.alias("earlier")
_client, _company = record.alias("client"), record.alias("company")
_author, _assignee = person.alias("author"), person.alias("assignee")
_SUBJECTS = {Kind.TASK: task, Kind.NOTE: note}


@dataclass(frozen=True)
class Claim:
    """A row that this process works on."""

    installation_id: int
    kind: Kind
    subject_id: int
    version: int
    attempts: int  # this one included

    @property
    def is_first(self) -> bool:
        """Whether nobody can have pushed its subject before."""
        return self.version == 1 and self.attempts == 1


@dataclass(frozen=True)
class Subject:
    """A task or note as it is now."""

    version: int
    remote_id: str | None
    pushed: Pushed


def add(connection: Connection, author: Person, kind: Kind, versions: Mapping[int, int], now: datetime) -> None:
    """Let versions of subjects be pushed; nothing where there is no CRM."""
    if author.crm is None or not versions:
        return
    here = {"installation_id": author.installation_id, "kind": kind.value, "state": "waiting", "lease_until": now}
    rows = [{**here, "subject_id": number, "version": version} for number, version in versions.items()]
    connection.execute(insert(outbox), rows)


def claim(database: Database, installation_id: int, now: datetime) -> Claim | None:
    """Take the row that is due longest, of those without an earlier one of their subject. None: nothing is due.

    One that another process took and did not end, because it was killed, is due again when its lease has run out.
    """
    due = _due(installation_id, now)
    with database.read() as connection:  # nearly always in vain: that shall not take SQLite's write lock
        if connection.execute(due).first() is None:
            return None
    with database.write() as connection:
        row = connection.execute(due.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        taken = Claim(installation_id, Kind(row.kind), row.subject_id, row.version, row.attempts + 1)
        values = {"state": "sending", "lease_until": now + LEASE, "attempts": taken.attempts}
        connection.execute(update(outbox).where(*_of(taken), _one.version == taken.version).values(values))
    return taken


def _due(installation_id: int, now: datetime) -> Select[Any]:
    before = _earlier.c
    here = (before.installation_id == _one.installation_id, before.state.in_(("waiting", "sending")))
    same = (before.kind == _one.kind, before.subject_id == _one.subject_id, before.version < _one.version)
    waits = exists(select(before.version).where(*here, *same))
    mine = (_one.installation_id == installation_id, _OPEN, _one.lease_until <= now, ~waits)
    return select(outbox).where(*mine).order_by(_one.lease_until, _one.subject_id, _one.version).limit(1)


def subject(connection: Connection, one: Claim) -> Subject | None:
    """What is to be pushed. None where it is gone, with its client."""
    row = connection.execute(_subject(one)).one_or_none()
    if row is None:
        return None
    on = [RecordKey(row.object, row.external_id)]
    if row.company is not None:
        on.append(RecordKey(row.company_object, row.company))
    pushed = Pushed(
        kind=one.kind,
        marker=marker(one.kind, one.subject_id),
        records=tuple(on),
        title=row.title,
        body=row.body,
        made_at=row.made_at,
        author=row.author,
        due_on=row.due_on,
        priority=Priority(row.priority) if row.priority else None,
        assignee=row.assignee,
        is_done=row.done_at is not None,
    )
    return Subject(row.version, row.remote_id, pushed)


def _subject(one: Claim) -> Select[Any]:
    table = _SUBJECTS[one.kind]
    here = table.c.installation_id
    joined = (
        table.join(_client, (_client.c.installation_id == here) & (_client.c.id == table.c.client_id))
        .outerjoin(_company, (_company.c.installation_id == here) & (_company.c.id == table.c.company_id))
        .join(_author, (_author.c.installation_id == here) & (_author.c.id == table.c.author_id))
    )
    if table is task:
        joined = joined.join(_assignee, (_assignee.c.installation_id == here) & (_assignee.c.id == task.c.assignee_id))
    columns = (
        *(table.c.remote_id, table.c.made_at, _client.c.object, _client.c.external_id, _author.c.email.label("author")),
        *(_company.c.object.label("company_object"), _company.c.external_id.label("company")),
    )
    mine = (here == one.installation_id, table.c.id == one.subject_id)
    return select(*columns, *(_of_task() if table is task else _of_note())).select_from(joined).where(*mine)


def _of_task() -> list[ColumnElement[Any]]:
    made, details = task.c, task.c.details.label("body")
    return [
        made.version,
        made.title,
        details,
        made.due_on,
        made.priority,
        made.done_at,
        _assignee.c.email.label("assignee"),
    ]


def _of_note() -> list[ColumnElement[Any]]:
    """The same of a note, where it has it."""
    lacking = [null().label(name) for name in ("due_on", "priority", "done_at", "assignee")]
    return [literal(1).label("version"), literal("").label("title"), note.c.body, *lacking]


def sent(database: Database, one: Claim, made: Subject, remote_id: str) -> None:
    """The CRM has it as it was in that version."""
    table = _SUBJECTS[one.kind]
    mine = (table.c.installation_id == one.installation_id, table.c.id == one.subject_id)
    with database.write() as connection:
        connection.execute(update(table).where(*mine).values(remote_id=remote_id))
        connection.execute(delete(outbox).where(*_of(one), _one.version <= made.version))


def put_off(database: Database, one: Claim, until: datetime) -> None:
    _change(database, one, state="waiting", lease_until=until)


def refuse(database: Database, one: Claim, reason: str) -> None:
    """The CRM will never take it."""
    _change(database, one, state="refused", reason=reason[:255])


def give_up(database: Database, one: Claim) -> None:
    """Until somebody lets it be tried again."""
    _change(database, one, state="given_up")


def _change(database: Database, one: Claim, **values: Any) -> None:
    """Write to a row that is still this attempt's."""
    held = (_one.version == one.version, _one.state == "sending", _one.attempts == one.attempts)
    with database.write() as connection:
        connection.execute(update(outbox).where(*_of(one), *held).values(values))


def drop(database: Database, one: Claim) -> None:
    """Take out all of a subject that is gone."""
    with database.write() as connection:
        connection.execute(delete(outbox).where(*_of(one)))


def try_again(connection: Connection, asker: Person, kind: Kind, subject_id: int, now: datetime) -> bool:
    """Let what was refused or given up be pushed again. False where nothing was. For `activity.push_again`.

    One attempt has been made, so the next one looks first whether that one arrived.
    """
    mine = (_one.installation_id == asker.installation_id, _one.kind == kind.value, _one.subject_id == subject_id)
    values = {"state": "waiting", "attempts": 1, "reason": None, "lease_until": now}
    return connection.execute(update(outbox).where(*mine, _CLOSED).values(values)).rowcount > 0


def columns(table: Table, kind: Kind) -> list[ColumnElement[Any]]:
    """How far each row of a table has come: the state and the reason of its newest version. `push` reads the first."""
    mine = (_one.installation_id == table.c.installation_id, _one.kind == kind.value, _one.subject_id == table.c.id)
    newest = [
        select(column).where(*mine).order_by(_one.version.desc()).limit(1).correlate(table).scalar_subquery()
        for column in (_one.state, _one.reason)
    ]
    return [newest[0].label("push"), newest[1].label("reason"), table.c.remote_id]


def push(state: str | None, remote_id: str | None) -> Push:
    if state is None:
        return Push.LOCAL if remote_id is None else Push.SENT
    return Push.WAITING if state == "sending" else Push(state)


def _of(one: Claim) -> tuple[ColumnElement[bool], ...]:
    """All rows of its subject."""
    return _one.installation_id == one.installation_id, and_(_one.kind == one.kind, _one.subject_id == one.subject_id)
