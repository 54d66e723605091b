"""Who sees what: a base of five created workspaces against the same clients in the primary one alone, in turns."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, event, text

from benchmarks import lists, lookup
from benchmarks.names import companies, typos
from bot.domain import names
from bot.domain.filters import Filter, Sort
from bot.domain.listing import Listing, Scope
from bot.domain.workspaces import EVERYTHING
from storage import catalog as catalogs
from storage import facts, listing, overview, people
from storage.database import Database
from storage.lookup import IS_EXACT, exact_parameters, find
from storage.schema import metadata

CREATED = 5  # workspaces beside the primary one
TURNS = 120
PRIMARY, THEIRS = 1, 2  # the one that a CSM works in
_PERSON = 7  # who asks: `lists.MINE`
_ASKER = (
    "UPDATE installation SET slack_team_id = 'T1'",
    f"UPDATE person SET slack_user_id = 'U1', slack_team_id = 'T1' WHERE id = {_PERSON}",
    "INSERT INTO team (installation_id, id, name, name_key) VALUES (1, 1, 'Team', 'team')",
    f"INSERT INTO team_member (installation_id, person_id, team_id, is_primary) VALUES (1, {_PERSON}, 1, 1)",
)
# Each client stands in one of six workspaces, and in the one that has everything.
_SPREAD = (
    f"WITH RECURSIVE n(i) AS (SELECT {EVERYTHING} UNION ALL SELECT i + 1 FROM n WHERE i <= {CREATED}) INSERT INTO "
    f"workspace (installation_id, id, name, is_primary) SELECT 1, i, 'W' || i, 0 FROM n WHERE i <> {PRIMARY}",
    "CREATE TEMP TABLE copied AS SELECT * FROM standing",
    f"UPDATE standing SET workspace_id = {PRIMARY} + coalesce(person_id, client_id) % {CREATED + 1}",
    f"UPDATE copied SET workspace_id = {EVERYTHING}",
    "INSERT INTO standing SELECT * FROM copied",
    f"UPDATE team SET workspace_id = {THEIRS}",
)
Ask = Callable[[Connection, int, int], object]  # of a workspace, in a turn
Rows = list[tuple[str, str]]


def run(sizes: tuple[int, ...] = (100_000,)) -> Rows:
    """Rows of (what, figure): how many times as long each answer takes, and how many statements more."""
    return [row for size in sizes for row in (*_lists(size), *_look_ups(size))]


def _lists(size: int) -> Rows:
    with _bases(lambda database: lists.fill(database, size), _ASKER) as (alone, spread):
        return [(f"{size:,} clients: {what}", _ratio(alone, spread, where, ask)) for what, where, ask in _PAGES]


def _look_ups(size: int) -> Rows:
    clients = companies(size, seed=1)
    random = Random(size)
    seen = [number for number in range(1, size + 1) if number % (CREATED + 1) == THEIRS - PRIMARY]
    known = [clients[random.choice(seen) - 1] for _ in range(TURNS)]
    asked = {
        "by exact name": known,
        "by the first five letters": [names.key(name)[:5] for name in known],
        "with a typo": [typed for _, _, typed in typos(TURNS, known, size)],
    }
    with _bases(lambda database: lookup.fill(database, clients), ()) as (alone, spread):
        return [
            (f"{size:,} clients: look-up {what}{place}", _ratio(alone, spread, where, partial(_look_up, words)))
            for place, where in (("", THEIRS), (", who sees all", EVERYTHING))
            for what, words in asked.items()
        ]


def _look_up(words: Sequence[str], connection: Connection, workspace: int, turn: int) -> object:
    """As a command does it: the card, where that is the name; else what it may mean, and the card of what it means.

    By the first letters it does more in a created workspace, where fewer names begin so: words are looked into, too,
    and where only one client is left, its card follows.
    """
    exact = (IS_EXACT, exact_parameters(words[turn]))
    if found := facts.client(connection, 1, workspace, _CATALOG, _KNOWN, *exact):
        return found
    meant = find(connection, 1, workspace, words[turn])
    one = {"client": meant.clear}
    return meant.clear and facts.client(connection, 1, workspace, _CATALOG, _KNOWN, facts.BY_ID, one)


@contextmanager
def _bases(fill: Callable[[Database], object], more: tuple[str, ...]) -> Iterator[tuple[Database, Database]]:
    """The same clients with the primary workspace alone, and with created ones."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        paths = [Path(folder) / "alone.db", Path(folder) / "spread.db"]
        with closing(Database(f"sqlite:///{paths[0]}")) as database:
            metadata.create_all(database.engine)
            fill(database)
            _execute(database, more)
        shutil.copy(*paths)
        alone, spread = (stack.enter_context(closing(Database(f"sqlite:///{path}"))) for path in paths)
        _execute(spread, _SPREAD)
        yield alone, spread


def _execute(database: Database, statements: tuple[str, ...]) -> None:
    with database.write() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _ratio(alone: Database, spread: Database, where: int, ask: Ask) -> str:
    """Both are asked in turns, because other work on the machine comes and goes."""
    sides = (alone, PRIMARY), (spread, where)
    spent: list[list[float]] = [[], []]
    with ExitStack() as stack:
        asked = [(stack.enter_context(database.read()), workspace) for database, workspace in sides]
        counts = [_statements(ask, *one) for one in asked]
        for turn in range(TURNS):
            for (connection, workspace), times in zip(asked, spent, strict=True):
                begun = time.perf_counter()
                ask(connection, workspace, turn)
                times.append((time.perf_counter() - begun) * 1_000)
    before, after = (statistics.median(times) for times in spent)
    more = f"{counts[1] - counts[0]} statements more"
    return f"{after / before:.2f} times the time ({before:.2f} ms), {more}"


def _statements(ask: Ask, connection: Connection, workspace: int) -> int:
    found: list[str] = []

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(connection.engine, "before_cursor_execute", count)
    for turn in range(TURNS):
        ask(connection, workspace, turn)
    event.remove(connection.engine, "before_cursor_execute", count)
    return len(found) // TURNS


_CATALOG = catalogs.load()
_KNOWN = {_CATALOG.hash: _CATALOG}.get


def _page(scope: Scope, wanted: Filter, connection: Connection, workspace: int, _turn: int) -> object:
    asked = Listing(1, workspace, scope, wanted, lists.TODAY, lists.TODAY)
    return listing.page(connection, _CATALOG, _KNOWN, asked)


def _overview(scope: Scope, connection: Connection, workspace: int, _turn: int) -> object:
    asked = Listing(1, workspace, scope, Filter(), lists.TODAY, lists.TODAY)
    return overview.read(connection, _CATALOG, _KNOWN, asked, by_csm=False)


def _asker(connection: Connection, _workspace: int, _turn: int) -> object:
    found = people.find(connection, "T1", "U1")
    assert found is not None
    return found


_PAGES: tuple[tuple[str, int, Ask], ...] = (
    ("who asks", THEIRS, _asker),
    ("list of a CSM's clients", THEIRS, partial(_page, lists.MINE, Filter())),
    ("list of all, fell most", THEIRS, partial(_page, lists.ALL, Filter(sort=Sort.DROP))),
    ("list of all, by name", THEIRS, partial(_page, lists.ALL, Filter(sort=Sort.NAME))),
    ("list of all, fell most, who sees all", EVERYTHING, partial(_page, lists.ALL, Filter(sort=Sort.DROP))),
    ("list of all, by name, who sees all", EVERYTHING, partial(_page, lists.ALL, Filter(sort=Sort.NAME))),
    ("overview of a CSM", THEIRS, partial(_overview, lists.MINE)),
    ("overview of all, who sees all", EVERYTHING, partial(_overview, lists.ALL)),
)
