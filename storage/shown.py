"""Messages that are older than what they show: direct ones than their tasks, digests than what is known of a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage import deliveries, lists
from storage.database import Database
from storage.deliveries import LEASE
from storage.schema import delivery, person, shown, task

_one, _sent, _changed = shown.c, delivery.c, delivery.alias("changed").c
_IS_OLD = _one.version < _one.wanted


@dataclass(frozen=True)
class Old:
    """A message that shows something as it was, claimed by this process."""

    installation_id: int
    delivery_id: int
    slack_user_id: str | None  # whose it is; None: a digest's
    kind: str
    key: str
    channel: str
    ts: str
    digest_id: int | None
    facts: Mapping[str, Any] | None  # from which a digest is drawn
    changes: int  # of what it says
    attempts: int  # this one included, since it was last as its tasks are; a message's first ones are among them
    versions: Mapping[int, int]  # of its tasks that changed, as they are by now


def add(connection: Connection, installation_id: int, delivery_id: int, tasks: Mapping[int, int]) -> None:
    """Remember, in the transaction that adds a message, which tasks it shows, and their versions."""
    values = {"installation_id": installation_id, "delivery_id": delivery_id}
    rows = [{**values, "task_id": one, "version": version, "wanted": version} for one, version in tasks.items()]
    if rows:
        connection.execute(insert(shown), rows)


def leave(connection: Connection, installation_id: int, person_id: int, kind: str) -> None:
    """Bring the messages of a kind that somebody was sent no longer up to date: there is a newer one."""
    mine = (_sent.installation_id == installation_id, _sent.person_id == person_id, _sent.kind == kind)
    ids = select(_sent.id).where(*mine)
    connection.execute(delete(shown).where(_one.installation_id == installation_id, _one.delivery_id.in_(ids)))
    connection.execute(update(delivery).where(*mine, _sent.state == "sent").values(payload=null()))


def mark(connection: Connection, installation_id: int, tasks: Sequence[int]) -> None:
    """Let the messages that show these tasks be brought up to date, in the transaction that changed them."""
    same = (task.c.installation_id == _one.installation_id, task.c.id == _one.task_id)
    version = select(task.c.version).where(*same).scalar_subquery()
    mine = (_one.installation_id == installation_id, _one.task_id.in_(select(lists.numbers("ids").c.value)))
    connection.execute(update(shown).where(*mine).values(wanted=version), {"ids": tasks})
    if tasks:
        _mark_told(connection, installation_id, tasks)


def _mark_told(connection: Connection, installation_id: int, tasks: Sequence[int]) -> None:
    """The messages to whom a task was given are remembered only now: most tasks are changed seldom, told at once."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    same = (task.c.installation_id == _sent.installation_id) & (task.c.id == bindparam("of"))
    its = (_sent.kind == "task", deliveries.ABOUT, _sent.state != "failed")
    found = select(_sent.installation_id, _sent.id, task.c.id, literal(0), task.c.version)
    rows = found.select_from(delivery.join(task, same)).where(_sent.installation_id == installation_id, *its)
    names = ["installation_id", "delivery_id", "task_id", "version", "wanted"]
    added = dialect.insert(shown).from_select(names, rows).on_conflict_do_nothing()
    connection.execute(added, [{"of": one, **deliveries.keys(one)} for one in tasks])


def claim(database: Database, installation_id: int, now: datetime) -> Old | None:
    """Take an old message for a lease, the channels' before people's. None: there is none, or somebody is at each."""
    who = (person.c.installation_id == _sent.installation_id) & (person.c.id == _sent.person_id)
    old = union_all(
        select(_one.delivery_id)
        .where(_one.installation_id == installation_id, _IS_OLD)
        .with_hint(shown, "INDEXED BY ix_shown_old", "sqlite"),
        select(_changed.id).where(_changed.installation_id == installation_id, _changed.changes > literal_column("0")),
    )
    columns = (_sent.id.label("delivery_id"), person.c.slack_user_id, _sent.kind, _sent.key, _sent.channel, _sent.ts)
    due = (
        select(*columns, _sent.digest_id, _sent.facts, _sent.changes, (_sent.attempts + 1).label("attempts"))
        .outerjoin(person, who)
        .where(_sent.installation_id == installation_id, _sent.id.in_(old), _sent.state == "sent")
        .where(or_(_sent.lease_until.is_(None), _sent.lease_until <= now))
        .order_by(_sent.changes.desc(), _sent.id)
        .limit(1)
    )
    with database.read() as connection:  # nearly always in vain: that shall not take SQLite's write lock
        if connection.execute(due).first() is None:
            return None
    with database.write() as connection:
        row = connection.execute(due.with_for_update(of=delivery, skip_locked=True)).one_or_none()
        if row is None:
            return None
        mine = (_one.installation_id == installation_id, _one.delivery_id == row.delivery_id, _IS_OLD)
        versions = dict(connection.execute(select(_one.task_id, _one.wanted).where(*mine)).all())
        found = Old(installation_id=installation_id, versions=versions, **row._mapping)
        _lease(connection, found, now + LEASE, attempts=found.attempts)
    return found


def renewed(database: Database, one: Old) -> None:
    """It shows what was claimed, or later: what changed meanwhile is shown once more."""
    mine = (_one.installation_id == one.installation_id, _one.delivery_id == one.delivery_id)
    rows = [{"of": number, "now": version} for number, version in one.versions.items()]
    with database.write() as connection:
        if rows:
            newer = update(shown).where(*mine, _one.task_id == bindparam("of")).values(version=bindparam("now"))
            connection.execute(newer, rows)
        _lease(connection, one, None, attempts=0, changes=_sent.changes - one.changes)


def put_off(database: Database, one: Old, until: datetime) -> None:
    with database.write() as connection:
        _lease(connection, one, until)


def forget(database: Database, one: Old) -> None:
    """Nothing more will come to it: somebody deleted it, say. What a digest said, it said all the same."""
    with database.write() as connection:
        if one.digest_id is not None:
            _lease(connection, one, None, changes=0)
            return
        mine = (_one.installation_id == one.installation_id, _one.delivery_id == one.delivery_id)
        connection.execute(delete(shown).where(*mine))
        sent = (_sent.installation_id == one.installation_id, _sent.id == one.delivery_id)
        connection.execute(update(delivery).where(*sent).values(state="failed", lease_until=None))


def _lease(connection: Connection, one: Old, until: datetime | None, **values: Any) -> None:
    mine = (_sent.installation_id == one.installation_id, _sent.id == one.delivery_id)
    connection.execute(update(delivery).where(*mine).values(lease_until=until, **values))
