"""Lists of clients through Slack's own transport: their menus go on from the filter that they stand under."""

from __future__ import annotations

from bot.blocks import ids
from tests.bots import Bot, texts


def test_the_overview_s_menu_narrows_what_is_shown(bot: Bot) -> None:
    overview = bot.ask("/engagement")
    assert "Your 3 clients" in texts(overview.blocks)
    bot.press(overview, ids.MORE_OF_LIST, selected_option="tier:onboarding")
    page = bot.replaced(overview, "*Onboarding* · your clients")
    assert "*Wonka Norge AS*" in texts(page.blocks)


def test_another_order_keeps_the_filter(bot: Bot) -> None:
    page = bot.ask("/engagement team:all tier:high,medium,low")
    bot.press(page, ids.SORT_LIST, selected_option="name")
    bot.replaced(page, "Showing: `tier:low,medium,high team:all sort:name`")


def test_a_list_without_a_filter_can_be_sorted(bot: Bot) -> None:
    page = bot.ask("/engagement sort:score")
    bot.press(page, ids.SORT_LIST, selected_option="name")
    bot.replaced(page, "Showing: `sort:name`")


def test_an_order_that_is_turned_round_is_said_and_can_be_turned_back(bot: Bot) -> None:
    page = bot.ask("/engagement sort:-name")
    menu = page.blocks[0]["accessory"]
    assert menu["initial_option"]["text"]["text"] == "Name, from Z"
    bot.press(page, ids.SORT_LIST, selected_option="-name")
    bot.press(page, ids.SORT_LIST, selected_option="name")
    bot.replaced(page, "Showing: `sort:name`")
