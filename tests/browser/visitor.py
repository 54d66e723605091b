"""Somebody who uses the playground in a browser: reads, types and presses as people do, and waits, never sleeps."""

from collections.abc import Callable
from typing import TypeVar

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

Found = TypeVar("Found")
PATIENCE = 5.0

# Which of many may be meant, in one look: to ask the browser for the text and name of each takes seconds.
NAMED_SO = """
const [selector, label] = arguments;
const words = (each) => `${each.textContent}${each.ariaLabel}`;
return [...document.querySelectorAll(selector)].filter((each) => words(each).includes(label));
"""


class Visitor:
    """One tab of one browser."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    # Looking

    def visit(self, path: str = "/") -> None:
        self.driver.get(self.url + path)

    def resize(self, width: int, height: int, *, mobile: bool = False) -> None:
        """Sets the size of the page in CSS pixels; headless windows cannot be as narrow as a phone."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def wait(self, look: Callable[[], Found], message: str = "") -> Found:
        """Looks again and again until there is something true to see."""
        waiting = WebDriverWait(
            self.driver,
            PATIENCE,
            poll_frequency=0.03,
            ignored_exceptions=[NoSuchElementException, StaleElementReferenceException],
        )
        return waiting.until(lambda _: look(), message)

    def find(self, selector: str) -> WebElement:
        """The element, as soon as it is shown."""

        def shown() -> WebElement | None:
            found = self.driver.find_elements(By.CSS_SELECTOR, selector)
            return next((each for each in found if each.is_displayed()), None)

        element = self.wait(shown, f"{selector} is not shown")
        assert element is not None
        return element

    def count(self, selector: str) -> int:
        return len(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def gone(self, selector: str) -> None:
        """Waits until nothing matches any more."""
        self.wait(lambda: self.count(selector) == 0, f"{selector} is still there")

    def messages(self) -> list[str]:
        """The texts of the messages on the page, oldest first."""
        return [each.text for each in self.driver.find_elements(By.CSS_SELECTOR, "#log article")]

    def read(self, words: str) -> WebElement:
        """The last message that says these words, as soon as there is one."""

        def said() -> WebElement | None:
            articles = self.driver.find_elements(By.CSS_SELECTOR, "#log article")
            return next((each for each in reversed(articles) if words in each.text), None)

        found = self.wait(said, f"no message says {words!r}")
        assert found is not None
        return found

    def focused(self) -> WebElement:
        return self.driver.switch_to.active_element

    def fits(self) -> bool:
        """Whether the page is no wider than the window."""
        script = "return document.scrollingElement.scrollWidth <= document.documentElement.clientWidth"
        return bool(self.driver.execute_script(script))

    def complaints(self) -> list[str]:
        """What the browser's console holds against the page: scripts that failed, rules that were broken."""
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        said = [str(entry["message"]) for entry in entries if entry["level"] == "SEVERE"]
        return [each for each in said if "status of 422" not in each]  # errors that the page shows to people

    # Doing

    def keys(self, *keys: str) -> None:
        """Presses keys where the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, label: str, most: int = 40) -> None:
        """Presses Tab until the focus stands on something whose accessible name has these words."""
        for _ in range(most):
            self.keys(Keys.TAB)
            if label in self.focused().accessible_name:
                return
        raise AssertionError(f"the Tab key never reached {label!r}")

    def say(self, text: str) -> None:
        """Types into the message field and sends it; waits until the field is empty again."""
        field = self.find("#text")
        field.send_keys(text, Keys.ENTER)
        self.wait(lambda: field.get_property("value") == "", "the message was not sent")

    def press(self, label: str, within: str = "body", kind: str = "button, a") -> None:
        """Clicks the button of that label; the last one where there are several. `kind`: or what else is clicked."""

        def pressed() -> bool:
            buttons = self.driver.execute_script(NAMED_SO, f"{within} :is({kind})", label)
            named = [each for each in buttons if each.is_displayed() and label in (each.text, each.accessible_name)]
            if named:
                named[-1].click()
            return bool(named)

        self.wait(pressed, f"there is no button {label!r}")

    def become(self, name: str) -> None:
        """Takes on another person through the switch."""
        self.find("#switch").click()
        entry = self.wait(
            lambda: next(
                (b for b in self.driver.find_elements(By.CSS_SELECTOR, "#people button") if name in b.text), None
            ),
            f"nobody is called {name}",
        )
        assert entry is not None
        entry.click()
        self.wait(lambda: name in self.find("#switch").text, f"the page does not show {name}")
