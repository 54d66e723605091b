"""Tasks and notes of clients: logged once for each modal that was submitted, and read again newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from secrets import randbits
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Row,
    Select,
    String,
    Table,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person
from bot.domain.activity import Entry, Kind, Logged, Note, Position, Priority, Task
from bot.domain.crm import COMPANY
from bot.errors import FieldError
from storage import assignees, clients, conditions, covering, homes, outbox
from storage.clients import Stand
from storage.schema import UtcDateTime, note, person, record, standing, task

_author, _assignee = person.alias("author"), person.alias("assignee")


def log_task(connection: Connection, author: Person, made: Task, view_id: str, now: datetime) -> Logged | None:
    """Log a task, in at most four statements. None where this modal was logged already.

    Raises FieldError where the author or the assignee may not see the client, or the assignee cannot be given one.
    """
    values: dict[str, Any] = {"title": made.title, "details": made.details, "due_on": made.due_on}
    values["priority"] = made.priority.value
    try:
        stand, to = assignees.given(connection, author, made.client_id, made.assignee, now)
    except FieldError:
        if logged_at(connection, author, Kind.TASK, view_id) is not None:
            return None
        raise
    number = _insert(
        connection, task, author, made, view_id, now, {**values, "company_id": stand.company_id, "assignee_id": to.id}
    )
    if number is None:
        return None
    if to.id == author.id:
        homes.mark(connection, author.installation_id, homes.of_people([to.id]))
    else:  # their Home tab is drawn again with the message
        assignees.tell(connection, to, author, number, 1, now)
    covering.acted(connection, author, author.for_whom(stand.workspaces), "task.logged", now)
    return _logged(stand)


def leave_note(connection: Connection, author: Person, made: Note, view_id: str, now: datetime) -> Logged | None:
    """Leave a note. None where this modal was logged already. Raises FieldError where the client is not to be seen."""
    try:
        stand = assignees.seen(author, clients.stand(connection, author.installation_id, made.client_id))
    except FieldError:
        if logged_at(connection, author, Kind.NOTE, view_id) is not None:
            return None
        raise
    number = _insert(connection, note, author, made, view_id, now, {"body": made.body, "company_id": stand.company_id})
    if number is None:
        return None
    covering.acted(connection, author, author.for_whom(stand.workspaces), "note.left", now)
    return _logged(stand)


def logged_at(connection: Connection, author: Person, kind: Kind, view_id: str) -> datetime | None:
    """When this modal was logged. Asked where something is wrong, too: it may have become so since."""
    made = task if kind is Kind.TASK else note
    mine = (made.c.installation_id == author.installation_id, made.c.slack_view_id == view_id)
    at: datetime | None = connection.scalar(select(made.c.made_at).where(*mine))
    return at


def _logged(stand: Stand) -> Logged:
    return Logged(stand.name, stand.object == COMPANY, stand.company)


def _insert(
    connection: Connection,
    table: Table,
    author: Person,
    made: Task | Note,
    view_id: str,
    now: datetime,
    values: dict[str, Any],
) -> int | None:
    """Its id. Of two at the same moment the second waits for the first, and finds it there: None."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    who = {"installation_id": author.installation_id, "id": randbits(62), "author_id": author.id, "made_at": now}
    what = {"slack_view_id": view_id, "client_id": made.client_id, "category": made.category, **values}
    row = dialect.insert(table).values(**who, **what).on_conflict_do_nothing().returning(table.c.id)
    number: int | None = connection.scalar(row)
    if number is not None:
        outbox.add(connection, author, Kind.TASK if table is task else Kind.NOTE, {number: 1}, now)
    return number


def push_again(connection: Connection, asker: Person, kind: Kind, identity: int, now: datetime) -> bool:
    """Let a task or note that the CRM did not take be tried again, by whoever sees it. False where there is none."""
    made = task if kind is Kind.TASK else note
    mine = (made.c.installation_id == asker.installation_id, made.c.id == identity, _is_seen(made, asker))
    client = connection.scalar(select(made.c.client_id).where(*mine))
    if client is None or not outbox.try_again(connection, asker, kind, identity, now):
        return False
    stand = clients.stand(connection, asker.installation_id, client) if asker.acts_for else None
    if stand is not None:
        covering.acted(connection, asker, asker.for_whom(stand.workspaces), "push.again", now)
    return True


def of_client(
    connection: Connection, asker: Person, client_id: int, before: Position | None = None, limit: int = 20
) -> list[Entry]:
    """The tasks and notes of a client that somebody sees, newest first; those before a position. One statement.

    Those of a company's clients are its own, too.
    """
    parts = [
        select(
            _newest(made, [*columns, name.label("client")], asker, whose == client_id, before).limit(limit).subquery()
        )
        for made, columns in ((task, _task_columns()), (note, _note_columns()))
        for whose, name in ((made.c.client_id, cast(literal(""), String())), (made.c.company_id, record.c.name))
    ]
    both = union_all(*parts).subquery()
    query = select(both).order_by(both.c.made_at.desc(), both.c.id.desc()).limit(limit)
    return [_entry(row) for row in connection.execute(query)]


def notes_of(connection: Connection, asker: Person, clients: Sequence[int], limit: int) -> dict[int, list[Entry]]:
    """The newest notes of each of these clients that somebody sees. One statement."""
    place = func.row_number().over(partition_by=note.c.client_id, order_by=(note.c.made_at.desc(), note.c.id.desc()))
    columns = [*_note_columns(), literal("").label("client"), note.c.client_id, place.label("place")]
    found = _newest(note, columns, asker, note.c.client_id.in_(clients), None).subquery()
    query = select(found).where(found.c.place <= limit).order_by(found.c.client_id, found.c.place)
    rows = connection.execute(query).all()
    return {client: list(map(_entry, those)) for client, those in groupby(rows, lambda row: row.client_id)}


def _task_columns() -> list[ColumnElement[Any]]:
    one = task.c
    names = [literal(Kind.TASK.value).label("kind"), one.id, one.made_at, _author.c.name.label("author"), one.category]
    rest = [one.due_on, one.priority, _assignee.c.name.label("assignee"), one.done_at]
    return [*names, one.title, one.details, *rest, *outbox.columns(task, Kind.TASK)]


def _note_columns() -> list[ColumnElement[Any]]:
    """The same of a note; what it lacks is empty, of the same type."""
    one = note.c
    names = [literal(Kind.NOTE.value).label("kind"), one.id, one.made_at, _author.c.name.label("author"), one.category]
    empty: dict[str, Any] = {"due_on": Date(), "priority": String(), "assignee": String(), "done_at": UtcDateTime()}
    lacking = [cast(null(), kind).label(name) for name, kind in empty.items()]
    title, body = literal("").label("title"), one.body.label("details")
    return [*names, title, body, *lacking, *outbox.columns(note, Kind.NOTE)]


def _newest(
    made: Table,
    columns: list[ColumnElement[Any]],
    asker: Person,
    is_its: ColumnElement[bool],
    before: Position | None,
) -> Select[Any]:
    one = made.c
    query = (
        select(*columns)
        .select_from(_with_people(made))
        .where(one.installation_id == asker.installation_id, is_its, _is_seen(made, asker))
        .order_by(one.made_at.desc(), one.id.desc())
    )
    if before is None:
        return query
    earlier = or_(one.made_at < before.made_at, and_(one.made_at == before.made_at, one.id < before.id))
    return query.where(one.made_at <= before.made_at, earlier)


def _with_people(made: Table) -> FromClause:
    here = made.c.installation_id
    author = (_author.c.installation_id == here) & (_author.c.id == made.c.author_id)
    client = (record.c.installation_id == here) & (record.c.id == made.c.client_id)
    joined = made.join(_author, author).join(record, client)
    if made is note:
        return joined
    return joined.join(_assignee, (_assignee.c.installation_id == here) & (_assignee.c.id == task.c.assignee_id))


def _is_seen(made: Table, asker: Person) -> ColumnElement[bool]:
    at = standing.c
    same = (at.installation_id == made.c.installation_id, at.client_id == made.c.client_id)
    return exists(select(at.client_id).where(*same, conditions.seen(at, asker.workspace_id, asker.covered)))


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        kind=Kind(row.kind),
        id=row.id,
        made_at=row.made_at,
        author=row.author,
        category=row.category,
        title=row.title,
        body=row.details,
        due_on=row.due_on,
        priority=Priority(row.priority) if row.priority else None,
        assignee=row.assignee,
        done_at=row.done_at,
        client=row.client,
        push=outbox.push(row.push, row.remote_id),
        reason=row.reason,
    )
