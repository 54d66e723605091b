"""Storms that posts go through: processes that are killed, a Slack in a bad way, a database that goes and comes."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from slack_sdk import WebClient

from bot.jobs.audiences import Audiences
from bot.jobs.deliveries import Deliveries
from bot.playground import people as cast
from bot.playground.faults import Fault, killed_after, rate_limited, unavailable
from bot.playground.model import Channel
from bot.playground.server import Playground
from bot.schedule import Job, Schedule
from storage.database import Database
from storage.schema import metadata
from tests import postgres
from tests.conftest import Fresh
from tests.postgres import Cluster
from tests.posting import NOW

SPEED = 60  # times as fast as a real clock: a lease lasts 5 s
PROCESSES = 4
CHANNELS = 10
KILLS = int(os.environ.get("KILLS", "100"))  # in all; `make soak`: 1,000
HISTORY = {"channels:history", "groups:history"}
Place = tuple[str, Cluster | None]


@dataclass
class Storm:
    """A Slack that is in a bad way, a database that goes and comes, and processes that are killed at random."""

    url: str
    slack: Playground
    kills: int
    posts: int  # that Slack is to take, about
    cluster: Cluster | None = None  # of its own: it is stopped, too
    dice: random.Random = field(default_factory=lambda: random.Random(6))
    children: list[int] = field(default_factory=list)
    begun: datetime = NOW  # by the bot's clock, and by ours:
    started: float = field(default_factory=time.time)

    def now(self) -> datetime:
        return self.begun + timedelta(seconds=(time.time() - self.started) * SPEED)

    def brew(self) -> None:
        """A tenth of all connections is dropped once the call was taken; now and then there are too many calls."""
        faults: list[Fault | None] = []
        for _ in range(60 * self.posts):
            faults += [rate_limited()] * 8 if self.dice.random() < 0.01 else []
            faults.append(killed_after() if self.dice.random() < 0.1 else None)
        self.slack.faults.add("chat.postMessage", *faults)  # type: ignore[arg-type]
        sick = [unavailable() if self.dice.random() < 0.05 else None for _ in faults]
        self.slack.faults.add("conversations.history", *sick)  # type: ignore[arg-type]

    def start_one(self) -> None:
        child = os.fork()
        if child == 0:
            try:
                self._work()
            finally:
                os._exit(1)
        self.children.append(child)

    def _work(self) -> None:
        """One process of the bot, as far as it posts; all of its times go as fast as the clock."""
        database = Database(self.url)
        slack = WebClient(self.slack.bot_token, base_url=self.slack.api_url, retry_handlers=[], timeout=1)
        mine = (database, slack, 1, self.now)
        ask = Audiences(*mine, sleep=lambda seconds: time.sleep(seconds / SPEED))
        post = Deliveries(*mine, sleep=lambda seconds: time.sleep(seconds / SPEED))
        jobs = {"what is said": self.says(database), "audiences": ask.run, "deliveries": post.run}
        Schedule([Job(name, timedelta(seconds=0.05), run) for name, run in jobs.items()]).start()
        time.sleep(600)

    def says(self, database: Database) -> Callable[[], None]:
        """The job that makes what is posted."""
        raise NotImplementedError

    def kill_one(self) -> None:
        child = self.children.pop(self.dice.randrange(len(self.children)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def take_the_database_away(self) -> None:
        """For half a minute of the bot's time nobody can connect, and who was connected is so no more."""
        server, _, name = self.url.rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            time.sleep(30 / SPEED)
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def rage(self) -> None:
        """Until all was done, and killed often enough."""
        with self._running():
            for number in range(self.kills):
                time.sleep(self.dice.uniform(0.02, 0.1))
                self.kill_one()
                self.start_one()
                if number % 40 == 20:
                    self.take_the_database_away()
                if number % 200 == 100 and self.cluster is not None:
                    self.cluster.crash()
                    time.sleep(30 / SPEED)
                    self.cluster.start()
            deadline = time.monotonic() + 180
            while not self.is_over():
                assert time.monotonic() < deadline
                time.sleep(0.1)

    @contextlib.contextmanager
    def _running(self) -> Iterator[None]:
        for _ in range(PROCESSES):
            self.start_one()
        try:
            yield
        finally:
            while self.children:
                self.kill_one()

    def is_over(self) -> bool:
        """Whether all was made, and of each message it is known what became of it."""
        raise NotImplementedError

    def asked(self, statement: LiteralString) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(statement).fetchall()

    def posted(self) -> list[dict[str, Any]]:
        """What Slack took, by its own log."""
        posts = (call for call in self.slack.calls if call.method == "chat.postMessage")
        return [dict(post.given) for post in posts if post.answer.get("ok")]


@contextlib.contextmanager
def rooms(number: int) -> Iterator[Playground]:
    """A Slack with so many channels, `room(n)`, in which CSMs alone are."""
    with Playground() as running:
        csms = {cast.ANNA, cast.BO, cast.APP.user_id}
        for n in range(number):
            channel = Channel(room(n), f"room-{n}", "public", set(csms))
            running.slack.channels[channel.id] = channel
            running.slack.messages[channel.id] = []
        yield running


def room(number: int) -> str:
    return f"C0ROOM{number:04}"


@contextlib.contextmanager
def place(fresh: Fresh, folder: Path) -> Iterator[Place]:
    """A database for a storm; for a long one on a server of its own, which nobody misses where it is stopped."""
    if KILLS <= 100:
        yield fresh("postgres-debian"), None
        return
    with postgres.cluster(next(iter(postgres.binaries().values())), folder, synchronous_commit="on") as own:
        url = own.url.removesuffix("postgres") + "storm"
        with psycopg.connect(own.url, autocommit=True) as admin:
            admin.execute("CREATE DATABASE storm")
        with contextlib.closing(Database(url)) as database:
            metadata.create_all(database.engine)
        yield url, own
