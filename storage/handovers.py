"""Clients that an import gave to another CSM: noted with the facts, told once the import has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from secrets import randbits
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, or_, select, update

from bot.domain.absences import Covered
from bot.domain.access import Person
from storage import (
    absences,
    claims,
    conditions,
    deliveries,
    installations,
    lists,
    opportunities,
    shown,
    snoozes,
    tasks,
)
from storage.schema import (
    delivery,
    field,
    handover,
    installation,
    person,
    record_person,
    stale,
    standing,
    task,
    workspace,
)

KIND = "handover"  # of its deliveries

Named = tuple[int, int, int | None]  # a property's id, a client's, and that of the person who is named now
Place = tuple[int, int]  # the first two
Changed = tuple[int, int, int, int | None]  # the same with who was named before

_one = handover.c
_ids = lists.numbers("ids")


def note(connection: Connection, installation_id: int, named: Sequence[Named], today: date) -> None:
    """Note who hands over what, before the named people are written, in that transaction.

    Where nobody was CSM before, nothing is handed over. What the old CSM put off is open again, who had taken a client
    has it no longer, and none is snoozed.
    """
    before = _before(connection, installation_id, [client for _, client, _ in named])
    changed = [
        (of, client, old, new)
        for of, client, new in named
        if (old := before.get((of, client))) is not None and old != new
    ]
    if not changed:
        return
    left = [client for _, client, _, _ in changed]
    claims.end(connection, installation_id, left, today)
    snoozes.drop(connection, installation_id, left, today)
    ended = _end(connection, installation_id, changed)
    waiting = _waiting(connection, installation_id, [client for _, client, _, _ in changed])
    rows = []
    for of, client, old, new in changed:
        first, said = waiting.get((of, client), (old, []))
        if new is not None and new != first:
            values = {"id": randbits(62), "client_id": client, "property_id": of, "from_id": first, "to_id": new}
            rows.append({"installation_id": installation_id, **values, "ended": [*said, *ended.get(client, [])]})
    _replace(connection, installation_id, [(of, client) for of, client, _, _ in changed], rows)


def _replace(
    connection: Connection, installation_id: int, old: Sequence[Place], rows: Sequence[Mapping[str, Any]]
) -> None:
    if old:
        mine = (_one.installation_id == installation_id, _one.delivery_id.is_(None))
        this = (_one.property_id == bindparam("of"), _one.client_id == bindparam("client"))
        connection.execute(delete(handover).where(*mine, *this), [{"of": of, "client": client} for of, client in old])
    if rows:
        connection.execute(insert(handover), list(rows))


def _before(connection: Connection, installation_id: int, clients: Sequence[int]) -> dict[Place, int]:
    """Whom the properties named until now that some workspace has for its CSM."""
    one, here = record_person.c, installation.c
    chosen = select(workspace.c.csm_property).where(workspace.c.installation_id == field.c.installation_id)
    csm = (
        select(field.c.id)
        .join(installation, (here.id == field.c.installation_id) & (here.client_object == field.c.object))
        .where(field.c.installation_id == installation_id, field.c.name.in_(chosen))
    )
    mine = (one.installation_id == installation_id, one.record_id.in_(select(_ids.c.value)), one.property_id.in_(csm))
    rows = connection.execute(select(one.property_id, one.record_id, one.person_id).where(*mine), {"ids": clients})
    return {(of, client): person for of, client, person in rows}


def _end(connection: Connection, installation_id: int, changed: Sequence[Changed]) -> dict[int, list[list[str]]]:
    """Open again what each of these people put off of the clients that they leave."""
    left: dict[int, list[int]] = {}
    for _, client, old, _ in changed:
        left.setdefault(old, []).append(client)
    found: dict[int, list[list[str]]] = {}
    for old, clients in sorted(left.items()):
        for client, key, until in opportunities.end_of(connection, installation_id, old, clients):
            found.setdefault(client, []).append([key, until.isoformat()])
    return found


def _waiting(
    connection: Connection, installation_id: int, clients: Sequence[int]
) -> dict[Place, tuple[int, list[Any]]]:
    """Who handed these clients over first, where nobody was told yet, and what was put off."""
    query = select(_one.property_id, _one.client_id, _one.from_id, _one.ended)
    mine = (_one.installation_id == installation_id, _one.client_id.in_(select(_ids.c.value)))
    rows = connection.execute(query.where(*mine, _one.delivery_id.is_(None)), {"ids": clients})
    return {(of, client): (first, ended) for of, client, first, ended in rows}


def release(connection: Connection, installation_id: int) -> None:
    """An import has landed: what it handed over is whole. What one left that was cut off is, too."""
    connection.execute(
        update(handover).where(_one.installation_id == installation_id, ~_one.is_whole).values(is_whole=True)
    )


def due(connection: Connection, installation_id: int) -> list[str]:
    """The Slack users who are to be told, once no score waits to be made. Whom Slack does not know waits."""
    who = (person.c.installation_id == _one.installation_id) & (person.c.id == _one.to_id)
    mine = (_one.installation_id == installation_id, _one.is_whole, _one.delivery_id.is_(None))
    settled = select(installation.c.id).where(installation.c.id == installation_id, installation.c.settled_to.is_(None))
    waits = select(stale.c.client_id).where(stale.c.installation_id == installation_id)
    query = select(person.c.slack_user_id).join(handover, who).where(*mine, person.c.slack_user_id.is_not(None))
    return list(connection.scalars(query.where(settled.exists(), ~waits.exists()).distinct()))


def tell(connection: Connection, to: Person, now: datetime) -> bool:
    """Have somebody told of all clients that wait for them, in one message; while they are away, also who covers.

    False where there are none. A client that was handed on since, or came back to whose it was, is left out.
    """
    installations.lock(connection, to.installation_id)  # no import comes between
    mine = (_one.installation_id == to.installation_id, _one.to_id == to.id)
    waiting = (*mine, _one.is_whole, _one.delivery_id.is_(None))
    connection.execute(delete(handover).where(*waiting, or_(_one.from_id == to.id, ~_is_csm())))
    first = connection.scalar(select(func.min(_one.id)).where(*waiting))
    if first is None:
        return False
    number = deliveries.add(connection, to.installation_id, to.id, KIND, str(first), now)
    if number is None:  # another process was faster
        return False
    connection.execute(update(handover).where(*waiting).values(delivery_id=number))
    open_ = _open_tasks(connection, to.installation_id, number)
    shown.add(connection, to.installation_id, number, open_)
    if (cover_id := absences.cover_of(connection, to, now)) is not None:
        copy = deliveries.add(connection, to.installation_id, cover_id, KIND, f"{first}/{to.id}", now)
        if copy is not None:
            shown.add(connection, to.installation_id, copy, open_)
    return True


def _open_tasks(connection: Connection, installation_id: int, delivery_id: int) -> dict[int, int]:
    """Those of a message's clients, each with its version."""
    of = (_one.installation_id == installation_id, _one.delivery_id == delivery_id)
    mine = (task.c.installation_id == installation_id, task.c.done_at.is_(None))
    among = task.c.client_id.in_(select(_one.client_id).where(*of))
    return dict(connection.execute(select(task.c.id, task.c.version).where(*mine, among)).all())


def of_message(asker: Person, key: str, covered: Covered | None = None) -> tuple[ColumnElement[bool], ...]:
    """The hand-overs of a message to somebody, of clients that they are the CSM of still and the asker sees.

    covered  whose message it is, where the asker covers for them
    """
    at, to = standing.c, asker.id if covered is None else covered.person_id
    said = (delivery.c.installation_id == _one.installation_id) & (delivery.c.id == _one.delivery_id)
    message = select(delivery.c.id).where(said, delivery.c.kind == KIND, delivery.c.key == key)
    same = (at.installation_id == _one.installation_id, at.client_id == _one.client_id)
    seen = select(at.client_id).where(*same, conditions.seen(at, asker.workspace_id, asker.covered if covered else ()))
    mine = (_one.installation_id == asker.installation_id, _one.to_id == to, _is_csm())
    return (*mine, message.exists(), seen.exists())


def take(connection: Connection, asker: Person, key: str, number: int | None, now: datetime) -> int:
    """Move the open tasks of the old CSMs to the new one who asks; how many. `number`: of this hand-over alone."""
    same = (_one.installation_id == task.c.installation_id, _one.client_id == task.c.client_id)
    left = select(_one.id).where(*of_message(asker, key), *same, _one.from_id == task.c.assignee_id)
    if number is not None:
        left = left.where(_one.id == number)
    return tasks.take(connection, asker, left.exists(), now)


def _is_csm() -> ColumnElement[bool]:
    """Whether the property names still whom it was handed to."""
    one = record_person.c
    same = (one.installation_id == _one.installation_id, one.record_id == _one.client_id)
    named = select(one.record_id).where(*same, one.property_id == _one.property_id, one.person_id == _one.to_id)
    return named.exists()
