"""Alerts as they are kept: begun, changed and ended by the job, each message and each piece of news a delivery."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import randbits
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    union_all,
    update,
)

from bot.domain import alerts as decide
from bot.domain.alerts import Episode, Subject
from bot.domain.digests import Digest
from storage import deliveries, digests, lists
from storage.schema import alert, delivery, digest, key_account, named_client, standing, team

KIND, NEWS = "alert", "alert_news"  # of delivery: the message, and what is told in its thread
# By then the message has been changed in place, or it is known that somebody deleted it:
AFTER = timedelta(minutes=1)

_one, _digest, _sent = alert.c, digest.c, delivery.c
_OPEN = _one.closed_at.is_(None)


@dataclass(frozen=True)
class Alert:
    """One that goes on."""

    id: int
    client_id: int
    delivery_id: int
    channel: str
    opened_at: datetime
    episode: Episode
    ts: str | None  # of its message; None: it is not there yet


class Drawn(NamedTuple):
    """A message of an alert: what it says, from what, and when."""

    message: dict[str, Any]
    facts: Mapping[str, Any]
    now: datetime


def is_any_due(connection: Connection, installation_id: int, now: datetime) -> bool:
    return connection.execute(_due(installation_id, now)).first() is not None


def take(connection: Connection, installation_id: int, now: datetime) -> Digest | None:
    """A digest for whose alerts there may be news: it is locked, with all of its channel, whose alerts are counted."""
    found = connection.execute(_due(installation_id, now)).first()
    if found is None:
        return None
    there = (_digest.installation_id == installation_id, _digest.channel_id == found.channel_id)
    connection.execute(select(_digest.id).where(*there).order_by(_digest.id).with_for_update())
    still = _due(installation_id, now, _digest.id == found.id)  # else another process has looked meanwhile
    return None if connection.execute(still).first() is None else digests.get(connection, installation_id, found.id)


def _due(installation_id: int, now: datetime, *which: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Nothing is new to a channel that was told nothing yet. Of one that sends no more, what goes on is closed."""
    mine = (_digest.installation_id == installation_id, *which)
    one = select(_digest.id, _digest.channel_id).where(*mine)
    runs = (_digest.paused.is_(None), _digest.channel_id.is_not(None), _digest.told_as_of.is_not(None))
    comes = or_(_digest.look_at.is_(None), _digest.look_at <= now)
    its = (_one.installation_id == _digest.installation_id, _one.digest_id == _digest.id, _OPEN)
    sent = (_sent.installation_id == _one.installation_id, _sent.id == _one.delivery_id, _sent.state != "waiting")
    goes_on = select(_one.id).where(*its, select(_sent.id).where(*sent, _sent.state != "sending").exists()).exists()
    rests = or_(_digest.paused.is_not(None), _digest.alerts.is_(None))
    due = union_all(one.where(_digest.alerts.is_not(None), *runs, comes), one.where(rests, goes_on))
    return due.order_by("id").limit(1)


def mark(connection: Connection, installation_id: int) -> None:
    """Let all be looked at: scores have moved."""
    waiting = (_digest.alerts.is_not(None), _digest.look_at.is_not(None))
    connection.execute(update(digest).where(_digest.installation_id == installation_id, *waiting).values(look_at=None))


def left_out(connection: Connection, one: Digest) -> frozenset[int]:
    """The clients that were too many since its last run."""
    kept = connection.scalar(select(_digest.left_out).where(*_is_digest(one)))
    return frozenset(kept["clients"]) if kept and kept["since"] == _since(one) else frozenset()


def looked(connection: Connection, one: Digest, left: Collection[int], again: datetime) -> None:
    """When it is looked again, and which clients wait for its next run."""
    kept = {"since": _since(one), "clients": sorted(left)} if left else null()
    connection.execute(update(digest).where(*_is_digest(one)).values(look_at=again, left_out=kept))


def _since(one: Digest) -> str:
    return f"{one.told_on} {one.told_as_of}"


def going_on(connection: Connection, one: Digest) -> Sequence[Alert]:
    """Those of a digest."""
    sent = (_sent.installation_id == _one.installation_id) & (_sent.id == _one.delivery_id)
    columns = (_one.id, _one.client_id, _one.delivery_id, _one.channel_id, _one.opened_at, _one.state, _sent.ts)
    query = select(*columns).join(delivery, sent).where(_one.installation_id == one.installation_id)
    rows = connection.execute(query.where(_one.digest_id == one.id, _OPEN).order_by(_one.opened_at, _one.id))
    return [Alert(*row[:5], decide.read(row.state), row.ts) for row in rows]


def withdraw(connection: Connection, one: Digest) -> frozenset[int]:
    """Forget those whose message was not posted, as far as is known; their clients, of which the digest will tell.

    Begun anew, they would be told twice where the message had arrived after all.
    """
    sent = (_sent.installation_id == _one.installation_id, _sent.id == _one.delivery_id)
    failed = select(_sent.id).where(*sent, _sent.state.in_(("failed", "skipped")), _sent.ts.is_(None)).exists()
    mine = (_one.installation_id == one.installation_id, _one.digest_id == one.id, _OPEN, failed)
    gone = connection.execute(delete(alert).where(*mine).returning(_one.delivery_id, _one.client_id)).all()
    if gone:
        its = named_client.c.delivery_id.in_([row.delivery_id for row in gone])
        connection.execute(delete(named_client).where(named_client.c.installation_id == one.installation_id, its))
    return frozenset(row.client_id for row in gone)


def counts(connection: Connection, one: Digest, since: datetime) -> tuple[int, int]:
    """How many began in the digest's channel since a moment, and how many go on there."""
    here = (_one.installation_id == one.installation_id, _one.channel_id == one.channel_id)
    begun, open_ = func.count().filter(_one.opened_at >= since), func.count().filter(_OPEN)
    found = connection.execute(select(begun, open_).where(*here, or_(_one.opened_at >= since, _OPEN))).one()
    return found[0], found[1]


def subjects(connection: Connection, one: Digest, clients: Sequence[int]) -> dict[int, Subject]:
    """What is known of these clients in the digest's workspace: of its team, or of any where it has none."""
    at, key = standing.c, key_account.c
    same = (team.c.installation_id == key.installation_id) & (team.c.id == key.team_id)
    follows = (key.installation_id == at.installation_id, key.client_id == at.client_id)
    of = key.team_id == one.team_id if one.team_id is not None else key.team_id.is_not(None)
    is_key = select(key.id).select_from(key_account.join(team, same)).where(*follows, of).exists()
    mine = (at.installation_id == one.installation_id, at.workspace_id == one.workspace_id)
    query = select(at.client_id, is_key.label("is_key"), at.mrr, at.currency)
    rows = connection.execute(query.where(*mine, lists.among_numbers(at.client_id, "ids")), {"ids": list(clients)})
    return {
        row.client_id: Subject(bool(row.is_key), None if row.mrr is None else float(row.mrr), row.currency or "")
        for row in rows
    }


def begin(connection: Connection, one: Digest, episode: Episode, drawn: Drawn) -> int:
    """One of a client, with its message."""
    assert one.channel_id is not None
    number, named = randbits(62), episode.named
    sent = _post(connection, one, one.channel_id, str(number), episode, drawn)
    here = {"installation_id": one.installation_id, "id": number, "digest_id": one.id, "client_id": named.client_id}
    said = {"channel_id": one.channel_id, "delivery_id": sent, "state": decide.write(episode), "opened_at": drawn.now}
    connection.execute(insert(alert).values(**here, **said))
    return number


def _post(connection: Connection, one: Digest, channel: str, key: str, episode: Episode, drawn: Drawn) -> int:
    where = (one.installation_id, one.id, channel, KIND, key)
    sent = deliveries.add_post(connection, *where, drawn.now, drawn.message, facts=drawn.facts)
    assert sent is not None  # its key is new
    about = {"installation_id": one.installation_id, "delivery_id": sent, "digest_id": one.id}
    named = {"client_id": episode.named.client_id, "rule": episode.named.rule.value, "named_on": episode.since}
    connection.execute(insert(named_client).values(**about, **named))
    return sent


def leave(connection: Connection, one: Digest, by: int) -> None:
    """What goes on of a digest that is about to be deleted: its messages are drawn a last time, for who did that."""
    mine = (_one.installation_id == one.installation_id, _one.digest_id == one.id, _OPEN)
    its = (_sent.installation_id == one.installation_id, _sent.id.in_(select(_one.delivery_id).where(*mine)))
    values = {"digest_id": None, "person_id": by, "facts": {"of": one.name}, "changes": _sent.changes + 1}
    connection.execute(update(delivery).where(*its, _sent.state == "sent").values(values))


def tell(
    connection: Connection,
    one: Digest,
    about: Alert,
    key: str,
    message: dict[str, Any],
    facts: Mapping[str, Any] | None,
    now: datetime,
) -> bool:
    """What is new, in its thread. False where that was told."""
    where = (one.installation_id, one.id, about.channel, NEWS, f"{about.id}/{key}", now, message)
    more: dict[str, Any] = {"thread_ts": about.ts, "facts": facts, "due_at": now + AFTER}
    return deliveries.add_post(connection, *where, **more) is not None


def change(connection: Connection, one: Digest, about: Alert, episode: Episode, now: datetime) -> None:
    """What it says by now; its message is drawn again."""
    ended = now if episode.end is not None else None
    values = {"state": decide.write(episode), "closed_at": ended}
    connection.execute(update(alert).where(*_is(one.installation_id, about.id)).values(values))
    draw_again(connection, one.installation_id, about.delivery_id)


def draw_again(connection: Connection, installation_id: int, delivery_id: int) -> None:
    mine = (_sent.installation_id == installation_id, _sent.id == delivery_id)
    connection.execute(update(delivery).where(*mine).values(changes=_sent.changes + 1))


def of_message(connection: Connection, installation_id: int, delivery_id: int) -> Episode | None:
    """What a message is to say. None where it is not its alert's any more."""
    mine = (_one.installation_id == installation_id, _one.delivery_id == delivery_id)
    kept = connection.scalar(select(_one.state).where(*mine))
    return None if kept is None else decide.read(kept)


def post_again(connection: Connection, one: Digest, delivery_id: int, drawn: Drawn) -> bool:
    """Once, in the place of a message that somebody deleted, while the alert goes on. It says all that is new."""
    mine = (_one.installation_id == one.installation_id, _one.delivery_id == delivery_id, _one.reposted == 0, _OPEN)
    held = update(alert).where(*mine).values(reposted=1).returning(_one.id, _one.channel_id, _one.state)
    row = connection.execute(held).one_or_none()
    if row is None:
        return False
    lost = select(_sent.ts).where(_sent.installation_id == one.installation_id, _sent.id == delivery_id)
    waits = (_sent.installation_id == one.installation_id, _sent.kind == NEWS, _sent.state == "waiting")
    connection.execute(delete(delivery).where(*waits, _sent.thread_ts == lost.scalar_subquery()))
    episode = decide.read(row.state)
    sent = _post(connection, one, row.channel_id, f"{row.id}/2", episode, drawn)
    connection.execute(update(alert).where(*_is(one.installation_id, row.id)).values(delivery_id=sent))
    return True


def claimed(connection: Connection, installation_id: int, client_id: int) -> None:
    """Somebody has taken a client: its alerts' threads are to hear of it."""
    about = select(_one.digest_id).where(_one.installation_id == installation_id, _one.client_id == client_id, _OPEN)
    mine = (_digest.installation_id == installation_id, _digest.id.in_(about))
    connection.execute(update(digest).where(*mine).values(look_at=None))


def _is(installation_id: int, alert_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _one.installation_id == installation_id, _one.id == alert_id


def _is_digest(one: Digest) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _digest.installation_id == one.installation_id, _digest.id == one.id
