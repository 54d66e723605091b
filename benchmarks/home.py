"""The Home tab from who opens it to the view that is handed over for publishing, at each size of the base."""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from slack_sdk import WebClient
from sqlalchemy import event, text

from benchmarks import lists
from bot import home
from bot.blocks.words import speak
from bot.domain.home import CUSTOMERS, SUMMARY, Place
from bot.home import Looker
from storage import catalog as catalogs
from storage import people
from storage.database import Database

TURNS = 15
CSM, ADMIN = "U7", "U1"  # one with fifty clients, and one who sees all
_ASKERS = (
    "UPDATE installation SET slack_team_id = 'T1', as_of = '2026-11-20', service_object = 'service'",
    "UPDATE person SET slack_user_id = 'U' || id, slack_team_id = 'T1' WHERE id IN (1, 7)",
    "UPDATE person SET is_super_admin = 1, seat = 'on' WHERE id = 1",
    "UPDATE standing SET person_id = 2 WHERE person_id = 1",  # so that she has none of her own
)
_SERVICES = (
    "INSERT INTO record (installation_id, id, object, external_id, name, name_key, properties, source_id, "
    "client_key) "
    "SELECT 1, 10000000 + id, 'service', id, 'Service ' || id, '', json_object('client_id', external_id, 'pipeline', "
    "'Pipeline ' || id % 3, 'stage', 'Stage ' || id % 7, 'amount', id % 1000 + 0.5), 1, external_id FROM record"
)
_TASKS = (
    "INSERT INTO task (installation_id, id, slack_view_id, client_id, title, due_on, priority, assignee_id, author_id, "
    "made_at) SELECT 1, client_id, client_id, client_id, 'Call', '2026-11-20', 'low', person_id, 7, :now FROM standing "
    "WHERE client_id % 10 = 7"
)
TABS = {"Summary": SUMMARY, "Customers": CUSTOMERS, "Services": "service"}


class Slack:
    """Takes what is published."""

    view: dict[str, Any]

    def views_publish(self, *, user_id: str, view: dict[str, Any]) -> dict[str, Any]:
        self.view = view
        return {"view": {"hash": user_id}}


def run(sizes: tuple[int, ...] = (10_000, 100_000)) -> list[tuple[str, str]]:
    """Rows of (what, figure): milliseconds, SQL statements and blocks."""
    rows = []
    for size in sizes:
        with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{Path(folder) / 'home.db'}")) as database:
            fill(database, size)
            for who, user in (("a CSM of 50", CSM), ("who sees all", ADMIN)):
                for name, tab in TABS.items():
                    rows.append((f"{size:,} clients: {name}, {who}", _opened(database, user, tab)))
    return rows


def fill(database: Database, size: int) -> None:
    """Clients with a service each, and tasks of every tenth."""
    lists.fill(database, size)
    with database.write() as connection:
        for statement in (*_ASKERS, _SERVICES, _TASKS):
            connection.execute(text(statement), {"now": lists.NOW.isoformat(" ")} if ":now" in statement else {})


def _opened(database: Database, user: str, tab: str) -> str:
    spent = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        view, number = publish(database, user, tab)
        spent.append((time.perf_counter() - begun) * 1_000)
    return f"{statistics.median(spent):.1f} ms, {number} statements, {len(view['blocks'])} blocks"


def publish(database: Database, user: str, tab: str) -> tuple[dict[str, Any], int]:
    """A tab as the listener of the event publishes it, and in how many statements."""
    slack, statements = Slack(), list[str]()

    def note(*args: Any) -> None:
        statements.append(args[2])

    event.listen(database.engine, "before_cursor_execute", note)
    _publish(database, user, tab, cast(WebClient, slack))
    event.remove(database.engine, "before_cursor_execute", note)
    return slack.view, sum(not one.startswith(("BEGIN", "PRAGMA")) for one in statements)


def _publish(database: Database, user: str, tab: str, slack: WebClient) -> None:
    catalog = catalogs.load()
    with database.read() as connection:
        person = people.find(connection, "T1", user)
    assert person is not None
    known = {catalog.hash: catalog}.get
    one = Looker(person, lists.TODAY, speak(), database, catalog, known, "/engagement")
    home.publish(one, slack, Place(tab))
