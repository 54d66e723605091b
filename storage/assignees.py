"""Who is given a task: whether they may see its client, and who hears of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, true

from bot.domain.access import Person, Right
from bot.errors import FieldError
from storage import absences, clients, deliveries, people
from storage.clients import STAND, Stand

_stand = STAND.subquery("stand")
_BOTH = people.IN_INSTALLATION.add_columns(*_stand.c).outerjoin(_stand, true())


def given(
    connection: Connection, author: Person, client_id: int, slack_user_id: str, now: datetime
) -> tuple[Stand, Person]:
    """Who is to do it, and on what: one statement. Raises FieldError where the author or they may not see the client,
    or they have no seat.

    Who sees it only while they cover for somebody cannot keep it: it is given to whom they cover, and theirs to do.
    """
    if slack_user_id == author.slack_user_id and author.looks_as is None:
        stand = seen(author, clients.stand(connection, author.installation_id, client_id))
        if (covered := author.in_place_of(stand.workspaces)) is not None:
            raise FieldError("task_covered", "assignee", person=covered.name)
        found = author
    else:
        there, found = _other(connection, author, client_id, slack_user_id, now)
        stand = seen(author, there)
    if found.workspace_id not in stand.workspaces:
        raise FieldError("task_unseen", "assignee", person=found.name)
    return stand, found


def _other(
    connection: Connection, author: Person, client_id: int, slack_user_id: str, now: datetime
) -> tuple[Stand | None, Person]:
    """Somebody with what they see themselves. Raises FieldError where they cannot be given a task."""
    bound = {"installation": author.installation_id, "user": slack_user_id, "client": client_id}
    rows = connection.execute(_BOTH, bound | absences.days(now)).all()
    found = people.read(rows[0], now) if rows else None
    if found is None or found.refusal is not None:
        raise FieldError("task_stranger", "assignee")
    if found.lacks(Right.SEAT) is not None:
        raise FieldError("task_no_seat", "assignee", person=found.name)
    stands = [row[-len(_stand.c) :] for row in rows]
    return clients.stand_of([one for one in stands if one[0] is not None]), found


def seen(author: Person, stand: Stand | None) -> Stand:
    if stand is None or not author.sees(stand.workspaces):
        raise FieldError("activity_client_gone", "client")
    return stand


def tell(connection: Connection, to: Person, by: Person, task_id: int, version: int, now: datetime) -> None:
    """Have somebody hear of a task that somebody else gave them, in that version; while away, also who covers."""
    here, key = to.installation_id, f"{task_id}/{version}"
    deliveries.add(connection, here, to.id, "task", key, now)
    cover_id = absences.cover_of(connection, to, now)
    if cover_id is not None and cover_id != by.id:
        deliveries.add(connection, here, cover_id, "task", f"{key}/cover", now)
