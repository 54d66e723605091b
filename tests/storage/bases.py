"""Small made-up bases of clients, written straight into the tables as an import would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, event, insert, select, update

from bot.domain.catalog import Catalog
from bot.domain.subscriptions import Subscription
from storage import bulk, catalog, schema, stale
from storage.database import Database

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

CATALOG = """
version = 1
name = "Tests"

[score]
within = 30
onboarding = 20
grace = 10
low = [0, 3]
medium = [4, 6]
high = [7, 10]

[products.crm]
name = "CRM"
editions = ["free", "pro"]
always = "free"

[products.mail]
name = "Mail"
editions = ["starter", "professional"]

[categories.core]
name = "Core"

[categories.mailing]
name = "Mailing"

[tools.contacts]
name = "Contacts"
category = "core"
included = ["crm:free"]
points = 2
at_least = 3
counts = "a record"
step = "Bring the list in"

[tools.forms]
name = "Forms"
category = "mailing"
included = ["mail:starter"]
points = 3
at_least = 2
counts = "a submission"
step = "Replace the form"
aliases = ["form"]

[tools.campaigns]
name = "Campaigns"
category = "mailing"
included = ["mail:professional"]
points = 1
within = 60
counts = "a campaign"
step = "Run one"
"""


def shipped() -> Catalog:
    return catalog.load()


def small() -> Catalog:
    return catalog.parse(CATALOG, "tests.toml")


def add_source(
    connection: Connection, installation_id: int, number: int, covers: str, tools: Sequence[int] = ()
) -> None:
    values = {"installation_id": installation_id, "id": number, "name": f"source {number}", "kind": "csv"}
    connection.execute(insert(schema.source).values(**values, form="events", covers=covers, changed_at=NOW))
    measure(connection, installation_id, number, tools)


def measure(connection: Connection, installation_id: int, source: int, tools: Sequence[int]) -> None:
    rows = [{"installation_id": installation_id, "source_id": source, "tool_id": tool} for tool in tools]
    if rows:
        connection.execute(insert(schema.source_tool), rows)


def add_tools(connection: Connection, installation_id: int, *names: str) -> None:
    """Tools with the ids 1, 2, 3 …"""
    rows = [{"installation_id": installation_id, "id": i, "name": name} for i, name in enumerate(names, start=1)]
    connection.execute(insert(schema.tool), rows)


def add_clients(connection: Connection, installation_id: int, *ids: int, source: int = 1) -> None:
    rows = [
        {"installation_id": installation_id, "id": i, "object": "company", "external_id": str(i), "name": f"Client {i}",
         "name_key": f"client {i}", "properties": {}, "source_id": source}
        for i in ids
    ]  # fmt: skip
    connection.execute(insert(schema.record), rows)
    stale.mark(connection, installation_id, ids)


def add_usage(
    connection: Connection, installation_id: int, client: int, tool: int, day: date, count: int = 1, source: int = 1
) -> None:
    """Say how often a client used a tool on a day; the client is marked."""
    bulk.upsert(connection, schema.usage, [(installation_id, client, tool, day, source, count)])
    stale.mark(connection, installation_id, [client])


def add_subscription(connection: Connection, installation_id: int, number: int, client: int, one: Subscription) -> None:
    connection.execute(
        insert(schema.subscription).values(
            installation_id=installation_id,
            id=number,
            client_id=client,
            external_id=str(number),
            source_id=1,
            **one._asdict(),
        )
    )
    stale.mark(connection, installation_id, [client])


def end_subscription(connection: Connection, installation_id: int, number: int, day: date) -> None:
    mine = (schema.subscription.c.installation_id == installation_id) & (schema.subscription.c.id == number)
    connection.execute(update(schema.subscription).where(mine).values(ended_on=day))
    client = connection.scalar(select(schema.subscription.c.client_id).where(mine))
    if client is not None:
        stale.mark(connection, installation_id, [client])


def check_areas(database: Database, installation_id: int) -> None:
    """The rows of categories are what the standings say."""
    with database.read() as connection:
        mine = schema.standing.c.installation_id == installation_id
        standings = connection.execute(select(schema.standing).where(mine)).all()
        its = select(schema.standing_area).where(schema.standing_area.c.installation_id == installation_id)
        stored = {tuple(row[1:]) for row in connection.execute(its)}
    assert stored == {row for one in standings for row in _areas_of(one)}


def _areas_of(one: Any) -> Iterator[tuple[Any, ...]]:
    group = {"onboarding": 2, "unknown": 4, "former": 6}.get(one.tier, 0)
    for place in range(15):
        if (level := one.areas >> 4 * place & 15) != 15:
            change = None if one.change_7 is None else json.loads(one.area_changes or "{}").get(str(place), 0.0)
            phase = group + (one.share is None)
            yield (one.workspace_id, place, phase, level, one.share or 0.0, one.client_id, change)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is executed meanwhile, but for the frame of a transaction."""
    found: list[str] = []

    def note(*args: Any) -> None:
        if not args[2].startswith(("BEGIN", "PRAGMA")):
            found.append(args[2])

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)
