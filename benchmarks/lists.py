"""Lists, the overview, renewals and opportunities: how a page grows with the base, and what all but its SQL costs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import Connection, text

from bot.blocks import listing as show
from bot.blocks.states import ListState
from bot.blocks.words import speak
from bot.domain.catalog import Catalog, Kind, Tier
from bot.domain.filter_text import write
from bot.domain.filters import Filter, Renews, Sort
from bot.domain.listing import Listing, Scope, Whose
from storage import areas, listing, offers, overview, renewals
from storage import catalog as catalogs
from storage.database import Database
from storage.installations import create
from storage.schema import metadata

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
TURNS = 30
OWN = 50  # clients of a CSM
SLICE = 5_000
Answer = TypeVar("Answer")
ALL, MINE = Scope(Whose.ALL), Scope(Whose.MINE, person_id=7)
PAGES = {
    "mine": (MINE, Filter()),
    "all, low, fell most": (ALL, Filter(tiers=(Tier.LOW,), sort=Sort.DROP)),
    "all, highest MRR": (ALL, Filter(sort=Sort.MRR)),
    "all, by name": (ALL, Filter(sort=Sort.NAME)),
    "all, next renewal": (ALL, Filter(sort=Sort.RENEWAL)),
    "all, low, renewing in 60 days": (ALL, Filter(tiers=(Tier.LOW,), renews=Renews(0, 60))),
    "all, upsell": (ALL, Filter(opportunity=Kind.UPSELL)),
    "mine, of a category": (MINE, Filter(category="marketing")),
    "all, of a category": (ALL, Filter(category="marketing")),
    "all, of a category, fell most": (ALL, Filter(category="marketing", sort=Sort.DROP)),
    "all, of a category, high": (ALL, Filter(category="marketing", tiers=(Tier.HIGH,))),
}


def run(sizes: tuple[int, ...] = (10_000, 100_000)) -> list[tuple[str, str]]:
    """Rows of (what, figure): milliseconds at each size, and how many times those at the first."""
    first: dict[str, float] = {}
    rows = []
    for size in sizes:
        with TemporaryDirectory() as folder:
            database = Database(f"sqlite:///{Path(folder) / 'lists.db'}")
            fill(database, size)
            for what, spent in _measure(database).items():
                times = spent / first.setdefault(what, spent)
                rows.append((f"{size:,} clients: {what}", f"{spent:.2f} ms, {times:.2f} times the first"))
            rows.append((f"{size:,} clients: a page of ten lines, explained and shown", _shown(database)))
            database.close()
    return rows


def _measure(database: Database) -> dict[str, float]:
    catalog, found = catalogs.load(), {}
    known = {catalog.hash: catalog}.get
    with database.read() as connection:
        for what, (scope, wanted) in PAGES.items():
            one = _asked(scope, wanted)
            read = partial(listing.page, connection, catalog, known, one)
            found[f"first page of {what}"], page = _timed(read)
            found[f"next page of {what}"], _ = _timed(partial(read, beside=page.lines[-1].position))
        for label, scope in (("mine", MINE), ("all", ALL)):
            one = _asked(scope, Filter())
            look = partial(overview.read, connection, catalog, known, one, by_csm=False)
            found[f"overview of {label}"], _ = _timed(look)
            due = _asked(scope, Filter(renews=Renews(0, 30)))
            found[f"renewals of {label}"], _ = _timed(partial(renewals.read, connection, catalog, due))
            found[f"opportunities of {label}"], _ = _timed(partial(offers.count, connection, catalog, one))
    return found


def _asked(scope: Scope, wanted: Filter) -> Listing:
    return Listing(1, 1, scope, wanted, TODAY, TODAY)


def _timed(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    answer = ask()
    spent = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        ask()
        spent.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(spent), answer


def _shown(database: Database) -> str:
    """CPU of a page, why its clients moved and its blocks included, against that of its statement alone, in turns.

    Page after page: what is kept from one answer to the next is of use to another page only where clients are alike.
    Its rows are read once before, so that both find them in memory.
    """
    catalog, words = catalogs.load(), speak()
    known = {catalog.hash: catalog}.get
    one = _asked(ALL, Filter(tiers=(Tier.LOW,), sort=Sort.DROP))
    state, beside, whole, sql = ListState(write(one.wanted), 1), None, [], []
    with database.read() as connection:
        for _ in range(4 * TURNS):
            read = partial(listing.rows, connection, catalog, one, beside, backwards=False, limit=listing.LINES)
            read()
            begun = time.process_time_ns()
            found = listing.page(connection, catalog, known, one, beside=beside)
            show.page(catalog, one, found, state, words)
            drawn = time.process_time_ns()
            read()
            whole.append(drawn - begun)
            sql.append(time.process_time_ns() - drawn)
            beside = found.lines[-1].position
    least, rest = statistics.median(sql), statistics.median(whole) - statistics.median(sql)
    return f"{rest / least:.2f} times the CPU of its SQL ({least / 1_000:.0f} µs)"


def fill(database: Database, size: int) -> None:
    """Clients with standings of every kind, written by the database itself."""
    metadata.create_all(database.engine)
    catalog = catalogs.load()
    values = {"size": size, "people": max(10, size // OWN), "now": NOW.isoformat(" ")}
    with database.write() as connection:
        create(connection, NOW)
        for statement in _STATEMENTS:
            connection.execute(text(statement), values)
        _history(connection, catalog)
        for first in range(1, size + 1, SLICE):
            ids = range(first, first + SLICE)
            areas.write(connection, set(), areas.stored(connection, 1, ids))


def _history(connection: Connection, catalog: Catalog) -> None:
    """Two scores of each client, and what they were made from: other tools in use of each, four of them no longer."""
    connection.execute(text(_CHANGES), {"hash": catalog.hash, "tools": (1 << 30) - 1, "gone": 0xF0})


_TIER = (
    "CASE WHEN r < 20 THEN 'low' WHEN r < 60 THEN 'medium' WHEN r < 95 THEN 'high' WHEN r < 98 THEN 'onboarding' "
    "ELSE 'unknown' END"
)
_STATEMENTS = (
    "INSERT INTO source (installation_id, id, name, kind, form, covers, changed_at) "
    "VALUES (1, 1, 'csv', 'csv', 'events', 'all', :now)",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) "
    "INSERT INTO person (installation_id, id, name) SELECT 1, i, 'Person ' || i FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) "
    "INSERT INTO record (installation_id, id, object, external_id, name, name_key, currency, mrr, properties, "
    "source_id) SELECT 1, i, 'company', i, 'Client ' || (i * 7919 % :size), 'client ' || (i * 7919 % :size), 'EUR', "
    "100, "
    "'{}', 1 FROM n",
    "INSERT INTO standing (installation_id, client_id, workspace_id, person_id, renews_on, mrr, currency, tier, score, "
    "share, change_7, areas, signs, owned, name_key, area_changes) "
    "SELECT 1, id, 1, 1 + id % :people, date('2026-11-20', (id * 31 % 365) || ' days'), id * 13 % 5000, 'EUR', tier, "
    "CASE WHEN tier <> 'unknown' THEN r / 10 END, CASE WHEN tier <> 'unknown' THEN (r + id % 97 / 100.0) / 100.0 END, "
    "CASE WHEN tier <> 'unknown' THEN (id * 17 % 2000 - 1000) / 2000.0 END, id % 100000 | (1 << 60) - (1 << 20), "
    "(id * 2654435761 >> 9) % 32, 'marketing:starter', name_key, "
    "CASE WHEN id % 3 = 0 THEN json_object('0', (id * 17 % 2000 - 1000) / 2000.0) END "
    f"FROM (SELECT id, name_key, r, {_TIER} AS tier FROM (SELECT id, name_key, id * 7907 % 100 AS r FROM record))",
)
_CHANGES = (
    "INSERT INTO change (installation_id, client_id, day, tier, score, earned, possible, catalog_hash, ground, "
    "from_import) SELECT 1, client_id, day, tier, score, 5, 10, :hash, "
    "printf('*|%x|%x', :tools, (client_id * 2654435761 >> 9) & :tools & ~:gone | used), 0 FROM standing, "
    "(SELECT '2026-10-01' AS day, :gone AS used UNION SELECT '2026-11-18', 0)"
)
