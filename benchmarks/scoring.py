"""Scoring a base against one SQL statement that computes the same, and a few clients against their share of it."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Table, insert

from bot.domain.catalog import Catalog, third_days
from storage import bulk, catalog, schema, stale, standing
from storage.database import Database
from storage.installations import create

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
REACH = date(2026, 11, 20)
SLICE = 2_000
TOOLS = 30  # that are measured
ROWS = 20  # of usage a client
EDITIONS = ("starter", "professional", "enterprise")
PRODUCTS = ("marketing", "sales", "service", "content", "data")


def run(sizes: tuple[int, ...] = (10_000, 100_000)) -> list[tuple[str, str]]:
    """The whole base first and again, an import of one client in a hundred, and memory, for each size."""
    with TemporaryDirectory() as folder:
        return [line for size in sizes for line in _measure(Path(folder) / f"{size}.db", size)]


def _measure(path: Path, size: int) -> Iterator[tuple[str, str]]:
    rules = catalog.load()
    database = Database(f"sqlite:///{path}")
    fill(database, rules, size)
    by_hand = min(_seconds(lambda: in_sql(database, rules)) for _ in range(2))
    yield f"{size:,} clients: one SQL statement", f"{by_hand:.2f} s"
    standing.advance(database, 1, rules, {1: REACH}, NOW)
    first, memory = _settle_elsewhere(path)
    yield f"{size:,} clients: first scores, all written", f"{first:.2f} s, {first / by_hand:.2f} of it, {memory} MB"
    again = _seconds(lambda: standing.rescore(database, 1, rules))
    without = replace(rules, rules=())  # the catalog's hash stays, so that everything else does
    standing.rescore(database, 1, without)
    alone = _seconds(lambda: standing.rescore(database, 1, without))
    yield f"{size:,} clients: all again, no rules of opportunities", f"{alone:.2f} s, {alone / by_hand:.2f} of it"
    yield f"{size:,} clients: all again, with them", f"{again:.2f} s, {(again - alone) / alone:.2f} of that on top"
    standing.rescore(database, 1, rules)
    yield from _few(database, rules, size, again)
    database.close()


def _few(database: Database, rules: Catalog, size: int, again: float) -> Iterator[tuple[str, str]]:
    few = range(1, size, 100)
    with database.write() as connection:
        stale.mark(connection, 1, few)
    some = _seconds(lambda: standing.settle(database, 1, rules))
    share = some / len(few) * size / again
    yield f"{size:,} clients: one in a hundred", f"{some * 1000:.0f} ms, {share:.2f} of their share"


def _seconds(action: Any) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _settle_elsewhere(path: Path) -> tuple[float, int]:
    """Seconds and megabytes that the first scores take in a process of their own."""
    command = [sys.executable, "-m", "benchmarks.scoring", "--settle", str(path)]
    seconds, kilobytes = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(seconds), int(kilobytes) // 1024


def fill(database: Database, rules: Catalog, size: int) -> None:
    """A made-up base: 30 tools measured, 20 rows of usage and one or two subscriptions a client."""
    schema.metadata.create_all(database.engine)
    random = Random(size)
    with database.write() as connection:
        create(connection, NOW)
        common = {"installation_id": 1}
        values = {"id": 1, "name": "usage", "kind": "csv", "form": "events", "covers": "all", "changed_at": NOW}
        connection.execute(insert(schema.source).values(**common, **values))
        tools = [{**common, "id": i, "name": tool.key} for i, tool in enumerate(rules.tools[:TOOLS], start=1)]
        connection.execute(insert(schema.tool), tools)
        connection.execute(insert(schema.source_tool), [{**common, "source_id": 1, "tool_id": t["id"]} for t in tools])
        people = [{**common, "id": i, "name": f"Person {i}", "email": f"{i}@example.com"} for i in range(1, 101)]
        connection.execute(insert(schema.person), people)
        csm = {"id": 1, "object": "company", "name": "csm_email", "label": "CSM", "type": "user"}
        connection.execute(insert(schema.field).values(**common, **csm))
    clients = iter(range(1, size + 1))
    while ids := list(islice(clients, SLICE)):
        with database.write() as connection:
            _add(connection, random, ids)


def _add(connection: Connection, random: Random, ids: list[int]) -> None:
    names: dict[Table, list[tuple[Any, ...]]] = {}
    names[schema.record] = [
        (1, i, "company", str(i), f"Client {i}", f"client {i}", None, None, "EUR", None, "{}", 1, None, None)
        for i in ids
    ]
    names[schema.record_person] = [(1, 1, i, random.randint(1, 100)) for i in ids]
    names[schema.subscription] = [
        (1, i * 2 + n, i, str(i * 2 + n), product, random.choice(EDITIONS), None, None, 90.5, "EUR",
         REACH - timedelta(random.randint(1, 2000)), REACH + timedelta(random.randint(1, 365)), None, None, None, None,
         1, None)
        for i in ids for n, product in enumerate(random.sample(PRODUCTS, random.randint(1, 2)))
    ]  # fmt: skip
    names[schema.usage] = sorted(
        (1, i, tool, REACH - timedelta(random.randint(0, 88)), 1, random.randint(1, 12))
        for i in ids for tool in random.choices(range(1, TOOLS + 1), k=ROWS)
    )  # fmt: skip
    for table, rows in names.items():
        bulk.upsert(connection, table, rows)


def in_sql(database: Database, rules: Catalog) -> None:
    """Points per category, tools going quiet, CSM, MRR and renewal of each client, written to a table by one statement.

    Left out are grace, onboarding, the history, the comparison with what stands, and the opportunities of rules.
    """
    with database.write() as connection:
        _lay_out(connection, rules)
        connection.exec_driver_sql(_STATEMENT, {"day": REACH.isoformat()})


def _lay_out(connection: Connection, rules: Catalog) -> None:
    """What the statement joins with: the catalog as tables."""
    for name, columns in (
        ("rule", "tool_id INTEGER PRIMARY KEY, category, points, at_least, first, second, last"),
        ("inclusion", "product, edition, tool_id, expected, PRIMARY KEY (product, edition, tool_id)"),
        ("points", "client_id INTEGER PRIMARY KEY, earned, possible, categories, quiet, mrr, renews_on, person_id"),
    ):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE TABLE {name} ({columns})")
    tools = list(enumerate(rules.tools[:TOOLS], start=1))
    thirds = [[day.isoformat() for day in third_days(REACH, tool.within)] for _, tool in tools]
    rows = [(i, t.category, t.points, t.at_least, *days) for (i, t), days in zip(tools, thirds, strict=True)]
    connection.exec_driver_sql("INSERT INTO rule VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    included = [
        (grant.product, edition, i, grant in tool.expected)
        for i, tool in tools
        for grant in tool.included
        for edition in rules.products[grant.product].editions[grant.rank :]
    ]
    connection.exec_driver_sql("INSERT INTO inclusion VALUES (?, ?, ?, ?)", included)


_RUNS = "+started_on <= :day AND (+ended_on IS NULL OR +ended_on > :day)"  # "+": by the client's index, not the day's
_OWNED = f"""
SELECT client_id, tool_id, max(expected) AS expected
FROM (
    SELECT client_id, product, edition FROM subscription WHERE installation_id = 1 AND {_RUNS}
    UNION ALL SELECT id, 'crm', 'free' FROM record WHERE installation_id = 1
) AS bought JOIN inclusion ON inclusion.product = bought.product AND inclusion.edition = bought.edition
GROUP BY client_id, tool_id
"""
_THIRD = "iif(+day BETWEEN first AND :day AND count > 0, (day >= second) + (day >= last), NULL)"
_TOOLS = f"""
SELECT owned.client_id, owned.tool_id, category, points, expected, at_least,
       sum(iif(+day BETWEEN first AND :day, count, 0)) AS times, min({_THIRD}) = 0 AND max({_THIRD}) = 1 AS quiet
FROM ({_OWNED}) AS owned JOIN rule USING (tool_id) LEFT JOIN "usage" ON "usage".installation_id = 1
     AND "usage".client_id = owned.client_id AND "usage".tool_id = owned.tool_id
GROUP BY owned.client_id, owned.tool_id
"""
_STATEMENT = f"""
INSERT INTO points
SELECT client_id, sum(earned), sum(possible), group_concat(category || ' ' || earned || '/' || possible),
       group_concat(quiet),
       (SELECT sum(mrr) FROM subscription s WHERE installation_id = 1 AND s.client_id = found.client_id AND {_RUNS}),
       (SELECT min(renews_on) FROM subscription s
        WHERE installation_id = 1 AND s.client_id = found.client_id AND +renews_on >= :day AND {_RUNS}),
       (SELECT person_id FROM record_person
        WHERE installation_id = 1 AND property_id = 1 AND record_id = found.client_id)
FROM (
    SELECT client_id, category, sum(iif(times >= at_least, points, 0)) AS earned,
           sum(iif(times >= at_least OR expected, points, 0)) AS possible,
           group_concat(iif(quiet AND times >= at_least, tool_id, NULL)) AS quiet
    FROM ({_TOOLS}) GROUP BY client_id, category
) AS found
GROUP BY client_id
"""


def main(arguments: list[str]) -> None:
    """`--settle PATH`: make the scores of a base and print seconds and kilobytes; else sizes to measure."""
    if arguments[:1] == ["--settle"]:
        database = Database(f"sqlite:///{arguments[1]}")
        seconds = _seconds(lambda: standing.settle(database, 1, catalog.load()))
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    else:
        for label, figure in run(tuple(int(one) for one in arguments) or (10_000, 100_000)):
            print(f"{label:60} {figure}")


if __name__ == "__main__":
    main(sys.argv[1:])
