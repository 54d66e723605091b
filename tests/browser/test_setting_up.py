"""From nothing to a card: an owner of Slack sets up a CS workspace in a browser, and its clients are its team's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from typer.testing import CliRunner

from bot.__main__ import app
from bot.playground import people as cast
from bot.playground.server import Playground
from storage import installations, standing
from storage.database import Database
from tests import bots
from tests.bots import Bot
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CLIENTS = """id,name,csm_email,account_owner,contract_end,renewal_date,mrr,currency
1,Acme AS,anna@example.com,anna@example.com,2027-02-14,2027-06-30,1090,EUR
2,Globex Oy,cleo@example.com,cleo@example.com,2027-03-14,2027-07-30,400,EUR
"""
USAGE = "client_id,tool,used_on,count\n1,Forms,2026-11-19,3\n2,Forms,2026-11-19,3\n"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A bot started for the first time, after clients were imported by the command line; nothing is set up."""
    folder = tmp_path_factory.mktemp("clients")
    url = f"sqlite:///{folder / 'bot.db'}"
    (folder / "clients.csv").write_text(CLIENTS)
    (folder / "usage.csv").write_text(USAGE)
    done = CliRunner().invoke(app, ["import", str(folder), "--as-of", "2026-11-20"], env={"DATABASE_URL": url})
    assert done.exit_code == 0, done.output
    database = Database(url)
    with database.write() as connection:
        installations.bind(connection, installations.every(connection)[0].id, cast.TEAM.id)
    database.close()
    with bots.running(folder / "bot.db") as one:
        yield one


@pytest.fixture(scope="module")
def playground(bot: Bot) -> Playground:
    return bot.slack


def test_a_workspace_is_set_up_from_nothing_to_a_card_that_only_its_team_sees(bot: Bot, visitor: Visitor) -> None:
    become(visitor, "Dina Demo")
    visitor.say("/workspace")
    visitor.press("Become one")
    visitor.read("Teams: none yet, so every full member")
    visitor.press("Make teams")
    for team, person in (("CS Nordic", "Anna Aas"), ("CS Central", "Cleo Clas")):
        visitor.press("New team")
        field(visitor, "Name").find_element(By.TAG_NAME, "input").send_keys(team)
        choose(visitor, "People", person)
        visitor.press("Save", within="dialog.modal")
        visitor.gone("dialog.modal")
        visitor.read(team)

    visitor.press("◀ CS workspaces")
    visitor.press("Create")
    field(visitor, "Name").find_element(By.TAG_NAME, "input").send_keys("Nordic")
    choose(visitor, "Teams", "CS Nordic", typed="nor")
    visitor.press("Create", within="dialog.modal")
    visitor.wait(lambda: "Nordic is created." in visitor.find("dialog.modal").text)
    choose(visitor, "CSM", "account_owner", typed="acc")
    visitor.press("General", within="dialog.modal")
    visitor.wait(lambda: "Description" in visitor.find("dialog.modal").text)
    visitor.press("Customers", within="dialog.modal")
    visitor.wait(lambda: "account_owner" in field(visitor, "CSM").text)
    choose(visitor, "Renewal date", "contract_end", typed="contr")
    visitor.press("Save", within="dialog.modal")
    visitor.wait(lambda: "csm_email → account_owner" in visitor.find("dialog.modal").text)
    visitor.press("Close", within="dialog.modal")
    visitor.read("1 of 5 CS workspaces")
    settled(bot)

    become(visitor, "Anna Aas")
    visitor.say("/engagement acme")
    assert "Renews 14 Feb" in visitor.read("Acme AS ·").text
    become(visitor, "Cleo Clas")
    visitor.say("/engagement acme a")
    assert "Acme AS" not in visitor.read("No client").text
    visitor.say("/engagement globex")
    visitor.read("Renews 30 Jul")

    become(visitor, "Dina Demo")
    visitor.say("/workspace")
    visitor.read("1 of 5 CS workspaces")
    visitor.press("Delete")
    visitor.wait(lambda: "CS Nordic" in visitor.find("dialog.modal").text)
    visitor.find("dialog.modal input[type=checkbox]").click()
    visitor.press("Delete", within="dialog.modal")
    visitor.wait(lambda: "Nordic is deleted." in visitor.find("dialog.modal").text)
    visitor.press("Close", within="dialog.modal")
    visitor.read("0 of 5 CS workspaces")
    settled(bot)

    become(visitor, "Cleo Clas")
    visitor.say("/engagement acme")
    assert "Renews 30 Jun 2027" in visitor.read("Acme AS ·").text


def become(visitor: Visitor, name: str) -> None:
    visitor.visit(f"/c/{cast.GENERAL}")
    visitor.become(name)
    visitor.visit(f"/c/{cast.GENERAL}")


def settled(bot: Bot) -> None:
    """Clients find their CS workspaces after the modal has answered."""

    def is_done() -> bool:
        with bot.database.read() as connection:
            return bot.installation.id not in standing.waiting(connection)

    bot.wait(is_done)


def field(visitor: Visitor, label: str) -> WebElement:
    """The field of a modal that has this label."""

    def look() -> WebElement | None:
        fields = visitor.driver.find_elements(By.CSS_SELECTOR, "dialog.modal .input")
        return next((one for one in fields if one.text.startswith(label)), None)

    found = visitor.wait(look, f"there is no field {label!r}")
    assert found is not None
    return found


def choose(visitor: Visitor, label: str, entry: str, typed: str = "") -> None:
    """Open the field's menu, find the entry by what is typed, and choose it."""
    menu = ".boxes:popover-open"
    field(visitor, label).find_element(By.CSS_SELECTOR, "button.several").click()
    if typed:
        visitor.find(f"{menu} .suggest").send_keys(typed)

    def offered() -> list[WebElement]:
        entries = visitor.driver.find_elements(By.CSS_SELECTOR, f"{menu} .entry:not(:has(:checked))")
        return entries if typed == "" or [one.text for one in entries] == [entry] else []

    entries = visitor.wait(offered, f"{entry!r} is not offered")
    next(one for one in entries if one.text == entry).click()
    visitor.find("dialog.modal #modal-title").click()
    visitor.wait(lambda: entry in field(visitor, label).text)
