"""Who reads a channel: kept for all processes, and asked anew once somebody joins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse
from sqlalchemy import select, update

from bot.domain.audience import Audience as Verdict
from bot.errors import DeliveryError
from bot.playground import people as cast
from bot.playground.server import Playground
from storage import channels
from storage.audience import Audience
from storage.database import Database
from storage.installations import Installation
from storage.schema import channel, person
from tests import posting
from tests.posting import NOW, client

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


def test_what_another_process_heard_of_is_asked_anew(database: Database, slack: Playground, here: int) -> None:
    audience = Audience(database, client(slack), lambda: NOW)
    assert audience.judge(here, cast.CS_NORDIC)[0] is Verdict.FINE
    slack.slack.channels[cast.CS_NORDIC].members.add(cast.GUS)
    with database.write() as connection:  # as the listener of the process that hears of it does
        channels.changed(connection, here, cast.CS_NORDIC)
    assert audience.judge(here, cast.CS_NORDIC)[0] is Verdict.GUESTS


class Slow(WebClient):
    """Slack's client, while somebody joins as it asks."""

    def __init__(self, slack: Playground, joins: Callable[[], None]) -> None:
        super().__init__(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        self.joins = joins

    def conversations_members(self, **which: Any) -> SlackResponse:
        answer = super().conversations_members(**which)
        self.joins()
        return answer


@pytest.mark.parametrize("was_known", [False, True])
def test_an_answer_that_may_be_older_than_a_change_is_neither_kept_nor_given(
    database: Database, slack: Playground, here: int, was_known: bool
) -> None:
    members = slack.slack.channels[cast.CS_NORDIC].members

    def joins() -> None:
        if cast.GUS not in members:
            members.add(cast.GUS)
            with database.write() as connection:
                channels.changed(connection, here, cast.CS_NORDIC)

    if was_known:
        Audience(database, client(slack), lambda: NOW - 20 * MINUTE).judge(here, cast.CS_NORDIC)
    audience = Audience(database, Slow(slack, joins), lambda: NOW)
    assert audience.judge(here, cast.CS_NORDIC)[0] is Verdict.GUESTS
    assert audience.known(here, cast.CS_NORDIC) is None


def test_where_it_changes_again_and_again_nothing_is_said_of_it(
    database: Database, slack: Playground, here: int
) -> None:
    def joins() -> None:
        with database.write() as connection:
            channels.changed(connection, here, cast.CS_NORDIC)

    with pytest.raises(DeliveryError) as caught:
        Audience(database, Slow(slack, joins), lambda: NOW).judge(here, cast.CS_NORDIC)
    assert (caught.value.code, caught.value.temporary) == ("channel_changes", True)


class Group(WebClient):
    """Slack's client, for a bot that may see conversations of several people."""

    def conversations_info(self, **_: Any) -> Any:
        return {"channel": {"id": "G1", "name": "mpdm-1", "is_mpim": True, "is_member": True}}

    def conversations_members(self, **_: Any) -> Any:
        return {"members": [cast.ANNA]}


def test_a_conversation_between_people_is_no_channel_however_often_it_is_asked_about(database: Database) -> None:
    audience = Audience(database, Group(), lambda: NOW)
    for _ in range(2):
        assert audience.judge(1, "G1")[0] is Verdict.NOT_A_CHANNEL


def test_who_read_a_channel_is_not_kept_for_long(database: Database, slack: Playground, here: int) -> None:
    Audience(database, client(slack), lambda: NOW).judge(here, cast.CS_NORDIC)
    for before, is_kept in ((NOW, True), (NOW + MINUTE, False)):
        with database.write() as connection:
            channels.forget(connection, here, before)
            assert (
                connection.scalar(select(channel.c.members).where(channel.c.asked_at == NOW)) is not None
            ) == is_kept


@pytest.mark.parametrize(
    ("place", "verdict"),
    [
        (cast.CS_NORDIC, Verdict.FINE),
        (cast.PILOT, Verdict.GUESTS),
        (cast.CUSTOMER_SHARED, Verdict.EXTERNAL),
        (cast.CS_LEADS, Verdict.NOT_IN_CHANNEL),
    ],
)
@pytest.mark.parametrize(
    ("age", "is_known"), [(timedelta(0), True), (9.9 * MINUTE, True), (-9.9 * MINUTE, True), (10 * MINUTE, False)]
)
def test_that_a_channel_is_fine_holds_ten_minutes_and_a_refusal_not_at_all(
    database: Database, slack: Playground, here: int, place: str, verdict: Verdict, age: timedelta, is_known: bool
) -> None:
    """Also where a clock was put back, or two processes' clocks differ."""
    assert Audience(database, client(slack), lambda: NOW).judge(here, place)[0] is verdict
    known = Audience(database, client(slack), lambda: NOW + age).known(here, place)
    assert (known is not None) == (is_known and verdict is Verdict.FINE)


def test_who_becomes_a_guest_is_no_member_at_once(database: Database, slack: Playground, here: int) -> None:
    audience = Audience(database, client(slack), lambda: NOW)
    assert audience.judge(here, cast.CS_NORDIC)[0] is Verdict.FINE
    with database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.BO).values(is_guest=True))
    assert audience.known(here, cast.CS_NORDIC) is None
    assert audience.judge(here, cast.CS_NORDIC)[0] is Verdict.GUESTS
