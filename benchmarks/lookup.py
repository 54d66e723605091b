"""Looking a client up: recall and time, against rapidfuzz over all names and against one indexed query."""

from __future__ import annotations

import os
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, bindparam, insert, make_url, select

from benchmarks.decidable import Reference
from benchmarks.names import companies, typo_with_a_word_left_out, typos
from bot.domain import names
from storage import name_index
from storage.database import Database
from storage.installations import create
from storage.lookup import find
from storage.schema import metadata, record, source, standing
from storage.word_search import END

SLICE = 4_000
TYPOS = 1_000
KNOWN = 300  # names and beginnings without a typo
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_HERE = select(record.c.id, record.c.name).where(record.c.installation_id == 1)
_EQUAL = _HERE.where(record.c.name_key == bindparam("key"))
_RANGE = (
    _HERE.where(record.c.name_key >= bindparam("key"), record.c.name_key < bindparam("end"))
    .order_by(record.c.name_key)
    .limit(10)
)

Rows = list[tuple[str, str]]


def run(sizes: tuple[int, ...] = (100_000,)) -> Rows:
    """Rows of (what, figure), on SQLite, and on PostgreSQL too where `DATABASE_URL` names an empty database of it."""
    rows: Rows = []
    for size in sizes:
        clients = companies(size, seed=1)
        for database in _databases():
            start = time.perf_counter()
            fill(database, clients)
            rate = size / (time.perf_counter() - start)
            label = f"{database.url.get_backend_name()}, {size:,} clients"
            rows.append((f"{label}: written with their index", f"{rate:,.0f} clients/s"))
            rows += [(f"{label}: {what}", figure) for what, figure in _measure(database, clients)]
    return rows


def _databases() -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        yield from _opened(f"sqlite:///{Path(folder) / 'names.db'}")
    url = os.environ.get("DATABASE_URL", "")
    if url and make_url(url).get_backend_name().startswith("postgres"):
        yield from _opened(url)


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    metadata.create_all(database.engine)
    try:
        yield database
    finally:
        metadata.drop_all(database.engine)
        database.close()


def _measure(database: Database, clients: Sequence[str]) -> Rows:
    """Each step beside its baseline, one after the other in the same connection and the same minute."""
    seed = time.time_ns()  # a set that nobody has seen
    random = Random(seed)
    with database.read() as connection:
        known = random.sample(clients, KNOWN)
        keys = [names.key(name) for name in known]
        begun = [key[:5] for key in keys]
        equal, exact = _medians(
            [lambda i: connection.execute(_EQUAL, {"key": keys[i]}).all(), lambda i: find(connection, 1, 1, known[i])]
        )
        some, prefix = _medians(
            [
                lambda i: connection.execute(_RANGE, {"key": begun[i], "end": begun[i] + END}).all(),
                lambda i: find(connection, 1, 1, begun[i]),
            ]
        )
        rows = [
            ("exact", f"{exact:.3f} ms, {exact / equal:.1f} × one indexed query ({equal:.3f} ms)"),
            ("prefix of five letters", f"{prefix:.3f} ms, {prefix / some:.1f} × one indexed query ({some:.3f} ms)"),
        ]
        return rows + _typos(connection, clients, seed)


def _typos(connection: Connection, clients: Sequence[str], seed: int) -> Rows:
    made = typos(TYPOS, list(clients), seed)
    reference = Reference(clients)
    kinds: dict[str, _Kind] = defaultdict(_Kind)
    scans: list[float] = []
    for number, (kind, at, typed) in enumerate(made):
        with _timed(kinds[kind].times):
            answer = find(connection, 1, 1, typed)
        kinds[kind].found.append(at + 1 in {hit.client_id for hit in (*answer.hits, *answer.nearest)})
        if number % 20 == 0:  # spread over the run as well
            with _timed(scans):
                process.extract(typed, clients, scorer=fuzz.ratio, limit=10)
        if number % (2 if "left out" in kind else 20) == 0:  # whoever knows all else finds nearly all of the others
            kinds[kind].possible.append(reference.chance(kind, at, typed))
    scan = statistics.median(scans)
    p50 = statistics.median(spent for kind in kinds.values() for spent in kind.times)
    recall = sum(sum(kind.found) for kind in kinds.values()) / TYPOS
    possible = sum(statistics.mean(kind.possible) * len(kind.found) for kind in kinds.values()) / TYPOS
    rows = [
        ("rapidfuzz ratio over all names", f"{scan:.2f} ms"),
        (f"typos (seed {seed})", f"{_shares(recall, possible)}, p50 {p50:.2f} ms, {p50 / scan:.3f} × rapidfuzz"),
    ]
    return rows + [(name, str(kind)) for name, kind in kinds.items()] + _any_word_left_out(connection, clients, seed)


def _shares(recall: float, possible: float) -> str:
    return f"recall {recall:.3f} of {possible:.3f} possible"


def _any_word_left_out(connection: Connection, clients: Sequence[str], seed: int) -> Rows:
    """Beside the set: where the word that tells the client is left out as readily as any other."""
    random, found = Random(seed), list[bool]()
    while len(found) < TYPOS // 5:
        at = random.randrange(len(clients))
        if (typed := typo_with_a_word_left_out(Counter(), random, clients[at])) is not None:
            answer = find(connection, 1, 1, typed)
            found.append(at + 1 in {hit.client_id for hit in (*answer.hits, *answer.nearest)})
    return [("beside these: typo and any word left out", f"recall {sum(found) / len(found):.3f}")]


@dataclass
class _Kind:
    """What was measured for one kind of typo; what is possible, for some of them."""

    times: list[float] = field(default_factory=list)
    found: list[bool] = field(default_factory=list)
    possible: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        shares = _shares(statistics.mean(self.found), statistics.mean(self.possible))
        return f"{shares}, p50 {statistics.median(self.times):.2f} ms"


def _medians(asks: Sequence[Callable[[int], object]]) -> list[float]:
    """Milliseconds that each way of asking takes; in turns, because other work on the machine comes and goes."""
    spent: list[list[float]] = [[] for _ in asks]
    for number in range(KNOWN):
        for ask, times in zip(asks, spent, strict=True):
            with _timed(times):
                ask(number)
    return [statistics.median(times) for times in spent]


@contextmanager
def _timed(spent: list[float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    spent.append((time.perf_counter() - start) * 1_000)


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
            name_index.add(connection, home.id, [(number, names.key(name)) for number, name in rows])
            if not database.is_sqlite and rows[0][0] <= 1:  # PostgreSQL would go on taking the tables for empty
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
    connection.execute(
        insert(standing), [{**scope, "client_id": number, "name_key": names.key(name)} for number, name in rows]
    )
