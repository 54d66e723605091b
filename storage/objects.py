"""Which object of an installation stands for what: clients, services, revenue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, exists, func, select, update

from bot.domain.workspace_settings import ChangedError, Objects
from storage import audit, installations, standing
from storage.schema import installation, record, workspace


def read(connection: Connection, installation_id: int) -> Objects:
    one = installation.c
    columns = (one.client_object, one.service_object, one.revenue_objects)
    row = connection.execute(select(*columns).where(one.id == installation_id)).one()
    return Objects(
        row.client_object, row.service_object, tuple(row.revenue_objects), _loaded(connection, installation_id)
    )


def _loaded(connection: Connection, installation_id: int) -> tuple[str, ...]:
    """The objects that have records."""
    mine = record.c.installation_id == installation_id
    found = list(_named(connection, installation_id))
    there = (exists().where(mine, record.c.object == one, record.c.archived_at.is_(None)) for one in found)
    return tuple(one for one, is_there in zip(found, there, strict=True) if connection.scalar(select(is_there)))


def _named(connection: Connection, installation_id: int) -> Iterator[str]:
    """From each name to the next in the index: a DISTINCT would go through all records."""
    first = select(func.min(record.c.object)).where(record.c.installation_id == installation_id)
    found = connection.scalar(first)
    while found is not None:
        yield found
        found = connection.scalar(first.where(record.c.object > found))


def change(
    connection: Connection, installation_id: int, person_id: int, before: Objects, after: Objects, now: datetime
) -> None:
    """Let other objects stand for clients, services and revenue. Raises ChangedError unless it is still `before`.

    Clients are then the records of another object: who stands where is made anew, in slices, by `standing.catch_up`.
    """
    installations.lock(connection, installation_id)
    if _chosen(read(connection, installation_id)) != _chosen(before):
        raise ChangedError("objects_changed")
    _write(connection, installation_id, person_id, before, after, now)
    standing.resettle(connection, installation_id)


def adopt(connection: Connection, installation_id: int, object_: str, now: datetime) -> None:
    """Let the records that an import brought be the clients. It makes all scores again by itself."""
    before = read(connection, installation_id)
    _write(connection, installation_id, None, before, replace(before, client=object_), now)


def _write(
    connection: Connection, installation_id: int, person_id: int | None, before: Objects, after: Objects, now: datetime
) -> None:
    values = {
        "client_object": after.client,
        "service_object": after.service,
        "revenue_objects": list(after.revenue),
    }
    connection.execute(update(installation).where(installation.c.id == installation_id).values(values))
    # Who has settings open sees that their tabs are others now.
    mine = workspace.c.installation_id == installation_id
    connection.execute(update(workspace).where(mine).values(version=workspace.c.version + 1))
    audit.record(connection, installation_id, person_id, now, "objects.changed", "", _chosen(before), _chosen(after))


def _chosen(objects: Objects) -> dict[str, object]:
    return {"client": objects.client, "service": objects.service, "revenue": list(objects.revenue)}
