"""Addresses of the data that Slack does not know, bound by hand to the people whose they are, and unbound again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, insert, select, union, update

from bot.errors import UserError
from storage import audit, installations, people, stale, standing
from storage.members import IS_FULL
from storage.schema import (
    field,
    metadata,
    person,
    person_address,
    person_address_team,
    record,
    record_person,
    saved_view,
    team_member,
)

Rows = list[dict[str, Any]]


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
    teams = _join_teams(connection, installation_id, old.id, new.id)
    for column in _references():
        where = (column.table.c.installation_id == installation_id, column == old.id)
        connection.execute(update(column.table).where(*where).values({column.name: new.id}))
    _leave(connection, installation_id, old, new, teams)
    stale.mark(connection, installation_id, clients)
    audit.record(connection, installation_id, by, now, "address.bound", new.name, {}, {"address": old.email})
    standing.resettle(connection, installation_id)


def of(connection: Connection, installation_id: int, person_id: int) -> list[str]:
    """The addresses by which the data may name somebody: Slack's, and those that were bound to them."""
    own = select(person.c.email).where(person.c.installation_id == installation_id, person.c.id == person_id)
    bound = select(person_address.c.email).where(
        person_address.c.installation_id == installation_id, person_address.c.person_id == person_id
    )
    return sorted(filter(None, connection.scalars(union(own, bound))))


def unbind(connection: Connection, installation_id: int, email: str, *, by: int, now: datetime) -> None:
    """Take an address from the person that it was bound to: it is again somebody's whom only the data names.

    The clients that name the address, in whichever property, follow, and are to be scored again; so do the teams that
    came with it. What the person did meanwhile stays theirs. Raises UserError where it is not bound.
    """
    installations.lock(connection, installation_id)
    before, teams = _bound(connection, installation_id, email), _teams_of(connection, installation_id, email)
    mine = (person_address.c.installation_id == installation_id, person_address.c.email == email)
    connection.execute(delete(person_address).where(*mine))
    after = people.named(connection, installation_id, [email])[email]
    clients = _take_clients(connection, installation_id, email, before.id, after)
    _take_views(connection, installation_id, email, before.id, after)
    _take_teams(connection, installation_id, teams, before.id, after)
    stale.mark(connection, installation_id, clients)
    audit.record(connection, installation_id, by, now, "address.unbound", before.name, {"address": email}, {})
    standing.resettle(connection, installation_id)


def _bound(connection: Connection, installation_id: int, email: str) -> Row[Any]:
    of = (person.c.installation_id == person_address.c.installation_id) & (person.c.id == person_address.c.person_id)
    mine = (person_address.c.installation_id == installation_id, person_address.c.email == email)
    row = connection.execute(select(person).join(person_address, of).where(*mine)).one_or_none()
    if row is None:
        raise UserError("address_free")
    return row


def _teams_of(connection: Connection, installation_id: int, email: str) -> Rows:
    """The teams that came with an address, as far as they are still there."""
    one = person_address_team.c
    query = select(one.team_id, one.is_primary, one.is_lead, one.is_shared)
    mine = (one.installation_id == installation_id, one.email == email)
    return [dict(row) for row in connection.execute(query.where(*mine)).mappings()]


def _take_clients(connection: Connection, installation_id: int, email: str, before: int, after: int) -> list[int]:
    """The clients whose properties have the address, which the import keeps as it came: they name the other now."""
    users = select(field.c.id, field.c.name).where(field.c.installation_id == installation_id, field.c.type == "user")
    found: set[int] = set()
    for property_id, name in connection.execute(users).all():
        one = record_person.c
        its = (one.installation_id == installation_id, one.property_id == property_id, one.person_id == before)
        named = select(record.c.id).where(
            record.c.installation_id == one.installation_id,
            record.c.id == one.record_id,
            record.c.properties[name].as_string() == email,
        )
        taken = update(record_person).where(*its, named.exists()).values(person_id=after).returning(one.record_id)
        found.update(connection.scalars(taken))
    return sorted(found)


def _take_views(connection: Connection, installation_id: int, email: str, before: int, after: int) -> None:
    """Saved views whose filters name the address."""
    one = saved_view.c
    mine = (one.installation_id == installation_id, one.csm_id == before)
    for number, text in connection.execute(select(one.id, one.text).where(*mine)).all():
        if f"csm:{email}" in text.split():
            connection.execute(update(saved_view).where(*mine, one.id == number).values(csm_id=after))


def _take_teams(connection: Connection, installation_id: int, teams: Rows, before: int, after: int) -> None:
    """Let the teams that came with the address go with it."""
    one = team_member.c
    gone = [row["team_id"] for row in teams if not row["is_shared"]]
    mine = (one.installation_id == installation_id, one.person_id == before)
    connection.execute(delete(team_member).where(*mine, one.team_id.in_(gone)))
    _keep_a_primary(connection, installation_id, before)
    own = _primary(connection, installation_id, after)
    rows = [
        {"installation_id": installation_id, "person_id": after, "team_id": row["team_id"], "is_lead": row["is_lead"],
         "is_primary": row["is_primary"] and not any(own.values())}
        for row in teams
        if row["team_id"] not in own
    ]  # fmt: skip
    if rows:
        connection.execute(insert(team_member), rows)


def _keep_a_primary(connection: Connection, installation_id: int, who: int) -> None:
    """Whoever lost their primary team has the first of the others for it."""
    one, left = team_member.c, _primary(connection, installation_id, who)
    if left and not any(left.values()):
        mine = (one.installation_id == installation_id, one.person_id == who, one.team_id == min(left))
        connection.execute(update(team_member).where(*mine).values(is_primary=True))


def _primary(connection: Connection, installation_id: int, who: int) -> dict[int, bool]:
    """Somebody's teams, and which is the primary one."""
    one = team_member.c
    mine = (one.installation_id == installation_id, one.person_id == who)
    return dict(connection.execute(select(one.team_id, one.is_primary).where(*mine)).all())


def _named(connection: Connection, installation_id: int, named: int) -> Row[Any]:
    mine = (person.c.installation_id == installation_id, person.c.id == named, person.c.slack_user_id.is_(None))
    row = connection.execute(select(person).where(*mine)).one_or_none()
    if row is None:
        raise UserError("address_bound")
    return row


def _member(connection: Connection, installation_id: int, slack_user_id: str) -> Row[Any]:
    mine = (person.c.installation_id == installation_id, person.c.slack_user_id == slack_user_id)
    row = connection.execute(select(person).where(*mine, IS_FULL)).one_or_none()
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


def _join_teams(connection: Connection, installation_id: int, old: int, new: int) -> Rows:
    """The teams of both; the primary one of the Slack user stays where there is one. Gives the teams of the old one."""
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
    return [
        {"team_id": row.team_id, "is_primary": row.is_primary, "is_lead": row.is_lead, "is_shared": row.team_id in mine}
        for row in found
        if row.person_id == old
    ]


def _leave(connection: Connection, installation_id: int, old: Row[Any], new: Row[Any], teams: Rows) -> None:
    """The row that only the data named goes, and its address stays with the other.

    What it was granted goes with it: who may bind addresses must not hand themselves another's rights.
    """
    mine = (person.c.installation_id == installation_id, person.c.id == old.id)
    connection.execute(delete(person).where(*mine))
    values = {"installation_id": installation_id, "email": old.email}
    connection.execute(insert(person_address).values(**values, person_id=new.id))
    if teams:
        connection.execute(insert(person_address_team), [values | one for one in teams])
