"""Direct messages are sent once, whatever happens on the way to Slack; so is that somebody was given a task."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DataError, OperationalError

from bot.domain.access import Person
from bot.domain.activity import Priority, Task
from bot.jobs.deliveries import ATTEMPTS, KILLS, MAKERS, SPACING, Deliveries
from bot.playground import people as cast
from bot.playground.faults import killed_after, killed_before, rate_limited, unavailable
from bot.playground.server import Playground
from storage import activity, deliveries, installations, pace, people, tasks
from storage.database import Database
from storage.deliveries import LEASE
from storage.installations import Installation
from storage.schema import delivery, person, standing, task
from tests.conftest import NOW
from tests.storage import bases

LATER = NOW + timedelta(minutes=10)  # a pause and a lease are over


@pytest.fixture
def slack() -> Iterator[Playground]:
    with Playground() as running:
        yield running


@pytest.fixture
def here(database: Database, installation: Installation, slack: Playground) -> int:
    """Everybody of the playground, and a client that all of them see."""
    with database.write() as connection:
        installations.bind(connection, installation.id, cast.TEAM.id)
        for user in client(slack).users_list()["members"]:
            people.keep(connection, installation.id, user, NOW)
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, 1)
        stands = {"installation_id": installation.id, "client_id": 1, "workspace_id": installation.workspace_id}
        connection.execute(insert(standing).values(**stands, tier="low"))
    return installation.id


def client(slack: Playground) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def run(database: Database, slack: Playground, here: int, now: datetime = NOW, hands: int = 4) -> None:
    Deliveries(database, client(slack), here, lambda: now, pace=0, apart=0, hands=hands).run()


def who(database: Database, here: int, user: str) -> Person:
    with database.read() as connection:
        found = people.in_installation(connection, here, user)
    assert found is not None
    return found


def give(database: Database, here: int, to: str = cast.BO, by: str = cast.ANNA) -> None:
    made = Task(1, None, "Call them", "", date(2026, 11, 25), Priority.HIGH, to)
    with database.write() as connection:
        assert activity.log_task(connection, who(database, here, by), made, "V1", NOW)


def told(slack: Playground, user: str = cast.BO) -> list[str]:
    return [one.text for one in slack.actions.visible_messages(user, "D" + user[1:])]


def state(database: Database) -> str | None:
    with database.read() as connection:
        return connection.scalar(select(delivery.c.state))


def test_who_is_given_a_task_is_told_once(database: Database, slack: Playground, here: int) -> None:
    give(database, here)
    for moment in (NOW, LATER):
        run(database, slack, here, moment)
    assert told(slack) == ["A task for you · Client 1: Call them · due Wed 25 Nov · logged by Anna"]
    assert state(database) == "sent"


def test_nobody_is_told_of_their_own(database: Database, slack: Playground, here: int) -> None:
    give(database, here, by=cast.BO)
    run(database, slack, here)
    assert (told(slack), state(database)) == ([], None)


def test_many_processes_tell_once(database: Database, slack: Playground, here: int) -> None:
    give(database, here)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: run(database, slack, here), range(6)))
    assert len(told(slack)) == 1


@pytest.mark.parametrize("fault", [rate_limited(), unavailable(), killed_before(), killed_after()])
@pytest.mark.parametrize("method", ["chat.postMessage", "conversations.open"])
def test_whatever_happens_it_is_told_once(
    database: Database, slack: Playground, here: int, fault: object, method: str
) -> None:
    give(database, here)
    slack.faults.add(method, fault)  # type: ignore[arg-type]
    run(database, slack, here)
    assert state(database) in {"waiting", "sending"}
    run(database, slack, here)  # not before its pause is over
    run(database, slack, here, LATER)
    assert len(told(slack)) == 1
    assert state(database) == "sent"


def test_a_message_that_was_sent_before_its_process_was_killed_is_not_sent_again(
    database: Database, slack: Playground, here: int
) -> None:
    give(database, here)
    assert deliveries.claim(database, here, NOW, SPACING) is not None  # and killed there
    run(database, slack, here)
    assert told(slack) == []
    run(database, slack, here, LATER)
    assert len(told(slack)) == 1
    with database.write() as connection:  # and killed after it was sent
        connection.execute(update(delivery).values(state="sending"))
    run(database, slack, here, LATER + timedelta(minutes=10))
    assert len(told(slack)) == 1
    assert state(database) == "sent"


def test_what_stays_in_doubt_ends(database: Database, slack: Playground, here: int) -> None:
    give(database, here)
    for turn in range(ATTEMPTS + 2):
        slack.faults.add("chat.postMessage", killed_before())
        run(database, slack, here, NOW + turn * timedelta(hours=1))
    assert (told(slack), state(database)) == ([], "failed")


@pytest.mark.parametrize(("kills", "is_told"), [(KILLS, True), (KILLS + 1, False)])
def test_processes_that_are_killed_use_up_no_attempts_but_not_for_ever(
    database: Database, slack: Playground, here: int, kills: int, is_told: bool
) -> None:
    give(database, here)
    for turn in range(kills):
        assert deliveries.claim(database, here, NOW + turn * LEASE, SPACING) is not None  # and killed there
    slack.faults.add("chat.postMessage", unavailable())  # of its attempts this is the first
    for turn in range(kills, kills + 1 + ATTEMPTS):
        run(database, slack, here, NOW + turn * timedelta(hours=1))
    assert len(told(slack)) == is_told
    assert state(database) == ("sent" if is_told else "failed")


def test_what_is_done_by_then_is_not_told(database: Database, slack: Playground, here: int) -> None:
    give(database, here)
    with database.write() as connection:
        number = connection.scalar(select(task.c.id)) or 0
        assert tasks.finish(connection, who(database, here, cast.BO), number, NOW)
    run(database, slack, here)
    assert (told(slack), state(database)) == ([], "failed")


def test_what_arrived_before_it_was_done_is_known_as_sent(database: Database, slack: Playground, here: int) -> None:
    give(database, here)
    run(database, slack, here)
    with database.write() as connection:  # killed after it was sent
        connection.execute(update(delivery).values(state="sending"))
        number = connection.scalar(select(task.c.id)) or 0
        assert tasks.finish(connection, who(database, here, cast.BO), number, NOW)
    run(database, slack, here, LATER)
    assert (len(told(slack)), state(database)) == (1, "sent")


def test_a_task_that_is_given_on_is_told_to_whom_it_is_given_then(
    database: Database, slack: Playground, here: int
) -> None:
    give(database, here)
    run(database, slack, here)
    bo = who(database, here, cast.BO)
    made = Task(1, None, "Call them", "", date(2026, 11, 25), Priority.LOW, cast.CLEO)
    with database.write() as connection:
        number = connection.scalar(select(task.c.id)) or 0
        tasks.change(connection, bo, number, 1, made, NOW)
    run(database, slack, here)
    assert len(told(slack)) == len(told(slack, cast.CLEO)) == 1


def test_a_task_that_is_given_back_before_anything_was_sent_is_told_once(
    database: Database, slack: Playground, here: int
) -> None:
    give(database, here)
    made = Task(1, None, "Call them", "", date(2026, 11, 25), Priority.LOW, cast.CLEO)
    with database.write() as connection:
        number = connection.scalar(select(task.c.id)) or 0
        tasks.change(connection, who(database, here, cast.BO), number, 1, made, NOW)
        tasks.change(connection, who(database, here, cast.CLEO), number, 2, replace(made, assignee=cast.BO), NOW)
    run(database, slack, here)
    assert (len(told(slack)), told(slack, cast.CLEO)) == (1, [])


def add(database: Database, here: int, key: str = "1", **more: Any) -> bool:
    anna = who(database, here, cast.ANNA).id
    with database.write() as connection:
        message = {"text": f"Message {key}"}
        return deliveries.add(connection, here, anna, "test", key, NOW, message, **more) is not None


def test_of_one_kind_and_key_there_is_one(database: Database, slack: Playground, here: int) -> None:
    assert [add(database, here), add(database, here), add(database, here, "2")] == [True, False, True]
    run(database, slack, here)
    assert not add(database, here)
    assert sorted(told(slack, cast.ANNA)) == ["Message 1", "Message 2"]


def test_what_is_due_later_waits_and_then_its_place_is_known(database: Database, slack: Playground, here: int) -> None:
    add(database, here, due_at=LATER)
    run(database, slack, here)
    assert told(slack, cast.ANNA) == []
    run(database, slack, here, LATER)
    (one,) = slack.actions.visible_messages(cast.ANNA, "D" + cast.ANNA[1:])
    with database.read() as connection:
        row = connection.execute(select(delivery.c.channel, delivery.c.ts, delivery.c.payload)).one()
    assert tuple(row) == (one.channel, one.ts, None)


def test_where_slack_has_had_enough_nothing_more_is_sent_for_as_long_as_it_says(
    database: Database, slack: Playground, here: int
) -> None:
    add(database, here)
    add(database, here, "2", due_at=NOW - timedelta(1))
    slack.faults.add("chat.postMessage", rate_limited(retry_after=30))
    for seconds in (0, 20):
        run(database, slack, here, NOW + timedelta(seconds=seconds), hands=1)
        assert told(slack, cast.ANNA) == []
    run(database, slack, here, NOW + timedelta(seconds=30))
    assert sorted(told(slack, cast.ANNA)) == ["Message 1", "Message 2"]


def test_also_what_opens_a_conversation_is_left_alone_for_as_long_as_slack_says(
    database: Database, slack: Playground, here: int
) -> None:
    add(database, here)
    add(database, here, "2")
    slack.faults.add("conversations.open", rate_limited(retry_after=30))
    for seconds, calls in ((0, 1), (20, 1), (30, 3)):
        run(database, slack, here, NOW + timedelta(seconds=seconds), hands=1)
        assert len([call for call in slack.calls if call.method == "conversations.open"]) == calls


@pytest.mark.parametrize("wrong", [ValueError("no"), DataError("SELECT", {}, ValueError("no"))])
def test_a_maker_that_fails_holds_up_no_other_and_is_not_tried_for_ever(
    database: Database, slack: Playground, here: int, monkeypatch: pytest.MonkeyPatch, wrong: Exception
) -> None:
    tries = []

    def fail(*_: object) -> None:
        tries.append(1)
        raise wrong

    monkeypatch.setitem(MAKERS, "task", fail)
    give(database, here)
    add(database, here)
    for turn in range(ATTEMPTS + 2):
        run(database, slack, here, NOW + turn * timedelta(hours=1), hands=1)
    assert told(slack, cast.ANNA) == ["Message 1"]
    assert len(tries) == ATTEMPTS
    with database.read() as connection:
        rows = connection.execute(
            select(delivery.c.kind, delivery.c.state, delivery.c.reason).order_by(delivery.c.kind)
        )
        assert [tuple(row) for row in rows] == [("task", "failed", "error"), ("test", "sent", None)]


def test_a_database_that_is_lost_meanwhile_uses_up_no_attempt(
    database: Database, slack: Playground, here: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        raise OperationalError("SELECT", {}, ConnectionError("gone"))

    give(database, here)
    with monkeypatch.context() as lost:
        lost.setitem(MAKERS, "task", lose)
        for turn in range(ATTEMPTS + 2):
            with pytest.raises(OperationalError, match="gone"):
                run(database, slack, here, NOW + turn * timedelta(hours=1))
    run(database, slack, here, NOW + timedelta(days=1))
    assert (len(told(slack)), state(database)) == (1, "sent")


def test_all_processes_together_keep_to_slacks_pace(database: Database, slack: Playground, here: int) -> None:
    for key, user in enumerate((cast.ANNA, cast.ANNA, cast.BO)):
        to = who(database, here, user).id
        with database.write() as connection:
            deliveries.add(connection, here, to, "test", str(key), NOW + timedelta(microseconds=key), {"text": "x"})

    def claimed(seconds: float) -> str | None:
        found = deliveries.claim(database, here, NOW + timedelta(seconds=seconds), SPACING)
        return None if found is None else found.key

    # Two of them to the same person: the second waits, and does not keep the third from being sent.
    assert [claimed(at) for at in (0.1, 0.2, 0.4, 0.7, 1.1, 1.3)] == ["0", None, "2", None, None, "1"]


def test_a_clock_that_was_put_back_holds_up_nothing(database: Database, slack: Playground, here: int) -> None:
    add(database, here, due_at=NOW - timedelta(hours=2))
    with database.write() as connection:
        pace.hold(connection, here, NOW + timedelta(seconds=30))
    with database.read() as connection:
        assert deliveries.free_at(connection, here, NOW) == NOW + timedelta(seconds=30)
        hour_ago = NOW - timedelta(hours=1)
        assert deliveries.free_at(connection, here, hour_ago) == hour_ago


def test_whom_slack_does_not_know_yet_is_told_once_it_does_and_who_lost_the_seat_is_not(
    database: Database, slack: Playground, here: int
) -> None:
    add(database, here)
    anna = who(database, here, cast.ANNA).id
    for user, expected in ((None, "waiting"), (cast.ANNA, "failed")):
        with database.write() as connection:
            connection.execute(update(person).where(person.c.id == anna).values(slack_user_id=user, seat="off"))
        run(database, slack, here)
        assert (told(slack, cast.ANNA), state(database)) == ([], expected)


def test_what_is_withdrawn_or_long_past_is_gone(database: Database, slack: Playground, here: int) -> None:
    for key in ("1/1", "1/2", "10/1", "2/1"):
        add(database, here, key)
    with database.write() as connection:
        deliveries.withdraw(connection, here, "test", [1])
    run(database, slack, here)
    assert sorted(told(slack, cast.ANNA)) == ["Message 10/1", "Message 2/1"]
    deliveries.forget(database, here, NOW + timedelta(days=90))
    assert not add(database, here, "2/1")
    deliveries.forget(database, here, NOW + timedelta(days=91))
    assert add(database, here, "2/1")
