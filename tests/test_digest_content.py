"""What a digest says on a day: of its own workspace, from how things were at the last delivery to how they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from bot.domain.digests import Content, Digest
from bot.jobs.composing import Composed
from bot.jobs.digest_content import compose
from storage import digests
from storage import schema as tables
from storage.catalog import Catalogs
from storage.database import Database
from storage.installations import Installation
from tests.domain.digest_histories import CATALOG, using
from tests.storage import bases

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ANNA, BO, NORDIC = 1, 2, 1
NUMBER = 12  # clients


class History:
    """A base whose days go on: clients use more tools or fewer, and a digest runs each morning."""

    def __init__(self, database: Database, here: Installation) -> None:
        self.database, self.here, self.day, self.told = database, here, MONDAY, 0
        self.catalogs = Catalogs(database, CATALOG, fixed=True)
        self.digest = Digest(here.id, 7, here.workspace_id, "Nordic", Content.BOTH, "Europe/Oslo", made_by=ANNA)
        self._fill()

    def _fill(self) -> None:
        one = {"installation_id": self.here.id}
        with self.database.write() as connection:
            connection.execute(update(tables.installation).values(catalog_hash=CATALOG.hash))
            connection.execute(
                insert(tables.person), [{**one, "id": n, "name": name} for n, name in enumerate(("Anna", "Bo"), 1)]
            )
            connection.execute(insert(tables.team).values(**one, id=NORDIC, name="CS Nordic", name_key="cs nordic"))
            bases.add_source(connection, self.here.id, 1, "all")
            bases.add_tools(connection, self.here.id, *(tool.name for tool in CATALOG.tools))
            bases.measure(connection, self.here.id, 1, range(1, 21))
            bases.add_clients(connection, self.here.id, *range(1, NUMBER + 1))
            rows = [{**one, "client_id": n, "workspace_id": self.here.workspace_id, "person_id": ANNA if n < 9 else BO,
                     "team_id": NORDIC if n < 9 else None, "tier": "medium", "name_key": f"client {n}"}
                    for n in range(1, NUMBER + 1)]  # fmt: skip
            connection.execute(insert(tables.standing), rows)
            digests.add(connection, self.digest, bases.NOW)
        self.uses(dict.fromkeys(range(1, NUMBER + 1), 9))

    def uses(self, tools: dict[int, int], of: Any = CATALOG) -> None:
        """From the data of this day on, clients use so many tools."""
        with self.database.write() as connection:
            for client, number in tools.items():
                then, here = using(number, of), {"installation_id": self.here.id, "client_id": client}
                assert then.ground is not None
                known = {"tier": then.tier.value, "score": then.score}
                ground = f"*|{then.ground.measured:x}|{then.ground.used:x}"
                made = {**here, **known, "day": self.day, "earned": number, "possible": 20, "ground": ground}
                connection.execute(insert(tables.change).values(**made, catalog_hash=of.hash, from_import=False))
                mine = tables.standing.c.client_id == client
                connection.execute(update(tables.standing).where(mine).values(**known, share=number / 20))
            self._reach(connection)

    def _reach(self, connection: Any) -> None:
        connection.execute(update(tables.installation).values(as_of=self.day))
        connection.execute(update(tables.source).values(reach=self.day))

    def renews(self, client: int, day: date | None, before: date | None = None) -> None:
        mine, here = tables.standing.c.client_id == client, {"installation_id": self.here.id, "client_id": client}
        moved = {"kind": "renewal", "subject": str(self.here.workspace_id), "before": before, "after": day}
        with self.database.write() as connection:
            connection.execute(update(tables.standing).where(mine).values(renews_on=day))
            if before is not None:
                connection.execute(insert(tables.client_event).values(**here, **moved, day=self.day))

    def goes_quiet(self, client: int, tool: str) -> None:
        mine, here = tables.standing.c.client_id == client, {"installation_id": self.here.id, "client_id": client}
        with self.database.write() as connection:
            connection.execute(update(tables.standing).where(mine).values(quiet=tool))
            connection.execute(insert(tables.client_event).values(**here, day=self.day, kind="quiet", subject=tool))

    def write(self, statement: Any) -> None:
        with self.database.write() as connection:
            connection.execute(statement)

    @property
    def now(self) -> datetime:
        """Nine in the morning after the data's day."""
        return datetime.combine(self.day + DAY, datetime.min.time(), UTC) + timedelta(hours=8)

    def composed(self) -> Composed:
        with self.database.read() as connection:
            return compose(connection, self.catalogs, self.digest, self.now)

    def run(self) -> list[str]:
        """The digest runs, and is kept as the job does; the clients that it names and why. Then a day goes by."""
        found = self.composed()
        self.told += 1
        one = {"installation_id": self.here.id, "id": self.told, "digest_id": self.digest.id, "kind": "digest"}
        made = {
            "key": str(self.told),
            "state": "sent",
            "due_at": self.now,
            "made_at": self.now,
            "facts": dict(found.facts),
        }
        self.write(insert(tables.delivery).values(**one, **made))
        self.digest = replace(self.digest, told_on=self.now.date(), told_as_of=found.as_of)
        self.goes_on()
        return [f"{client} {rule}" for client, rule in found.named.items()]

    def goes_on(self) -> None:
        self.day += DAY
        with self.database.write() as connection:
            self._reach(connection)


@pytest.fixture
def history(database: Database, installation: Installation) -> History:
    return History(database, installation)


def text(found: Composed) -> str:
    assert found.message is not None
    said: str = found.message["text"]
    return said


def test_the_first_is_a_picture_of_how_things_stand_and_nothing_in_it_is_new(history: History) -> None:
    for client, days in ((3, 40), (4, 20)):
        history.renews(client, MONDAY + timedelta(days))
    history.goes_on()
    history.uses({3: 4, 4: 5, 5: 6})
    found = history.composed()
    assert text(found) == (
        "Nordic · first digest. 12 clients: 3 Low, 9 Medium. "
        "From the next one on, this channel hears only what changes. "
        "Start with these 3: low, and their renewals come first. Client 4 3 · Anna. Renews in 18 days."
        " Client 3 2 · Anna. Renews in 38 days. Client 5 3 · Anna."
    )
    assert (history.run(), history.run()) == (["4 start", "3 start", "5 start"], [])


def test_each_thing_is_told_once(history: History) -> None:
    history.run()
    history.uses({1: 6, 2: 5})
    history.renews(3, history.now.date() + timedelta(60))
    history.renews(4, date(2027, 2, 1), before=date(2027, 3, 1))
    history.goes_quiet(5, "t3")
    expected = ["2 low", "1 low", "5 quiet", "3 renewal", "4 moved"]
    assert (history.run(), history.run(), history.run()) == (expected, [], [])


FILLED = """
    WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
    INSERT INTO {table} ({columns}) SELECT {values} FROM n
"""
BASE = {
    "record": "installation_id, id, object, external_id, name, name_key, properties, source_id "
    ": {here}, i, 'company', i, 'Client', 'client', '{{}}', 1",
    "standing": "installation_id, client_id, workspace_id, tier, score, renews_on, person_id "
    ": {here}, i, {workspace}, 'medium', 5, '2029-01-01', 1",
    "change": "installation_id, client_id, day, tier, earned, possible, catalog_hash, ground, from_import "
    ": {here}, i, '2026-01-01', 'medium', 9, 20, '', '*|7|7', false",
    "client_event": "installation_id, client_id, day, kind, subject : {here}, i, '2026-01-01', 'quiet', 't1'",
}


def fill(history: History) -> None:
    """Five thousand further clients of the workspace, of which nothing is new."""
    with history.database.write() as connection:
        for table, row in BASE.items():
            columns, values = row.split(":")
            made = values.format(here=history.here.id, workspace=history.here.workspace_id)
            connection.exec_driver_sql(FILLED.format(table=table, columns=columns, values=made))
    history.database.analyze()


# How the plans of the two databases say that they go through all clients, and that they do not:
BIG = "(standing|record|change|client_event)"
WHOLE = re.compile(
    rf"Seq Scan on {BIG}|SCAN {BIG}|SEARCH {BIG}[_0-9]* USING PRIMARY KEY \(installation_id=\?\)",
)
INDEXED = re.compile(r"ix_change_day")


def test_a_run_takes_four_statements_none_of_which_reads_through_the_clients(history: History) -> None:
    fill(history)
    history.run()
    history.uses(dict.fromkeys(range(1, 12), 5))
    history.renews(12, history.now.date() + timedelta(60))
    history.digest = replace(history.digest, told_on=MONDAY - 4 * DAY)
    plans: list[str] = []
    is_sqlite, statements = history.database.is_sqlite, []

    def note(_connection: Any, cursor: Any, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("EXPLAIN"):
            return
        statements.append(statement)
        if is_sqlite:
            plans.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))
            return
        with cursor.connection.cursor() as asked:
            plans.extend(row[0].strip() for row in asked.execute(f"EXPLAIN {statement}", values))

    event.listen(history.database.engine, "before_cursor_execute", note)
    assert "Fell" in str(history.composed().message)
    assert len(statements) == 4
    assert not [line for line in plans if WHOLE.search(line)]
    assert [line for line in plans if INDEXED.search(line)]
