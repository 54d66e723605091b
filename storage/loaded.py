"""What is loaded: clients, subscriptions, sources, the tools that they measure, and the imports."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from bot.domain.catalog import Catalog
from bot.domain.data import Loaded, Source
from bot.domain.freshness import EVERY, Reach
from storage import basis as bases
from storage import clients, everything, import_runs
from storage.schema import source, subscription


def read(connection: Connection, installation_id: int, catalog: Catalog) -> Loaded:
    bits = 0
    for one in bases.read(connection, installation_id, catalog).sources:
        bits |= one.tools
    bought = select(func.count()).where(
        subscription.c.installation_id == installation_id, subscription.c.archived_at.is_(None)
    )
    return Loaded(
        clients=clients.count(connection, installation_id, everything.widest(connection, installation_id)),
        subscriptions=connection.scalar(bought) or 0,
        sources=_sources(connection, installation_id),
        measured=bits.bit_count(),
        not_measured=tuple(one.name for at, one in enumerate(catalog.tools) if not bits >> at & 1),
        going=tuple(import_runs.going(connection, installation_id)),
        last=import_runs.last(connection, installation_id),
    )


def has_sample(connection: Connection, installation_id: int) -> bool:
    """Whether the playground's clients are here, which leave when real ones come."""
    mine = (source.c.installation_id == installation_id, source.c.kind == "sample")
    return connection.scalar(select(source.c.id).where(*mine).limit(1)) is not None


def _sources(connection: Connection, installation_id: int) -> tuple[Source, ...]:
    one = source.c
    rows = connection.execute(
        select(one.name, one.kind, one.reach, one.every)
        .where(one.installation_id == installation_id, one.kind != "person")
        .order_by(one.id)
    )
    return tuple(
        Source(row.name, row.kind, None if row.reach is None else Reach(EVERY, row.reach, row.every)) for row in rows
    )
