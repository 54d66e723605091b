"""Chromium for the tests of the pages, a playground of their own, and a visitor who looks at it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from bot.playground.server import Playground
from tests.browser.visitor import Visitor

MANIFEST = Path(__file__).parents[2] / "manifest.yml"
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-GB",
)


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One Chromium for the whole run. Where there is none the tests are skipped; in CI that is a failure."""
    chromedriver, chromium = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
    if chromedriver is None or chromium is None:
        missing = "Chromium and chromedriver are not installed: `make browser` says how"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(chromedriver))
    yield started
    started.quit()


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    """A local Slack without a bot, one for each module; connect a bot to it."""
    with Playground(manifest=MANIFEST) as running:
        yield running


@pytest.fixture
def visitor(driver: webdriver.Chrome, playground: Playground) -> Iterator[Visitor]:
    """Somebody at a desktop who was never here before, where nothing has been written and no modal is open.

    The clock and who is in which channel stay as earlier tests left them. What the browser complains of fails the test.
    """
    for messages in playground.slack.messages.values():
        messages.clear()
    for person in playground.slack.personas():
        playground.slack.clear_views(person.id)
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    visitor = Visitor(driver, playground.url)
    visitor.resize(1280, 860)
    visitor.complaints()  # of the tests before
    yield visitor
    complaints = visitor.complaints()
    driver.get("about:blank")
    assert complaints == []
