"""Alerts: a client that falls between digests, told once, followed in its thread, closed when it is up again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, null, select, update

from bot.domain.digests import Alerts as Wanted
from bot.jobs.alerts import Alerts
from bot.jobs.composing import Compose
from bot.jobs.deliveries import Deliveries
from bot.jobs.digest_content import compose
from bot.jobs.digests import Digests
from bot.jobs.questions import PLACE
from bot.jobs.updates import Updates
from bot.playground import people as cast
from bot.playground.faults import killed_after, killed_before, rate_limited, unavailable
from bot.playground.model import Message
from bot.playground.server import Playground
from storage import alerts, claims, digest_settings, digests, installations, pace, people, workspace_changes
from storage import schema as tables
from storage.database import Database
from storage.installations import Installation
from tests import posting
from tests.storage import bases
from tests.test_digest_content import ANNA, DAY, NORDIC, History

MINUTE = timedelta(minutes=1)


class Channel(History):
    """A base, its digest with alerts for key accounts and for those who pay 5,000 a month, and the channel it has."""

    def __init__(self, database: Database, here: Installation, slack: Playground) -> None:
        super().__init__(database, here)
        self.slack, self.later = slack, timedelta()
        self.change_to(channel_id=cast.CS_NORDIC, alerts=Wanted(keys=True, mrr=5000.0, currency="EUR"))
        with database.write() as connection:
            installations.bind(connection, here.id, cast.TEAM.id)
            for user in posting.client(slack).users_list()["members"]:
                people.keep(connection, here.id, user, bases.NOW)
            for number, client in enumerate((1, 2, 3, 4, 5)):
                one = {"installation_id": here.id, "id": number, "client_id": client, "team_id": NORDIC}
                connection.execute(insert(tables.key_account).values(**one, made_by=ANNA, made_at=bases.NOW))
        self.digest_runs()

    @property
    def now(self) -> datetime:
        return super().now + self.later

    def change_to(self, **changes: Any) -> None:
        with self.database.write() as connection:
            kept = digests.get(connection, self.here.id, self.digest.id)
            assert kept is not None
            self.digest = replace(kept, **changes)
            assert digests.change(connection, self.digest)

    def digest_runs(self) -> None:
        """It runs and is posted; then a day goes by."""
        self.write(update(tables.digest).values(next_at=self.now))
        say: Compose = lambda connection, one, *given: compose(connection, self.catalogs, one, *given)  # noqa: E731
        Digests(self.database, say, self.here.id, lambda: self.now).run()
        self.deliver()
        self.goes_on()

    def look(self, minutes: int = 5) -> None:
        """Scores have moved: the jobs run, and run again some minutes later."""
        with self.database.write() as connection:
            alerts.mark(connection, self.here.id)
        for self.later in (timedelta(), minutes * MINUTE):
            self.looks()
            self.deliver()
            self.update()
            self.deliver()
        self.later = timedelta()

    def looks(self) -> None:
        Alerts(self.database, self.catalogs, self.here.id, lambda: self.now).run()

    def deliver(self) -> None:
        slack = posting.client(self.slack)
        Deliveries(self.database, slack, self.here.id, lambda: self.now, pace=0, apart=0, hands=1).run()

    def update(self) -> None:
        Updates(self.database, posting.client(self.slack), self.catalogs, self.here.id, lambda: self.now, pace=0).run()

    def falls(self, client: int, tools: int) -> None:
        self.uses({client: tools})
        self.look()

    @property
    def said(self) -> list[Message]:
        return [one for one in self.slack.slack.messages[cast.CS_NORDIC] if one.author == cast.APP.user_id]

    @property
    def alerts(self) -> list[str]:
        """The messages that are alerts, as they stand."""
        own = [one.text for one in self.said if one.thread_ts is None]
        return [text for text in own if not text.startswith("Nordic")]

    @property
    def paused(self) -> str | None:
        with self.database.read() as connection:
            return connection.scalar(select(tables.digest.c.paused))

    @property
    def threads(self) -> list[str]:
        return [one.text for one in self.said if one.thread_ts is not None]

    def digests_said(self) -> list[str]:
        return [one.text for one in self.said if one.text.startswith("Nordic")]


@pytest.fixture
def slack() -> Iterator[Playground]:
    with Playground() as running:
        yield running


@pytest.fixture
def channel(sqlite: Database, slack: Playground) -> Channel:
    """For rules that have nothing to do with the database."""
    with sqlite.write() as connection:
        here = installations.create(connection, bases.NOW)
    return Channel(sqlite, here, slack)


@pytest.fixture
def either(database: Database, installation: Installation, slack: Playground) -> Channel:
    """On each database."""
    return Channel(database, installation, slack)


FALL = "Client 1 5 → 3 · now Low · Anna. No tool 6. 🔴 Alert · Nordic. Since Wed 25 Nov, news in the thread."


def test_a_client_is_told_once_followed_in_its_thread_and_closed_when_it_is_up_again(either: Channel) -> None:
    either.falls(1, 6)
    either.look()
    assert (either.alerts, either.threads) == ([FALL], [])
    either.goes_on()
    either.goes_quiet(1, "t1")
    either.falls(1, 2)
    either.look()
    assert either.alerts == [FALL.replace("5 → 3", "5 → 1").replace("tool 6", "tool 2")]
    news = ["Fell further: Client 1 3 → 1 · now Low · Anna. No tool 2",
            "Going quiet: Client 1 1 · Low · Anna. Going quiet: Tool 1"]  # fmt: skip
    assert either.threads == news
    either.goes_on()
    either.falls(1, 9)
    assert either.alerts == [FALL.replace("5 → 3 · now Low", "1 → 5 · Medium").replace(" No tool 6.", "")]
    either.goes_on()
    either.look()
    closed = "Client 1 1 → 5 · Medium · Anna. 🟢 Up again · Nordic. Closed Sat 28 Nov: up on two days in a row."
    assert either.alerts == [closed]
    assert either.threads == [*news, "🟢 Client 1 1 → 5 · Medium · Anna. Closed Sat 28 Nov: up on two days in a row."]


def test_what_an_alert_told_is_no_news_to_the_next_digest_which_names_it_beside_its_own(channel: Channel) -> None:
    channel.falls(1, 6)
    channel.goes_on()
    channel.uses({6: 5})
    channel.digest_runs()
    head, _, foot = channel.digests_said()[-1].partition(". ")
    assert head == "Nordic: 1 fell (Client 6 5→3)"
    assert foot.endswith("Alerts since the last one: Client 1.")
    channel.uses({7: 5})
    channel.digest_runs()
    assert "Client 1" not in channel.digests_said()[-1]


def test_without_other_news_a_digest_is_silent_about_what_an_alert_told(channel: Channel) -> None:
    channel.falls(1, 6)
    channel.digest_runs()
    channel.digest_runs()
    assert len(channel.digests_said()) == 1


@pytest.mark.parametrize(
    ("money", "alerts"),
    [((5000, "EUR"), 1), ((4999, "EUR"), 0), ((9000, "NOK"), 0), ((None, None), 0)],
)
def test_it_is_about_key_accounts_and_those_who_pay_as_much(channel: Channel, money: Any, alerts: int) -> None:
    mrr, currency = money
    mine = tables.standing.c.client_id == 6
    channel.write(update(tables.standing).where(mine).values(mrr=mrr, currency=currency))
    channel.falls(6, 5)
    assert len(channel.alerts) == alerts


def test_three_a_day_are_told_and_the_digest_tells_the_others(channel: Channel) -> None:
    channel.uses(dict.fromkeys(range(1, 6), 5))
    channel.look()
    assert sorted(text[:8] for text in channel.alerts) == ["Client 1", "Client 2", "Client 3"]
    channel.goes_on()
    channel.look()
    assert len(channel.alerts) == 3
    channel.digest_runs()
    said = channel.digests_said()[-1]
    assert said.startswith("Nordic: 2 fell (Client 4 5→3, Client 5 5→3)")
    assert said.endswith("Alerts since the last one: Client 1, Client 2, Client 3.")


def test_those_of_all_digests_of_a_channel_are_counted(channel: Channel) -> None:
    channel.uses({1: 6, 2: 6})
    channel.look()
    morning = channel.now - 9 * 60 * MINUTE
    other, elsewhere = replace(channel.digest, id=99), replace(channel.digest, channel_id="C9")
    with channel.database.read() as connection:
        assert alerts.counts(connection, other, morning) == (2, 2)
        assert alerts.counts(connection, other, channel.now + MINUTE) == (0, 2)
        assert alerts.counts(connection, elsewhere, morning) == (0, 0)


def test_where_many_change_at_once_it_is_for_the_digest_to_say(channel: Channel) -> None:
    channel.uses(dict.fromkeys(range(1, 12), 5))
    channel.look()
    assert channel.alerts == []


def test_who_is_snoozed_and_whose_data_is_late_is_not_told(channel: Channel) -> None:
    one = {"installation_id": channel.here.id, "client_id": 1, "person_id": ANNA, "reason": "", "made_at": channel.now}
    channel.write(insert(tables.snooze).values(**one, until=channel.day + 90 * DAY, share=0.25))
    channel.falls(1, 5)
    assert channel.alerts == []
    channel.uses({2: 5})
    channel.later = 20 * DAY
    channel.looks()
    channel.deliver()
    assert channel.alerts == []


def test_a_message_that_somebody_deleted_is_posted_once_more(channel: Channel) -> None:
    channel.falls(1, 6)
    for tools in (3, 0):
        first = channel.said[-1]
        posting.client(channel.slack).chat_delete(channel=cast.CS_NORDIC, ts=first.ts)
        channel.goes_on()
        channel.falls(1, tools)
        channel.look()
        assert channel.threads == []
        assert [text[:14] for text in channel.alerts] == (["Client 1 5 → 2"] if tools else [])


def test_a_client_that_is_the_digests_no_longer_is_closed_and_not_named_any_more(channel: Channel) -> None:
    channel.falls(1, 6)
    channel.write(delete(tables.standing).where(tables.standing.c.client_id == 1))
    channel.look()
    why = "Closed Wed 25 Nov: it is not among the clients of this digest any more."
    assert (channel.alerts, channel.threads) == ([f"⚪ Closed · Nordic. {why}"], [why])


def test_who_takes_it_is_told_in_the_thread_and_stands_in_the_message(channel: Channel) -> None:
    channel.falls(1, 6)
    with channel.database.write() as connection:
        bo = people.in_installation(connection, channel.here.id, cast.BO, channel.now)
        assert bo is not None
        claims.take(connection, replace(bo, workspace_id=channel.here.workspace_id), 1, channel.now + MINUTE)
    for channel.later in (5 * MINUTE, 10 * MINUTE):
        channel.looks()
        channel.deliver()
        channel.update()
    assert channel.threads == ["Client 1: Bo has it"]
    assert "Bo has it (9:01" in channel.alerts[0]


def test_a_digest_that_rests_sends_none(channel: Channel) -> None:
    channel.write(update(tables.digest).values(paused="person"))
    channel.falls(1, 6)
    assert channel.alerts == []


@pytest.mark.parametrize("off", [{"paused": "person"}, {"alerts": null()}])
def test_once_its_digest_sends_none_what_goes_on_is_closed_in_place(channel: Channel, off: dict[str, Any]) -> None:
    channel.falls(1, 6)
    channel.write(update(tables.digest).values(**off))
    channel.look()
    closed = "⚪ Closed · Nordic. Closed Wed 25 Nov: this digest is paused, or its alerts are off."
    assert channel.alerts == [f"Client 1 5 → 3 · now Low · Anna. No tool 6. {closed}"]
    channel.write(update(tables.digest).values(paused=None, alerts=asdict(Wanted(keys=True))))
    channel.goes_on()
    channel.falls(1, 2)
    assert [text[:14] for text in channel.alerts] == ["Client 1 5 → 3", "Client 1 5 → 1"]


def test_once_its_digest_goes_to_another_channel_it_is_closed_in_place_and_goes_on_there_with_news(
    channel: Channel,
) -> None:
    there = channel.slack.slack.messages[cast.GENERAL]
    channel.falls(1, 6)
    channel.change_to(channel_id=cast.GENERAL)
    before = len(there)
    channel.look()
    closed = "⚪ Closed · Nordic. Closed Wed 25 Nov: this digest goes to another channel now."
    assert channel.alerts == [f"Client 1 5 → 3 · now Low · Anna. No tool 6. {closed}"]
    assert len(there) == before
    channel.goes_on()
    channel.falls(1, 2)
    assert [one.text[:14] for one in there[before:]] == ["Client 1 5 → 1"]
    assert (len(channel.alerts), channel.threads) == (1, [])


def test_once_its_digest_is_deleted_it_is_closed_and_names_nobody(either: Channel) -> None:
    either.falls(1, 6)
    with either.database.write() as connection:
        dina = people.in_installation(connection, either.here.id, cast.DINA, either.now)
        assert dina is not None
        admin = replace(dina, is_super_admin=True)
        one = digests.get(connection, either.here.id, either.digest.id)
        assert one is not None
        digest_settings.remove(connection, admin, one.id, one.version, either.now)
    for _ in range(2):
        either.update()
    assert either.alerts == ["⚪ Closed · Nordic. Its digest was deleted."]
    assert len([call for call in either.slack.calls if call.method == "chat.update"]) == 1


def test_once_its_workspace_is_deleted_it_is_closed_too(channel: Channel) -> None:
    channel.falls(1, 6)
    second = {"installation_id": channel.here.id, "id": 7, "name": "Second", "version": 3}
    channel.write(insert(tables.workspace).values(**second, is_primary=False))
    channel.write(update(tables.digest).values(workspace_id=7))
    with channel.database.write() as connection:
        workspace_changes.remove(connection, channel.here.id, ANNA, 7, 3, channel.now)
    channel.update()
    assert channel.alerts == ["⚪ Closed · Nordic. Its digest was deleted."]


def test_what_strangers_would_read_is_not_posted_and_told_by_the_digest_later(channel: Channel) -> None:
    channel.slack.slack.channels[cast.CS_NORDIC].is_ext_shared = True
    channel.falls(1, 6)
    assert (channel.alerts, channel.paused) == ([], "shared")
    channel.slack.slack.channels[cast.CS_NORDIC].is_ext_shared = False
    channel.write(update(tables.digest).values(paused=None, alerts=None))
    channel.digest_runs()
    assert channel.digests_said()[-1].startswith("Nordic: 1 fell (Client 1 5→3)")


def test_in_a_channel_that_strangers_read_by_now_it_stays_as_it_was(channel: Channel) -> None:
    channel.falls(1, 6)
    channel.slack.slack.channels[cast.CS_NORDIC].is_ext_shared = True
    channel.goes_on()
    channel.falls(1, 2)
    assert (channel.alerts, channel.threads, channel.paused) == ([FALL], [], "shared")


def test_while_slack_takes_no_questions_about_channels_it_is_asked_none(channel: Channel) -> None:
    channel.falls(1, 6)
    channel.goes_on()
    with channel.database.write() as connection:
        pace.hold(connection, channel.here.id, channel.now + 9 * MINUTE, PLACE)
    asked = len([call for call in channel.slack.calls if call.method == "conversations.info"])
    channel.falls(1, 2)
    assert len([call for call in channel.slack.calls if call.method == "conversations.info"]) == asked


def test_what_may_have_been_posted_and_cannot_be_looked_for_is_left_to_the_digest(channel: Channel) -> None:
    channel.slack.web_api.scopes -= {"channels:history", "groups:history"}
    channel.slack.faults.add("chat.postMessage", killed_after())
    channel.uses({1: 6})
    for minutes in (10, 20, 30):
        channel.look(minutes)
    assert len(channel.alerts) == 1
    channel.digest_runs()
    channel.deliver()
    assert channel.digests_said()[-1].startswith("Nordic: 1 fell (Client 1 5→3)")


@pytest.mark.parametrize("fault", [rate_limited(), unavailable(), killed_before(), killed_after()])
def test_whatever_happens_on_the_way_each_is_posted_once(channel: Channel, fault: Any) -> None:
    for tools in (6, 2):
        channel.slack.faults.add("chat.postMessage", fault)
        channel.uses({1: tools})
        for minutes in (10, 20, 30):
            channel.look(minutes)
        channel.goes_on()
    assert (len(channel.alerts), len(channel.threads)) == (1, 1)


def test_many_processes_that_look_at_once_tell_a_client_once(either: Channel) -> None:
    either.uses(dict.fromkeys(range(1, 6), 5))
    with either.database.write() as connection:
        alerts.mark(connection, either.here.id)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: either.looks(), range(4)))
    either.deliver()
    assert len(either.alerts) == 3


def test_a_tick_with_nothing_to_do_is_one_statement(channel: Channel) -> None:
    channel.look()
    statements: list[str] = []
    event.listen(channel.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    channel.looks()
    assert len([one for one in statements if one.startswith("SELECT")]) == len(statements) == 1
