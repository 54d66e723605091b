"""Whatever is killed, each alert, each piece of news in a thread and each direct message is there once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from sqlalchemy import Connection, update

from bot.domain.digests import Alerts as Wanted
from bot.jobs.alerts import Alerts
from bot.jobs.deliveries import Deliveries
from bot.playground import people as cast
from bot.playground.server import Playground
from storage import alerts, claims, deliveries, digests, installations, people
from storage import schema as tables
from storage.catalog import Catalogs
from storage.database import Database
from tests import posting
from tests.domain.digest_histories import CATALOG
from tests.storage import bases
from tests.storms import CHANNELS, HISTORY, KILLS, Place, Storm, room
from tests.test_digest_content import DAY, MONDAY, History

DIRECT = 30
ROOMS = [room(number) for number in range(CHANNELS)]
MESSAGES = [f"Message {number}" for number in range(DIRECT)]
FALLEN, NEXT = (1, 2), 3  # clients
PAID = 9000.0
UNSEEN = "SELECT digest_id FROM delivery WHERE reason = 'unseen' AND digest_id IS NOT NULL"
ALERTS = Counter((channel, f"Client {client} 5 → 3") for channel in ROOMS for client in (*FALLEN, NEXT))
NEWS = Counter((channel, f"Fell further: Client {client} 3 → 1") for channel in ROOMS for client in FALLEN)
NEWS += Counter((channel, f"Client {FALLEN[0]}: Bo has it") for channel in ROOMS)


@dataclass
class Alerted(Storm):
    def says(self, database: Database) -> Callable[[], None]:
        return Alerts(database, Catalogs(database, CATALOG, fixed=True), 1, self.now).run

    def is_over(self) -> bool:
        """Each digest was looked at, and all that it said ended."""
        open_ = "SELECT count(*) FILTER (WHERE state IN ('waiting', 'sending')), count(*) FROM delivery"
        waiting, made = self.asked(open_)[0]
        unseen = self.asked("SELECT count(*) FROM digest WHERE look_at IS NULL AND told_on IS NOT NULL")[0][0]
        return bool(waiting == unseen == 0 and made >= self.posts)

    def taken(self, *, in_threads: bool) -> Counter[tuple[str, str]]:
        """How often Slack took each text in each channel."""
        posts = [post for post in self.posted() if ("thread_ts" in post) is in_threads and post["channel"] in ROOMS]
        return Counter((post["channel"], post["text"].partition(" · ")[0]) for post in posts)

    def direct(self) -> Counter[str]:
        return Counter(post["text"] for post in self.posted() if post["channel"] not in ROOMS)


def storm(somewhere: Place, slack: Playground, kills: int) -> Alerted:
    """Clients have fallen and do so further, one more falls, Bo has one of them, and people are told something, too."""
    made = Alerted(somewhere[0], slack, kills, len(ALERTS) + len(NEWS) + len(MESSAGES), somewhere[1])
    with closing(Database(made.url)) as database:
        history = base(database, slack)
        history.uses(dict.fromkeys(FALLEN, 6))
        Alerts(database, history.catalogs, 1, lambda: history.now).run()
        Deliveries(database, posting.client(slack), 1, lambda: history.now, pace=0, apart=0, hands=1).run()
        history.goes_on()
        history.uses(dict.fromkeys(FALLEN, 2) | {NEXT: 6})
        with database.write() as connection:
            alerts.mark(connection, history.here.id)
            tell_people(connection, history)
    made.brew()
    made.begun, made.started = history.now, time.time()
    made.rage()
    return made


def base(database: Database, slack: Playground) -> History:
    """Clients about which each channel is told between digests, all of which ran on Monday."""
    with database.write() as connection:
        here = installations.create(connection, bases.NOW)
    history = History(database, here)
    history.goes_on()
    with database.write() as connection:
        installations.bind(connection, here.id, cast.TEAM.id)
        for user in posting.client(slack).users_list()["members"]:
            people.keep(connection, here.id, user, bases.NOW)
        paying = update(tables.standing).where(tables.standing.c.client_id.in_((*FALLEN, NEXT)))
        connection.execute(paying.values(mrr=PAID, currency="EUR"))
        anna = people.in_slack(connection, here.id, cast.ANNA)
        assert anna is not None
        bo = people.in_slack(connection, here.id, cast.BO)
        for client, csm in ((11, anna), (12, bo)):  # so that they have seats
            connection.execute(
                update(tables.standing).where(tables.standing.c.client_id == client).values(person_id=csm)
            )
        usual = replace(history.digest, told_on=MONDAY + DAY, told_as_of=MONDAY, made_by=anna)
        usual = replace(usual, alerts=Wanted(keys=False, mrr=PAID, currency="EUR"))
        for number, channel in enumerate(ROOMS, 100):
            one = replace(usual, id=number, name=f"Digest {number}", channel_id=channel)
            digests.add(connection, one, bases.NOW)
    return history


def tell_people(connection: Connection, history: History) -> None:
    here, now = history.here, history.now
    bo = people.in_installation(connection, here.id, cast.BO, now)
    assert bo is not None
    claims.take(connection, replace(bo, workspace_id=here.workspace_id), FALLEN[0], now)
    for text in MESSAGES:
        deliveries.add(connection, here.id, bo.id, "task", text, now, {"text": text})


def test_each_is_there_once_whatever_is_killed(somewhere: Place, slack: Playground) -> None:
    made = storm(somewhere, slack, KILLS * 2 // 10)
    assert made.taken(in_threads=False) == ALERTS
    assert made.taken(in_threads=True) == NEWS
    assert made.direct() == Counter(MESSAGES)


def test_where_posts_cannot_be_looked_for_each_is_there_once_at_most_and_the_maker_knows(
    somewhere: Place, slack: Playground
) -> None:
    slack.web_api.scopes -= HISTORY
    made = storm(somewhere, slack, KILLS // 10)
    said = made.taken(in_threads=False) + made.taken(in_threads=True)
    assert not said - (ALERTS + NEWS)
    told = {text.split("*")[1] for text in made.direct() if text not in MESSAGES}
    assert {made.direct()[text] for text in MESSAGES} <= {0, 1}
    assert {f"Digest {row[0]}" for row in made.asked(UNSEEN)} == told
