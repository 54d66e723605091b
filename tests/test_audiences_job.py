"""Who reads a channel is asked before its digest is due, kept for all processes, and forgotten once it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.digests import Pause
from bot.jobs.audiences import PACE, TURN, Audiences
from bot.jobs.deliveries import Deliveries
from bot.playground import people as cast
from bot.playground.faults import rate_limited, unavailable
from bot.playground.server import Playground
from storage import allowed_channels, channels
from storage.audience import Audience
from storage.database import Database
from storage.installations import Installation
from tests import posting
from tests.posting import NOW, add_digest, add_digests, client, deliver, get, run, said

BEFORE = NOW - timedelta(minutes=6)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def slack() -> Iterator[Playground]:
    with Playground() as running:
        yield running


@pytest.fixture
def here(database: Database, installation: Installation, slack: Playground) -> int:
    with database.write() as connection:
        posting.settle_in(connection, installation.id, client(slack).users_list()["members"])
    return installation.id


def ask(database: Database, slack: Playground, here: int, minutes: float = -6.0) -> None:
    """One turn, so many minutes after the digests of these tests are due."""
    moment = NOW + minutes * MINUTE
    Audiences(database, client(slack), here, lambda: moment, sleep=lambda _: None).run()


def job(database: Database, slack: Playground, here: int) -> Deliveries:
    return Deliveries(database, client(slack), here, lambda: NOW, pace=0, apart=0, hands=1)


def questions(slack: Playground, *methods: str) -> list[str]:
    """The channels that Slack was asked about."""
    wanted = methods or ("conversations.info", "conversations.members")
    return [call.given["channel"] for call in slack.calls if call.method in wanted]


def test_who_reads_a_channel_is_known_when_its_digest_is_due(database: Database, slack: Playground, here: int) -> None:
    add_digests(database, {7: cast.CS_NORDIC, 8: cast.GENERAL, 9: cast.CS_NORDIC})
    ask(database, slack, here)
    asked = questions(slack)
    run(database, here)
    job(database, slack, here).run()
    assert sorted(asked) == sorted([cast.CS_NORDIC, cast.GENERAL])
    assert questions(slack) == asked
    assert [len(said(slack, place)) for place in (cast.CS_NORDIC, cast.GENERAL)] == [2, 1]


def test_it_is_asked_once_for_a_run_and_not_earlier_than_it_holds(
    database: Database, slack: Playground, here: int
) -> None:
    add_digest(database)
    for minutes, times in ((-7.1, 0), (-6.9, 1), (-4, 1), (-1, 1)):
        ask(database, slack, here, minutes)
        assert len(questions(slack)) == times
    run(database, here)
    for minutes, times in ((24 * 60 - 7.1, 1), (24 * 60 - 6.9, 2)):  # for tomorrow's
        ask(database, slack, here, minutes)
        assert len(questions(slack)) == times


@pytest.mark.parametrize("why", ["it rests", "nothing chosen", "not due", "the bot is not there"])
def test_nobody_is_asked_about_where_nothing_will_be_posted(
    database: Database, slack: Playground, here: int, why: str
) -> None:
    more: dict[str, dict[str, Any]] = {
        "it rests": {"paused": Pause.SHARED},
        "nothing chosen": {"channel": None},
        "not due": {"next_at": NOW + MINUTE * 60},
        "the bot is not there": {"channel": cast.CS_LEADS},
    }
    add_digest(database, **more[why])
    ask(database, slack, here)
    assert questions(slack) == []


def test_of_several_processes_one_asks(database: Database, slack: Playground, here: int) -> None:
    add_digests(database, {7: cast.CS_NORDIC, 8: cast.GENERAL})
    slack.faults.add("users.conversations", unavailable())
    for minutes, times in ((-6, 0), (-5.9, 0), (-5.7, 2)):  # the first of them got no answer
        ask(database, slack, here, minutes)
        assert len(questions(slack)) == times


def test_a_channel_of_which_slack_does_not_tell_holds_up_no_other(
    database: Database, slack: Playground, here: int
) -> None:
    add_digests(database, {7: cast.CS_NORDIC, 8: cast.GENERAL})
    slack.faults.add("conversations.members", unavailable())
    for minutes, times in ((-6, 2), (-5.7, 3), (-5.4, 3)):
        ask(database, slack, here, minutes)
        assert len(questions(slack)) == times


def test_a_turn_ends_in_time_and_the_next_one_goes_on(database: Database, slack: Playground, here: int) -> None:
    """Whatever becomes of the bot's own clock meanwhile."""
    add_digests(database, {7: cast.CS_NORDIC, 8: cast.GENERAL})
    spent = [0.0]

    def sleep(_: float) -> None:
        spent[0] += TURN

    for number, moment in ((1, BEFORE), (2, BEFORE + MINUTE)):
        Audiences(database, client(slack), here, lambda: moment, sleep, lambda: spent[0]).run()  # noqa: B023
        assert len(questions(slack)) == number


def test_one_of_which_slack_is_asked_too_much_does_not_stand_before_all_others(
    database: Database, slack: Playground, here: int
) -> None:
    add_digests(database, {7: cast.CS_NORDIC, 8: cast.GENERAL})
    clock = [BEFORE]
    job = Audiences(database, client(slack), here, lambda: clock[0], lambda _: None)
    for _ in range(2):
        slack.faults.add("conversations.members", rate_limited(retry_after=20))
        job.run()
        clock[0] += MINUTE
    assert len(set(questions(slack))) == 2


def test_a_large_channel_is_asked_about_page_by_page_at_the_same_pace(
    database: Database, slack: Playground, here: int
) -> None:
    add_digest(database)
    slack.slack.longest_page = 1
    rests: list[float] = []
    Audiences(database, client(slack), here, lambda: BEFORE, rests.append).run()
    assert rests == [PACE] * len(slack.slack.channels[cast.CS_NORDIC].members)


def test_slack_is_left_alone_by_all_for_as_long_as_it_says_and_posts_go_on(
    database: Database, slack: Playground, here: int
) -> None:
    Audience(database, client(slack), lambda: BEFORE).judge(here, cast.GENERAL)
    asked = len(questions(slack))
    add_digests(database, {7: cast.GENERAL, 9: cast.PILOT}, next_at=BEFORE - MINUTE)
    run(database, here, BEFORE)
    add_digest(database, 8)
    slack.faults.add("conversations.members", rate_limited(retry_after=90))
    ask(database, slack, here, -6)
    for minutes in (-5.9, -5):
        ask(database, slack, here, minutes)
        deliver(database, slack, here, NOW + minutes * MINUTE)
        assert len(questions(slack)) == asked + 1
    assert len(said(slack, cast.GENERAL)) == 1
    ask(database, slack, here, -4.4)
    assert len(questions(slack)) == asked + 2


def test_a_channel_of_which_too_much_was_asked_waits_alone(database: Database, slack: Playground, here: int) -> None:
    add_digests(database, {7: cast.GENERAL, 8: cast.CS_NORDIC, 9: cast.PILOT})
    with database.write() as connection:
        allowed_channels.allow(connection, here, "pilot-with-guest", NOW)
    Audience(database, client(slack), lambda: NOW).judge(here, cast.CS_NORDIC)
    run(database, here)
    slack.faults.add("conversations.info", rate_limited(retry_after=30), rate_limited(retry_after=30))
    job(database, slack, here).run()
    assert [len(said(slack, place)) for place in (cast.GENERAL, cast.CS_NORDIC, cast.PILOT)] == [0, 1, 0]
    assert len(questions(slack, "conversations.info")) == 2  # that known one, and of the others only the first
    for moment in (NOW + 31 * SECOND, NOW + 62 * SECOND):
        deliver(database, slack, here, moment)
    assert [len(said(slack, place)) for place in (cast.GENERAL, cast.CS_NORDIC, cast.PILOT)] == [1, 1, 1]


def test_what_another_process_heard_of_is_asked_anew_before_the_post(
    database: Database, slack: Playground, here: int
) -> None:
    one = add_digest(database)
    ask(database, slack, here)
    slack.slack.channels[cast.CS_NORDIC].members.add(cast.GUS)
    with database.write() as connection:  # as the listener of the process that hears of it does
        channels.changed(connection, here, cast.CS_NORDIC)
    run(database, here)
    job(database, slack, here).run()
    assert (said(slack), get(database, one).paused) == ([], Pause.SHARED)


def test_what_was_asked_before_the_bot_was_away_is_asked_anew(database: Database, slack: Playground, here: int) -> None:
    add_digest(database)
    ask(database, slack, here)
    slack.slack.channels[cast.CS_NORDIC].members.add(cast.GUS)  # which nobody heard of
    with database.write() as connection:
        channels.forget(connection, here)
    run(database, here)
    job(database, slack, here).run()
    assert said(slack) == []
