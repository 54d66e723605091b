"""The runs of a digest: what it says is kept before it is posted, once for each period, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Update,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)

from bot.domain.digest_times import planned_again
from bot.domain.digests import Digest, Pause
from storage import deliveries, digests, named_clients, together
from storage.schema import delivery, digest, named_client

KIND = "digest"  # of delivery, as is what its maker is told where it was stopped:
PAUSED = "digest_paused"
_TOLD = "told"  # in a delivery's facts: up to when the digest had told all before it, and with it

Told = tuple[date | None, date | None]  # told_on, told_as_of

_one, _digest = delivery.c, digest.c
_VERSION: ColumnElement[Any] = literal_column("digest.xmin")  # PostgreSQL's own, of each row


@dataclass(frozen=True)
class Run:
    """A run, as it stands."""

    at: datetime
    state: str  # waiting, sending, sent, failed, quiet (nothing was new), skipped (too late)
    reason: str | None


def number_due(connection: Connection, installation_id: int, now: datetime) -> int:
    query = select(func.count()).select_from(digest).where(*_is_due(installation_id, now))
    return connection.scalar(query) or 0


def next_due(connection: Connection, installation_id: int, now: datetime) -> Select[Any]:
    """What locks the one that is due longest, of those that no other process works on."""
    version = () if connection.dialect.name == "sqlite" else (_VERSION.label("xmin"),)
    query = select(digest, *version).where(*_is_due(installation_id, now)).order_by(_digest.next_at, _digest.id)
    return query.limit(1).with_for_update(skip_locked=True)


def as_it_was(connection: Connection, one: FromClause) -> Sequence[ColumnElement[bool]]:
    """Whether a digest is locked as all else in the statement is read: as it was when that began.

    PostgreSQL locks what another process has just changed as it is by now, and reads around it what was before.
    """
    if connection.dialect.name == "sqlite":
        return ()
    same = (_digest.installation_id == one.c.installation_id, _digest.id == one.c.id, one.c.xmin == _VERSION)
    return (exists(select(_digest.id).where(*same)),)


def locked(connection: Connection, one: Digest) -> Digest:
    """The same as it is by now; no other process runs it meanwhile."""
    return digests.read(connection.execute(_locking(one)).one()._mapping)


def is_same(connection: Connection, one: Digest) -> bool:
    """Whether it is still as it is given; it is locked."""
    row = connection.execute(_locking(one)).one_or_none()
    return row is not None and digests.read(row._mapping) == one


def _locking(one: Digest) -> Select[Any]:
    return select(digest).where(*_is_digest(one.installation_id, one.id)).with_for_update()


def _is_due(installation_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    comes = (_digest.installation_id == installation_id, _digest.next_at <= now)
    return *comes, _digest.paused.is_(None), _digest.channel_id.is_not(None)


def plan(connection: Connection, one: Digest, next_at: datetime | None) -> None:
    """When it runs next."""
    connection.execute(update(digest).where(*_is_digest(one.installation_id, one.id)).values(next_at=next_at))


def plan_again(connection: Connection, installation_id: int) -> None:
    """The next runs by the rules that time zones have now: a bot that starts may bring others with it."""
    mine = (_digest.installation_id == installation_id, _digest.next_at.is_not(None))
    for row in connection.execute(select(digest).where(*mine)).all():
        one = digests.read(row._mapping)
        if (planned := planned_again(one)) != one.next_at:
            same = (*_is_digest(installation_id, one.id), _digest.next_at == one.next_at)
            connection.execute(update(digest).where(*same).values(next_at=planned))


def keep(
    connection: Connection,
    one: Digest,
    key: str,
    day: date,
    now: datetime,
    *,
    message: Mapping[str, Any] | None,
    as_of: date | None,
    facts: Mapping[str, Any],
    named: Mapping[int, str],
    then: datetime | None = None,
) -> int | None:
    """What a digest says of a period, to be posted by the job that delivers. None where that was kept already.

    In one transaction with it: up to when it has told all, and whom it named.

    key  of the period: `period` of a day, or one's own for what is sent now
    message  None where nothing is new
    then  when it runs next; None: as was planned
    """
    assert one.channel_id is not None
    until: Told = (day, as_of or one.told_as_of)
    where = (one.installation_id, one.id, one.channel_id, KIND, key, now)
    telling = _telling(one, until, {} if then is None else {"next_at": then})
    if message is None:
        return deliveries.add_post(connection, *where, None, facts=facts or None, state="quiet", beside=[telling])
    kept = {**facts, _TOLD: [_texts((one.told_on, one.told_as_of)), _texts(until)]}
    beside = [telling, *([named_clients.adding(one, named, day, now)] if named else [])]
    return deliveries.add_post(connection, *where, dict(message), facts=kept, beside=beside)


def leave_out(connection: Connection, one: Digest, key: str, now: datetime, state: str, reason: str) -> int | None:
    """A run that says nothing, "skipped" or "failed": what it would have said, the next one says."""
    assert one.channel_id is not None
    where = (one.installation_id, one.id, one.channel_id)
    return deliveries.add_post(connection, *where, KIND, key, now, None, state=state, reason=reason)


def take_back(connection: Connection, installation_id: int, delivery_id: int) -> None:
    """What could not be posted was not told: the next run says it."""
    mine = (_one.installation_id == installation_id, _one.id == delivery_id)
    row = connection.execute(select(_one.digest_id, _one.facts).where(*mine)).one()
    one = digests.get(connection, installation_id, row.digest_id)
    if one is None or _TOLD not in (row.facts or {}):
        return
    before, until = map(_days, row.facts[_TOLD])
    stands = (_digest.told_on.is_not_distinct_from(until[0]), _digest.told_as_of.is_not_distinct_from(until[1]))
    connection.execute(_tell(one, before).where(*stands))
    its = (named_client.c.installation_id == installation_id, named_client.c.delivery_id == delivery_id)
    connection.execute(delete(named_client).where(*its))


def stop(connection: Connection, installation_id: int, digest_id: int, why: Pause, about: str, now: datetime) -> None:
    """Let one rest that runs, and have its maker told.

    about  what stopped it: of that is told once
    """
    running = (*_is_digest(installation_id, digest_id), _digest.paused.is_(None))
    values = {"paused": why.value, "next_at": None, "version": _digest.version + 1}
    made_by = connection.scalar(update(digest).where(*running).values(values).returning(_digest.made_by))
    if made_by is not None:
        deliveries.add(connection, installation_id, made_by, PAUSED, f"{digest_id}/{about}", now)


def in_channel(connection: Connection, installation_id: int, channel_id: str) -> Sequence[int]:
    """Those that run there."""
    mine = (_digest.installation_id == installation_id, _digest.channel_id == channel_id, _digest.paused.is_(None))
    return connection.scalars(select(_digest.id).where(*mine).order_by(_digest.id)).all()


def last(connection: Connection, installation_id: int, ids: Collection[int]) -> dict[int, Run]:
    """The newest run of each digest. One statement."""
    mine = (_one.installation_id == installation_id, _one.kind == KIND, _one.digest_id.in_(ids))
    place = func.row_number().over(partition_by=_one.digest_id, order_by=(_one.made_at.desc(), _one.id))
    newest = select(_one.digest_id, _one.made_at, _one.state, _one.reason, place.label("place")).where(*mine).subquery()
    rows = connection.execute(select(newest).where(newest.c.place == 1))
    return {row.digest_id: Run(row.made_at, row.state, row.reason) for row in rows}


def _tell(one: Digest, until: Told) -> Update:
    """Up to when it has told all."""
    values = {"told_on": until[0], "told_as_of": until[1]}
    return update(digest).where(*_is_digest(one.installation_id, one.id)).values(values)


def _telling(one: Digest, until: Told, more: Mapping[str, datetime]) -> together.Write:
    """The same for the sake of a delivery that says so."""
    return lambda made: _tell(one, until).values(more).where(exists(select(made.c.id)))


def _is_digest(installation_id: int, digest_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _digest.installation_id == installation_id, _digest.id == digest_id


def _texts(told: Told) -> list[str | None]:
    return [None if day is None else day.isoformat() for day in told]


def _days(told: list[str | None]) -> Told:
    on, as_of = (None if day is None else date.fromisoformat(day) for day in told)
    return on, as_of
