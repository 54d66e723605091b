"""A CSM's work in a browser: a task logged, done and opened again, a key account and its channel, and who covers."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from bot.playground import people as cast
from bot.playground.server import Playground
from tests.bots import Bot
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def playground(bot: Bot) -> Playground:
    return bot.slack


def become(visitor: Visitor, name: str) -> None:
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.become(name)
    visitor.visit(f"/c/{cast.CS_NORDIC}")


def test_a_task_is_logged_done_and_opened_again(visitor: Visitor) -> None:
    become(visitor, "Anna Aas")
    visitor.say("/task acme call them about forms fri")
    visitor.press("Log", within="dialog.modal")
    visitor.read("Logged on Acme AS: call them about forms")

    visitor.say("/task")
    assert "Later" in visitor.read("Your open tasks").text
    visitor.press("Done")
    assert "No open tasks." in visitor.read("✓ Done: Acme AS: call them about forms").text
    visitor.press("Reopen")
    visitor.read("Open again: Acme AS: call them about forms")


def test_a_client_is_made_a_key_account_and_its_channel_shows_it(visitor: Visitor) -> None:
    become(visitor, "Anna Aas")
    visitor.say("/engagement acme as")
    visitor.read("5 of 10").find_element(By.CSS_SELECTOR, "button.more").click()
    visitor.press("Key account, channel…", kind="[role=menuitem]")
    for box in visitor.find("dialog.modal").find_elements(By.CSS_SELECTOR, "input[type=checkbox]"):
        box.click()
    visitor.press("Save", within="dialog.modal")
    visitor.read("Key account of yours")

    visitor.say("/engagement")
    visitor.read("This channel is tied to this client.")
    visitor.press("Untie")
    visitor.read("This channel is tied to no client any more.")
    visitor.press("Overview")
    visitor.press("Activity of key accounts")
    visitor.read("Activity in 14 days")


def test_who_covers_finds_the_clients_of_who_is_away_until_they_are_back(visitor: Visitor) -> None:
    become(visitor, "Anna Aas")
    visitor.say("/task away")
    visitor.press("I am away")
    Select(visitor.find("dialog.modal").find_element(By.TAG_NAME, "select")).select_by_visible_text("Bo Berg")
    visitor.press("Save", within="dialog.modal")
    visitor.read("Bo covers")

    become(visitor, "Bo Berg")
    visitor.say("/engagement acme as")
    visitor.read("For Anna, away to 27 Nov")

    become(visitor, "Anna Aas")
    visitor.say("/task away")
    visitor.press("I am back")
    visitor.read("✓ Anna stays.")


def test_the_time_of_the_morning_message_is_chosen(visitor: Visitor) -> None:
    become(visitor, "Anna Aas")
    visitor.say("/task")
    visitor.press("When do I get messages?")
    visitor.press("Save", within="dialog.modal")
    visitor.wait(lambda: "Your morning message comes at" in visitor.find("dialog.modal").text)
