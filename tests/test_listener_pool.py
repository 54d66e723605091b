"""So many listeners run at a time, and what comes beyond that waits for one of them to end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from slack_bolt import Ack, App, BoltRequest
from slack_sdk import WebClient

from bot import serve
from bot.app import LISTENER_THREADS, wire
from bot.identity import Identity, authorizer
from bot.settings import Settings
from storage.database import Database
from tests.bots import CATALOG, NOW

IDENTITY = Identity("T1", "A team", "", None, "U0BOT", "B0BOT", frozenset())


def wired(database: Database) -> App:
    """A bot that nobody is connected to; of its database nothing is asked."""
    settings, slack = Settings(_env_file=None), WebClient("xoxb-1")  # type: ignore[call-arg]
    authorize = authorizer(IDENTITY, "xoxb-1")
    return wire(
        database=database, catalog=CATALOG, now=lambda: NOW, slack=slack, settings=settings, authorize=authorize
    )


def test_32_listeners_run_at_a_time_and_the_next_one_waits(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    app, began, gate = wired(database), threading.Semaphore(0), threading.Event()

    @app.command("/slow")
    def slow(ack: Ack) -> None:
        ack("heard")
        began.release()
        gate.wait(30)

    request = {"command": "/slow", "team_id": "T1", "user_id": "U1", "channel_id": "C1", "text": ""}
    with ThreadPoolExecutor(40) as slack:
        sent = [
            slack.submit(app.dispatch, BoltRequest(mode="socket_mode", body=dict(request)))
            for _ in range(LISTENER_THREADS + 1)
        ]
        assert all(began.acquire(timeout=10) for _ in range(32))
        assert not began.acquire(timeout=0.2)
        gate.set()
        assert began.acquire(timeout=10)
        assert [one.result().body for one in sent] == ["heard"] * 33
    app.listener_runner.listener_executor.shutdown()
    database.close()


def test_every_way_in_has_as_many_threads() -> None:
    assert serve.THREADS == LISTENER_THREADS == 32
