"""Lists as one bound value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, select

from storage import lists
from storage.database import Database
from storage.schema import record


def test_among_texts_looks_each_up_in_the_columns_index(sqlite: Database) -> None:
    plans: list[str] = []

    def explain(_connection: object, cursor: Any, statement: str, values: Any, *_: object) -> None:
        plans.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    mine = (record.c.installation_id == 1, record.c.object == "company")
    statement = select(record.c.id).where(*mine, lists.among_texts(record.c.external_id, "ids"))
    event.listen(sqlite.engine, "before_cursor_execute", explain)
    with sqlite.read() as connection:
        connection.execute(statement, {"ids": ["C1", "C2"]})
    assert "(installation_id=? AND object=? AND external_id=?)" in " ".join(plans)
