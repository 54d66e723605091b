"""Bots in processes of their own, behind a playground: started, asked over HTTP, ended by a signal."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot import serve
from bot.playground.people import ANNA, GENERAL
from bot.playground.server import Playground
from storage import migrate
from storage.database import Database

ROOT = Path(__file__).parents[1]


def die_at(place: Any, function: str, call: int, *, before: bool) -> None:
    """From now on this process is killed at the n-th call of a function, before or after it. For `in_a_child`."""
    original, calls = getattr(place, function), 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if before and calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(place, function, deadly)


def in_a_child(work: Callable[[], None]) -> int:
    """Run in a forked process, which is warm already; gives its exit status, negative for a signal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of threads that other tests left
        child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def let_go(database: Database) -> None:
    """Wait until PostgreSQL has undone what a killed process was at: until then its rows are held, as by one alive."""
    busy = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )
    deadline = time.monotonic() + 10
    while not database.is_sqlite and time.monotonic() < deadline:
        with database.read() as connection:
            if not connection.scalar(busy):
                return
        time.sleep(0.01)


@dataclass
class Process:
    """A running slow bot and the Slack it is connected to."""

    slack: Playground
    process: subprocess.Popen[bytes]
    port: int
    notes: Path
    log: Path

    def get(self, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and body of one request to the process."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError):
                if self.get("/readyz")[0] == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"not ready within 20 s:\n{self.log.read_text()}")

    def noted(self) -> list[str]:
        return self.notes.read_text().split() if self.notes.exists() else []

    def begin(self, text: str) -> threading.Thread:
        """Send a command; returns as soon as its listener runs."""
        thread = threading.Thread(target=self.slack.actions.command, args=(ANNA, GENERAL, f"/engagement {text}"))
        thread.start()
        deadline = time.monotonic() + 3
        while "began" not in self.noted() and time.monotonic() < deadline:
            time.sleep(0.01)
        return thread

    def answers(self) -> list[str]:
        messages = self.slack.actions.visible_messages(ANNA, GENERAL)
        return [message.text for message in messages if message.ephemeral_to == ANNA]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and give the exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


@contextlib.contextmanager
def slow_bot(mode: str, folder: Path, **environment: str) -> Iterator[Process]:
    """A slow bot that is ready, with a migrated database."""
    url = f"sqlite:///{folder}/bot.db"
    migrated = Database(url)
    migrate.upgrade(migrated)
    migrated.close()
    listener = serve.listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    request_url = f"http://127.0.0.1:{port}/slack/events" if mode == "http" else None
    with Playground(request_url=request_url) as slack:
        inherited = os.environ | {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
        }
        command = [
            sys.executable,
            "-W",
            "error",
            "-W",
            "ignore::ResourceWarning",
            "-m",
            "tests.slow_bot",
            mode,
            str(listener.fileno()),
            url,
        ]
        log = folder / "log"
        with log.open("w") as file:
            process = subprocess.Popen(
                [*command, str(folder / "notes")], cwd=ROOT, env=inherited | environment, stdout=file, stderr=file,
                pass_fds=[listener.fileno()],
            )  # fmt: skip
        listener.close()
        running = Process(slack, process, port, folder / "notes", log)
        try:
            running.wait_until_ready()
            if mode == "socket_mode":  # the bot may take itself for connected a moment before Slack does
                assert slack.wait_for_bot()
            yield running
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
