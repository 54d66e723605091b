"""Addresses of the data that Slack does not know, bound by hand to the people whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, insert, select, update

from bot.errors import UserError
from storage import audit, installations, stale, standing
from storage.schema import installation, metadata, person, person_address, record_person, team_member


def bind(
    connection: Connection, installation_id: int, named: int, slack_user_id: str, *, by: int, now: datetime
) -> None:
    """Make somebody whom only the data names one with a Slack user, now and in later imports.

    All that names the one names the other then; the clients are to be scored again. Raises UserError.
    """
    installations.lock(connection, installation_id)
    old, new = _named(connection, installation_id, named), _member(connection, installation_id, slack_user_id)
    mine = (record_person.c.installation_id == installation_id, record_person.c.person_id == old.id)
    clients = list(connection.scalars(select(record_person.c.record_id).where(*mine).distinct()))
    _join_teams(connection, installation_id, old.id, new.id)
    for column in _references():
        where = (column.table.c.installation_id == installation_id, column == old.id)
        connection.execute(update(column.table).where(*where).values({column.name: new.id}))
    _leave(connection, installation_id, old, new)
    stale.mark(connection, installation_id, clients)
    audit.record(connection, installation_id, by, now, "address.bound", new.name, {}, {"address": old.email})
    standing.resettle(connection, installation_id)


def _named(connection: Connection, installation_id: int, named: int) -> Row[Any]:
    mine = (person.c.installation_id == installation_id, person.c.id == named, person.c.slack_user_id.is_(None))
    row = connection.execute(select(person).where(*mine)).one_or_none()
    if row is None:
        raise UserError("address_bound")
    return row


def _member(connection: Connection, installation_id: int, slack_user_id: str) -> Row[Any]:
    home = select(installation.c.slack_team_id).where(installation.c.id == installation_id).scalar_subquery()
    mine = (person.c.installation_id == installation_id, person.c.slack_user_id == slack_user_id)
    full = (person.c.slack_team_id == home, ~person.c.is_guest, ~person.c.is_bot, ~person.c.is_deleted)
    row = connection.execute(select(person).where(*mine, *full)).one_or_none()
    if row is None:
        raise UserError("address_stranger")
    return row


def _references() -> Iterator[Column[Any]]:
    """All columns that name a person, but those of teams, where both may be."""
    for table in metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table is person and table is not team_member:
                yield table.c[key.column_keys[-1]]
    yield person.c.looks_as


def _join_teams(connection: Connection, installation_id: int, old: int, new: int) -> None:
    """The teams of both; the primary one of the Slack user stays where there is one."""
    one = team_member.c
    rows = select(one.person_id, one.team_id, one.is_primary, one.is_lead).where(
        one.installation_id == installation_id, one.person_id.in_((old, new))
    )
    found = connection.execute(rows).all()
    mine = {row.team_id: row for row in found if row.person_id == new}
    has_primary = any(row.is_primary for row in mine.values())
    moved = [
        {"installation_id": installation_id, "person_id": new, "team_id": row.team_id, "is_lead": row.is_lead,
         "is_primary": row.is_primary and not has_primary}
        for row in found
        if row.person_id == old and row.team_id not in mine
    ]  # fmt: skip
    connection.execute(delete(team_member).where(one.installation_id == installation_id, one.person_id == old))
    if moved:
        connection.execute(insert(team_member), moved)


def _leave(connection: Connection, installation_id: int, old: Row[Any], new: Row[Any]) -> None:
    """The row that only the data named goes, and its address stays with the other.

    What it was granted goes with it: who may bind addresses must not hand themselves another's rights.
    """
    mine = (person.c.installation_id == installation_id, person.c.id == old.id)
    connection.execute(delete(person).where(*mine))
    values = {"installation_id": installation_id, "email": old.email, "person_id": new.id}
    connection.execute(insert(person_address).values(values))
