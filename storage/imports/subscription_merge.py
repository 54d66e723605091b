"""Merges staged subscriptions, a range of clients at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, select, update

from storage import lists
from storage.imports import staging
from storage.imports.subscriptions import FACTS
from storage.imports.work import Work
from storage.schema import subscription

_DAYS = frozenset({"started_on", "renews_on", "ended_on", "cancels_on"})
_here: BindParameter[int] = bindparam("here")
_source: BindParameter[int] = bindparam("source")
_client = func.coalesce(staging.record.c.record_id, staging.subscription.c.client)
_STAGED = (
    select(staging.subscription.c.external_id, _client.label("client_id"), staging.subscription.c.facts)
    .join_from(
        staging.subscription, staging.record, staging.record.c.number == staging.subscription.c.client, isouter=True
    )
    .where(staging.subscription.c.client.between(bindparam("first"), bindparam("last")))
)
_STORED = select(
    subscription.c.external_id, subscription.c.id, subscription.c.client_id, subscription.c.archived_at,
    *(subscription.c[name] for name in FACTS),
).where(
    subscription.c.installation_id == _here,
    subscription.c.source_id == _source,
    lists.among_texts(subscription.c.external_id, "ids"),
)  # fmt: skip
_UPDATE = (
    update(subscription)
    .where(subscription.c.installation_id == _here, subscription.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in ("client_id", *FACTS)} | {"archived_at": None})
)


class Difference(NamedTuple):
    """What a range of staged subscriptions means for the stored ones."""

    new: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    archived: list[tuple[int, int]]  # id, client
    clients: set[int]  # whose facts change
    unchanged: int


def compare(work: Work, first: int, last: int) -> Difference:
    """Find what is new, what is changed, and what a complete source no longer names. Reads only."""
    staged = work.stage.connection.execute(_STAGED, {"first": first, "last": last}).all()
    stored = _stored(work, [one.external_id for one in staged])
    archived = _unnamed(work, first, last)
    new, changed, unchanged = [], [], 0
    clients = {client for _, client in archived}
    for one in staged:
        facts = _facts(one.facts)
        before = stored.get(one.external_id)
        if before is None:
            new.append({"external_id": one.external_id, "client_id": one.client_id, **facts})
            clients.add(one.client_id)
        elif before.archived_at is not None or before.client_id != one.client_id or _differs(before, facts):
            values = {name: facts.get(name, getattr(before, name)) for name in FACTS}
            changed.append({"of": before.id, "client_id": one.client_id, **values})
            clients |= {one.client_id, before.client_id}
        else:
            unchanged += 1
    return Difference(new, changed, archived, clients, unchanged)


def _stored(work: Work, ids: Sequence[str]) -> Mapping[str, Any]:
    if not ids:
        return {}
    parameters = {"here": work.installation_id, "source": work.source_id, "ids": ids}
    return {row.external_id: row for row in work.stage.connection.execute(_STORED, parameters)}


def _facts(text: str) -> dict[str, Any]:
    facts = json.loads(text)
    return {
        name: date.fromisoformat(value) if name in _DAYS and value is not None else value
        for name, value in facts.items()
    }


def _differs(before: Any, facts: Mapping[str, Any]) -> bool:
    return any(getattr(before, name) != value for name, value in facts.items())


def _unnamed(work: Work, first: int, last: int) -> list[tuple[int, int]]:
    """Subscriptions that this source, which is complete, named before and names no more."""
    if not work.is_snapshot or "subscriptions" not in work.objects:
        return []
    named = select(staging.subscription.c.client).where(
        staging.subscription.c.external_id == subscription.c.external_id
    )
    statement = select(subscription.c.id, subscription.c.client_id).where(
        subscription.c.installation_id == work.installation_id,
        subscription.c.client_id.between(first, last),
        subscription.c.source_id == work.source_id,
        subscription.c.archived_at.is_(None),
        ~named.exists(),
    )
    return [(identity, client) for identity, client in work.stage.connection.execute(statement)]


def apply(work: Work, difference: Difference) -> set[int]:
    """Write a difference. Gives the clients whose facts changed."""
    connection = work.stage.connection
    if difference.new:
        mine = subscription.c.installation_id == work.installation_id
        highest = connection.scalar(select(func.max(subscription.c.id)).where(mine)) or 0
        work.stage.load(subscription, (_row(work, highest + i, one) for i, one in enumerate(difference.new, start=1)))
    if difference.changed:
        named = [{f"new_{name}": value for name, value in one.items() if name != "of"} for one in difference.changed]
        keys = [{"here": work.installation_id, "of": one["of"]} for one in difference.changed]
        connection.execute(_UPDATE, [key | values for key, values in zip(keys, named, strict=True)])
    if difference.archived:
        mine_ = (subscription.c.installation_id == work.installation_id, subscription.c.id == bindparam("of"))
        archive = update(subscription).where(*mine_).values(archived_at=work.now)
        connection.execute(archive, [{"of": identity} for identity, _ in difference.archived])
    return difference.clients


def _row(work: Work, identity: int, one: Mapping[str, Any]) -> tuple[Any, ...]:
    facts = (str(one[name]) if name in _DAYS and one.get(name) else one.get(name) for name in FACTS)
    return (work.installation_id, identity, one["client_id"], one["external_id"], *facts, work.source_id, None)
