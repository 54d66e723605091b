"""Digests: a tick with nothing due, what one costs over a base, and many at a time against Slack's pace."""

from __future__ import annotations

import logging
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from sqlalchemy import event, insert, text, update

from benchmarks import lists
from bot.domain.digests import Content, Digest
from bot.jobs.audiences import Audiences
from bot.jobs.composing import Compose, Composed
from bot.jobs.deliveries import SPACING, Deliveries
from bot.jobs.digest_content import compose
from bot.jobs.digests import Digests
from storage import catalog as catalogs
from storage import digests, installations
from storage.catalog import Catalogs
from storage.database import Database
from storage.schema import digest, metadata, person

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday: 9:00 in Oslo
IDLE = (100, 100_000)  # digests of which none is due
DUE, CHANNELS = 500, (50, 100, 500)
TIERS = {"conversations.info": 50, "users.conversations": 50, "conversations.members": 100}  # calls in a minute
EARLIER = timedelta(minutes=10)  # than they are due the bot runs already, as it does in a company
TURNS, EVERY = 200, 5  # seconds between two turns of who asks
Rows = list[tuple[str, str]]


def run(sizes: tuple[int, ...] = (10_000, 100_000)) -> Rows:
    """Rows of (what, figure). `sizes`: of the base that one digest is about."""
    return [
        *_idle(),
        *(row for number in CHANNELS for row in _paced(number)),
        *(row for size in sizes for row in _due(size)),
    ]


def _idle() -> Rows:
    rows, first = [], 0.0
    for number in IDLE:
        with _base() as database:
            _add(database, number, NOW + timedelta(days=1))
            job = Digests(database, _say, 1, lambda: NOW)
            spent, statements = _median(database, job.run)
            bare, _ = _median(database, lambda: _look(database))
        first = first or spent
        says = f"{spent * 1000:.2f} ms, {statements} statement, {spent / bare:.1f} × the bare one"
        rows.append((f"a tick with nothing due of {number:,} digests", f"{says}; {spent / first:.2f} × at {IDLE[0]}"))
    return rows


def _look(database: Database) -> None:
    with database.read() as connection:
        connection.execute(text("SELECT 1 FROM digest WHERE installation_id = 1 AND next_at <= '2026' LIMIT 1")).first()


@dataclass
class _Slack:
    """Takes every call at once, so that what is measured is the pace, and our own work.

    A minute's calls are as many as it takes for certain.
    """

    channels: int
    now: datetime = NOW - EARLIER
    posted: list[str] = field(default_factory=list)
    asked: Counter[tuple[str, int]] = field(default_factory=Counter)

    def _count(self, method: str) -> None:
        minute, second = divmod(int((self.now - NOW).total_seconds()), 60)
        self.asked[method, minute] += 1
        if self.asked[method, minute] > TIERS[method]:
            answer = SlackResponse(
                client=None, http_verb="POST", api_url="", req_args={}, data={"ok": False, "error": "ratelimited"},
                headers={"Retry-After": str(60 - second)}, status_code=429,
            )  # fmt: skip
            raise SlackApiError("ratelimited", answer)  # type: ignore[no-untyped-call]

    def conversations_info(self, channel: str) -> dict[str, Any]:
        self._count("conversations.info")
        return {"channel": {"id": channel, "name": channel, "is_member": True}}

    def users_conversations(self, cursor: str, limit: int, **_: Any) -> dict[str, Any]:
        self._count("users.conversations")
        start = int(cursor or 0)
        end = min(start + limit, self.channels)
        following = {"next_cursor": str(end) if end < self.channels else ""}
        return {"channels": [{"id": f"C{i}"} for i in range(start, end)], "response_metadata": following}

    def conversations_members(self, **_: Any) -> dict[str, Any]:
        self._count("conversations.members")
        return {"members": []}

    def chat_postMessage(self, channel: str, **_: Any) -> dict[str, Any]:  # noqa: N802  (slack_sdk's name)
        self.posted.append(channel)
        return {"ts": f"{len(self.posted)}.000000"}

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def _paced(channels: int) -> Rows:
    """On a clock that only sleeping moves: what the bot does meanwhile takes no time on it, and is stated beside it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # nobody reads them here
    with _base() as database:
        _add(database, DUE, NOW, channels)
        slack, begun = _Slack(channels), time.process_time()
        asking = Audiences(database, slack, 1, lambda: slack.now, slack.sleep)  # type: ignore[arg-type]
        posting = Deliveries(database, slack, 1, lambda: slack.now, hands=1, sleep=slack.sleep)  # type: ignore[arg-type]
        while slack.now < NOW:
            asking.run()
            slack.sleep(EVERY)
        due = slack.now
        Digests(database, _say, 1, lambda: due).run()
        while len(slack.posted) < DUE:
            posting.run()
            slack.sleep(1)  # until the next turn
        spent = time.process_time() - begun
    dictated = max((DUE - 1) * SPACING.whole, (DUE // channels - 1) * SPACING.place).total_seconds()
    taken = (slack.now - due).total_seconds()  # the last turn's pause is in it
    return [
        (
            f"{DUE} due digests in {channels} channels (simulated clock)",
            f"{taken:.0f} s, {taken / dictated:.2f} × what Slack's pace dictates",
        ),
        (
            f"CPU of a digest in {channels} channels, what it says left out, who reads there asked before",
            f"{spent / DUE * 1000:.1f} ms",
        ),
    ]


def _due(size: int) -> Rows:
    with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{Path(folder) / 'base.db'}")) as database:
        lists.fill(database, size)
        with database.write() as connection:
            connection.execute(update(metadata.tables["installation"]).values(as_of=date(2026, 11, 22)))
        _add(database, 1, NOW, told_on=date(2026, 11, 20), told_as_of=date(2026, 11, 19))
        known = Catalogs(database, catalogs.load())
        (one,) = _digests(database)

        def composed() -> None:
            with database.read() as connection:
                compose(connection, known, one, NOW)

        spent, statements = _median(database, composed, 9)
        say: Compose = lambda connection, it, moment, head: compose(connection, known, it, moment, head)  # noqa: E731
        _, whole = _median(database, Digests(database, say, 1, lambda: NOW).run, 1)  # in the first turn it is due
    said = f"{spent * 1000:.1f} ms, {statements} statements; {whole} of a tick, from the look to its planned next run"
    return [(f"a digest of a workspace of {size:,} clients", said)]


@contextmanager
def _base() -> Iterator[Database]:
    with TemporaryDirectory() as folder, closing(Database(f"sqlite:///{Path(folder) / 'base.db'}")) as database:
        metadata.create_all(database.engine)
        with database.write() as connection:
            installations.create(connection, NOW)
            connection.execute(insert(person).values(installation_id=1, id=1, name="Anna"))
        yield database


def _add(database: Database, number: int, next_at: datetime, channels: int = 100, **more: Any) -> None:
    with database.write() as connection:
        (here,) = installations.every(connection)
        first = Digest(1, 1, here.workspace_id, "Digest 1", Content.BOTH, "Europe/Oslo", 1, channel_id="C0", **more)
        digests.add(connection, first, NOW)
        connection.execute(update(digest).values(next_at=next_at))
        for start in range(2, number + 1, 1000):
            connection.execute(text(_MORE), {"first": start, "last": min(start + 999, number), "channels": channels})


# As the first, each with a name of its own, in one of the channels.
_OWN = {"installation_id", "id", "name", "name_key", "channel_id"}
_REST = ", ".join(one.name for one in digest.c if one.name not in _OWN)
_MORE = (
    "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
    f"INSERT INTO digest (installation_id, id, name, name_key, channel_id, {_REST}) "
    f"SELECT 1, i, 'Digest ' || i, 'digest ' || i, 'C' || (i % :channels), {_REST} FROM n, digest WHERE id = 1"
)


def _digests(database: Database) -> list[Digest]:
    with database.read() as connection:
        (here,) = installations.every(connection)
        return list(digests.of_workspace(connection, 1, here.workspace_id))


def _say(_connection: object, one: Digest, _now: datetime, _head: object) -> Composed:
    return Composed({"text": one.name}, date(2026, 11, 22))


def _median(database: Database, work: Any, turns: int = TURNS) -> tuple[float, int]:
    """Seconds, and statements but for what begins and ends transactions."""
    found: list[str] = []

    def note(*given: Any) -> None:
        found.append(given[2])

    event.listen(database.engine, "before_cursor_execute", note)
    work()
    event.remove(database.engine, "before_cursor_execute", note)
    taken = []
    for _ in range(turns):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken), len([one for one in found if not one.startswith(("BEGIN", "PRAGMA"))])
