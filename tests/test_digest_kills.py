"""Whatever is killed, each digest is in its channel once for each day: counted from what Slack took."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from slack_sdk import WebClient
from sqlalchemy import delete, func, select, update

from bot.jobs.deliveries import Deliveries
from bot.jobs.digests import Digests
from bot.playground import people as cast
from bot.playground.faults import Fault, killed_after, rate_limited, unavailable
from bot.playground.model import Channel
from bot.playground.server import Playground
from bot.schedule import Job, Schedule
from storage import installations, schema
from storage.database import Database
from tests import posting
from tests.conftest import Fresh
from tests.posting import NOW, add_digest, add_digests, news, said
from tests.processes import die_at, in_a_child

SPEED = 60  # times as fast as a real clock: a lease lasts 5 s
PROCESSES, CHANNELS, DIGESTS = 4, 10, 500
KILLS = int(os.environ.get("KILLS", "100"))  # `make soak`: 1,000
HISTORY = {"channels:history", "groups:history"}
ENDED = ("sent", "failed", "quiet", "skipped")


@dataclass
class Storm:
    """A Slack that is in a bad way, a database that goes and comes, and processes that are killed at random."""

    url: str
    slack: Playground
    digests: int
    kills: int
    dice: random.Random = field(default_factory=lambda: random.Random(6))
    children: list[int] = field(default_factory=list)
    started: float = field(default_factory=time.time)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=(time.time() - self.started) * SPEED)

    def brew(self) -> None:
        """A tenth of all connections is dropped once the call was taken; now and then there are too many calls."""
        faults: list[Fault | None] = []
        for _ in range(60 * self.digests):
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

        def sleep(seconds: float) -> None:
            time.sleep(seconds / SPEED)

        post = Deliveries(database, slack, 1, self.now, sleep=sleep)
        run = Digests(database, lambda _, one, moment: news(one, moment), 1, self.now)
        often = timedelta(seconds=0.05)
        Schedule([Job("digests", often, run.run), Job("deliveries", often, post.run)]).start()
        time.sleep(600)

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
        with psycopg.connect(self.url) as connection:
            ended = "count(*) FILTER (WHERE state IN ('sent', 'failed'))"
            row = connection.execute(f"SELECT count(*), {ended} FROM delivery").fetchone()
        return row is not None and row[0] == row[1] >= self.digests

    def taken(self) -> Counter[str]:
        """How often Slack took each text, by its own log."""
        posts = (call for call in self.slack.calls if call.method == "chat.postMessage" and call.answer.get("ok"))
        return Counter(post.given["text"] for post in posts)


@pytest.fixture
def slack() -> Iterator[Playground]:
    with Playground() as running:
        csms = {cast.ANNA, cast.BO, cast.APP.user_id}
        for number in range(CHANNELS):
            channel = Channel(f"C0ROOM{number:04}", f"room-{number}", "public", set(csms))
            running.slack.channels[channel.id] = channel
            running.slack.messages[channel.id] = []
        yield running


def storm(fresh: Fresh, slack: Playground, digests: int, kills: int) -> Storm:
    made = Storm(fresh("postgres-debian"), slack, digests, kills)
    database = Database(made.url)
    with database.write() as connection:
        here = installations.create(connection, NOW)
        posting.settle_in(connection, here.id, posting.client(slack).users_list()["members"])
    add_digests(database, {number: f"C0ROOM{number % CHANNELS:04}" for number in range(digests)})
    database.close()
    made.brew()
    made.started = time.time()
    return made


def test_each_digest_is_posted_once_by_processes_that_are_killed(fresh: Fresh, slack: Playground) -> None:
    made = storm(fresh, slack, DIGESTS, KILLS * 7 // 10)
    made.rage()
    assert made.taken() == Counter(f"Digest {number} of 23 Nov" for number in range(DIGESTS))


def test_where_posts_cannot_be_looked_for_each_is_there_once_at_most_and_its_maker_knows(
    fresh: Fresh, slack: Playground
) -> None:
    slack.web_api.scopes -= HISTORY
    digests = DIGESTS * 2 // 5
    made = storm(fresh, slack, digests, KILLS * 3 // 10)
    made.rage()
    taken = made.taken()
    assert set(taken.values()) == {1}
    missing = {number for number in range(digests) if f"Digest {number} of 23 Nov" not in taken}
    unsure = {number for number in range(digests) if any(text.startswith(f"*Digest {number}* may") for text in taken)}
    assert missing <= unsure
    with psycopg.connect(made.url) as connection:
        rows = connection.execute("SELECT digest_id FROM delivery WHERE reason = 'unseen'").fetchall()
    assert {row[0] for row in rows} == unsure


# One process on SQLite, killed before and after each of its calls.

PLACES = (("engine", "do_execute"), ("engine", "do_commit"), ("slack", "api_call"))
Work = Callable[[Database, WebClient], None]


def running(now: datetime) -> Work:
    return lambda database, _: posting.run(database, 1, now)


def posting_at(now: datetime) -> Work:
    return lambda database, slack: Deliveries(database, slack, 1, lambda: now, pace=0, apart=0, hands=1).run()


def begin_anew(database: Database, slack: Playground) -> None:
    slack.slack.messages[cast.CS_NORDIC].clear()
    with database.write() as connection:
        connection.execute(delete(schema.delivery))
        connection.execute(delete(schema.pace))
        connection.execute(update(schema.digest).values(next_at=NOW, told_on=None, told_as_of=None))


def is_killed(url: str, slack: Playground, work: Work, place: str, function: str, call: int, before: bool) -> bool:
    def do() -> None:
        database, client = Database(url), posting.client(slack)
        die_at(client if place == "slack" else database.engine.dialect, function, call, before=before)
        work(database, client)

    return in_a_child(do) == -signal.SIGKILL


def test_killed_at_any_step_a_digest_is_posted_once(sqlite: Database, slack: Playground) -> None:
    with sqlite.write() as connection:
        here = installations.create(connection, NOW)
        posting.settle_in(connection, here.id, posting.client(slack).users_list()["members"])
    add_digest(sqlite)
    url = sqlite.engine.url.render_as_string(hide_password=False)
    kills = 0
    for first, work in (([], running(NOW)), ([running(NOW)], posting_at(NOW))):
        for place, function in PLACES:
            for before in (True, False):
                for call in count(1):
                    begin_anew(sqlite, slack)
                    for one in first:
                        one(sqlite, posting.client(slack))
                    sqlite.close()
                    if not is_killed(url, slack, work, place, function, call, before):
                        break
                    kills += 1
                    for later in (NOW + timedelta(minutes=10), NOW + timedelta(minutes=20)):
                        running(later)(sqlite, posting.client(slack))
                        posting_at(later)(sqlite, posting.client(slack))
                    assert said(slack) == ["Digest 7 of 23 Nov"]
                    _check(sqlite)
    assert kills >= 50


def _check(database: Database) -> None:
    with database.read() as connection:
        state = select(schema.delivery.c.state, func.count()).group_by(schema.delivery.c.state)
        rows: list[Any] = [tuple(row) for row in connection.execute(state)]
        assert rows == [("sent", 1)]
        assert connection.scalar(select(func.count()).select_from(schema.named_client)) == 1
