"""Tasks and notes of clients: logged once for each modal that was submitted, and read again newest first."""

from __future__ import annotations

from datetime import datetime
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
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person, Right
from bot.domain.activity import Entry, Kind, Note, Position, Priority, Task
from bot.errors import FieldError
from storage import clients, deliveries, people, shown
from storage.schema import UtcDateTime, note, person, standing, task

_author, _assignee = person.alias("author"), person.alias("assignee")


def log_task(connection: Connection, author: Person, made: Task, view_id: str, now: datetime) -> bool:
    """Log a task, in at most four statements. False where this modal was logged already.

    Raises FieldError where the author or the assignee may not see the client, or the assignee cannot be given one.
    """
    try:
        to = assignee(connection, author, made.client_id, made.assignee)
    except FieldError:
        if _is_logged(connection, task, author, view_id):
            return False
        raise
    values = {"title": made.title, "details": made.details, "due_on": made.due_on, "priority": made.priority.value}
    number = _insert(connection, task, author, made, view_id, now, {**values, "assignee_id": to.id})
    if number is not None and to.id != author.id:
        tell(connection, to, number, 1, now)
    return number is not None


def leave_note(connection: Connection, author: Person, made: Note, view_id: str, now: datetime) -> bool:
    """Leave a note. False where this modal was logged already. Raises FieldError where the client is not to be seen."""
    if _is_logged(connection, note, author, view_id):
        return False
    _require_seen(author, clients.seen_in(connection, author.installation_id, made.client_id))
    return _insert(connection, note, author, made, view_id, now, {"body": made.body}) is not None


def assignee(connection: Connection, author: Person, client_id: int, slack_user_id: str) -> Person:
    """Who is to do it. Raises FieldError where the author or they may not see it, or have no seat."""
    is_own = slack_user_id == author.slack_user_id and author.looks_as is None
    found = author if is_own else _who(connection, author, slack_user_id)
    seen = clients.seen_in(connection, author.installation_id, client_id)
    _require_seen(author, seen)
    if found.workspace_id not in seen:
        raise FieldError("task_unseen", "assignee", person=found.name)
    return found


def tell(connection: Connection, to: Person, task_id: int, version: int, now: datetime) -> None:
    """Have somebody hear of a task that somebody else gave them, in that version."""
    number = deliveries.add(connection, to.installation_id, to.id, "task", f"{task_id}/{version}", now)
    if number is not None:
        shown.add(connection, to.installation_id, number, {task_id: version})


def _who(connection: Connection, author: Person, slack_user_id: str) -> Person:
    """Who is to do it, with what they see themselves. Raises FieldError where they cannot be given a task."""
    found = people.in_installation(connection, author.installation_id, slack_user_id)
    if found is None or found.refusal is not None:
        raise FieldError("task_stranger", "assignee")
    if found.lacks(Right.SEAT) is not None:
        raise FieldError("task_no_seat", "assignee", person=found.name)
    return found


def _require_seen(author: Person, seen: set[int]) -> None:
    if author.workspace_id not in seen:
        raise FieldError("activity_client_gone", "client")


def _is_logged(connection: Connection, table: Table, author: Person, view_id: str) -> bool:
    mine = (table.c.installation_id == author.installation_id, table.c.slack_view_id == view_id)
    return connection.scalar(select(table.c.id).where(*mine)) is not None


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
    return number


def of_client(
    connection: Connection, asker: Person, client_id: int, before: Position | None = None, limit: int = 20
) -> list[Entry]:
    """The tasks and notes of a client that somebody sees, newest first; those before a position. One statement."""
    parts = [
        select(_newest(made, columns, asker, client_id, before).limit(limit).subquery())
        for made, columns in ((task, _task_columns()), (note, _note_columns()))
    ]
    both = union_all(*parts).subquery()
    query = select(both).order_by(both.c.made_at.desc(), both.c.id.desc()).limit(limit)
    return [_entry(row) for row in connection.execute(query)]


def _task_columns() -> list[ColumnElement[Any]]:
    one = task.c
    names = [literal(Kind.TASK.value).label("kind"), one.id, one.made_at, _author.c.name.label("author"), one.category]
    return [*names, one.title, one.details, one.due_on, one.priority, _assignee.c.name.label("assignee"), one.done_at]


def _note_columns() -> list[ColumnElement[Any]]:
    """The same of a note; what it lacks is empty, of the same type."""
    one = note.c
    names = [literal(Kind.NOTE.value).label("kind"), one.id, one.made_at, _author.c.name.label("author"), one.category]
    empty: dict[str, Any] = {"due_on": Date(), "priority": String(), "assignee": String(), "done_at": UtcDateTime()}
    lacking = [cast(null(), kind).label(name) for name, kind in empty.items()]
    return [*names, literal("").label("title"), one.body, *lacking]


def _newest(
    made: Table, columns: list[ColumnElement[Any]], asker: Person, client_id: int, before: Position | None
) -> Select[Any]:
    one = made.c
    query = (
        select(*columns)
        .select_from(_with_people(made))
        .where(one.installation_id == asker.installation_id, one.client_id == client_id, _is_seen(made, asker))
        .order_by(one.made_at.desc(), one.id.desc())
    )
    if before is None:
        return query
    earlier = or_(one.made_at < before.made_at, and_(one.made_at == before.made_at, one.id < before.id))
    return query.where(one.made_at <= before.made_at, earlier)


def _with_people(made: Table) -> FromClause:
    here = made.c.installation_id
    author = (_author.c.installation_id == here) & (_author.c.id == made.c.author_id)
    joined = made.join(_author, author)
    if made is note:
        return joined
    return joined.join(_assignee, (_assignee.c.installation_id == here) & (_assignee.c.id == task.c.assignee_id))


def _is_seen(made: Table, asker: Person) -> ColumnElement[bool]:
    at = standing.c
    same = (at.installation_id == made.c.installation_id, at.client_id == made.c.client_id)
    return exists(select(at.client_id).where(*same, at.workspace_id == asker.workspace_id))


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
    )
