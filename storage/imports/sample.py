"""The sample clients leave when the first real data comes, or a newer sample."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select

from storage import areas, digests, name_index
from storage.database import Database
from storage.imports.staging import Stage
from storage.imports.work import Work
from storage.schema import record, source, team, usage

_SLICE = 20  # clients: each has a year of usage


def count(work: Work) -> int:
    """How many clients this import removes (in a dry run: would)."""
    statement = select(func.count()).where(
        record.c.installation_id == work.installation_id, record.c.source_id.in_(work.samples)
    )
    return work.stage.connection.scalar(statement) or 0


def leave(database: Database, installation_id: int, before: date) -> None:
    """Take out a sample that goes to an earlier day: its stories are told up to that day."""
    with database.read() as connection:
        old = connection.scalar(_sources(installation_id).where(source.c.reach < before))
    if old is not None:
        stage = Stage(database, installation_id)
        try:
            remove(stage, 0.0)
        finally:
            stage.close()


def remove(stage: Stage, pause: float) -> None:
    """Take the sample's clients out with all that belongs to them, some at a time, and then its source."""
    mine = stage.installation_id
    while True:
        with stage.writing() as connection:
            sources = list(connection.scalars(_sources(mine)))
            its = select(record.c.id, record.c.name_key).where(
                record.c.installation_id == mine, record.c.source_id.in_(sources)
            )
            clients = connection.execute(its.limit(_SLICE)).all()
            if not clients:
                if sources:
                    _remove_sources(connection, mine, sources)
                return
            _remove(connection, mine, [(identity, key) for identity, key in clients])
        time.sleep(pause)


def _remove_sources(connection: Connection, mine: int, sources: Sequence[Any]) -> None:
    """The sources, and with them their teams."""
    its = select(team.c.id).where(team.c.installation_id == mine, team.c.source_id.in_(sources))
    digests.leave(connection, mine, connection.scalars(its).all())
    connection.execute(delete(source).where(source.c.installation_id == mine, source.c.id.in_(sources)))
    digests.rest(connection, mine)  # those of the teams' saved views


def _sources(installation_id: int) -> Select[int]:
    return select(source.c.id).where(source.c.installation_id == installation_id, source.c.kind == "sample")


def _remove(connection: Connection, mine: int, clients: Sequence[tuple[int, str]]) -> None:
    """What hangs on a record by a foreign key goes with it: properties, subscriptions, standing, changes."""
    name_index.remove(connection, mine, clients)
    ids = [identity for identity, _ in clients]
    connection.execute(delete(usage).where(usage.c.installation_id == mine, usage.c.client_id.in_(ids)))
    areas.write(connection, areas.stored(connection, mine, ids), set())
    connection.execute(delete(record).where(record.c.installation_id == mine, record.c.id.in_(ids)))
