"""Who may do what, as it is kept: super admins, who manages settings, and service seats. Each change is audited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.domain.access import Person
from bot.domain.csms import ByHand
from bot.errors import UserError
from storage import audit, installations, people
from storage.members import IS_FULL
from storage.schema import installation, person, workspace

ASKS = timedelta(days=1)  # somebody asks for a seat once in so long


def super_admins(connection: Connection, installation_id: int) -> dict[int, str]:
    """Their names, by id. Who cannot act is none: deleted, a guest by now, or not in Slack yet."""
    mine = (person.c.installation_id == installation_id, person.c.is_super_admin, IS_FULL)
    return dict(connection.execute(select(person.c.id, person.c.name).where(*mine).order_by(person.c.id)).all())


def who_runs(connection: Connection, asker: Person) -> tuple[str, str] | None:
    """Whom to ask about the CS workspace of somebody, and its name. None: of all workspaces, or there is nobody."""
    mine = (workspace.c.installation_id == asker.installation_id, workspace.c.id == asker.workspace_id)
    admins = (person.c.installation_id == workspace.c.installation_id) & person.c.is_super_admin & IS_FULL
    query = select(person.c.name, workspace.c.name).select_from(person).join(workspace, admins)
    row = connection.execute(query.where(*mine).order_by(person.c.id).limit(1)).one_or_none()
    return None if row is None else (row[0], row[1])


def name_first(connection: Connection, installation_id: int, emails: Collection[str], now: datetime) -> list[int]:
    """Make the people with these addresses super admins, while there is none; who became one."""
    if not emails:
        return []
    installations.lock(connection, installation_id)
    if super_admins(connection, installation_id):
        return []
    mine = (person.c.installation_id == installation_id, func.lower(person.c.email).in_(sorted(emails)))
    found = list(connection.scalars(select(person.c.id).where(*mine, IS_FULL)))
    for one in found:
        set_super_admin(connection, installation_id, one, True, by=None, now=now)
    return found


def become_first(connection: Connection, installation_id: int, person_id: int, now: datetime) -> None:
    """Make who asks the first super admin. Raises UserError where somebody was faster, or they are no Slack admin."""
    installations.lock(connection, installation_id)
    if super_admins(connection, installation_id):
        raise UserError("super_admin_taken")
    mine = (person.c.installation_id == installation_id, person.c.id == person_id)
    if not connection.scalar(select(person.c.is_admin).where(*mine)):
        raise UserError("no_slack_admin")
    set_super_admin(connection, installation_id, person_id, True, by=person_id, now=now)


def grant(connection: Connection, installation_id: int, email: str, now: datetime) -> None:
    """Make the person with this address a super admin, from the command line; without a seat. Made if need be."""
    installations.lock(connection, installation_id)
    address = email.strip().lower()
    known = people.named(connection, installation_id, [address])
    set_super_admin(connection, installation_id, known[address], True, by=None, now=now)


def set_super_admin(
    connection: Connection, installation_id: int, person_id: int, given: bool, *, by: int | None, now: datetime
) -> None:
    """Make somebody a super admin, or no longer one. Raises UserError for the last one.

    by  who does so; None: on the command line
    """
    installations.lock(connection, installation_id)
    if not given and set(super_admins(connection, installation_id)) == {person_id}:
        raise UserError("last_super_admin")
    _set(connection, installation_id, person_id, "is_super_admin", given, by, now)


def set_manages(
    connection: Connection, installation_id: int, person_id: int, given: bool, *, by: int | None, now: datetime
) -> None:
    """Let somebody manage customer success settings, or no longer."""
    installations.lock(connection, installation_id)
    _set(connection, installation_id, person_id, "manages", given, by, now)


def set_seat(
    connection: Connection, installation_id: int, person_id: int, choice: str | None, *, by: int | None, now: datetime
) -> None:
    """Give somebody a seat ("on"), take it away ("off"), or leave it to the rule (None)."""
    installations.lock(connection, installation_id)
    _set(connection, installation_id, person_id, "seat", choice, by, now)


def _set(
    connection: Connection,
    installation_id: int,
    person_id: int,
    what: str,
    value: bool | str | None,
    by: int | None,
    now: datetime,
) -> None:
    mine = (person.c.installation_id == installation_id, person.c.id == person_id)
    row = connection.execute(select(person.c.name, person.c[what].label("old")).where(*mine)).one()
    if row.old == value:
        return
    connection.execute(update(person).where(*mine).values({what: value}))
    audit.record(connection, installation_id, by, now, "right.changed", row.name, {what: row.old}, {what: value})


def seat(connection: Connection, installation_id: int, person_id: int) -> str | None:
    """What somebody was given by hand: "on", "off", or nothing."""
    mine = (person.c.installation_id == installation_id, person.c.id == person_id)
    return connection.scalar(select(person.c.seat).where(*mine))


def by_hand(connection: Connection, installation_id: int) -> list[ByHand]:
    """Who may do more or less than the rule says, by name."""
    one = person.c
    mine = (one.installation_id == installation_id, IS_FULL, one.is_super_admin | one.manages | one.seat.is_not(None))
    query = select(one.name, one.is_super_admin, one.manages, one.seat).where(*mine).order_by(one.name, one.id)
    return [ByHand(*row) for row in connection.execute(query)]


def seats_by_hand(connection: Connection, installation_id: int) -> bool:
    return bool(connection.scalar(select(installation.c.seats_by_hand).where(installation.c.id == installation_id)))


def set_seats_by_hand(connection: Connection, installation_id: int, on: bool, *, by: int, now: datetime) -> None:
    """Let only those have a seat who were given one, or again everyone who works with clients."""
    installations.lock(connection, installation_id)
    mine = installation.c.id == installation_id
    before = connection.scalar(select(installation.c.seats_by_hand).where(mine))
    if before != on:
        connection.execute(update(installation).where(mine).values(seats_by_hand=on))
        what = "seats_by_hand"
        audit.record(connection, installation_id, by, now, "seats.changed", "seats", {what: before}, {what: on})


def ask_for_seat(connection: Connection, installation_id: int, person_id: int, now: datetime) -> Row[Any]:
    """The super admin who is to be asked for a seat by somebody. Raises UserError: once a day, and where there is none.

    Written down before it is sent, so that of two clicks one asks.
    """
    installations.lock(connection, installation_id)
    admin = first_admin(connection, installation_id)
    mine = person.c.installation_id == installation_id
    asked = connection.scalar(select(person.c.seat_asked_at).where(mine, person.c.id == person_id))
    if asked is not None and now - asked < ASKS:
        raise UserError("seat_asked", who=admin.name)
    connection.execute(update(person).where(mine, person.c.id == person_id).values(seat_asked_at=now))
    return admin


def first_admin(connection: Connection, installation_id: int) -> Row[Any]:
    """The super admin whom others ask. Raises UserError where there is none."""
    mine = (person.c.installation_id == installation_id, person.c.is_super_admin, IS_FULL)
    query = select(*(person.c[name] for name in ("name", "locale", "slack_user_id"))).where(*mine)
    row = connection.execute(query.order_by(person.c.id).limit(1)).one_or_none()
    if row is None:
        raise UserError("nobody_to_ask")
    return row


def unask(connection: Connection, installation_id: int, person_id: int) -> None:
    """What was to be asked was not sent: they may ask again."""
    mine = (person.c.installation_id == installation_id, person.c.id == person_id)
    connection.execute(update(person).where(*mine).values(seat_asked_at=None))


def look_as(connection: Connection, installation_id: int, person_id: int, other: int | None, now: datetime) -> None:
    """Let a super admin see what somebody else sees, or again what they see themselves (None)."""
    installations.lock(connection, installation_id)
    one = person.c
    mine = (one.installation_id == installation_id, one.id == person_id)
    before = connection.scalar(select(one.looks_as).where(*mine))
    if before == other:
        return
    connection.execute(update(person).where(*mine).values(looks_as=other))
    names = select(one.id, one.name).where(one.installation_id == installation_id, one.id.in_((before, other)))
    known: dict[int | None, str] = dict(connection.execute(names).all())
    what = "looks_as"
    old, new = {what: known.get(before)}, {what: known.get(other)}
    audit.record(connection, installation_id, person_id, now, "right.looked", known.get(other or before, ""), old, new)
