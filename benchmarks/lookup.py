"""Looking up a client: recall and time against rapidfuzz over all names and against one indexed query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Connection, insert

from bot.domain import names
from storage import name_index
from storage.database import Database
from storage.installations import create
from storage.schema import record, source, standing

SLICE = 4_000
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def fill(database: Database, companies: Sequence[str], at_once: int = SLICE) -> tuple[int, int]:
    """An installation whose clients bear these names, numbered from 1; gives its id and its workspace's."""
    with database.write() as connection:
        home = create(connection, NOW)
        values = {"name": "sample", "kind": "sample", "form": "events", "covers": "listed", "changed_at": NOW}
        connection.execute(insert(source).values(installation_id=home.id, id=1, **values))
    numbered = iter(enumerate(companies, start=1))
    while rows := list(islice(numbered, at_once)):
        with database.write() as connection:
            _insert(connection, home.id, home.workspace_id, rows)
            name_index.add(connection, home.id, rows)
    if not database.is_sqlite:  # whose planner has no use for statistics here
        with database.write() as connection:
            connection.exec_driver_sql("ANALYZE")
    return home.id, home.workspace_id


def _insert(connection: Connection, here: int, workspace_id: int, rows: Sequence[tuple[int, str]]) -> None:
    records = [
        {
            "installation_id": here, "id": number, "object": "company", "external_id": str(number), "name": name,
            "name_key": names.key(name), "domain": f"c{number}.example", "properties": {}, "source_id": 1,
        }
        for number, name in rows
    ]  # fmt: skip
    connection.execute(insert(record), records)
    scope = {"installation_id": here, "workspace_id": workspace_id, "tier": "unknown"}
    connection.execute(insert(standing), [{**scope, "client_id": number} for number, _ in rows])
