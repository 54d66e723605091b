"""A tool marked as used or not used, in the details of its category, through Slack's own transport."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import delete, select, update

from bot.blocks import ids
from bot.domain.marks import Say
from bot.playground import people as cast
from bot.playground.model import View
from storage import imports
from storage.schema import installation, person, record, standing, tool_mark
from tests import bots
from tests.bots import CATALOG, NOW, TODAY, Bot, texts


@pytest.fixture
def bot(small_base: Path, tmp_path: Path) -> Iterator[Bot]:
    """A bot of its own for each test: what is said lasts."""
    path = tmp_path / "bot.db"
    shutil.copy(small_base, path)
    with bots.running(path) as one:
        yield one


def details(bot: Bot) -> View:
    """Acme's marketing: 5 of 11 points, its e-mail measured and not used, its campaigns measured by nobody."""
    bot.press(bot.ask("/engagement acme"), ids.SHOW_DETAILS)
    return bot.modal()


def say(bot: Bot, view: View, tool: str, said: Say, who: str = cast.ANNA) -> None:
    bot.slack.actions.press(who, view.id, f"tool:{tool}", ids.MARK_TOOL, selected_option=said.value)


def titled(bot: Bot, title: str) -> str:
    """All words of the modal, once it has this title."""
    return texts(bot.modal(lambda view: view.payload["title"]["text"] == title).payload["blocks"])


def told(bot: Bot, view: View) -> str:
    """What is said over the details."""
    return texts(bot.modal(lambda one: one.id != view.id).payload["blocks"])


def share(bot: Bot) -> float | None:
    """Acme's, as lists have it."""
    with bot.database.read() as connection:
        mine = (record.c.id == standing.c.client_id) & (record.c.name == "Acme AS")
        return connection.scalar(select(standing.c.share).join(record, mine))


def kept(bot: Bot) -> list[Any]:
    with bot.database.read() as connection:
        return list(connection.execute(select(tool_mark.c.tool, tool_mark.c.is_used, tool_mark.c.said_on)))


def test_a_tool_marked_as_used_earns_its_points_at_once_under_the_name_of_who_said_so(bot: Bot) -> None:
    before = share(bot)
    view = details(bot)
    say(bot, view, "marketing_email", Say.USED)
    shown = titled(bot, "Marketing: 8 of 11")
    assert "*Marketing email* 3 of 3\nUsed, says Anna, 20 Nov · counts until 18 Feb\nIn the data: none since" in shown
    assert bot.modal().id == view.id
    card = texts(bot.ask("/engagement acme").blocks)
    assert "Marketing 8 of 11" in card
    assert "Data to Fri 20 Nov" in card
    assert before is not None
    assert (share(bot) or 0) > before


def test_a_tool_marked_as_not_used_counts_as_measured_until_it_is_taken_back(bot: Bot) -> None:
    before, view = share(bot), details(bot)
    say(bot, view, "campaigns", Say.UNUSED)
    assert "*Campaigns* 0 of 2\nNot used, says Anna, 20 Nov" in titled(bot, "Marketing: 5 of 13")
    assert "pays for Campaigns, marked as not used" in texts(bot.ask("/opportunities acme").blocks)
    say(bot, bot.modal(), "campaigns", Say.TAKE_BACK)
    assert "*Campaigns*: not measured" in titled(bot, "Marketing: 5 of 11")
    assert (share(bot), kept(bot)) == (before, [])


def test_a_tool_marked_as_used_is_no_longer_offered(bot: Bot) -> None:
    assert "marketing email" in texts(bot.ask("/opportunities acme").blocks)
    say(bot, details(bot), "marketing_email", Say.USED)
    titled(bot, "Marketing: 8 of 11")
    assert "marketing email" not in texts(bot.ask("/opportunities acme").blocks)


def press_again(bot: Bot, view: View, tool: str, said: Say) -> None:
    """The second of two clicks on a menu, which was drawn before the first had its effect."""
    action = {"action_id": ids.MARK_TOOL, "block_id": f"tool:{tool}", "type": "overflow"}
    body = {
        "type": "block_actions",
        "team": {"id": cast.TEAM.id},
        "user": {"id": cast.ANNA, "team_id": cast.TEAM.id},
        "trigger_id": "1.2.3",
        "container": {"type": "view", "view_id": view.id},
        "view": {"id": view.id, "hash": "1.before", "private_metadata": view.payload["private_metadata"]},
        "actions": [{**action, "selected_option": {"value": said.value}}],
    }
    before = len(bot.slack.calls)
    assert bot.app.dispatch(BoltRequest(mode="socket_mode", body=body)).status == 200
    bot.wait(lambda: bot.slack.calls[before:])


def test_pressed_twice_it_is_said_and_taken_back_once(bot: Bot) -> None:
    view = details(bot)
    for said, title, rows in ((Say.USED, "Marketing: 8 of 11", 1), (Say.TAKE_BACK, "Marketing: 5 of 11", 0)):
        say(bot, bot.modal(), "marketing_email", said)
        titled(bot, title)
        press_again(bot, view, "marketing_email", said)
        titled(bot, title)
        assert (bot.modal().id, len(kept(bot))) == (view.id, rows)


def test_another_person_says_it_again_under_their_own_name(bot: Bot) -> None:
    say(bot, details(bot), "marketing_email", Say.USED)
    titled(bot, "Marketing: 8 of 11")
    bot.press(bot.ask("/engagement acme", cast.BO, cast.GENERAL), ids.SHOW_DETAILS, cast.BO)
    view = bot.modal(who=cast.BO)
    bot.slack.actions.press(cast.BO, view.id, "b0", ids.CHOOSE_CATEGORY, selected_option="marketing")
    view = bot.modal(lambda one: one.payload["title"]["text"] == "Marketing: 8 of 11", cast.BO)
    say(bot, view, "marketing_email", Say.USED, cast.BO)
    bot.modal(lambda one: "Used, says Bo, " in texts(one.payload["blocks"]), cast.BO)
    assert kept(bot) == [("marketingemail", True, TODAY)]


def test_of_a_client_that_has_gone_nothing_is_said(bot: Bot) -> None:
    view = details(bot)
    with bot.database.write() as connection:
        connection.execute(delete(record).where(record.c.name == "Acme AS"))
    say(bot, view, "marketing_email", Say.USED)
    assert "This client is no longer there." in told(bot, view)
    assert kept(bot) == []


def rename(view: View, tool: str, other: str) -> None:
    """As if the menu had been drawn with another tool: by an earlier catalog, or before the last import."""
    block = next(one for one in view.payload["blocks"] if one["block_id"] == f"tool:{tool}")
    block["block_id"] = f"tool:{other}"


def test_of_a_tool_that_has_left_the_catalog_nothing_is_said(bot: Bot) -> None:
    view = details(bot)
    rename(view, "campaigns", "gone")
    say(bot, view, "gone", Say.USED)
    assert "This tool is no longer there. Open the details again." in told(bot, view)
    assert kept(bot) == []


def test_of_a_tool_that_data_measures_in_use_by_now_nothing_is_said(bot: Bot, tmp_path: Path) -> None:
    view = details(bot)
    more = tmp_path / "more"
    more.mkdir()
    (more / "usage.csv").write_text("client_id,tool,used_on,count\n1,marketing_email,2026-11-19,9\n")
    imports.run(bot.database, bot.installation.id, [more], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)
    say(bot, view, "marketing_email", Say.USED)
    assert "There is nothing to mark of Marketing email now" in told(bot, view)
    assert kept(bot) == []


def test_of_a_tool_that_a_client_does_not_have_nothing_is_said(bot: Bot) -> None:
    view = details(bot)
    rename(view, "campaigns", "tickets")
    say(bot, view, "tickets", Say.USED)
    assert "There is nothing to mark of Tickets now" in told(bot, view)


def test_who_has_no_seat_by_now_is_refused(bot: Bot) -> None:
    view = details(bot)
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.ANNA).values(seat="off"))
    say(bot, view, "marketing_email", Say.USED)
    assert "You need a seat" in told(bot, view)
    assert kept(bot) == []


def test_what_is_said_is_no_data(bot: Bot) -> None:
    def day() -> Any:
        with bot.database.read() as connection:
            return connection.execute(select(installation.c.as_of, installation.c.basis_hash)).one()

    before = day()
    say(bot, details(bot), "marketing_email", Say.USED)
    titled(bot, "Marketing: 8 of 11")
    assert day() == before
