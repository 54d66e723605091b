"""Digests run once on each of their days, say what is new, and stop where they cannot be posted."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import Connection, event, select, update
from sqlalchemy.exc import DataError, OperationalError

from bot.domain.digests import Digest, Pause
from bot.jobs.composing import Composed
from bot.jobs.digest_content import compose
from bot.jobs.digests import Digests
from bot.playground import people as cast
from bot.playground.faults import killed_after, killed_before, rate_limited, unavailable
from bot.playground.model import Person
from bot.playground.server import Playground
from storage import allowed_channels, deliveries, digest_runs, digests, installations
from storage.catalog import Catalogs
from storage.database import Database
from storage.digest_facts import Head
from storage.installations import Installation
from storage.schema import delivery, digest
from tests import posting
from tests.posting import AS_OF, NOW, add_digest, deliver, get, named, nothing, run, said, states, told
from tests.storage import bases

DAY = timedelta(days=1)
LATER = NOW + timedelta(minutes=10)  # a pause and a lease are over
TODAY, TOMORROW = "7/2026-11-23", "7/2026-11-24"


@pytest.fixture
def slack() -> Iterator[Playground]:
    with Playground() as running:
        yield running


@pytest.fixture
def here(database: Database, installation: Installation, slack: Playground) -> int:
    with database.write() as connection:
        posting.settle_in(connection, installation.id, posting.client(slack).users_list()["members"])
    return installation.id


def test_a_digest_that_is_due_is_posted_once_and_knows_up_to_when_it_told(
    database: Database, slack: Playground, here: int
) -> None:
    one = add_digest(database)
    for _ in range(2):
        run(database, here)
        deliver(database, slack, here)
    assert said(slack) == ["Digest 7 of 23 Nov"]
    assert states(database) == [(TODAY, "sent", None)]
    assert named(database) == [(1, "fell", date(2026, 11, 23))]
    assert get(database, one) == replace(one, next_at=NOW + DAY, told_on=date(2026, 11, 23), told_as_of=AS_OF)


def test_where_nothing_is_new_nothing_is_posted_and_that_is_kept(
    database: Database, slack: Playground, here: int
) -> None:
    one = add_digest(database)
    run(database, here, say=nothing)
    deliver(database, slack, here)
    assert (said(slack), states(database)) == ([], [(TODAY, "quiet", None)])
    assert get(database, one).told_as_of == AS_OF


@pytest.mark.parametrize(("late", "state"), [(timedelta(hours=3), "sent"), (timedelta(hours=3, seconds=1), "skipped")])
def test_a_run_that_is_too_late_is_left_out_and_what_it_had_to_say_is_said_by_the_next(
    database: Database, slack: Playground, here: int, late: timedelta, state: str
) -> None:
    one = add_digest(database)
    run(database, here, NOW + late)
    deliver(database, slack, here, NOW + late)
    assert states(database)[0][:2] == (TODAY, state)
    after = get(database, one)
    assert (after.told_on is not None, after.next_at) == (state == "sent", NOW + DAY)


def test_a_digest_that_rests_or_has_no_channel_does_not_run(database: Database, slack: Playground, here: int) -> None:
    add_digest(database, paused=Pause.PERSON)
    add_digest(database, 8, next_at=None)
    add_digest(database, 9, channel_id=None)
    run(database, here)
    assert states(database) == []


def test_a_tick_with_nothing_due_is_one_statement_at_any_number_of_digests(database: Database, here: int) -> None:
    for number in range(50):
        add_digest(database, number, next_at=NOW + DAY)
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    run(database, here)
    assert len([one for one in statements if one.startswith("SELECT")]) == len(statements) == 1


@pytest.mark.parametrize("wrong", [ValueError("no"), DataError("SELECT", {}, ValueError("no"))])
def test_one_that_cannot_be_composed_holds_up_no_other_and_tells_its_news_next_time(
    database: Database, slack: Playground, here: int, wrong: Exception
) -> None:
    def say(one: Digest, now: datetime) -> Composed:
        if one.id == 7 and now == NOW:
            raise wrong
        return posting.news(one, now)

    add_digest(database)
    add_digest(database, 8)
    for moment in (NOW, NOW + DAY):
        run(database, here, moment, say)
        deliver(database, slack, here, moment)
    assert sorted(said(slack)) == ["Digest 7 of 24 Nov", "Digest 8 of 23 Nov", "Digest 8 of 24 Nov"]
    assert [one for one in states(database) if one[0] == TODAY] == [(TODAY, "failed", "error")]
    assert told(slack) == ["*Digest 7* could not be posted this time. What it had to say, the next one says."]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # there it is composed before it is locked
def test_where_two_processes_fail_on_one_no_other_is_taken_for_it(database: Database, here: int) -> None:
    posting.add_digests(database, {7: cast.CS_NORDIC, 8: cast.GENERAL})
    both = Barrier(2)

    def say(_connection: Connection, one: Digest, moment: datetime, _head: object) -> Composed:
        if one.id == 7:
            both.wait(20)
            raise ValueError("no")
        return posting.news(one, moment)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: Digests(database, say, here, lambda: NOW).run(), range(2)))
    run(database, here)  # the one that was a moment late looks again in its next turn
    assert [state for _, state, _ in states(database)] == ["failed", "waiting"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_that_is_paused_while_it_fails_rests_and_has_not_failed(database: Database, here: int) -> None:
    one = add_digest(database)

    def say(*_: object) -> Composed:
        with database.write() as connection:
            connection.execute(update(digest).values(paused=Pause.PERSON.value, next_at=None))
        raise ValueError("no")

    Digests(database, say, here, lambda: NOW).run()
    assert (get(database, one).next_at, states(database)) == (None, [])


def test_a_digest_is_still_due_when_a_database_that_was_lost_is_back(
    database: Database, slack: Playground, here: int
) -> None:
    def lose(*_: object) -> Composed:
        raise OperationalError("SELECT", {}, ConnectionError("gone"))

    add_digest(database)
    with pytest.raises(OperationalError, match="gone"):
        run(database, here, say=lose)
    assert states(database) == []
    run(database, here)
    assert states(database) == [(TODAY, "waiting", None)]


def test_many_processes_run_a_digest_once(database: Database, slack: Playground, here: int) -> None:
    for number in range(10):
        add_digest(database, number)
    composed: list[int] = []

    def say(one: Digest, now: datetime) -> Composed:
        composed.append(one.id)
        return posting.news(one, now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: run(database, here, say=say), range(4)))
    once = set(composed) if database.is_sqlite else composed  # there, what was composed in vain is thrown away
    assert sorted(once) == list(range(10))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: deliver(database, slack, here), range(4)))
    assert sorted(said(slack)) == [f"Digest {number} of 23 Nov" for number in range(10)]


def test_one_that_is_changed_while_it_is_composed_is_composed_anew(sqlite: Database, slack: Playground) -> None:
    """PostgreSQL lets nobody change it meanwhile."""
    with sqlite.write() as connection:
        here = installations.create(connection, NOW)
        posting.settle_in(connection, here.id, posting.client(slack).users_list()["members"])
    one = add_digest(sqlite)

    def say(it: Digest, now: datetime) -> Composed:
        with sqlite.write() as connection:
            digests.change(connection, replace(one, name="Other"))
        return posting.news(it, now)

    run(sqlite, here.id, say=say)
    assert states(sqlite) == []
    run(sqlite, here.id, say=say)
    with sqlite.read() as connection:
        assert connection.scalars(select(delivery.c.payload)).all() == [{"text": "Other of 23 Nov"}]


def test_a_clock_that_goes_back_and_forth_lets_no_day_be_told_twice(
    database: Database, slack: Playground, here: int
) -> None:
    add_digest(database)
    for days in (0, 1, -1, 0, 1, 2, -7, 2):
        with (
            database.write() as connection
        ):  # as after a change of the digest: planned anew by the clock of that moment
            connection.execute(update(digest).values(next_at=NOW + days * DAY))
        run(database, here, NOW + days * DAY)
        deliver(database, slack, here, NOW + 10 * DAY)
    days_told = sorted(set(said(slack)))
    assert sorted(said(slack)) == days_told
    assert len(days_told) == 5


@pytest.mark.parametrize("fault", [rate_limited(), unavailable(), killed_before(), killed_after()])
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.info", "conversations.history"])
def test_whatever_happens_on_the_way_it_is_posted_once(
    database: Database, slack: Playground, here: int, fault: object, method: str
) -> None:
    add_digest(database)
    run(database, here)
    slack.faults.add(method, fault)  # type: ignore[arg-type]
    if method == "conversations.history":
        slack.faults.add("chat.postMessage", killed_after())
    for minutes in (0, 10, 20):
        deliver(database, slack, here, NOW + timedelta(minutes=minutes))
    assert said(slack) == ["Digest 7 of 23 Nov"]
    assert states(database) == [(TODAY, "sent", None)]


def test_a_doubtful_post_is_found_behind_all_that_was_said_since(
    database: Database, slack: Playground, here: int
) -> None:
    add_digest(database)
    run(database, here)
    slack.faults.add("chat.postMessage", killed_after())
    deliver(database, slack, here)
    for number in range(450):
        slack.slack.post(cast.CS_NORDIC, cast.BO, f"Message {number}")
    deliver(database, slack, here, LATER)
    assert (len(said(slack)), states(database)) == (1, [(TODAY, "sent", None)])


@pytest.mark.parametrize("arrived", [True, False])
def test_where_it_may_not_be_looked_for_it_is_posted_once_at_most_and_its_maker_is_told(
    database: Database, slack: Playground, here: int, arrived: bool
) -> None:
    slack.web_api.scopes -= {"channels:history", "groups:history"}
    one = add_digest(database)
    run(database, here)
    slack.faults.add("chat.postMessage", killed_after() if arrived else killed_before())
    for minutes in (0, 10, 20):
        deliver(database, slack, here, NOW + timedelta(minutes=minutes))
    assert len(said(slack)) == arrived
    assert states(database) == [(TODAY, "failed", "unseen")]
    assert [text.partition(":")[0] for text in told(slack)] == ["*Digest 7* may be missing in <#C0CSNORDIC>"]
    assert get(database, one).paused is None


def test_what_slack_surely_did_not_take_is_sent_again_without_looking(
    database: Database, slack: Playground, here: int
) -> None:
    slack.web_api.scopes -= {"channels:history", "groups:history"}
    add_digest(database)
    run(database, here)
    slack.faults.add("chat.postMessage", rate_limited(), rate_limited())
    slack.faults.add("conversations.info", unavailable(), killed_before())
    for minutes in range(0, 60, 10):
        deliver(database, slack, here, NOW + timedelta(minutes=minutes))
    assert said(slack) == ["Digest 7 of 23 Nov"]


def archive(slack: Playground) -> None:
    slack.slack.channels[cast.CS_NORDIC].is_archived = True


def restrict(slack: Playground) -> None:
    slack.slack.channels[cast.CS_NORDIC].is_read_only = True


def leave(slack: Playground) -> None:
    slack.slack.channels[cast.CS_NORDIC].members.discard(cast.APP.user_id)


def share(slack: Playground) -> None:
    slack.slack.channels[cast.CS_NORDIC].is_ext_shared = True


def let_guest_in(slack: Playground) -> None:
    slack.slack.channels[cast.CS_NORDIC].members.add(cast.GUS)


def let_stranger_in(slack: Playground) -> None:
    slack.slack.set_person(Person("U0NEW", "new", "New", "new@example.com", cast.TEAM.id))
    slack.slack.channels[cast.CS_NORDIC].members.add("U0NEW")


STOPS = [
    (archive, Pause.ARCHIVED, "is archived"),
    (leave, Pause.NOT_IN_CHANNEL, "I am not in <#C0CSNORDIC>"),
    (restrict, Pause.RESTRICTED, "not everybody may post in <#C0CSNORDIC>"),
    (share, Pause.SHARED, "people who may not see clients read"),
    (let_guest_in, Pause.SHARED, "people who may not see clients read"),
    (let_stranger_in, Pause.SHARED, "people who may not see clients read"),
]


@pytest.mark.parametrize(("happens", "pause", "says"), STOPS, ids=[one[0].__name__ for one in STOPS])
def test_what_will_not_pass_stops_the_digest_tells_its_maker_once_and_loses_nothing(
    database: Database, slack: Playground, here: int, happens: object, pause: Pause, says: str
) -> None:
    one = add_digest(database)
    run(database, here)
    happens(slack)  # type: ignore[operator]
    for moment in (NOW, LATER):
        deliver(database, slack, here, moment)
    assert said(slack) == []
    stopped = get(database, one)
    assert (stopped.paused, stopped.next_at, stopped.told_on, stopped.told_as_of) == (pause, None, None, None)
    assert named(database) == []
    (text,) = told(slack)
    assert text.startswith("*Digest 7* rests: ")
    assert says in text


def test_a_channel_that_an_admin_allowed_by_name_may_have_others_in_it(
    database: Database, slack: Playground, here: int
) -> None:
    add_digest(database, channel=cast.PILOT)
    add_digest(database, 8, channel=cast.CUSTOMER_SHARED)
    run(database, here)
    with database.write() as connection:
        allowed_channels.allow(connection, here, "pilot-with-guest", NOW)
    deliver(database, slack, here)
    assert (len(said(slack, cast.PILOT)), said(slack, cast.CUSTOMER_SHARED)) == (1, [])


def test_what_waits_for_a_digest_that_was_stopped_is_not_posted(
    database: Database, slack: Playground, here: int
) -> None:
    one = add_digest(database)
    run(database, here)
    with database.write() as connection:
        digest_runs.stop(connection, here, one.id, Pause.SHARED, "a channel", NOW)
    deliver(database, slack, here)
    assert (said(slack), states(database)) == ([], [(TODAY, "skipped", "needless")])


def test_news_stand_in_the_thread_and_are_looked_for_there(database: Database, slack: Playground, here: int) -> None:
    one = add_digest(database)
    run(database, here)
    deliver(database, slack, here)
    (message,) = slack.slack.messages[cast.CS_NORDIC]
    where = (here, one.id, cast.CS_NORDIC)
    with database.write() as connection:
        said_there = {"text": "News"}
        assert deliveries.add_post(connection, *where, "news", "1", NOW, said_there, thread_ts=message.ts) is not None
    slack.faults.add("chat.postMessage", killed_after())
    for moment in (NOW, LATER):
        deliver(database, slack, here, moment)
    answers = [one for one in slack.slack.messages[cast.CS_NORDIC] if one.thread_ts == message.ts]
    assert [one.text for one in answers] == ["News"]


def test_the_newest_run_of_each_digest_is_known(database: Database, slack: Playground, here: int) -> None:
    add_digest(database)
    add_digest(database, 8)
    run(database, here)
    run(database, here, NOW + DAY, nothing)
    with database.read() as connection:
        found = digest_runs.last(connection, here, [7, 8, 9])
    assert {number: (run.at, run.state) for number, run in found.items()} == dict.fromkeys((7, 8), (NOW + DAY, "quiet"))


def test_a_change_of_a_digest_leaves_what_a_run_has_told_meanwhile(database: Database, here: int) -> None:
    before = add_digest(database)
    run(database, here)
    with database.write() as connection:
        assert digests.change(connection, replace(before, name="Other"))
    after = get(database, before)
    assert (after.name, after.told_on, after.told_as_of) == ("Other", date(2026, 11, 23), AS_OF)


def test_a_post_that_was_sent_before_its_process_was_killed_is_not_sent_again(
    database: Database, slack: Playground, here: int
) -> None:
    add_digest(database)
    run(database, here)
    deliver(database, slack, here)
    with database.write() as connection:
        connection.execute(update(delivery).values(state="sending", payload={"text": "again"}))
    deliver(database, slack, here, LATER)
    assert (len(said(slack)), states(database)) == (1, [(TODAY, "sent", None)])


def _same(moment: datetime) -> datetime:
    return moment


def test_before_there_is_data_it_is_silent_each_day(database: Database, slack: Playground, here: int) -> None:
    known = Catalogs(database, bases.small(), fixed=True)
    one = add_digest(database)

    def composed(connection: Connection, it: Digest, now: datetime, head: Head) -> Composed:
        return compose(connection, known, it, now, head)

    for days in range(3):
        Digests(database, composed, here, partial(_same, NOW + days * DAY)).run()
    assert [state for _, state, _ in states(database)] == ["quiet"] * 3
    assert get(database, one).told_as_of is None
