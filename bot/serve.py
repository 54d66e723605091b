"""How the bot runs: HTTP on gunicorn or Socket Mode, and how both end without losing an answer or work."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from shutil import rmtree
from socketserver import ThreadingMixIn
from tempfile import mkdtemp
from types import FrameType
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker
from slack_bolt import App
from sqlalchemy.exc import SQLAlchemyError

from storage import migrate
from storage.database import Database

if TYPE_CHECKING:  # prometheus_client decides when it is imported whether several processes count together
    from bot.schedule import Schedule
    from bot.web import Front

THREADS = 32  # as many as listeners run at a time
GRACE = 25  # seconds for work that goes on after its acknowledgement; orchestrators kill after 30
ACKNOWLEDGE = 3  # seconds that Slack waits for an acknowledgement
LOST = 60  # seconds without Slack's connection after which the process counts as dead

log = structlog.get_logger()


@dataclass
class Bot:
    """The parts of one process. Made after the fork: neither connections nor threads survive one."""

    app: App
    database: Database
    schedule: Schedule
    stopping: bool = False

    def ready(self) -> str | None:
        """Why no requests should come here; None: they may."""
        if self.stopping:
            return "stopping"
        return tables(self.database)

    def close(self) -> None:
        """Begin nothing new and wait for what runs. After `GRACE` seconds the process ends without it."""
        self.stopping = True
        finishing = threading.Thread(target=self._finish, daemon=True)
        finishing.start()
        finishing.join(GRACE)
        if finishing.is_alive():
            log.error("work did not end in time", seconds=GRACE)
            logging.shutdown()
            os._exit(1)  # at a usual end Python would wait for the threads of that work

    def _finish(self) -> None:
        self.app.listener_runner.listener_executor.shutdown(wait=True)
        self.schedule.stop()
        self.database.close()


Build = Callable[[], Bot]


def tables(database: Database) -> str | None:
    """Why the database cannot be used, in one line; None: it can."""
    try:
        found = migrate.version(database)
    except SQLAlchemyError:
        return "the database does not answer"
    if found == "current":
        return None
    if found == "newer":
        return "the database was migrated by a newer release of engagement-bot"
    return "the tables are outdated: run engagement-bot migrate"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises OSError where the port is taken."""
    found = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128)
    found.set_inheritable(True)
    return found


# --- HTTP


class _Log(Logger):  # type: ignore[misc]
    """gunicorn's log goes where all logs go. There is no access log: /metrics counts."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers = []
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that ends on Ctrl-C as it ends on SIGTERM: gunicorn's own drops its requests then."""

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        self.handle_exit(sig, frame)


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, build: Build, secret: str, options: dict[str, Any]) -> None:
        self._build = build
        self._secret = secret
        self._options = options
        self._bot: Bot | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in {**self._options, "worker_exit": self._end, "child_exit": _forget}.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from slack_bolt.adapter.wsgi import SlackRequestHandler

        from bot.web import Front, Signed

        bot = self._bot = self._build()
        bot.schedule.start()
        return Front(lambda: None, bot.ready, Signed(SlackRequestHandler(bot.app), self._secret))

    def _end(self, _arbiter: object, _worker: object) -> None:
        if self._bot is not None:
            self._bot.close()


def _forget(_arbiter: object, worker: Any) -> None:
    """The metrics of a worker that ended stop counting as those of a living one."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def http(build: Build, secret: str, listener: socket.socket, workers: int = 1) -> None:
    """Answer HTTP until a signal comes. `build` runs once in each worker. Ends the process (SystemExit)."""
    options = {
        "bind": f"fd://{listener.detach()}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": f"{__name__}.Worker",
        "graceful_timeout": GRACE + 5,
        "timeout": 60,
        "keepalive": 5,
        "logger_class": _Log,
        "control_socket_disable": True,
        "proc_name": "engagement-bot",
    }
    with _counting_together(workers):
        _Server(build, secret, options).run()


@contextmanager
def _counting_together(workers: int) -> Iterator[None]:
    """Several workers keep their metrics in files, which each of them can add up."""
    if workers == 1:
        yield
        return
    folder = os.environ["PROMETHEUS_MULTIPROC_DIR"] = mkdtemp(prefix="engagement-bot-metrics-")
    parent = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == parent:  # a worker that ends comes by here, too, while others still count
            rmtree(folder)


# --- Socket Mode


def socket_mode(
    build: Build, app_token: str, listener: socket.socket | None = None, opened: Callable[[], None] = lambda: None
) -> None:
    """Take Slack's requests over a websocket until SIGTERM or SIGINT; a second one ends the process at once.

    `opened` is called when requests can come. Health, readiness and metrics are served on `listener`.
    """
    from bot.connection import PING, Connection
    from bot.web import Front

    stop = _signalled()
    bot = build()
    connection = Connection(bot.app, app_token, THREADS)

    def alive() -> str | None:
        return None if connection.silent_for < LOST else "nothing heard from Slack for a minute"

    def ready() -> str | None:
        return bot.ready() or (None if connection.is_open else "not connected to Slack")

    with closing(bot), _aside(Front(alive, ready), listener):
        connection.connect()  # type: ignore[no-untyped-call]
        bot.schedule.start()
        opened()
        while not stop.wait(PING):
            connection.renew_if_silent()
        bot.stopping = True
        connection.drain(ACKNOWLEDGE)


def _signalled() -> threading.Event:
    stop = threading.Event()

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    return stop


class _Beside(ThreadingMixIn, WSGIServer):
    """The standard library's WSGI server: enough for whoever looks after the process."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def _aside(front: Front, listener: socket.socket | None) -> Iterator[None]:
    """Serve the routes in a thread of their own."""
    if listener is None:
        yield
        return
    server = _Beside(listener.getsockname()[:2], _Quiet, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = listener.getsockname()[:2]
    server.setup_environ()
    server.set_app(front)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
