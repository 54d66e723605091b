"""The index in a browser: a CSM filters it, pages through it, answers an opportunity, and takes the list away."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from bot.playground import people as cast
from bot.playground.server import Playground
from tests import bots
from tests.bots import TODAY, Bot
from tests.browser.visitor import Visitor
from tests.conftest import Fresh

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def bot(fresh: Fresh) -> Iterator[Bot]:
    """The bot with the playground's own clients: 51 of them are Anna's."""
    url = fresh("sqlite")
    bots.load_sample(url)
    with bots.running(Path(url.removeprefix("sqlite:///"))) as one:
        yield one


@pytest.fixture(scope="module")
def playground(bot: Bot) -> Playground:
    return bot.slack


@pytest.fixture
def anna(visitor: Visitor) -> Visitor:
    """A CSM, where her team talks."""
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.become("Anna Aas")
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    return visitor


def test_a_csm_fills_in_the_filter_pages_on_and_back_and_opens_a_card(anna: Visitor) -> None:
    anna.say("/engagement")
    anna.read("Your 51 clients")
    anna.press("Filter")
    tick(anna, "Low", "Medium")
    anna.press("Show")
    anna.gone("dialog.modal")
    listed = anna.read("Showing: tier:low,medium")
    assert "Low, Medium · your clients\n26 clients" in listed.text
    first = lines(anna)
    scores = [line.split(" · ")[1] for line in first]
    assert scores == sorted(scores)
    assert len(scores) == 10

    anna.press("Next ▶")
    anna.read("11 to 20")
    second = lines(anna)
    assert len(second) == 10
    assert not {*first} & {*second}
    anna.press("◀ Back")
    anna.read("1 to 10")
    assert lines(anna) == first

    rows(anna)[1].find_element(By.TAG_NAME, "button").click()
    name = first[1].split(" · ")[0]
    card = anna.read("In use")
    assert f"{name} · 2 of 10 · Low" in card.text
    anna.read("Showing: tier:low,medium")  # the list stays


def test_what_is_wrong_in_the_filter_stands_beside_its_field(anna: Visitor) -> None:
    anna.say("/engagement")
    anna.read("Your 51 clients")
    anna.press("Filter")
    window = anna.find("""dialog.modal input[name='["renews","renews"]']""")
    window.send_keys("soon")
    anna.press("Show")
    anna.wait(lambda: "Not understood: renews:soon" in anna.find("dialog.modal").text)
    anna.wait(lambda: anna.focused().accessible_name.startswith("Renewal window"))
    anna.keys("60")  # in place of what was wrong
    Select(anna.find("""dialog.modal select[name='["sort","sort"]']""")).select_by_visible_text("Next renewal")
    anna.press("Show")
    anna.gone("dialog.modal")
    anna.read("Showing: renews:60 sort:renewal")


def test_an_opportunity_that_was_offered_leaves_its_client_and_the_counts(anna: Visitor) -> None:
    anna.say("/opportunities")
    before = anna.read("What could come next")
    assert "Another product: 14 clients" in before.text
    first = before.find_elements(By.CSS_SELECTOR, ".section:has(.accessory)")[0]
    name, evidence = first.find_element(By.CSS_SELECTOR, ".prose").text.removeprefix("First three\n").split(" · ")
    first.find_element(By.TAG_NAME, "button").click()
    anna.read(f"{name} · what could come next")

    section = next(one for one in anna.driver.find_elements(By.CSS_SELECTOR, ".section") if evidence == last(one))
    section.find_element(By.CSS_SELECTOR, "button").click()
    anna.press("Offered")
    anna.wait(lambda: evidence not in anna.read(f"{name} · what could come next").text)
    anna.say("/opportunities")
    anna.read("Another product: 13 clients")


def test_an_opportunity_that_was_put_off_leaves_until_its_day(anna: Visitor) -> None:
    anna.say("/opportunities")
    anna.read("Bigger edition or seats: 18 clients")
    anna.say("/opportunities acme as")
    shown = anna.read("Acme AS · what could come next")
    section = next(one for one in shown.find_elements(By.CSS_SELECTOR, ".section") if "ready for sequences" in one.text)
    section.find_element(By.CSS_SELECTOR, "button").click()
    anna.press("Not now…")
    put_off_to(anna, TODAY)
    anna.wait(lambda: "Choose a day from tomorrow on" in anna.find("dialog.modal").text)
    put_off_to(anna, TODAY + timedelta(60))
    anna.gone("dialog.modal")
    anna.wait(lambda: "ready for sequences" not in anna.read("Acme AS · what could come next").text)
    anna.say("/opportunities")
    anna.read("Bigger edition or seats: 17 clients")
    anna.say("/engagement opportunity:upsell client:acme")
    anna.read("Nobody matches")


def test_an_exported_list_comes_as_a_file_with_all_its_pages(anna: Visitor, bot: Bot, tmp_path: Path) -> None:
    anna.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    anna.say("/engagement tier:low,medium")
    anna.read("26 clients")
    first = [line.split(" · ")[0] for line in lines(anna)]
    anna.press("More actions")
    anna.press("Export CSV")
    anna.read("Your file comes as a direct message in a minute.")
    bot.send_exports()

    anna.visit(f"/c/{cast.direct_message(cast.ANNA).id}")
    message = anna.read("clients-2026-11-20.csv")
    assert "26 clients · your clients · data to Fri 20 Nov · Showing: tier:low,medium" in message.text
    message.find_element(By.CSS_SELECTOR, "a[download]").click()
    file = tmp_path / "clients-2026-11-20.csv"
    anna.wait(file.exists, "the file was not saved")
    table = list(csv.DictReader(StringIO(file.read_text(encoding="utf-8-sig"))))
    assert len(table) == 26
    assert [row["Name"] for row in table[:10]] == first
    assert {row["Tier"] for row in table} == {"Low", "Medium"}
    assert next(row for row in table if row["Name"] == "Acme AS")["Change in 7 days"] == "-2.1"


@pytest.mark.parametrize(
    "command", ["/engagement", "/engagement team:all", "/opportunities", "/opportunities vandelay"]
)
def test_the_index_fits_a_phone(anna: Visitor, command: str) -> None:
    anna.resize(390, 844, mobile=True)
    anna.visit(f"/c/{cast.CS_NORDIC}")
    anna.say(command)
    anna.read("only you see this")
    assert anna.fits()


def put_off_to(visitor: Visitor, day: date) -> None:
    """Fill in the day and save. Not typed: the order of its parts is the machine's."""
    field = visitor.find("dialog.modal input[type=date]")
    visitor.driver.execute_script("arguments[0].value = arguments[1]", field, day.isoformat())
    visitor.press("Save")


def tick(visitor: Visitor, *labels: str) -> None:
    """Choose in the first menu of several of the open modal."""
    visitor.find("dialog.modal .several").click()
    for label in labels:
        visitor.press(label, ".boxes:popover-open", "label")
    visitor.keys(Keys.ESCAPE)
    visitor.gone(".boxes:popover-open")


def rows(visitor: Visitor) -> list[WebElement]:
    """The clients of the list that is shown last."""
    listed = visitor.read("Showing: ").find_elements(By.CSS_SELECTOR, ".section:has(.accessory)")
    return listed[1:]  # beside the head stands the order


def lines(visitor: Visitor) -> list[str]:
    """The first line of each."""
    return visitor.wait(lambda: [row.text.split("\n")[0] for row in rows(visitor)])


def last(section: WebElement) -> str:
    return section.find_element(By.CSS_SELECTOR, ".prose").text.split("\n")[-1]
