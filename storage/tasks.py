"""Open tasks of a person or of the team that they lead, and what is done with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, ScalarSelect, Select, and_, exists, false, or_, select, update

from bot.domain.absences import Covered
from bot.domain.access import Person
from bot.domain.activity import Kind, Priority, Task
from bot.domain.tasks import Given, Place
from bot.domain.working_days import WorkingDays
from bot.errors import UserError
from storage import absences, assignees, conditions, covering, deliveries, homes, leads, outbox, shown
from storage.schema import person, record, standing, task, team, team_member

_one = task.c
_assignee, _finisher, _author = person.alias("assignee"), person.alias("finisher"), person.alias("author")


def _select() -> Select[Any]:
    here = _one.installation_id
    client = (record.c.installation_id == here) & (record.c.id == _one.client_id)
    assignee = (_assignee.c.installation_id == here) & (_assignee.c.id == _one.assignee_id)
    finisher = (_finisher.c.installation_id == here) & (_finisher.c.id == _one.done_by)
    author = (_author.c.installation_id == here) & (_author.c.id == _one.author_id)
    joined = task.join(record, client).join(_assignee, assignee).join(_author, author).outerjoin(_finisher, finisher)
    columns = (_one.id, _one.client_id, record.c.name, _one.title, _one.due_on, _one.priority, _assignee.c.name)
    rest = (_finisher.c.name, _one.category, _one.details, _assignee.c.slack_user_id, _one.version)
    days = (_country(_assignee.c.id).label("country"), absences.spans(_assignee.c.id, _one.due_on).label("away"))
    return select(*columns, *rest, _one.assignee_id, _author.c.name.label("author"), *days).select_from(joined)


def _country(who: ColumnElement[int]) -> ScalarSelect[Any]:
    """That of somebody's primary team."""
    at, here = team_member.c, who.table.c.installation_id
    same = (team.c.installation_id == here) & (team.c.id == at.team_id)
    mine = (at.installation_id == here, at.person_id == who, at.is_primary)
    found = select(team.c.country).select_from(team_member.join(team, same)).where(*mine)
    return found.correlate(who.table).scalar_subquery()


_SELECT = _select()


def open_of(connection: Connection, asker: Person, place: Place, limit: int) -> list[Given]:
    """A page of open tasks by their days: one's own, those of the team that one leads, or of whom one covers.

    A super admin stands in for the leads of teams that have none.
    """
    whose = _led(asker, asker.team_id) if place.is_team else _one.assignee_id == asker.seen_as
    if place.is_covered:
        whose = _one.assignee_id.in_([one.person_id for one in asker.covers])
    query = _SELECT.where(*_seen(asker), whose, _one.done_at.is_(None)).order_by(_one.due_on, _one.id).limit(limit)
    if place.day is not None:
        later = or_(_one.due_on > place.day, and_(_one.due_on == place.day, _one.id > place.id))
        query = query.where(_one.due_on >= place.day, later)
    found = [_given(row) for row in connection.execute(query)]
    return [replace(one, days=asker.days) for one in found] if place.is_covered else found


def of_clients(connection: Connection, asker: Person, clients: Sequence[int]) -> list[Given]:
    """All open tasks of clients that somebody sees, whoever has them, by their days."""
    query = _SELECT.where(*_seen(asker), _one.client_id.in_(clients), _one.done_at.is_(None))
    return [_given(row) for row in connection.execute(query.order_by(_one.due_on, _one.id))]


def due(connection: Connection, asker: Person, whose: int, day: date, limit: int) -> list[Given]:
    """Somebody's open tasks that are due by a day, those due longest first."""
    mine = (*_seen(asker), _one.assignee_id == whose, _one.done_at.is_(None), _one.due_on <= day)
    query = _SELECT.where(*mine).order_by(_one.due_on, _one.id).limit(limit)
    return [_given(row) for row in connection.execute(query)]


def get(connection: Connection, asker: Person, task_id: int) -> Given:
    """A task that somebody may change; UserError where there is none, or it is no longer theirs."""
    row = connection.execute(_SELECT.where(*_changeable(asker, task_id))).one_or_none()
    if row is None:
        raise _why_not(connection, asker, task_id)
    return _given(row)


def _why_not(connection: Connection, asker: Person, task_id: int) -> UserError:
    """What became of a task meanwhile. Who has it now is for those to know who see its client."""
    (here, seen), assignee = _seen(asker), (_assignee.c.installation_id == _one.installation_id)
    joined = task.join(_assignee, assignee & (_assignee.c.id == _one.assignee_id))
    columns = (_assignee.c.name, seen.label("is_seen"), _whose(asker).label("is_theirs"))
    row = connection.execute(select(*columns).select_from(joined).where(here, _one.id == task_id)).one_or_none()
    if row is None or not (row.is_seen or row.is_theirs):
        return UserError("task_gone")
    return UserError("task_client_gone") if row.is_theirs else UserError("task_of_another", person=row.name)


def finish(connection: Connection, asker: Person, task_id: int, now: datetime) -> bool:
    """Note that a task is done. False where it was done already, or is not theirs to change."""
    values = {"done_at": now, "done_by": asker.id}
    return _change(connection, asker, task_id, _one.done_at.is_(None), values, "task.done", now)


def reopen(connection: Connection, asker: Person, task_id: int, now: datetime) -> bool:
    """The way back. False where it is open already, or not theirs to change."""
    values = {"done_at": None, "done_by": None}
    return _change(connection, asker, task_id, _one.done_at.is_not(None), values, "task.reopened", now)


def put_off(connection: Connection, asker: Person, task_id: int, day: date, now: datetime) -> bool:
    """Let an open task be due on another day. False where it is done, or not theirs to change."""
    return _change(connection, asker, task_id, _one.done_at.is_(None), {"due_on": day}, "task.put_off", now)


def change(connection: Connection, asker: Person, task_id: int, version: int, made: Task, now: datetime) -> Given:
    """Write what was entered, maybe for somebody else; what the task is then. Its client stays.

    Raises FieldError where it cannot be given to them, UserError where it was changed or done since that version.
    """
    before = get(connection, asker, task_id)
    _, assignee = assignees.given(connection, asker, before.client_id, made.assignee, now)
    values = {"title": made.title, "details": made.details, "due_on": made.due_on, "priority": made.priority.value}
    values["category"] = made.category
    values["assignee_id"] = assignee.id
    same = and_(_one.version == version, _one.done_at.is_(None))
    if not _change(connection, asker, task_id, same, values, "task.changed", now, had_by=before.assignee_id):
        raise UserError("task_changed")
    if made.assignee != before.assignee_slack_id:
        deliveries.withdraw(connection, asker.installation_id, "task", [task_id])
        if assignee.id != asker.id:
            assignees.tell(connection, assignee, asker, task_id, version + 1, now)
    return replace(before, title=made.title, due_on=made.due_on, priority=made.priority, assignee=assignee.name)


def _change(
    connection: Connection,
    asker: Person,
    task_id: int,
    as_it_is: ColumnElement[bool],
    values: dict[str, Any],
    what: str,
    now: datetime,
    had_by: int | None = None,
) -> bool:
    """Of two at the same moment one changes it. What is done in another's place is audited.

    had_by  who had it, where somebody else may get it: the Home tabs of both show it
    """
    covered = _covered(connection, asker, task_id)
    mine = (*_changeable(asker, task_id), as_it_is)
    changed = update(task).where(*mine).values(**values, version=_one.version + 1).returning(_one.version)
    version = connection.scalar(changed)
    if version is None:
        return False
    covering.acted(connection, asker, covered, what, now)  # the installation's row before Home tabs, as elsewhere
    shown.mark(connection, asker.installation_id, [task_id])
    homes.mark(connection, asker.installation_id, or_(homes.of_task(task_id), homes.of_people([had_by])))
    outbox.add(connection, asker, Kind.TASK, {task_id: version}, now)
    return True


def _covered(connection: Connection, asker: Person, task_id: int) -> Covered | None:
    """Whom a task is given to, where the asker covers for them."""
    if not asker.acts_for:
        return None
    mine = (_one.installation_id == asker.installation_id, _one.id == task_id)
    return asker.covering(connection.scalar(select(_one.assignee_id).where(*mine)))


def take(connection: Connection, asker: Person, left: ColumnElement[bool], now: datetime) -> int:
    """Give somebody the open tasks that a condition on `task` names, of clients that they see; how many."""
    mine = (*_seen(asker), _one.done_at.is_(None), _one.assignee_id != asker.id, left)
    had_by = connection.scalars(select(_one.assignee_id).where(*mine).distinct()).all()
    made = update(task).where(*mine).values(assignee_id=asker.id, version=_one.version + 1)
    taken: dict[int, int] = dict(connection.execute(made.returning(_one.id, _one.version)).all())
    shown.mark(connection, asker.installation_id, list(taken))
    deliveries.withdraw(connection, asker.installation_id, "task", list(taken))
    outbox.add(connection, asker, Kind.TASK, taken, now)
    homes.mark(connection, asker.installation_id, homes.of_people([asker.id, *had_by]))
    return len(taken)


def told(connection: Connection, asker: Person, task_id: int) -> Given | None:
    """A task that somebody was told of, whoever has it by now. None where they do not see it."""
    row = connection.execute(_SELECT.where(*_seen(asker), _one.id == task_id)).one_or_none()
    return None if row is None else _given(row)


def _seen(asker: Person) -> tuple[ColumnElement[bool], ...]:
    """Tasks of clients that somebody sees."""
    at = standing.c
    same = (at.installation_id == _one.installation_id, at.client_id == _one.client_id)
    seen = exists(select(at.client_id).where(*same, conditions.seen(at, asker.workspace_id, asker.covered)))
    return _one.installation_id == asker.installation_id, seen


def _changeable(asker: Person, task_id: int) -> tuple[ColumnElement[bool], ...]:
    return (*_seen(asker), _one.id == task_id, _whose(asker))


def _whose(asker: Person) -> ColumnElement[bool]:
    """Who may change a task: whose it is, who covers for them, and the lead of their team. It stands here alone."""
    return or_(_one.assignee_id.in_((asker.id, *asker.acts_for)), _led(asker, asker.own_team_id))


def _led(asker: Person, team_id: int | None) -> ColumnElement[bool]:
    """The tasks of this team's people, where the asker leads it; to a super admin those of teams without a lead."""
    at = team_member.c
    ways = [at.team_id == team_id] if asker.leads and team_id is not None else []
    ways += [leads.none_leads(at.installation_id, at.team_id)] if asker.stands_in else []
    mine = (at.installation_id == _one.installation_id, at.is_primary, at.person_id == _one.assignee_id)
    return exists(select(at.person_id).where(*mine, or_(false(), *ways)))


def _given(row: Row[Any]) -> Given:
    identity, client_id, client, title, due_on, priority, assignee, *rest = tuple(row)[:-3]
    one = Given(identity, client_id, client, title, due_on, Priority(priority), assignee, *rest)
    days = WorkingDays(row.country, tuple(map(absences.span, row.away or ())))
    return replace(one, author=row.author, days=days)
