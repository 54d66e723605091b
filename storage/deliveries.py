"""Direct messages that are to be sent: each once, by one process at a time, for as long as its lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbits
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, exists, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database import Database
from storage.schema import delivery, person, shown

LEASE = timedelta(minutes=5)  # several times what a message takes
KEPT = timedelta(days=90)  # once sent, or failed

_one = delivery.c
_OPEN = _one.state.in_(("waiting", "sending"))


@dataclass(frozen=True)
class Delivery:
    """A message to somebody, claimed by this process."""

    installation_id: int
    id: int  # by it the message is found again in Slack
    slack_user_id: str
    kind: str
    key: str
    payload: dict[str, Any] | None  # None: it is made when it is sent
    attempts: int  # this one included


def add(
    connection: Connection,
    installation_id: int,
    person_id: int,
    kind: str,
    key: str,
    now: datetime,
    payload: dict[str, Any] | None = None,
    due_at: datetime | None = None,
) -> int | None:
    """Have a person told something, in the caller's transaction; its id. None where one of this kind and key is there.

    Whom Slack does not know yet is told once it does.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {"installation_id": installation_id, "id": randbits(62), "person_id": person_id, "kind": kind, "key": key}
    values |= {"state": "waiting", "made_at": now, "due_at": due_at or now}
    values |= {} if payload is None else {"payload": payload}
    row = dialect.insert(delivery).values(values).on_conflict_do_nothing().returning(_one.id)
    number: int | None = connection.scalar(row)
    return number


def withdraw(connection: Connection, installation_id: int, kind: str, about: str) -> None:
    """Take back what no process has begun to send: of a kind, the keys `about/…`."""
    keys = _one.key.between(f"{about}/", f"{about}/~")
    mine = (_one.installation_id == installation_id, _one.kind == kind, keys)
    connection.execute(delete(delivery).where(*mine, _one.state == "waiting", _one.attempts == 0))


def claim(database: Database, installation_id: int, now: datetime) -> Delivery | None:
    """Take the message that is due longest. None: nothing is due.

    One that another process took and did not end, because it was killed, is due again when its lease has run out.
    """
    who = (person.c.installation_id == _one.installation_id) & (person.c.id == _one.person_id)
    is_free = or_(_one.lease_until.is_(None), _one.lease_until <= now)
    due = (
        select(_one.id, person.c.slack_user_id, _one.kind, _one.key, _one.payload, _one.attempts + 1)
        .join(person, who)
        .where(_one.installation_id == installation_id, _OPEN, _one.due_at <= now, is_free)
        .where(person.c.slack_user_id.is_not(None))
        .order_by(_one.due_at, _one.id)
        .limit(1)
    )
    with database.read() as connection:  # nearly always in vain: that shall not take SQLite's write lock
        if connection.execute(due).first() is None:
            return None
    with database.write() as connection:
        row = connection.execute(due.with_for_update(of=delivery, skip_locked=True)).one_or_none()
        if row is None:
            return None
        found = Delivery(installation_id, *tuple(row))
        values = {"state": "sending", "lease_until": now + LEASE, "attempts": found.attempts}
        connection.execute(update(delivery).where(*_is(found)).values(values))
    return found


def put_off(database: Database, one: Delivery, until: datetime) -> None:
    _change(database, one, state="waiting", due_at=until, lease_until=None)


def sent(database: Database, one: Delivery, channel: str, ts: str) -> None:
    """Where it stands is kept; what it said, only as long as it shows tasks (`storage.shown`)."""
    shows = exists(
        select(shown.c.task_id).where(shown.c.installation_id == _one.installation_id, shown.c.delivery_id == _one.id)
    )
    said = case((shows, _one.payload), else_=null())
    _change(database, one, state="sent", channel=channel, ts=ts, payload=said, lease_until=None)


def payload(connection: Connection, installation_id: int, kind: str, key: str) -> dict[str, Any] | None:
    """What a message said; None where that is no longer kept."""
    mine = (_one.installation_id == installation_id, _one.kind == kind, _one.key == key)
    said: dict[str, Any] | None = connection.scalar(select(_one.payload).where(*mine))
    return said


def fail(database: Database, one: Delivery) -> None:
    """Nothing more will come."""
    _change(database, one, state="failed", payload=null())


def forget(database: Database, installation_id: int, now: datetime) -> None:
    """Drop what ended long ago."""
    with database.write() as connection:
        mine = (_one.installation_id == installation_id, ~_OPEN, _one.made_at < now - KEPT)
        connection.execute(delete(delivery).where(*mine))


def _change(database: Database, one: Delivery, **values: Any) -> None:
    """Write to a message that is still this attempt's."""
    held = (_one.state == "sending", _one.attempts == one.attempts)
    with database.write() as connection:
        connection.execute(update(delivery).where(*_is(one), *held).values(values))


def _is(one: Delivery) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _one.installation_id == one.installation_id, _one.id == one.id
