"""What a new CSM is shown of the clients that were handed over to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, ScalarSelect, func, select

from bot.domain.absences import Covered
from bot.domain.access import Person
from bot.domain.catalog import Catalog
from bot.domain.handovers import MOST, NOTES, Handed, Handover
from bot.domain.workspaces import EVERYTHING
from storage import activity, facts, handovers, tasks
from storage.grounds import CatalogOf
from storage.schema import handover, person, record, task

_one = handover.c


def gather(
    connection: Connection,
    to: Person,
    catalog: Catalog,
    catalogs: CatalogOf,
    key: str,
    covered: Covered | None = None,
) -> Handed | None:
    """What the message of this key says by now. None where none of its clients is theirs any more.

    covered  whose message it is, where it is shown to who covers for them
    """
    mine = handovers.of_message(to, key, covered)
    number, movable = connection.execute(select(func.count(), func.sum(_movable())).where(*mine)).one()
    client = (record.c.installation_id == _one.installation_id) & (record.c.id == _one.client_id)
    before = (person.c.installation_id == _one.installation_id) & (person.c.id == _one.from_id)
    joined = handover.join(record, client).join(person, before)
    columns = (_one.id, _one.client_id, person.c.name, _one.ended, _movable().label("movable"))
    query = select(*columns).select_from(joined).where(*mine).order_by(record.c.name_key, _one.id).limit(MOST)
    first = _of(connection, to, catalog, catalogs, connection.execute(query).all(), _place(to, covered))
    return Handed(key, number, int(movable or 0), first, covered) if first else None


def _place(to: Person, covered: Covered | None) -> int:
    """The CS workspace where the clients are looked at: that of whom the reader covers, unless they see all."""
    return to.workspace_id if covered is None or to.workspace_id == EVERYTHING else covered.workspace_id


def _movable() -> ScalarSelect[int]:
    """Open tasks of the client that are its old CSM's."""
    same = (task.c.installation_id == _one.installation_id, task.c.client_id == _one.client_id)
    theirs = (task.c.assignee_id == _one.from_id, task.c.done_at.is_(None))
    return select(func.count()).where(*same, *theirs).correlate(handover).scalar_subquery()


def _of(
    connection: Connection, to: Person, catalog: Catalog, catalogs: CatalogOf, rows: Sequence[Row[Any]], place: int
) -> list[Handover]:
    """Without those whose client went meanwhile."""
    ids = [row.client_id for row in rows]
    found = facts.several(connection, to.installation_id, place, catalog, catalogs, ids)
    given, notes = tasks.of_clients(connection, to, ids), activity.notes_of(connection, to, ids, NOTES)
    return [
        Handover(
            id=row.id,
            client=found[row.client_id],
            before=row.name,
            movable=row.movable,
            ended=[(key, date.fromisoformat(until)) for key, until in row.ended],
            tasks=[one for one in given if one.client_id == row.client_id],
            notes=notes.get(row.client_id, []),
        )
        for row in rows
        if row.client_id in found
    ]
