"""No seat: whom to ask, once a day; a super admin gives themselves one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.faults import unavailable
from bot.playground.model import Message
from storage import audit, rights
from tests.admins import begin_anew, id_of, make_super_admin, said
from tests.bots import Bot

DINA_S = "D" + cast.DINA[1:]  # direct messages with her


@pytest.fixture(autouse=True)
def by_hand(bot: Bot) -> Iterator[None]:
    """Nobody has a seat; Dina is super admin."""
    make_super_admin(bot, cast.DINA)
    with bot.database.write() as connection:
        rights.set_seats_by_hand(connection, bot.installation.id, True, by=id_of(bot, cast.DINA), now=bot.now)
    yield
    begin_anew(bot)


def questions(bot: Bot) -> list[Message]:
    return [one for one in bot.slack.actions.visible_messages(cast.DINA, DINA_S) if "asks for a seat" in one.text]


def test_a_super_admin_without_a_seat_sees_no_client_and_gives_themselves_one(bot: Bot) -> None:
    refused = bot.ask("/engagement acme", who=cast.DINA)
    assert refused.text == "You need a seat to see clients here. As a super admin you can give yourself one."
    bot.press(refused, ids.GIVE_ME_A_SEAT, who=cast.DINA)
    bot.replaced(refused, "You have a seat now. Type /engagement for clients.", who=cast.DINA)
    assert "Acme AS" in bot.ask("/engagement acme", who=cast.DINA).text
    with bot.database.read() as connection:
        newest = audit.read(connection, bot.installation.id)[0]
    assert (newest.who, newest.subject, newest.after) == ("Dina", "Dina", {"seat": "on"})


def test_others_ask_a_super_admin_who_gives_them_one(bot: Bot) -> None:
    refused = bot.ask("/engagement acme")
    assert refused.text == "You need a seat to work with clients here. Ask Dina for one."
    bot.press(refused, ids.ASK_FOR_SEAT)
    bot.replaced(refused, "Dina is asked for a seat for you.")
    asked = bot.wait(lambda: questions(bot))[-1]
    assert asked.text == "Anna asks for a seat to work with clients here."
    bot.press(asked, ids.GIVE_SEAT, who=cast.DINA)
    bot.replaced(asked, "Anna has a seat now.", who=cast.DINA)
    assert "Acme AS" in bot.ask("/engagement acme").text


def test_nobody_asks_twice_a_day(bot: Bot) -> None:
    before = len(questions(bot))
    refused = bot.ask("/engagement acme")
    bot.press(refused, ids.ASK_FOR_SEAT)
    bot.replaced(refused, "Dina is asked")
    again = bot.ask("/engagement acme")
    bot.press(again, ids.ASK_FOR_SEAT)
    said(bot, "You have asked Dina already. Ask again tomorrow.", who=cast.ANNA)
    assert len(questions(bot)) == before + 1


def test_who_has_a_seat_by_now_asks_nobody(bot: Bot) -> None:
    before, refused = len(questions(bot)), bot.ask("/engagement acme")
    with bot.database.write() as connection:
        rights.set_seat(connection, bot.installation.id, id_of(bot, cast.ANNA), "on", by=None, now=bot.now)
    bot.press(refused, ids.ASK_FOR_SEAT)
    bot.replaced(refused, "You have a seat now.")
    assert len(questions(bot)) == before


def test_what_could_not_be_sent_may_be_asked_again(bot: Bot) -> None:
    bot.slack.faults.add("chat.postMessage", unavailable())
    refused = bot.ask("/engagement acme")
    bot.press(refused, ids.ASK_FOR_SEAT)
    said(bot, "Something went wrong", who=cast.ANNA)
    bot.press(refused, ids.ASK_FOR_SEAT)
    bot.replaced(refused, "Dina is asked")


def test_a_forged_button_of_who_is_no_super_admin_gives_no_seat(bot: Bot) -> None:
    refused = bot.ask("/engagement acme")
    assert ids.GIVE_ME_A_SEAT not in json.dumps(refused.blocks)
    refused.blocks[-1]["elements"][0]["action_id"] = ids.GIVE_ME_A_SEAT
    bot.press(refused, ids.GIVE_ME_A_SEAT)
    said(bot, "Only a super admin can do that. Ask Dina.", who=cast.ANNA)
    assert "You need a seat" in bot.ask("/engagement acme").text
