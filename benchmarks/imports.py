"""The import against the databases' own loading into the same tables, and against an ORM's merge, row by row.

Ours is measured end to end (checks, staging, merge, report), each in a process of its own; only the making of scores is
left out, which `benchmarks.scoring` measures. The bare imports get the numbers of clients and tools ready made.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import delete
from sqlalchemy.orm import DeclarativeBase, Session

from benchmarks.names import companies
from storage import catalog, schema, standing
from storage.database import Database
from storage.imports import run as load
from storage.installations import create
from tests import postgres

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAYS = [(date(2026, 11, 19) - timedelta(days=i)).isoformat() for i in range(120)]
TOOLS = 30
ROWS_A_CLIENT = 20
MERGED = 5_000  # rows that the ORM gets: it would take minutes for more

Lines = Iterator[tuple[str, str]]


def run(sizes: tuple[int, ...] = (10_000, 300_000)) -> list[tuple[str, str]]:
    """For each number of usage rows: SQLite, PostgreSQL where it is installed, an ORM, and memory."""
    found: list[tuple[str, str]] = []
    for size in sizes:
        with TemporaryDirectory() as name:
            folder = Path(name)
            write(folder, size)
            found += _on_sqlite(folder, size)
            found += _on_postgresql(folder, size)
    return found


def write(folder: Path, size: int) -> None:
    """Clients and usage in random order, no cell twice; as the contract has them, and as the tables have them.

    Clients have rows of about 100 bytes, and names like those of a register (`benchmarks.names`).
    """
    random = Random(size)
    clients = max(1, size // ROWS_A_CLIENT)
    (folder / "clients").mkdir()
    (folder / "usage").mkdir()
    with (folder / "clients" / "clients.csv").open("w") as file:
        file.write("id,name,domain,mrr,industry,segment,address\n")
        for i, name in enumerate(companies(clients, seed=size), start=1):
            more = f"{i % 900}.50,Software and services,Small business,{i} Example Street"
            file.write(f"C{i},{name},c{i}.example.com,{more}\n")
    cells = random.sample(range(clients * TOOLS * len(DAYS)), size)
    with (folder / "usage" / "usage.csv").open("w") as named, (folder / "bare.csv").open("w") as bare:
        named.write("client_id,tool,used_on,count\n")
        for cell in cells:
            client, rest = divmod(cell, TOOLS * len(DAYS))
            tool, day = divmod(rest, len(DAYS))
            named.write(f"C{client + 1},tool_{tool},{DAYS[day]},{cell % 29}\n")
            bare.write(f"1,{client + 1},{tool + 1},{DAYS[day]},1,{cell % 29}\n")


def _on_sqlite(folder: Path, size: int) -> Lines:
    bare = _shell_import(folder / "bare.db", "usage", folder / "bare.csv")
    bare_clients = _shell_clients(folder)
    database = prepare(f"sqlite:///{folder / 'ours.db'}")
    orm = _merge_rows(database, folder / "bare.csv") / MERGED * size
    database.close()
    yield f"{size:,} usage rows, sqlite3 .import into the keyed table", f"{bare:.2f} s, {size / bare:,.0f} a second"
    clients = elsewhere(folder, folder / "clients")
    yield f"{size // ROWS_A_CLIENT:,} clients with their search index", _figure(clients, bare_clients, ".import")
    first = elsewhere(folder, folder / "usage")
    yield f"{size:,} usage rows, first time", _figure(first, bare, ".import")
    yield f"{size:,} usage rows, against ORM merge", f"{orm / first['seconds']:.0f} times as fast"
    yield f"{size:,} usage rows, again", _figure(elsewhere(folder, folder / "usage"), bare, ".import")


def _figure(ours: dict[str, float], bare: float, what: str) -> str:
    speed = f"{ours['seconds']:.2f} s, {ours['rows'] / ours['seconds']:,.0f} a second"
    return f"{speed}, {bare / ours['seconds']:.2f} of {what}'s speed, {ours['megabytes']:.0f} MB"


def prepare(url: str) -> Database:
    """A database with all tables and an installation."""
    database = Database(url)
    schema.metadata.create_all(database.engine)
    with database.write() as connection:
        create(connection, NOW)
    return database


def _shell_import(path: Path, table: str, file: Path) -> float:
    prepare(f"sqlite:///{path}").close()
    begun = time.perf_counter()
    subprocess.run(["sqlite3", path, ".mode csv", f".import '{file}' {table}"], check=True)
    return time.perf_counter() - begun


def _shell_clients(folder: Path) -> float:
    """The clients' file into a table of its columns, keyed by id."""
    path = folder / "clients.db"
    columns = "name TEXT, domain TEXT, mrr NUMERIC, industry TEXT, segment TEXT, address TEXT"
    subprocess.run(["sqlite3", path, f"CREATE TABLE client (id TEXT PRIMARY KEY, {columns})"], check=True)
    begun = time.perf_counter()
    file = folder / "clients" / "clients.csv"
    subprocess.run(["sqlite3", path, ".mode csv", f".import --skip 1 '{file}' client"], check=True)
    return time.perf_counter() - begun


def _merge_rows(database: Database, file: Path) -> float:
    """The first rows through an ORM session's merge; they are taken out again."""

    class Base(DeclarativeBase):
        metadata = schema.metadata

    class Use(Base):
        __table__ = schema.usage

    with file.open() as lines:
        rows = [next(lines).rstrip().split(",") for _ in range(MERGED)]
    begun = time.perf_counter()
    with Session(database.engine.execution_options(writes=True)) as session:
        for installation, client, tool, day, source, count in rows:
            session.merge(
                Use(
                    installation_id=int(installation),
                    client_id=int(client),
                    tool_id=int(tool),
                    day=date.fromisoformat(day),
                    source_id=int(source),
                    count=int(count),
                )
            )
        session.commit()
    seconds = time.perf_counter() - begun
    with database.write() as connection:
        connection.execute(delete(schema.usage))
    return seconds


def _on_postgresql(folder: Path, size: int) -> Lines:
    programs = postgres.binaries()
    if not programs:
        yield f"{size:,} usage rows on PostgreSQL", "no PostgreSQL is installed"
        return
    with TemporaryDirectory() as name, postgres.server(next(iter(programs.values())), Path(name)) as admin:
        bare = _copy_and_upsert(_new(admin, "bare"), folder / "bare.csv")
        yield f"{size:,} usage rows, COPY to a stage table and upsert", f"{bare:.2f} s, {size / bare:,.0f} a second"
        url = _new(admin, "ours")
        elsewhere(folder, folder / "clients", url)
        first = elsewhere(folder, folder / "usage", url)
        yield f"{size:,} usage rows on PostgreSQL, first time", _figure(first, bare, "COPY and upsert")
        again = elsewhere(folder, folder / "usage", url)
        yield f"{size:,} usage rows on PostgreSQL, again", _figure(again, bare, "COPY and upsert")


def _new(admin: str, name: str) -> str:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = admin.removesuffix("postgres") + name
    prepare(url).close()
    return url


def _copy_and_upsert(url: str, file: Path) -> float:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute("CREATE TEMPORARY TABLE stage (LIKE usage)")
        with cursor.copy("COPY stage FROM STDIN (FORMAT csv)") as copy, file.open("rb") as rows:
            while chunk := rows.read(1 << 20):
                copy.write(chunk)
        key = "installation_id, client_id, tool_id, day, source_id"
        cursor.execute(
            f"INSERT INTO usage SELECT * FROM stage ON CONFLICT ({key}) DO UPDATE SET count = excluded.count"
        )
        connection.commit()
        return time.perf_counter() - begun


def elsewhere(folder: Path, data: Path, url: str | None = None) -> dict[str, float]:
    """Import in a process of its own: seconds, rows read, and the most memory it ever had."""
    url = url or f"sqlite:///{folder / 'ours.db'}"
    command = [sys.executable, "-m", "benchmarks.imports", url, str(data)]
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(found.stdout)
    return measured


def _child(url: str, data: str) -> None:
    scoring = 0.0
    settle = standing.settle

    def timed(*arguments: object) -> int:
        nonlocal scoring
        begun = time.perf_counter()
        done = settle(*arguments)  # type: ignore[arg-type]
        scoring = time.perf_counter() - begun
        return done

    standing.settle = timed  # type: ignore[assignment]
    rules = catalog.load()
    begun = time.perf_counter()
    report = load(Database(url), 1, [Path(data)], catalog=rules, today=NOW.date(), now=NOW, rejects_folder=Path(data))
    seconds = time.perf_counter() - begun - scoring
    assert report.refused == 0
    print(json.dumps({"seconds": seconds, "rows": report.files[0].read, "megabytes": _most_memory()}))


def _most_memory() -> float:
    """The most memory that this program ever had, in megabytes.

    `ru_maxrss` would not do on Linux: it counts what the process was before it became this program, and so never
    tells less than the benchmark's own memory.
    """
    told = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert told is not None
    return int(told[1]) / 1024


if __name__ == "__main__":
    _child(*sys.argv[1:])
