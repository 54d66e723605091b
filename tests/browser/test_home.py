"""The Home tab in a browser: opened, a task ticked off, from tab to tab, and a setting on the way."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.domain.activity import Priority, Task
from bot.playground import people as cast
from bot.playground.server import Playground
from storage import activity, people
from storage.schema import record
from tests.bots import NOW, TODAY, Bot
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def playground(bot: Bot) -> Playground:
    with bot.database.write() as connection:
        anna = people.find(connection, cast.TEAM.id, cast.ANNA)
        client = connection.scalar(select(record.c.id).where(record.c.name == "Acme AS"))
        assert anna is not None
        assert client is not None
        made = Task(client, None, "Call about forms", "", TODAY, Priority.MEDIUM, cast.ANNA)
        assert activity.log_task(connection, anna, made, "V1", NOW)
    return bot.slack


def at_home(visitor: Visitor, words: str) -> None:
    visitor.wait(lambda: words in visitor.find("#home").text, f"the Home tab does not say {words!r}")


def test_a_csm_begins_the_day_in_the_home_tab(visitor: Visitor) -> None:
    visitor.visit()
    visitor.become("Anna Aas")
    visitor.press("Home", within="nav.tabs")
    at_home(visitor, "Acme AS: Call about forms")
    visitor.press("Done", within="#home")
    at_home(visitor, "✓ Done: Acme AS: Call about forms")
    at_home(visitor, "Nothing due today")

    visitor.press("Customers", within="#home")
    at_home(visitor, "Showing: csm:me")
    visitor.press("Low", within="#home")
    at_home(visitor, "Showing: tier:low csm:me")
    visitor.press("Open", within="#home")
    at_home(visitor, "3 of 16 points")
    visitor.press("Log task", within="#home")
    visitor.find("dialog.modal")
    visitor.press("Close", within="dialog.modal")
    visitor.gone("dialog.modal")

    visitor.press("Summary", within="#home")
    at_home(visitor, "Your 3 clients")
    visitor.press("Messages", within="nav.tabs")
    visitor.find("#text")


def test_the_home_tab_fits_a_phone(visitor: Visitor) -> None:
    visitor.visit()
    visitor.become("Anna Aas")
    visitor.resize(390, 844, mobile=True)
    visitor.visit("/home")
    at_home(visitor, "Your 3 clients")
    assert visitor.fits()
