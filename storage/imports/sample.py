"""The sample clients leave when the first real data comes."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import delete, func, select

from storage import name_index
from storage.imports.work import Work
from storage.schema import record, source, usage

_SLICE = 20  # clients: each has a year of usage


def count(work: Work) -> int:
    """How many clients this import removes (in a dry run: would)."""
    statement = select(func.count()).where(
        record.c.installation_id == work.installation_id, record.c.source_id.in_(work.samples)
    )
    return work.stage.connection.scalar(statement) or 0


def remove(work: Work, pause: float) -> None:
    """Take the sample's clients out with all that belongs to them, some at a time, and then its source."""
    while True:
        with work.stage.writing() as connection:
            ids = connection.scalars(
                select(record.c.id)
                .where(record.c.installation_id == work.installation_id, record.c.source_id.in_(work.samples))
                .limit(_SLICE)
            ).all()
            if not ids:
                sources = list(connection.scalars(work.samples))
                connection.execute(
                    delete(source).where(source.c.installation_id == work.installation_id, source.c.id.in_(sources))
                )
                return
            _remove(work, ids)
        time.sleep(pause)


def _remove(work: Work, ids: Sequence[int]) -> None:
    """What hangs on a record by a foreign key goes with it: properties, subscriptions, standing, changes."""
    connection, mine = work.stage.connection, work.installation_id
    name_index.remove(connection, mine, ids)
    connection.execute(delete(usage).where(usage.c.installation_id == mine, usage.c.client_id.in_(ids)))
    connection.execute(delete(record).where(record.c.installation_id == mine, record.c.id.in_(ids)))
