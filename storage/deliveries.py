"""Messages that are to be sent to people and channels: each once, by one process at a time while its lease lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbits
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage import homes, pace, together
from storage.database import Database
from storage.schema import UtcDateTime, delivery, person, shown
from storage.schema import pace as paces

LEASE = timedelta(minutes=5)  # several times what a message takes
KEPT = timedelta(days=90)  # once sent, or failed

_one = delivery.c
_whole = paces.alias("whole")
ABOUT = _one.key.between(bindparam("first_key"), bindparam("last_key"))  # the keys `number/…`
_OPEN = _one.state.in_(("waiting", "sending"))


class Spacing(NamedTuple):
    """The least time between two messages."""

    place: timedelta  # to one channel, or to one person
    whole: timedelta  # in the whole Slack workspace


@dataclass(frozen=True)
class Delivery:
    """A message to somebody or to a channel, claimed by this process."""

    installation_id: int
    id: int  # by it the message is found again in Slack
    slack_user_id: str | None  # who gets it; None: a channel does
    channel: str | None
    thread_ts: str | None  # the message of the channel under which it is told
    digest_id: int | None  # of a channel's
    kind: str
    key: str
    payload: dict[str, Any] | None  # None: it is made when it is sent
    attempts: int  # this one included; without those whose process was killed
    kills: int  # those
    made_at: datetime
    lease_until: datetime  # from then on another process may take it
    is_doubtful: bool  # an earlier attempt may have arrived: it ended in the middle, or Slack did not answer


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
    more = {} if payload is None else {"payload": payload}
    return _add(connection, installation_id, kind, key, now, {"person_id": person_id, "due_at": due_at or now, **more})


def add_post(
    connection: Connection,
    installation_id: int,
    digest_id: int,
    channel: str,
    kind: str,
    key: str,
    now: datetime,
    payload: dict[str, Any] | None,
    thread_ts: str | None = None,
    facts: Mapping[str, Any] | None = None,
    state: str = "waiting",
    reason: str | None = None,
    due_at: datetime | None = None,
    beside: Sequence[together.Write] = (),
) -> int | None:
    """Have a channel told something that belongs to a digest, in the same way; its id.

    payload  the message; None where the state is "quiet" (nothing is new), "skipped" or "failed", which is only kept
    thread_ts  the message under which it is told
    facts  ids and numbers from which it is drawn again
    beside  what is written for its sake, unless it is there already
    """
    more = {} if payload is None else {"payload": payload}
    more |= {} if facts is None else {"facts": dict(facts)}
    values = {"digest_id": digest_id, "channel": channel, "thread_ts": thread_ts, "state": state, "reason": reason}
    return _add(connection, installation_id, kind, key, now, {"due_at": due_at or now, **values, **more}, beside)


def _add(
    connection: Connection,
    installation_id: int,
    kind: str,
    key: str,
    now: datetime,
    more: Mapping[str, Any],
    beside: Sequence[together.Write] = (),
) -> int | None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {"installation_id": installation_id, "id": randbits(62), "kind": kind, "key": key, "made_at": now}
    values |= {"state": "waiting", **more}
    row = dialect.insert(delivery).values(values).on_conflict_do_nothing().returning(_one.id)
    return together.add(connection, row, beside)


def withdraw(connection: Connection, installation_id: int, kind: str, about: Sequence[int]) -> None:
    """Take back what no process has begun to send: of a kind, what is about these (`ABOUT`)."""
    mine = (_one.installation_id == installation_id, _one.kind == kind, ABOUT)
    waiting = delete(delivery).where(*mine, _one.state == "waiting", _one.attempts == 0)
    if about:
        connection.execute(waiting, [keys(number) for number in about])


def keys(number: int) -> dict[str, str]:
    """What is bound to `ABOUT`."""
    return {"first_key": f"{number}/", "last_key": f"{number}/~"}


def free_at(connection: Connection, installation_id: int, now: datetime) -> datetime | None:
    """When the next message may be claimed: now, or once Slack's pace allows it. None: nothing is due. One statement.

    One that another process took and did not end, because it was killed, is due again when its lease has run out.
    """
    nearest = func.min(func.coalesce(paces.c.free_at, literal(now, UtcDateTime)))
    whole = and_(_whole.c.installation_id == _one.installation_id, _whole.c.place == pace.WHOLE)
    due = _due(select(nearest, func.max(_whole.c.free_at)), installation_id, now)
    row = connection.execute(due.outerjoin(_whole, whole & pace.is_held(now, _whole))).one()
    return None if row[0] is None else max(filter(None, row))


def claim(database: Database, installation_id: int, now: datetime, spacing: Spacing) -> Delivery | None:
    """Take the message that is due longest, of those whose place is free. None: there is none, or not yet."""
    given = (_one.id, person.c.slack_user_id, _one.channel, _one.thread_ts, _one.digest_id, _one.kind, _one.key)
    lease, killed = literal(now + LEASE, UtcDateTime), cast(_one.lease_until.is_not(None), Integer)
    more = (_one.payload, _one.attempts + 1 - killed, _one.kills + killed, _one.made_at, lease, _one.state == "sending")
    due = _due(select(*given, *more), installation_id, now).where(paces.c.place.is_(None))
    due = due.order_by(_one.due_at, _one.id).limit(1).with_for_update(of=delivery, skip_locked=True)
    with database.write() as connection:
        row = connection.execute(due).one_or_none()
        if row is None:
            return None
        found = Delivery(installation_id, *tuple(row))
        if not _reserve(connection, found, now, spacing):
            return None
        values = {
            "state": "sending",
            "lease_until": found.lease_until,
            "attempts": found.attempts,
            "kills": found.kills,
        }
        connection.execute(update(delivery).where(*_is(found)).values(values))
    return found


def _due(what: Select[Any], installation_id: int, now: datetime) -> Select[Any]:
    """Of what is due and nobody works on, with the row that holds its place where one does."""
    who = (person.c.installation_id == _one.installation_id) & (person.c.id == _one.person_id)
    place = func.coalesce(_one.channel, person.c.slack_user_id)
    held = (paces.c.installation_id == _one.installation_id) & (paces.c.place == place) & pace.is_held(now)
    is_free = or_(_one.lease_until.is_(None), _one.lease_until <= now)
    found = what.select_from(delivery).outerjoin(person, who).outerjoin(paces, held)
    return found.where(_one.installation_id == installation_id, _OPEN, _one.due_at <= now, is_free, place.is_not(None))


def _reserve(connection: Connection, one: Delivery, now: datetime, spacing: Spacing) -> bool:
    """The whole Slack workspace comes first: behind that row, claims queue."""
    here, place = one.installation_id, one.channel or one.slack_user_id or ""
    return pace.reserve(connection, here, pace.WHOLE, now, now + spacing.whole) and pace.reserve(
        connection, here, place, now, now + spacing.place
    )


def put_off(
    database: Database, one: Delivery, until: datetime, *, is_doubtful: bool = False, counts: bool = True
) -> None:
    """Later again. What may have arrived stays as it is: it is looked for first then.

    counts  whether this was an attempt: not where Slack only asked to wait
    """
    state, attempts = "sending" if is_doubtful else "waiting", one.attempts if counts else one.attempts - 1
    with database.write() as connection:
        _change(connection, one, state=state, due_at=until, lease_until=None, attempts=attempts)


def sent(database: Database, one: Delivery, channel: str, ts: str) -> None:
    """Where it stands is kept; what it said, only as long as it shows tasks (`storage.shown`)."""
    shows = exists(
        select(shown.c.task_id).where(shown.c.installation_id == _one.installation_id, shown.c.delivery_id == _one.id)
    )
    said = case((shows, _one.payload), else_=null())
    with database.write() as connection:
        _change(connection, one, state="sent", channel=channel, ts=ts, payload=said, lease_until=None)
        _mark_home(connection, one)


def payload(connection: Connection, installation_id: int, kind: str, key: str) -> dict[str, Any] | None:
    """What a message said; None where that is no longer kept."""
    mine = (_one.installation_id == installation_id, _one.kind == kind, _one.key == key)
    said: dict[str, Any] | None = connection.scalar(select(_one.payload).where(*mine))
    return said


def end(connection: Connection, one: Delivery, state: str, reason: str | None) -> bool:
    """Nothing more will come: "failed" or "skipped". False where it is no more this attempt's."""
    _mark_home(connection, one)
    return _change(connection, one, state=state, reason=reason, payload=null(), lease_until=None)


def _mark_home(connection: Connection, one: Delivery) -> None:
    """What somebody is told of stands on their Home tab, too, whether or not the message reaches them."""
    if one.slack_user_id is not None:
        homes.mark(connection, one.installation_id, homes.of_slack(one.slack_user_id))


def forget(database: Database, installation_id: int, now: datetime) -> None:
    """Drop what ended long ago."""
    with database.write() as connection:
        mine = (_one.installation_id == installation_id, ~_OPEN, _one.made_at < now - KEPT)
        connection.execute(delete(delivery).where(*mine))
        pace.forget(connection, installation_id, now)


def _change(connection: Connection, one: Delivery, **values: Any) -> bool:
    """Write to a message that is still this attempt's."""
    held = (_one.state == "sending", _one.attempts == one.attempts, _one.lease_until == one.lease_until)
    return connection.execute(update(delivery).where(*_is(one), *held).values(values)).rowcount == 1


def _is(one: Delivery) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _one.installation_id == one.installation_id, _one.id == one.id
