"""The first super admin: by SUPER_ADMINS, or an admin of Slack who asks; never by rank alone."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.blocks import ids
from bot.playground import people as cast
from storage import rights
from tests.admins import begin_anew, make_super_admin, said
from tests.bots import Bot


@pytest.fixture(autouse=True)
def nobody(bot: Bot) -> Iterator[None]:
    yield
    begin_anew(bot)


def admins(bot: Bot) -> list[str]:
    with bot.database.read() as connection:
        return list(rights.super_admins(connection, bot.installation.id).values())


def test_an_admin_of_slack_is_offered_to_become_the_first_and_becomes_it(bot: Bot) -> None:
    asked = bot.ask("/workspace", who=cast.DINA)
    assert "Nobody is super admin here yet." in asked.text
    assert admins(bot) == []
    bot.press(asked, ids.BECOME_FIRST, who=cast.DINA)
    bot.replaced(asked, "of 5 CS workspaces", who=cast.DINA)
    assert admins(bot) == ["Dina"]


def test_an_admin_of_slack_is_told_how_to_become_the_first_where_a_right_is_missing(bot: Bot) -> None:
    told = "Nobody is super admin here yet. As an admin of Slack you can be the first: type /workspace."
    assert bot.ask("/workspace create", who=cast.DINA).text == told
    assert "Ask an admin of this Slack workspace." in bot.ask("/workspace create", who=cast.ANNA).text


def test_who_is_no_admin_of_slack_is_offered_nothing_and_gets_nothing_by_a_forged_button(bot: Bot) -> None:
    asked = bot.ask("/workspace", who=cast.ANNA)
    assert ids.BECOME_FIRST not in json.dumps(asked.blocks)
    forged = bot.ask("/workspace", who=cast.DINA)
    asked.blocks.append(next(block for block in forged.blocks if ids.BECOME_FIRST in json.dumps(block)))
    bot.press(asked, ids.BECOME_FIRST)
    said(bot, "Only an owner or admin of this Slack workspace can become the first super admin.", who=cast.ANNA)
    assert admins(bot) == []


def test_of_two_admins_the_second_is_told_that_there_is_one(bot: Bot) -> None:
    asked = bot.ask("/workspace", who=cast.DINA)
    make_super_admin(bot, cast.BO)
    bot.press(asked, ids.BECOME_FIRST, who=cast.DINA)
    said(bot, "There is a super admin by now: ask them.")
    assert admins(bot) == ["Bo"]
