"""Who is let in: full members of the Slack workspace, and nobody else, from the first command on."""

from __future__ import annotations

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import delete, select, update

from bot.app import listeners
from bot.blocks import ids
from bot.domain.access import Right
from bot.playground import people as cast
from bot.playground.faults import unavailable
from storage.schema import person
from tests.bots import Bot

NAMES = ("Acme", "acme.example", "1,090")


@pytest.mark.parametrize("text", ["/engagement acme", "/engagement", "/engagement zzz", "/engagement twin"])
def test_a_guest_is_refused_and_sees_no_client(bot: Bot, text: str) -> None:
    answer = bot.ask(text, who=cast.GUS, channel=cast.PILOT)
    assert "Guests have no access" in answer.text
    assert not [name for name in NAMES if name in str(answer)]


def test_a_person_of_another_company_is_refused(bot: Bot) -> None:
    answer = bot.ask("/engagement acme", who=cast.SAM, channel=cast.CUSTOMER_SHARED)
    assert "People of other companies have no access" in answer.text


def test_a_guest_who_writes_to_the_bot_is_refused(bot: Bot) -> None:
    direct = cast.direct_message(cast.GUS).id
    bot.slack.actions.say(cast.GUS, direct, "acme")
    answer = bot.wait(lambda: bot.slack.actions.visible_messages(cast.GUS, direct)[1:])[-1]
    assert "Guests have no access" in answer.text


def test_a_press_by_a_guest_is_refused_whoever_the_button_was_drawn_for(bot: Bot) -> None:
    """Rights are asked when a button is pressed, not when it was drawn."""
    opened = len([call for call in bot.slack.calls if call.method == "views.open"])
    body = {
        "type": "block_actions",
        "team": {"id": cast.TEAM.id},
        "user": {"id": cast.GUS, "team_id": cast.TEAM.id},
        "trigger_id": "1.2.3",
        "container": {"type": "message", "is_ephemeral": True},
        "channel": {"id": cast.PILOT},
        "actions": [{"type": "button", "block_id": "b", "action_id": ids.SHOW_DETAILS, "value": "1"}],
    }
    response = bot.app.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert response.status == 200
    assert not response.body
    assert len([call for call in bot.slack.calls if call.method == "views.open"]) == opened


def test_somebody_unknown_is_asked_of_slack_once_and_then_answered(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(delete(person).where(person.c.slack_user_id == cast.DINA))
    before = len(bot.slack.calls)
    answer = bot.ask("/engagement acme.example", who=cast.DINA)
    assert answer.text.startswith("Acme AS")
    bot.wait(lambda: [call for call in bot.slack.calls[before:] if call.method == "response_url"])
    asked = [call for call in bot.slack.calls[before:] if call.method == "users.info"]
    assert [call.given["user"] for call in asked] == [cast.DINA]
    with bot.database.read() as connection:
        known = connection.execute(select(person.c.email).where(person.c.slack_user_id == cast.DINA)).scalar_one()
    assert known == "dina@example.com"


def test_somebody_of_whom_slack_knows_nothing_is_answered_all_the_same(bot: Bot) -> None:
    """That is found out in a thread of our own, where Bolt hears of nothing."""
    with bot.database.write() as connection:
        connection.execute(delete(person).where(person.c.slack_user_id == cast.DINA))
    bot.slack.faults.add("users.info", unavailable())
    answer = bot.ask("/engagement acme.example", who=cast.DINA)
    assert "logged as" in answer.text


@pytest.mark.parametrize("zone", ["Mars/Olympus_Mons", "", "../etc/passwd", "America"])
def test_a_time_zone_that_is_not_known_here_keeps_nobody_out(bot: Bot, zone: str) -> None:
    theirs = person.c.slack_user_id == cast.ANNA
    with bot.database.write() as connection:
        before = connection.execute(select(person.c.time_zone).where(theirs)).scalar_one()
        connection.execute(update(person).where(theirs).values(time_zone=zone))
    try:
        assert bot.ask("/engagement acme.example").text.startswith("Acme AS")
    finally:
        with bot.database.write() as connection:
            connection.execute(update(person).where(theirs).values(time_zone=before))


def test_every_listener_asks_for_a_right() -> None:
    for kind, identity, function, right in listeners():
        assert isinstance(right, Right), (kind, identity, function)
