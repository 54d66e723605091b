"""Setting up a CS workspace in a browser: teams found while typing, and input kept from tab to tab."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from sqlalchemy import insert, select, update

from bot.playground import people as cast
from bot.playground.server import Playground
from storage import workspaces
from storage.schema import person, team
from tests.bots import Bot
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def playground(bot: Bot) -> Playground:
    return bot.slack


@pytest.fixture(autouse=True)
def admin(bot: Bot) -> None:
    """Dina is a super admin; there are two teams."""
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.DINA).values(is_super_admin=True))
        for number, name in ((1, "CS Nordic"), (2, "CS Central")):
            values = {"installation_id": bot.installation.id, "id": number, "name": name}
            connection.execute(insert(team).values(**values, name_key=name.lower().replace(" ", "")))


def offered(visitor: Visitor) -> list[str]:
    return [one.text for one in visitor.driver.find_elements(By.CSS_SELECTOR, ".boxes .entry")]


def test_a_workspace_is_set_up_with_teams_found_while_typing(bot: Bot, visitor: Visitor) -> None:
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.become("Dina")
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.say("/workspace create")
    visitor.wait(lambda: "New CS workspace" in visitor.find("dialog.modal").text)
    visitor.find("dialog.modal input[type=text]").send_keys("Nordic")
    visitor.find("dialog.modal button.several").click()
    visitor.find("dialog.modal .suggest").send_keys("cs nor")
    visitor.wait(lambda: offered(visitor) == ["CS Nordic"])
    visitor.find(".boxes .entry").click()
    visitor.find("dialog.modal #modal-title").click()
    visitor.press("Create", within="dialog.modal")
    visitor.wait(lambda: "Renewal date" in visitor.find("dialog.modal").text)

    visitor.press("General", within="dialog.modal")
    visitor.wait(lambda: "Description" in visitor.find("dialog.modal").text)
    assert "CS Nordic" in visitor.find("dialog.modal .chips").text
    visitor.find("dialog.modal input[name*=description]").send_keys("All of the north")
    visitor.press("Customers", within="dialog.modal")
    visitor.wait(lambda: "Renewal date" in visitor.find("dialog.modal").text)
    visitor.press("Save", within="dialog.modal")
    visitor.wait(lambda: "All of the north" in visitor.find("dialog.modal").text)
    with bot.database.read() as connection:
        made = workspaces.every(connection, bot.installation.id)[1]
        assert connection.scalar(select(team.c.workspace_id).where(team.c.id == 1)) == made.id
    assert (made.name, made.description) == ("Nordic", "All of the north")
