"""*Export CSV* on a list: answered at once and privately, and asked of the job once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select

from bot.blocks import ids
from bot.blocks.kit import BLOCK_ID
from bot.playground import people as cast
from bot.playground.model import Message
from storage.schema import export_request
from tests.bots import Bot

COMING = "Your file comes as a direct message in a minute."


@pytest.fixture(autouse=True)
def nothing_asked(bot: Bot) -> Iterator[None]:
    yield
    with bot.database.write() as connection:
        connection.execute(delete(export_request))


def export(bot: Bot, shown: Message, who: str = cast.ANNA) -> Message:
    """The answer to the entry of the list's menu."""
    before = len(bot.slack.actions.visible_messages(who, cast.CS_NORDIC))
    bot.press(shown, ids.MORE_OF_LIST, who=who, selected_option=ids.EXPORT)
    return bot.wait(lambda: bot.slack.actions.visible_messages(who, cast.CS_NORDIC)[before:])[-1]


def asked(bot: Bot) -> list[str]:
    with bot.database.read() as connection:
        return list(connection.scalars(select(export_request.c.filter).order_by(export_request.c.id)))


def test_it_is_answered_privately_and_the_list_stays(bot: Bot) -> None:
    shown = bot.ask("/engagement sort:drop tier:low,medium")
    before = list(shown.blocks)
    answer = export(bot, shown)
    assert (answer.text, answer.ephemeral_to) == (COMING, cast.ANNA)
    assert shown.blocks == before
    assert asked(bot) == ["tier:low,medium sort:drop"]


def test_a_second_press_is_told_that_it_is_on_its_way(bot: Bot) -> None:
    shown = bot.ask("/engagement sort:drop")
    assert export(bot, shown).text == COMING
    assert export(bot, shown).text == "That file is on its way to you already."
    assert len(asked(bot)) == 1


def test_the_same_list_of_somebody_else_is_a_file_of_its_own(bot: Bot) -> None:
    for who in (cast.ANNA, cast.BO):
        assert export(bot, bot.ask("/engagement sort:drop", who=who), who=who).text == COMING
    assert len(asked(bot)) == 2


def test_the_overview_s_menu_exports_the_clients_that_it_counts(bot: Bot) -> None:
    assert export(bot, bot.ask("/engagement team:all")).text == COMING
    assert export(bot, bot.ask("/engagement")).text == COMING
    assert asked(bot) == ["team:all", ""]


def test_the_overview_s_menu_still_opens_lists(bot: Bot) -> None:
    shown = bot.ask("/engagement")
    bot.press(shown, ids.MORE_OF_LIST, selected_option="sort:drop")
    bot.wait(lambda: "Name" in str(shown.blocks) and "sort:drop" in str(shown.blocks))
    assert asked(bot) == []


def test_a_filter_that_a_menu_cannot_carry_has_none(bot: Bot) -> None:
    name = "team:all sort:drop csm:" + "a" * (BLOCK_ID - 40) + "@example.com"
    assert ids.MORE_OF_LIST not in str(bot.ask(f"/engagement {name}").blocks)
