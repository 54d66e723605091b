"""Whom no client names as CSM hears which address was looked for; where it is not theirs, a super admin hears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.faults import unavailable
from bot.playground.model import Message
from tests.admins import begin_anew, make_super_admin, said
from tests.bots import Bot

DINA_S = "D" + cast.DINA[1:]  # direct messages with her
NONE = "No client names you as CSM (we looked for dina@example.com)."


@pytest.fixture(autouse=True)
def admin(bot: Bot) -> Iterator[None]:
    make_super_admin(bot, cast.DINA)
    yield
    begin_anew(bot)


def told(bot: Bot) -> list[Message]:
    seen = bot.slack.actions.visible_messages(cast.DINA, DINA_S)
    return [one for one in seen if "finds no clients of theirs" in one.text]


@pytest.mark.parametrize(
    "typed",
    ["/engagement csm:me", "/engagement csm:me tier:low", "/opportunities csm:me", "/renewals csm:me"],
)
def test_who_asks_for_their_clients_and_owns_none_hears_why(bot: Bot, typed: str) -> None:
    assert bot.ask(typed, who=cast.DINA).text == NONE
    assert not bot.ask(typed).text.startswith("No client names you")


def test_the_clients_of_others_are_a_button_away(bot: Bot) -> None:
    answer = bot.ask("/engagement csm:me", who=cast.DINA)
    bot.press(answer, f"{ids.SHOW_OVERVIEW}:others", who=cast.DINA)
    bot.replaced(answer, "all clients", who=cast.DINA)


def test_that_it_is_not_their_address_is_told_to_a_super_admin_once_a_day(bot: Bot) -> None:
    for _ in range(2):
        answer = bot.ask("/engagement csm:me", who=cast.DINA)
        bot.press(answer, ids.NOT_MY_ADDRESS, who=cast.DINA)
        bot.replaced(answer, "Dina is told", who=cast.DINA)
    (message,) = told(bot)
    bot.press(message, f"{ids.SHOW_PEOPLE}:unowned", who=cast.DINA)
    bot.wait(lambda: "CSMs that clients name" in bot.slack.actions.visible_messages(cast.DINA, DINA_S)[-1].text)


def test_what_could_not_be_sent_may_be_told_again(bot: Bot) -> None:
    bot.slack.faults.add("chat.postMessage", unavailable())
    before, answer = len(told(bot)), bot.ask("/engagement csm:me", who=cast.DINA)
    bot.press(answer, ids.NOT_MY_ADDRESS, who=cast.DINA)
    said(bot, "Something went wrong")
    bot.press(answer, ids.NOT_MY_ADDRESS, who=cast.DINA)
    bot.replaced(answer, "Dina is told", who=cast.DINA)
    assert len(told(bot)) == before + 1


def test_where_no_client_of_that_name_is_to_be_seen_whom_to_ask_is_named(bot: Bot) -> None:
    answer = bot.ask("/engagement zzzzzz")
    assert answer.text.startswith("No client “zzzzzz” that you can see.")
    assert answer.text.endswith("Or ask Dina, who runs Customer success.")
