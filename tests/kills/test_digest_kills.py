"""Whatever is killed, each digest is in its channel once for each day: counted from what Slack took."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import delete, func, select, update

from bot.jobs.deliveries import Deliveries
from bot.jobs.digests import Digests
from bot.playground import people as cast
from bot.playground.server import Playground
from storage import installations, schema
from storage.database import Database
from tests import posting
from tests.posting import NOW, add_digest, add_digests, news, said
from tests.processes import die_at, in_a_child
from tests.storms import CHANNELS, HISTORY, KILLS, Place, Storm, room

DIGESTS = 500


@dataclass
class Digested(Storm):
    def says(self, database: Database) -> Callable[[], None]:
        return Digests(database, lambda _, one, moment, _head: news(one, moment), 1, self.now).run

    def is_over(self) -> bool:
        made, ended = self.asked("SELECT count(*), count(*) FILTER (WHERE state IN ('sent', 'failed')) FROM delivery")[
            0
        ]
        return bool(made == ended >= self.posts)

    def taken(self) -> Counter[str]:
        """How often Slack took each text."""
        return Counter(post["text"] for post in self.posted())


def storm(somewhere: Place, slack: Playground, digests: int, kills: int) -> Digested:
    url, cluster = somewhere
    made = Digested(url, slack, kills, digests, cluster)
    database = Database(made.url)
    with database.write() as connection:
        here = installations.create(connection, NOW)
        posting.settle_in(connection, here.id, posting.client(slack).users_list()["members"])
    add_digests(database, {number: room(number % CHANNELS) for number in range(digests)})
    database.close()
    made.brew()
    made.started = time.time()
    return made


def test_each_digest_is_posted_once_by_processes_that_are_killed(somewhere: Place, slack: Playground) -> None:
    made = storm(somewhere, slack, DIGESTS, KILLS * 5 // 10)
    made.rage()
    assert made.taken() == Counter(f"Digest {number} of 23 Nov" for number in range(DIGESTS))


def test_where_posts_cannot_be_looked_for_each_is_there_once_at_most_and_its_maker_knows(
    somewhere: Place, slack: Playground
) -> None:
    slack.web_api.scopes -= HISTORY
    digests = DIGESTS * 2 // 5
    made = storm(somewhere, slack, digests, KILLS * 2 // 10)
    made.rage()
    taken = made.taken()
    assert set(taken.values()) == {1}
    missing = {number for number in range(digests) if f"Digest {number} of 23 Nov" not in taken}
    unsure = {number for number in range(digests) if any(text.startswith(f"*Digest {number}* may") for text in taken)}
    assert missing <= unsure
    assert {row[0] for row in made.asked("SELECT digest_id FROM delivery WHERE reason = 'unseen'")} == unsure


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
        for where, function in PLACES:
            for before in (True, False):
                for call in count(1):
                    begin_anew(sqlite, slack)
                    for one in first:
                        one(sqlite, posting.client(slack))
                    sqlite.close()
                    if not is_killed(url, slack, work, where, function, call, before):
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
