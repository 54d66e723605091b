"""A digest in a browser: set up, told in its channel on the next working day, and a client of it taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from bot import identity, launch
from bot.connection import Connection
from bot.jobs.composing import Compose
from bot.jobs.deliveries import Deliveries
from bot.jobs.digest_content import compose
from bot.jobs.digests import Digests
from bot.jobs.updates import Updates
from bot.playground import people as cast
from bot.playground import sample
from bot.playground.server import Playground
from bot.settings import Settings
from storage import people, rights
from storage.catalog import Catalogs
from storage.database import Database
from tests.bots import CATALOG
from tests.browser.conftest import MANIFEST
from tests.browser.visitor import Visitor
from tests.conftest import Fresh
from tests.posting import client

pytestmark = pytest.mark.browser

OSLO = ZoneInfo("Europe/Oslo")


@dataclass
class Team:
    """The bot that a team has had for a while, and its Slack with a clock that moves."""

    slack: Playground
    database: Database
    installation_id: int

    def turn(self) -> None:
        """What the jobs do within some seconds."""
        known, now = Catalogs(self.database, CATALOG), self.slack.slack.now
        said: Compose = lambda connection, one, moment, head: compose(connection, known, one, moment, head)  # noqa: E731
        web = client(self.slack)
        Digests(self.database, said, self.installation_id, now).run()
        Deliveries(self.database, web, self.installation_id, now, pace=0, apart=0, hands=1).run()
        Updates(self.database, web, known, self.installation_id, now, pace=0).run()


@pytest.fixture(scope="module")
def team(fresh: Fresh) -> Iterator[Team]:
    """With the sample's clients; Dina manages its settings."""
    url = fresh("sqlite")
    with Playground(manifest=MANIFEST) as slack:
        now, web = slack.slack.now(), client(slack)
        settings = Settings(_env_file=None, slack_bot_token=slack.bot_token, slack_api_url=slack.api_url)  # type: ignore[call-arg, arg-type]
        settings = settings.model_copy(update={"database_url": url})
        database = Database(url)
        known = identity.ask(web)
        bound = identity.bind(database, known, now, "EUR")
        sample.load(database, bound.id, CATALOG, now)
        with database.write() as connection:
            for user in web.users_list()["members"]:
                people.keep(connection, bound.id, user, now)
            dina = people.in_slack(connection, bound.id, cast.DINA)
            assert dina is not None
            rights.set_super_admin(connection, bound.id, dina, True, by=None, now=now)
            rights.set_seat(connection, bound.id, dina, "on", by=dina, now=now)
        bot = launch.assemble(settings, known, bound.id, slack.slack.now)
        socket = Connection(bot.app, slack.app_token, concurrency=8)
        socket.connect()  # type: ignore[no-untyped-call]
        assert slack.wait_for_bot()
        yield Team(slack, database, bound.id)
        socket.drain(3)
        bot.close()
        database.close()


@pytest.fixture(scope="module")
def playground(team: Team) -> Playground:
    return team.slack


def test_a_digest_is_set_up_told_on_the_next_working_day_and_a_client_of_it_taken(team: Team, visitor: Visitor) -> None:
    become(visitor, "Dina Demo")
    visitor.say("/digest")
    visitor.press("New digest")
    field(visitor, "Name").find_element(By.TAG_NAME, "input").send_keys("CS Nordic")
    Select(field(visitor, "Channel").find_element(By.TAG_NAME, "select")).select_by_visible_text("# cs-nordic")
    visitor.press("Save", within="dialog.modal")
    visitor.wait(lambda: "CS Nordic runs next" in visitor.find("dialog.modal").text)
    visitor.press("Close", within="dialog.modal")
    visitor.gone("dialog.modal")

    team.turn()
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    assert not any("first digest" in said for said in visitor.messages())
    until_nine_on_a_working_day(team, visitor)
    team.turn()
    told = visitor.read("CS Nordic · first digest")
    assert "low, and their renewals come first" in told.text

    become(visitor, "Anna Aas")
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    row = visitor.read("first digest").find_elements(By.CSS_SELECTOR, "button.more")[0]
    row.click()
    visitor.press("I'll take it", kind="[role=menuitem]")
    visitor.read("You have taken")
    team.turn()
    visitor.wait(lambda: "Anna has it" in visitor.read("first digest").text)

    become(visitor, "Dina Demo")
    visitor.say("/digest")
    visitor.read("posted")


def until_nine_on_a_working_day(team: Team, visitor: Visitor) -> None:
    """Move the clock by its buttons."""
    while local(team).hour >= 9:
        move(team, visitor, "+1 hour")
    while local(team).weekday() > 4:
        move(team, visitor, "+1 day")
    while local(team).hour < 9:
        move(team, visitor, "+1 hour")


def local(team: Team) -> datetime:
    return team.slack.slack.now().astimezone(OSLO)


def move(team: Team, visitor: Visitor, by: str) -> None:
    before = team.slack.slack.now()
    visitor.press(by)
    visitor.wait(lambda: (team.slack.slack.now() - before).total_seconds() > 3_000)


def become(visitor: Visitor, name: str) -> None:
    visitor.visit(f"/c/{cast.GENERAL}")
    visitor.become(name)
    visitor.visit(f"/c/{cast.GENERAL}")


def field(visitor: Visitor, label: str) -> WebElement:
    """The field of a modal that has this label."""

    def look() -> WebElement | None:
        fields = visitor.driver.find_elements(By.CSS_SELECTOR, "dialog.modal .input")
        return next((one for one in fields if one.text.startswith(label)), None)

    found = visitor.wait(look, f"there is no field {label!r}")
    assert found is not None
    return found
