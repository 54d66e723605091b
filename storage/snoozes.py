"""Clients that are left out of digests for a time: put off, ended, read for digests and beside a client's card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person
from bot.domain.catalog import Catalog, Tier
from bot.domain.snoozes import Snooze
from storage import installations, lists, named_clients
from storage.schema import person, record, snooze, standing

_one, _by = snooze.c, person.alias("snoozer")
_WHO = (_by.c.installation_id == _one.installation_id) & (_by.c.id == _one.person_id)
_COLUMNS = (
    _one.person_id.label("snoozer_id"),
    _by.c.name.label("snoozer"),
    _one.until.label("snoozed_until"),
    _one.reason.label("snooze_reason"),
    _one.made_at.label("snoozed_at"),
    _one.share.label("snoozed_share"),
    _one.renews_on.label("snoozed_renewal"),
)


def beside(query: Select[Any]) -> Select[Any]:
    """A statement on `record` that also reads how a client is put off; `read` makes it of its rows."""
    mine = (_one.installation_id == record.c.installation_id) & (_one.client_id == record.c.id)
    return query.add_columns(*_COLUMNS).outerjoin(snooze, mine).outerjoin(_by, _WHO)


def read(row: Any) -> Snooze | None:
    """Whether it has ended is to be asked of it."""
    if row.snoozer_id is None:
        return None
    made_on = row.snoozed_at.date()
    kept = (row.snoozed_until, row.snooze_reason, made_on, row.snoozed_share, row.snoozed_renewal)
    return Snooze(row.snoozer_id, row.snoozer, *kept)


def of(connection: Connection, installation_id: int, clients: Sequence[int]) -> Mapping[int, Snooze]:
    """Those that are put off, of some clients; whether it has ended is to be asked of each."""
    chosen = _one.client_id.in_(select(lists.numbers("ids").c.value))
    found = select(_one.client_id, *_COLUMNS).join(_by, _WHO).where(_one.installation_id == installation_id, chosen)
    return {row.client_id: snoozed for row in connection.execute(found, {"ids": clients}) if (snoozed := read(row))}


def put_off(connection: Connection, asker: Person, client_id: int, until: date, reason: str, now: datetime) -> None:
    """In the place of an earlier time. The caller has made sure that the person sees the client."""
    installations.lock(connection, asker.installation_id)  # no new score comes between
    at = standing.c
    stands = select(at.share, at.renews_on).where(at.installation_id == asker.installation_id)
    here = stands.where(at.client_id == client_id).order_by(at.workspace_id != asker.workspace_id).limit(1)
    share, renews_on = connection.execute(here).one_or_none() or (None, None)
    values = {"person_id": asker.id, "until": until, "reason": reason, "made_at": now}
    values |= {"share": share, "renews_on": renews_on}
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(snooze).values(installation_id=asker.installation_id, client_id=client_id, **values)
    keys = [_one.installation_id, _one.client_id]
    connection.execute(made.on_conflict_do_update(index_elements=keys, set_=values))
    named_clients.mark(connection, asker.installation_id, [client_id], now.date())


def end(connection: Connection, installation_id: int, client_id: int, now: datetime) -> None:
    mine = (_one.installation_id == installation_id, _one.client_id == client_id)
    connection.execute(delete(snooze).where(*mine))
    named_clients.mark(connection, installation_id, [client_id], now.date())


def fallen(
    connection: Connection, installation_id: int, shares: Mapping[int, float | None], catalog: Catalog, day: date
) -> None:
    """Take out those of clients whose share is lower now, where that ends them. Of none it is no statement."""
    if not shares:
        return
    bands = (catalog.bands[Tier.LOW][1], catalog.bands[Tier.MEDIUM][1])
    kept = of(connection, installation_id, list(shares))
    gone = [client for client, one in kept.items() if one.fell(shares[client], bands)]
    drop(connection, installation_id, gone, day)


def drop(connection: Connection, installation_id: int, clients: Sequence[int], day: date) -> None:
    """Take out those of some clients. Of none it is no statement."""
    if clients:
        mine = (_one.installation_id == installation_id, _one.client_id.in_(select(lists.numbers("ids").c.value)))
        ended = delete(snooze).where(*mine).returning(_one.client_id)
        named_clients.mark(connection, installation_id, connection.scalars(ended, {"ids": clients}).all(), day)
