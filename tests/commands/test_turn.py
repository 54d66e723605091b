"""What a listener is given: the command's name as it is called here, and the day that it is where the person is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from slack_bolt import BoltRequest
from slack_sdk import WebClient
from sqlalchemy import select, update

from bot.app import wire
from bot.playground import people as cast
from bot.settings import Settings
from storage.schema import person
from tests.bots import CATALOG, NOW, Bot


def ask(bot: Bot, command: str, text: str, now: datetime = NOW, **settings: Any) -> Any:
    """What Slack is told of a command by an app of its own."""
    client = WebClient(bot.slack.bot_token, base_url=bot.slack.api_url, retry_handlers=[])
    chosen = Settings(_env_file=None, **settings)  # type: ignore[call-arg]
    app = wire(database=bot.database, catalog=CATALOG, now=lambda: now, slack=client, settings=chosen)
    body = {
        "command": command,
        "text": text,
        "team_id": cast.TEAM.id,
        "user_id": cast.ANNA,
        "channel_id": cast.CS_NORDIC,
        "response_url": f"{bot.slack.url}/commands/none",
    }
    return app.dispatch(BoltRequest(mode="socket_mode", body=body))


def test_a_prefix_renames_the_command_and_what_is_said_of_it(bot: Bot) -> None:
    answer = ask(bot, "/acme-engagement", "help", command_prefix="acme-")
    assert answer.status == 200
    assert "`/acme-engagement acme` shows a client" in answer.body
    assert ask(bot, "/engagement", "help", command_prefix="acme-").status == 404


@pytest.fixture
def zone(bot: Bot) -> Iterator[Any]:
    """Sets Anna's time zone."""
    theirs = person.c.slack_user_id == cast.ANNA

    def move(name: str) -> None:
        with bot.database.write() as connection:
            connection.execute(update(person).where(theirs).values(time_zone=name))

    with bot.database.read() as connection:
        before = connection.execute(select(person.c.time_zone).where(theirs)).scalar_one()
    yield move
    move(before)


@pytest.mark.parametrize(
    ("name", "left"), [("America/Los_Angeles", 48), ("UTC", 48), ("Europe/Oslo", 47), ("Pacific/Auckland", 47)]
)
def test_today_is_the_day_where_the_person_is(bot: Bot, zone: Any, name: str, left: int) -> None:
    zone(name)
    past_midnight_in_oslo = datetime(2026, 11, 19, 23, 30, tzinfo=UTC)
    body = ask(bot, "/engagement", "acme", now=past_midnight_in_oslo).body
    assert f"Renews 6 Jan, in {left} days" in body
