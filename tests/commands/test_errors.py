"""What was not expected: the person gets a reference, the log the whole story, and neither a client's name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.blocks import ids
from bot.playground import people as cast
from tests.bots import Bot, texts


@pytest.fixture
def broken(bot: Bot) -> Iterator[Bot]:
    """A bot whose database lost a table."""
    with bot.database.write() as connection:
        connection.execute(text("ALTER TABLE standing RENAME TO gone"))
    yield bot
    with bot.database.write() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO standing"))


def reference_in(words: str) -> str:
    found = re.search(r"logged as ([0-9a-f]{8})\.", words)
    assert found, words
    return found[1]


def test_a_command_that_fails_is_answered_with_a_reference_to_the_log(broken: Bot) -> None:
    with capture_logs() as logs:
        answer = broken.ask("/engagement acme")
    (entry,) = [entry for entry in logs if entry["log_level"] == "error"]
    assert entry["reference"] == reference_in(answer.text)
    assert "no such table: standing" in str(entry["exc_info"])
    assert "acme" not in str(entry["exc_info"]).casefold()


def test_a_button_that_fails_is_answered_privately_and_leaves_the_message(bot: Bot, broken: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO standing"))
    card = bot.ask("/engagement acme")
    with bot.database.write() as connection:
        connection.execute(text("ALTER TABLE standing RENAME TO gone"))
    before = len(bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC))
    bot.press(card, ids.SHOW_DETAILS)
    told = bot.wait(lambda: bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)[before:])[-1]
    assert told.ephemeral_to == cast.ANNA
    assert reference_in(told.text)
    assert "Acme AS" in texts(card.blocks)


def test_a_message_that_fails_is_answered_where_it_was_written(broken: Bot) -> None:
    direct = cast.direct_message(cast.ANNA).id
    broken.slack.actions.say(cast.ANNA, direct, "acme")
    answer = broken.wait(lambda: broken.slack.actions.visible_messages(cast.ANNA, direct)[1:])[-1]
    assert reference_in(answer.text)


def test_a_press_in_a_modal_that_fails_is_told_above_it(bot: Bot) -> None:
    bot.press(bot.ask("/engagement acme"), ids.SHOW_DETAILS)
    view = bot.modal()
    with bot.database.write() as connection:
        connection.execute(text("ALTER TABLE standing RENAME TO gone"))
    try:
        menu = view.payload["blocks"][0]["block_id"]
        bot.slack.actions.press(cast.ANNA, view.id, menu, ids.CHOOSE_CATEGORY, selected_option="sales")
        told = bot.modal(lambda top: top.id != view.id)
        assert reference_in(texts(told.payload["blocks"]))
    finally:
        with bot.database.write() as connection:
            connection.execute(text("ALTER TABLE gone RENAME TO standing"))
