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


def test_a_list_of_others_clients_is_a_choice_away_and_keeps_its_filter(bot: Bot) -> None:
    page = bot.ask("/engagement tier:low,medium,high csm:me sort:name")
    menu = next(one for block in page.blocks for one in block.get("elements", []) if one["type"] == "overflow")
    assert [one["text"]["text"] for one in menu["options"]][-1] == "All clients"
    bot.press(page, ids.MORE_OF_LIST, selected_option="team:all")
    every = bot.replaced(page, "Showing: `tier:low,medium,high team:all sort:name`")
    bot.press(every, ids.MORE_OF_LIST, selected_option="csm:me")
    bot.replaced(every, "Showing: `tier:low,medium,high csm:me sort:name`")


def test_a_list_leads_back_to_the_overview_of_its_own_scope(bot: Bot) -> None:
    page = bot.ask("/engagement tier:low team:all")
    bot.press(page, ids.SHOW_OVERVIEW)
    bot.replaced(page, "clients · all clients*")
