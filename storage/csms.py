"""The people whom clients name as CSM in any workspace: with how many clients, and whether they are in Slack."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from bot.domain.csms import Csm, Found
from storage.members import IS_FULL
from storage.schema import field, installation, person, person_address, record, record_person, workspace

_FOUND = case(
    (person.c.slack_user_id.is_(None), Found.NOWHERE.value),
    (IS_FULL, Found.HERE.value),
    else_=Found.LEFT.value,
)


def every(connection: Connection, installation_id: int) -> list[Csm]:
    """First who is not found in Slack, then who left, the most clients first; then the others by name.

    Also people whom no client names, while an address is bound to them.
    """
    bound = _bound(connection, installation_id)
    counted = _counted(installation_id).subquery()
    query = (
        select(
            person.c.id,
            person.c.name,
            person.c.email,
            person.c.slack_user_id,
            _FOUND.label("found"),
            func.coalesce(counted.c.clients, 0).label("clients"),
        )
        .select_from(person)
        .outerjoin(counted, counted.c.person_id == person.c.id)
        .where(person.c.installation_id == installation_id)
        .where(or_(counted.c.clients.is_not(None), person.c.id.in_(bound)))
    )
    rows = connection.execute(query).all()
    csms = [Csm(*row[:4], Found(row.found), row.clients, tuple(bound.get(row.id, ()))) for row in rows]
    return sorted(csms, key=lambda one: (one.found, -one.clients * (one.found < Found.HERE), one.name, one.id))


def _bound(connection: Connection, installation_id: int) -> dict[int, list[str]]:
    """The addresses that were bound to people by hand."""
    one = person_address.c
    query = select(one.person_id, one.email).where(one.installation_id == installation_id).order_by(one.email)
    found: dict[int, list[str]] = defaultdict(list)
    for person_id, email in connection.execute(query):
        found[person_id].append(email)
    return found


def named(installation_id: int) -> Select[Any]:
    """Of everybody whom a client names, whether they are in Slack: for another statement.

    Looked for from the people, of whom there are hundreds where of their clients there may be a million.
    """
    names_them = _naming(installation_id, record_person.c.person_id == person.c.id).correlate(person).exists()
    return select(_FOUND.label("found")).where(person.c.installation_id == installation_id, names_them)


def clients_of(connection: Connection, installation_id: int, person_id: int) -> int:
    """How many clients name somebody as CSM."""
    counted = _counted(installation_id, record_person.c.person_id == person_id).subquery()
    return connection.scalar(select(counted.c.clients)) or 0


def _counted(installation_id: int, *which: ColumnElement[bool]) -> Select[Any]:
    counted = func.count(record.c.id.distinct()).label("clients")
    naming = _naming(installation_id, *which)
    return naming.with_only_columns(record_person.c.person_id, counted).group_by(record_person.c.person_id)


def _naming(installation_id: int, *which: ColumnElement[bool]) -> Select[Any]:
    """What clients say of their CSMs, by the properties that any workspace chose."""
    chosen = select(workspace.c.csm_property).where(workspace.c.installation_id == installation_id)
    mine = (record_person.c.installation_id == installation_id, record.c.archived_at.is_(None), *which)
    return (
        select(record_person.c.person_id)
        .select_from(record_person)
        .join(
            field,
            (field.c.installation_id == record_person.c.installation_id)
            & (field.c.id == record_person.c.property_id)
            & (field.c.type == "user")
            & field.c.name.in_(chosen),
        )
        .join(
            record,
            (record.c.installation_id == record_person.c.installation_id) & (record.c.id == record_person.c.record_id),
        )
        .join(
            installation,
            (installation.c.id == record.c.installation_id) & (installation.c.client_object == record.c.object),
        )
        .where(*mine)
    )
