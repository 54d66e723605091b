"""A client's card: CPU from the signed request to the reply, against a bare Bolt app with a constant answer."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import text

from bot.app import wire
from bot.domain import names
from bot.settings import Settings
from storage import catalog as catalogs
from storage import installations, people
from storage.database import Database
from storage.schema import metadata

SECRET = "secret"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TEAM, USER = "T1", "U1"
COMMANDS = 60  # registered before ours in both apps: each costs some microseconds
TOOLS = 12  # in use by each client
TURNS, REQUESTS = 24, 20  # a turn of one app is so many requests


def run(sizes: tuple[int, ...] = (1_000, 100_000)) -> list[tuple[str, str]]:
    """Rows of (what, figure). Both apps answer in turns, so that a slower moment of the machine hits both."""
    rows, first = [], 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            database = base(Path(folder) / "base.db", size)
            bare, ours, ratio = _compare((_bare(), "constant"), (_ours(database), f"Client {size // 2}"))
            database.close()
        first = first or ratio
        rows.append(
            (
                f"card at {size:,} clients",
                f"{ratio:.2f} × a bare app ({bare:.0f} µs CPU), {ours - bare:.0f} µs above it; "
                f"{ratio / first:.2f} × at {sizes[0]:,}",
            )
        )
    return rows


def _compare(bare: tuple[App, str], ours: tuple[App, str]) -> tuple[float, float, float]:
    """Median CPU time of the process, in microseconds, for a signed request that names a client; and their ratio.

    The ratio is that of neighbouring turns, in the middle of all: how fast a processor is changes from turn to turn.
    """
    requests = [(app, name, *_signed(name)) for app, name in (bare, ours)]
    turns = [[statistics.median(_turn(*one)) for one in requests] for _ in range(TURNS)][1:]
    least, whole = (statistics.median(times) for times in zip(*turns, strict=True))
    return least, whole, statistics.median(mine / theirs for theirs, mine in turns)


def _turn(app: App, name: str, body: str, headers: dict[str, str | Sequence[str]]) -> list[float]:
    times = []
    for _ in range(REQUESTS):
        start = time.process_time_ns()
        response = app.dispatch(BoltRequest(body=body, headers=headers))
        times.append((time.process_time_ns() - start) / 1_000)
        assert response.status == 200
        assert name in response.body
    return times


def _signed(name: str) -> tuple[str, dict[str, str | Sequence[str]]]:
    """A slash command with all that Slack sends (docs: slash commands), signed."""
    body = urlencode(
        {
            "token": "none",
            "team_id": TEAM,
            "team_domain": "acme",
            "channel_id": "C1",
            "channel_name": "general",
            "user_id": USER,
            "user_name": "anna",
            "command": "/engagement",
            "text": name,
            "api_app_id": "A1",
            "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.com/commands/T1/1/x",
            "trigger_id": "1.2.3",
        }
    )
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    return body, {
        "content-type": ["application/x-www-form-urlencoded"],
        "x-slack-signature": [signature or ""],
        "x-slack-request-timestamp": [stamp],
    }


def _authorize(**_: object) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-1", bot_user_id="UB")


def _bare() -> App:
    app = App(signing_secret=SECRET, authorize=_authorize, listener_executor=ThreadPoolExecutor(32))
    _pad(app)

    def answer(ack: Callable[..., None]) -> None:
        ack(text="constant")

    app.command("/engagement")(answer)
    return app


def _pad(app: App) -> None:
    for number in range(COMMANDS - 1):
        app.command(f"/other{number}")(lambda ack: ack())


def _ours(database: Database) -> App:
    settings = Settings(slack_signing_secret=SECRET, _env_file=None)  # type: ignore[call-arg, arg-type]
    slack = WebClient("xoxb-1", base_url="http://127.0.0.1:9/")  # nobody listens: a call to Slack would fail
    catalog = catalogs.load()
    app = wire(
        database=database, catalog=catalog, now=lambda: NOW, slack=slack, settings=settings, authorize=_authorize
    )
    mine, app._listeners[:] = list(app._listeners), []
    _pad(app)
    app._listeners += mine
    return app


def base(path: Path, size: int) -> Database:
    """Clients with two subscriptions and a dozen tools each, written by the database itself."""
    database = Database(f"sqlite:///{path}")
    metadata.create_all(database.engine)
    catalog = catalogs.load()
    with database.write() as connection:
        one = installations.create(connection, NOW)
        installations.bind(connection, one.id, TEAM)
        people.keep(connection, one.id, {"id": USER, "team_id": TEAM, "name": "anna"}, NOW)
        for statement in _STATEMENTS:
            connection.execute(text(statement), {"size": size, "now": NOW.isoformat(" ")})
        for number, tool in enumerate(catalog.tools):
            connection.execute(text("INSERT INTO tool VALUES (1, :id, :name)"), {"id": number, "name": tool.key})
        connection.execute(text("INSERT INTO source_tool SELECT 1, 1, id FROM tool"))
        connection.execute(text(_USAGE), {"tools": TOOLS})
        connection.execute(text("UPDATE installation SET as_of = '2026-11-20'"))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    assert names.key("Client 7") == "client 7"
    return database


_STATEMENTS = (
    "INSERT INTO source (installation_id, id, name, kind, form, covers, reach, changed_at) "
    "VALUES (1, 1, 'csv', 'csv', 'events', 'listed', '2026-11-20', :now)",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) "
    "INSERT INTO record (installation_id, id, object, external_id, name, name_key, currency, mrr, properties, "
    "source_id) SELECT 1, i, 'company', i, 'Client ' || i, 'client ' || i, 'EUR', 100, '{}', 1 FROM n",
    "INSERT INTO standing (installation_id, workspace_id, client_id, mrr, currency, tier, score, share) "
    "SELECT 1, 1, id, 100, 'EUR', 'medium', 5, 0.5 FROM record",
    "INSERT INTO subscription (installation_id, id, client_id, external_id, product, edition, started_on, source_id) "
    "SELECT 1, id * 2 + p, id, id * 2 + p, CASE p WHEN 0 THEN 'Marketing Hub' ELSE 'Sales Hub' END, 'Professional', "
    "'2024-01-01', 1 FROM record, (SELECT 0 AS p UNION SELECT 1)",
)
_USAGE = (
    "INSERT INTO usage (installation_id, client_id, tool_id, day, source_id, count) "
    "SELECT 1, record.id, tool.id, '2026-11-' || (10 + tool.id % 10), 1, 5 FROM record, tool WHERE tool.id < :tools"
)
