"""Charts, menus, forms and files in a real browser, used as people use them: by keyboard, on a phone, to the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from bot.playground.manifest import Manifest
from bot.playground.model import Json
from bot.playground.people import ANNA, APP, BO, CS_NORDIC
from bot.playground.server import Playground
from tests.browser.conftest import MANIFEST
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

ANNAS = "D" + ANNA[1:]
PATH = f"/c/{ANNAS}"


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    """A local Slack whose app may upload files."""
    manifest = Manifest.read(MANIFEST)
    with Playground(manifest=replace(manifest, scopes=manifest.scopes | {"files:write"})) as running:
        yield running


@pytest.fixture
def heard(all_heard: list[Json]) -> list[Json]:
    """What the bot is sent during the test: actions, and the values of submitted forms."""
    all_heard.clear()
    return all_heard


@pytest.fixture(scope="module", autouse=True)
def all_heard(playground: Playground) -> Iterator[list[Json]]:
    """A bot that takes every action, and forms unless they ask for the tier "Low"."""
    app = App(client=client_of(playground))
    heard: list[Json] = []

    @app.action(re.compile(""))
    def act(ack: Ack, action: Json) -> None:
        ack()
        heard.append(action)

    @app.view("filter")
    def submit(ack: Ack, view: Json) -> None:
        heard.append(view["state"]["values"])
        chosen = [each["value"] for each in view["state"]["values"]["tiers"]["a"]["selected_options"]]
        if "Low" in chosen:
            ack(response_action="errors", errors={"tiers": "Not these"})
        else:
            ack()

    handler = SocketModeHandler(app, playground.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    assert playground.wait_for_bot()
    yield heard
    handler.close()  # type: ignore[no-untyped-call]


def test_a_chart_shows_its_numbers_to_eyes_and_ears(visitor: Visitor, playground: Playground) -> None:
    playground.slack.post(ANNAS, APP.user_id, "Tiers", [chart("pie"), chart("bar")])
    for width in (1280, 390):
        visitor.resize(width, 900, mobile=width < 500)
        visitor.visit(PATH)
        assert visitor.fits()
        pie, bar = visitor.wait(lambda: visitor.driver.find_elements(By.CSS_SELECTOR, "figure.chart"))
        assert "Low 1 · 25 %" in pie.text
        image = bar.find_element(By.TAG_NAME, "svg")
        assert (image.aria_role, image.accessible_name) == ("image", "Bar chart of 2 series over 2 categories: By team")
        assert image.size["width"] > 0.6 * bar.size["width"]
        heights = [each.size["height"] for each in image.find_elements(By.CSS_SELECTOR, ".bar")]
        assert heights[1] == pytest.approx(2 * heights[0], abs=2)


def test_a_chart_opens_its_table_by_keyboard(visitor: Visitor, playground: Playground) -> None:
    playground.slack.post(ANNAS, APP.user_id, "Tiers", [chart("bar")])
    visitor.visit(PATH)
    visitor.find("figure.chart")
    visitor.driver.execute_script("document.querySelector('#log').focus()")
    visitor.keys(Keys.TAB)
    assert visitor.focused().text == "Show as table"
    visitor.keys(Keys.ENTER)
    rows = visitor.wait(lambda: [each.text for each in visitor.driver.find_elements(By.CSS_SELECTOR, ".chart tr")])
    assert rows == ["Category Low High", "Nordic 1 3", "Central 2 4"]


def test_an_overflow_menu_beside_a_section_is_used_by_keyboard(
    visitor: Visitor, playground: Playground, heard: list[Json]
) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [option("Details"), option("Not now", url=True)]}
    playground.slack.post(ANNAS, APP.user_id, "Acme", [section("Acme", menu)])
    visitor.visit(PATH)
    visitor.find(".section")
    visitor.driver.execute_script("document.querySelector('#log').focus()")
    visitor.tab_to("More actions")
    visitor.keys(Keys.ENTER)
    visitor.wait(lambda: visitor.focused().text == "Details")
    visitor.keys(Keys.ESCAPE)
    visitor.wait(lambda: visitor.focused().accessible_name == "More actions")
    assert heard == []
    visitor.keys(Keys.ENTER)
    visitor.wait(lambda: visitor.focused().text == "Details")
    visitor.keys(Keys.ENTER)
    visitor.wait(lambda: [each["selected_option"]["value"] for each in heard] == ["Details"])


def test_several_are_chosen_in_a_form_and_what_is_wrong_stands_beside_them(
    visitor: Visitor, playground: Playground, heard: list[Json]
) -> None:
    open_form(visitor, playground)
    visitor.keys(Keys.ENTER)
    visitor.wait(lambda: visitor.focused().get_attribute("class") == "filter")
    visitor.keys("lo", Keys.ARROW_DOWN, Keys.SPACE)
    visitor.wait(lambda: chips(visitor) == ["Low"])
    for _ in "lo":
        visitor.driver.find_element(By.CSS_SELECTOR, ".filter").send_keys(Keys.BACK_SPACE)
    visitor.keys("high", Keys.ENTER)
    visitor.wait(lambda: chips(visitor) == ["Low", "High"])
    assert visitor.count(".boxes input:disabled") == 7  # two of nine, and no more
    visitor.keys(Keys.ESCAPE)
    visitor.press("Show")
    visitor.wait(lambda: "Not these" in visitor.find("dialog.modal").text)
    assert visitor.focused().accessible_name.startswith("Tiers")
    assert chips(visitor) == ["Low", "High"]
    visitor.keys(Keys.ENTER)
    visitor.wait(lambda: visitor.focused().get_attribute("class") == "filter")
    visitor.keys("lo", Keys.ENTER, Keys.ESCAPE)
    visitor.wait(lambda: chips(visitor) == ["High"])
    visitor.press("Show")
    visitor.gone("dialog.modal")
    assert [each["value"] for each in heard[-1]["tiers"]["a"]["selected_options"]] == ["High"]
    assert heard[-1]["who"]["a"]["selected_users"] == []


def test_a_form_for_several_fits_a_phone(visitor: Visitor, playground: Playground) -> None:
    visitor.resize(390, 844, mobile=True)
    open_form(visitor, playground)
    visitor.find(".several").click()
    menu = visitor.find(".boxes:popover-open")
    assert menu.rect["x"] >= 0
    assert menu.rect["x"] + menu.rect["width"] <= 390
    assert visitor.fits()


def test_several_in_a_message_are_sent_once_when_the_menu_closes(
    visitor: Visitor, playground: Playground, heard: list[Json]
) -> None:
    menu = {"type": "multi_users_select", "action_id": "who", "placeholder": plain("Anybody")}
    playground.slack.post(CS_NORDIC, APP.user_id, "Whose?", [section("Whose clients?", menu)])
    visitor.visit(f"/c/{CS_NORDIC}")
    visitor.find(".several").click()
    for name in ("Anna Aas", "Bo Berg"):
        entry = visitor.driver.find_element(By.XPATH, f"//label[contains(., '{name}') and @class='entry']")
        visitor.wait(entry.is_displayed)
        entry.click()
    assert heard == []
    visitor.keys(Keys.ESCAPE)
    visitor.wait(lambda: [each["selected_users"] for each in heard] == [[ANNA, BO]])
    visitor.wait(lambda: visitor.count(".boxes input[checked]") == 2)  # the page came again, with what was chosen
    assert chips(visitor) == ["Anna Aas", "Bo Berg"]
    visitor.find(".several").click()
    visitor.find(".boxes:popover-open")
    visitor.keys(Keys.ESCAPE)
    visitor.gone(".boxes:popover-open")
    assert len(heard) == 1  # nothing was changed, nothing is told


def test_a_stack_of_forms_has_a_way_back_and_a_way_out(visitor: Visitor, playground: Playground) -> None:
    open_form(visitor, playground)
    for title in ("Second", "Third"):
        playground.slack.push_view(ANNA, form(title))
    visitor.wait(lambda: visitor.find("#modal-title").text == "Third")
    assert "3 of 3 open" in visitor.find("dialog.modal").text
    visitor.press("Back")
    visitor.wait(lambda: visitor.find("#modal-title").text == "Second")
    visitor.press("Close all")
    visitor.gone("dialog.modal")


def test_a_file_is_downloaded_whole(visitor: Visitor, playground: Playground, tmp_path: Path) -> None:
    content = "Klient,Score\r\nÅse & Søn,4\r\n".encode()
    visitor.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    visitor.visit(PATH)
    client_of(playground).files_upload_v2(
        channel=ANNAS, content=content, filename="clients.csv", title="Your clients", initial_comment="*2* rows"
    )
    message = visitor.read("Your clients")
    assert "2 rows" in message.text
    assert f"CSV · {len(content)} Bytes" in message.text
    visitor.driver.execute_script("document.querySelector('#log').focus()")
    visitor.tab_to("Your clients")
    visitor.keys(Keys.ENTER)
    saved = tmp_path / "clients.csv"
    visitor.wait(lambda: saved.exists() and saved.read_bytes() == content, "the file was not saved")


def client_of(playground: Playground) -> WebClient:
    return WebClient(playground.bot_token, base_url=playground.api_url)


def open_form(visitor: Visitor, playground: Playground) -> None:
    visitor.visit(PATH)
    playground.slack.open_view(ANNA, form(), channel=ANNAS)
    visitor.find("dialog.modal[open]")
    visitor.wait(lambda: visitor.focused().accessible_name.startswith("Tiers"))


def chips(visitor: Visitor) -> list[str]:
    return [
        each.text for each in visitor.driver.find_element(By.CSS_SELECTOR, ".chips").find_elements(By.TAG_NAME, "b")
    ]


def form(title: str = "Filter") -> Json:
    tiers = {"type": "multi_static_select", "action_id": "a", "max_selected_items": 2}
    tiers["option_groups"] = [
        {"label": plain("Tiers"), "options": [option(each) for each in ("Low", "Medium", "High")]},
        {"label": plain("Others"), "options": [option(f"Other {n}") for n in range(6)]},
    ]
    blocks = [
        {"type": "input", "block_id": "tiers", "label": plain("Tiers"), "element": tiers},
        {
            "type": "input",
            "block_id": "who",
            "optional": True,
            "label": plain("Who"),
            "element": {"type": "multi_users_select", "action_id": "a"},
        },
    ]
    return {"type": "modal", "callback_id": "filter", "title": plain(title), "submit": plain("Show"), "blocks": blocks}


def chart(kind: str) -> Json:
    if kind == "pie":
        segments = [{"label": "Low", "value": 1}, {"label": "High", "value": 3}]
        return {"type": "data_visualization", "title": "Tiers", "chart": {"type": "pie", "segments": segments}}
    series = [
        {"name": name, "data": [{"label": label, "value": value} for label, value in zip(teams, row, strict=True)]}
        for teams in [("Nordic", "Central")]
        for name, row in [("Low", (1, 2)), ("High", (3, 4))]
    ]
    drawn = {"type": kind, "series": series, "axis_config": {"categories": ["Nordic", "Central"]}}
    return {"type": "data_visualization", "title": "By team", "chart": drawn}


def section(text: str, accessory: Json) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, "accessory": accessory}


def option(text: str, *, url: bool = False) -> Json:
    return {"text": plain(text), "value": text} | ({"url": "https://example.com"} if url else {})


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
