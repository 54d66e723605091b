"""The product in a browser, as a CSM meets it: from a name typed to a card shared."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from bot.playground import people as cast
from bot.playground.server import Playground
from tests.bots import Bot
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def playground(bot: Bot) -> Playground:
    """The visitor's playground has the whole bot behind it."""
    return bot.slack


def test_a_csm_types_a_name_with_a_typo_opens_a_category_and_shares_the_card(visitor: Visitor) -> None:
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.become("Anna Aas")
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.say("/engagement acme as")
    card = visitor.read("5 of 10")
    assert "Only visible to you" in card.text
    assert "Renews 6 Jan, in 47 days" in card.text

    visitor.press("Details")
    dialog = visitor.find("dialog.modal")
    visitor.wait(lambda: "61 uses, last 19 Oct" in visitor.find("dialog.modal").text, dialog.text)
    visitor.find("dialog.modal button.select").click()
    visitor.press("Sales: 4 of 4", within="dialog.modal")
    visitor.wait(lambda: "40 uses, last 3 Nov" in visitor.find("dialog.modal").text)
    visitor.press("Close")

    visitor.press("Share here")
    visitor.wait(lambda: "Everybody in #cs-nordic will see this" in visitor.find("dialog.modal").text)
    visitor.press("Share", within="dialog.modal")
    visitor.wait(lambda: "Sharing in #cs-nordic" in visitor.find("dialog.modal").text)
    visitor.press("Close")
    visitor.read("Shared by")


def test_a_csm_logs_a_task_from_anywhere_and_a_message_as_a_note(visitor: Visitor) -> None:
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.become("Anna Aas")
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.find("#shortcuts").click()
    visitor.press("Log a task", within="#shortcuts-menu")
    visitor.wait(lambda: "Log task" in visitor.find("dialog.modal").text)
    visitor.press("Cancel")
    visitor.gone("dialog.modal")

    visitor.say("Wonka Norge moved to a new office")
    message = visitor.read("Wonka Norge moved")
    ActionChains(visitor.driver).move_to_element(message).perform()
    message.find_element(By.CSS_SELECTOR, ".tools button").click()
    visitor.press("Log as note", within="#log")
    visitor.wait(lambda: "Wonka Norge AS" in visitor.find("dialog.modal").text)
    visitor.press("Log", within="dialog.modal")
    visitor.read("Noted on Wonka Norge AS")
    assert visitor.complaints() == []


def test_a_guest_learns_nothing(visitor: Visitor) -> None:
    visitor.visit(f"/c/{cast.PILOT}")
    visitor.become("Gus Guest")
    visitor.visit(f"/c/{cast.PILOT}")
    visitor.say("/engagement acme")
    assert "Guests have no access" in visitor.read("Guests").text


def test_a_card_fits_a_phone(visitor: Visitor) -> None:
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.become("Anna Aas")
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.resize(390, 844, mobile=True)
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.say("/engagement twin")
    visitor.read("Several clients fit")
    visitor.press("Twin GmbH")
    visitor.read("Twin GmbH ·")
    assert visitor.fits()
