"""The pages in a real browser, with a small bot of the tests' own behind them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from slack_bolt import Ack, App, Respond
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk import WebClient

from bot.playground.model import Json
from bot.playground.people import ANNA, APP, BO, CS_CENTRAL, CS_LEADS, CS_NORDIC, GENERAL
from bot.playground.server import Playground
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

ANNAS = "/c/D" + ANNA[1:]


@pytest.fixture
def bot(running_bot: list[Json]) -> list[Json]:
    """The actions that the bot is sent during the test."""
    running_bot.clear()
    return running_bot


@pytest.fixture(scope="module", autouse=True)
def running_bot(playground: Playground) -> Iterator[list[Json]]:
    """Answers /engagement, opens a form, changes what it said; gives the list of the actions it was sent."""
    app = App(client=WebClient(playground.bot_token, base_url=playground.api_url))
    actions: list[Json] = []

    @app.command("/engagement")
    def answer(ack: Ack, command: Json) -> None:
        ack(text=f"You asked for {command['text']}", blocks=_answer(command["text"]))

    @app.action("rename")
    def rename(ack: Ack, respond: Respond) -> None:
        ack()
        respond(text="Renamed", blocks=[_section("It is *renamed*")], replace_original=True)

    @app.action("form")
    def open_form(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=_form())

    @app.action("more")
    def push(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=_form("Second form"))

    @app.action("kind")
    def update(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        client.views_update(view_id=body["view"]["id"], view=_form(intro=f"Chosen: {chosen}"))

    @app.action("lookup")
    def look_up(ack: Ack, body: Json, client: WebClient) -> None:
        ack()
        client.views_update(view_id=body["view"]["id"], view=_form(intro=f"Looked up: {body['actions'][0]['value']}"))

    @app.view("form")
    def save(ack: Ack, body: Json, view: Json, client: WebClient) -> None:
        note = view["state"]["values"]["note"]["note"]["value"]
        if note == "refused":
            ack(response_action="errors", errors={"note": "This is not a note"})
            return
        if note == "untagged":
            ack(response_action="errors", errors={"tags": "Choose one"})
            return
        ack()
        client.chat_postEphemeral(channel=CS_NORDIC, user=body["user"]["id"], text=f"Saved: {note}")

    @app.action(re.compile("noted_"))
    def take_note(ack: Ack, action: Json) -> None:
        ack()
        actions.append(action)

    handler = SocketModeHandler(app, playground.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    assert playground.wait_for_bot()
    yield actions
    handler.close()  # type: ignore[no-untyped-call]


def test_the_hint_fills_the_message_field(visitor: Visitor) -> None:
    visitor.visit()
    visitor.press("Type /engagement acme")
    field = visitor.focused()
    assert (field.get_attribute("id"), field.get_property("value")) == ("text", "/engagement acme")
    visitor.keys(Keys.ENTER)
    visitor.read("You asked for acme")


def test_a_command_is_completed_with_the_keyboard_and_answered_for_one_reader(visitor: Visitor) -> None:
    visitor.visit(f"/c/{CS_NORDIC}")
    field = visitor.find("#text")
    field.send_keys("/")
    assert field.get_attribute("aria-expanded") == "true"
    first = field.get_attribute("aria-activedescendant")
    visitor.keys(Keys.ARROW_UP)
    assert field.get_attribute("aria-activedescendant") != first
    visitor.keys(Keys.ARROW_DOWN)
    assert field.get_attribute("aria-activedescendant") == first
    visitor.keys(Keys.ESCAPE)
    assert field.get_attribute("aria-expanded") == "false"
    visitor.keys("eng", Keys.TAB)
    assert field.get_property("value") == "/engagement "
    visitor.keys("globex", Keys.ENTER)
    assert "Only visible to you" in visitor.read("You asked for globex").text
    assert field.get_property("value") == ""


def test_a_private_answer_is_nobody_elses_and_can_be_dismissed(visitor: Visitor) -> None:
    visitor.visit(f"/c/{CS_NORDIC}")
    visitor.say("/engagement acme")
    visitor.read("You asked for acme")
    visitor.become("Bo Berg")
    assert visitor.messages() == []
    visitor.become("Anna Aas")
    visitor.read("You asked for acme")
    visitor.press("Dismiss this message")
    visitor.gone("#log article")
    assert visitor.focused().get_attribute("id") == "text"


def test_a_message_that_cannot_be_sent_stays_in_the_field(
    visitor: Visitor, playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.visit(f"/c/{GENERAL}")
    monkeypatch.setattr(playground.slack.channels[GENERAL], "is_archived", True)
    visitor.find("#text").send_keys("hello", Keys.ENTER)
    assert "This cannot be done" in visitor.find("#refused").text
    assert visitor.find("#text").get_property("value") == "hello"


def test_shift_and_enter_make_a_new_line(visitor: Visitor) -> None:
    visitor.visit(f"/c/{GENERAL}")
    visitor.find("#text").send_keys("one", Keys.SHIFT + Keys.ENTER, Keys.NULL, "two")
    assert visitor.messages() == []
    visitor.keys(Keys.ENTER)
    assert "one\ntwo" in visitor.read("one").text


def test_what_the_bot_posts_appears_and_marks_the_channel_until_it_is_read(
    visitor: Visitor, playground: Playground
) -> None:
    visitor.visit()
    playground.slack.post(CS_NORDIC, APP.user_id, "A digest")
    visitor.find(f"#room-{CS_NORDIC}.unread").click()
    visitor.read("A digest")
    visitor.gone(".unread")
    playground.slack.post(CS_NORDIC, APP.user_id, "Another")
    visitor.read("Another")


def test_a_button_changes_its_message_in_place(visitor: Visitor) -> None:
    visitor.visit()
    visitor.say("/engagement acme")
    visitor.press("Rename")
    assert "Only visible to you" in visitor.read("It is renamed").text
    assert len(visitor.messages()) == 1


def test_a_confirmation_stands_between_a_button_and_the_bot(visitor: Visitor, bot: list[Json]) -> None:
    visitor.visit()
    visitor.say("/engagement acme")
    visitor.press("Delete")
    dialog = visitor.find("dialog.confirm[open]")
    assert dialog.aria_role == "alertdialog"
    visitor.press("Keep it")
    visitor.gone("dialog.confirm[open]")
    assert bot == []
    visitor.press("Delete")
    visitor.press("Really delete")
    visitor.wait(lambda: [action["value"] for action in bot] == ["delete"])


def test_menus_work_with_keys_alone(visitor: Visitor, bot: list[Json]) -> None:
    visitor.visit()
    visitor.say("/engagement acme")
    visitor.read("You asked for acme")
    visitor.driver.execute_script("document.querySelector('#log').focus()")
    visitor.tab_to("More actions")
    visitor.keys(Keys.ENTER)
    visitor.wait(lambda: visitor.focused().text == "History")
    visitor.keys(Keys.ARROW_DOWN, Keys.ENTER)
    visitor.wait(lambda: [action["selected_option"]["value"] for action in bot] == ["share"])
    visitor.tab_to("Pick a tool")
    visitor.keys(Keys.ENTER)
    visitor.wait(lambda: visitor.focused().get_attribute("class") == "filter")
    visitor.keys("tool 11", Keys.ENTER)
    visitor.wait(lambda: bot[-1]["selected_option"]["value"] == "t11")
    visitor.wait(lambda: "Tool 11" in visitor.find(".button.select").text)


def test_a_form_says_what_is_wrong_beside_the_field_and_is_then_saved(visitor: Visitor) -> None:
    _open_form(visitor, f"/c/{CS_NORDIC}")
    visitor.press("Save")
    field = visitor.wait(lambda: visitor.focused() if visitor.focused().get_attribute("aria-invalid") else None)
    assert field is not None
    assert _error_of(visitor) == "⚠ Please complete this required field."
    visitor.keys("refused", Keys.ENTER)
    visitor.wait(lambda: _error_of(visitor) == "⚠ This is not a note")
    assert visitor.focused().get_property("value") == "refused"
    visitor.focused().send_keys(Keys.CONTROL + "a", Keys.NULL, "called them")
    visitor.press("Save")
    visitor.gone("dialog.modal")
    visitor.read("Saved: called them")


def test_an_update_of_the_form_keeps_what_was_typed(visitor: Visitor) -> None:
    _open_form(visitor)
    visitor.keys("half a sent")
    Select(visitor.find("dialog.modal select")).select_by_visible_text("Sales")
    visitor.wait(lambda: "Chosen: sales" in visitor.find("dialog.modal").text)
    assert visitor.find("dialog.modal input[type=text]").get_property("value") == "half a sent"
    assert Select(visitor.find("dialog.modal select")).first_selected_option.text == "Sales"


def test_an_input_that_asks_while_it_is_typed_in_keeps_focus_and_text(visitor: Visitor) -> None:
    _open_form(visitor)
    visitor.tab_to("Lookup")
    visitor.keys("acm")
    visitor.wait(lambda: "Looked up: acm" in visitor.find("dialog.modal").text)
    visitor.keys("e")
    visitor.wait(lambda: "Looked up: acme" in visitor.find("dialog.modal").text)
    assert visitor.focused().accessible_name.startswith("Lookup")
    assert visitor.focused().get_property("value") == "acme"


def test_an_error_of_boxes_moves_the_focus_to_the_first_of_them(visitor: Visitor) -> None:
    _open_form(visitor)
    visitor.keys("untagged", Keys.ENTER)
    visitor.wait(lambda: "Choose one" in visitor.find("dialog.modal").text)
    assert visitor.focused().get_property("type") == "checkbox"


def test_forms_stack_and_escape_closes_the_one_on_top(visitor: Visitor) -> None:
    _open_form(visitor)
    visitor.press("Another form", within="dialog.modal")
    visitor.wait(lambda: visitor.find("#modal-title").text == "Second form")
    visitor.keys(Keys.ESCAPE)
    visitor.wait(lambda: visitor.find("#modal-title").text == "Form")
    visitor.keys(Keys.ESCAPE)
    visitor.gone("dialog.modal")
    visitor.wait(lambda: visitor.focused().text == "Open form")


def test_a_form_is_still_there_after_a_reload(visitor: Visitor) -> None:
    _open_form(visitor)
    visitor.driver.refresh()
    assert visitor.find("dialog.modal[open]").get_attribute("aria-modal") == "true"


def test_everybody_sees_their_own_channels(visitor: Visitor) -> None:
    visitor.visit(f"/c/{CS_NORDIC}")
    visitor.become("Gus Guest")
    assert visitor.count(f"#room-{CS_CENTRAL}") == 0
    visitor.become("Dina Demo")
    assert visitor.count(f"#room-{CS_LEADS}") == 1


def test_a_tab_follows_when_another_becomes_somebody_else(visitor: Visitor) -> None:
    visitor.visit(f"/c/{CS_NORDIC}")
    become = "fetch('/person', {method: 'POST', body: new URLSearchParams({person: arguments[0]})})"
    visitor.driver.execute_script(become, BO)
    visitor.wait(lambda: "Bo Berg" in visitor.find("#switch").text)


def test_a_page_says_so_when_the_playground_has_ended(visitor: Visitor) -> None:
    with Playground() as other:
        visitor.driver.get(f"{other.url}/c/{GENERAL}")
        visitor.find("#text")
    visitor.wait(lambda: "does not answer" in visitor.find("#notice").text)
    visitor.complaints()  # the refused connections


def test_the_clock_goes_forward_and_news_carry_its_day(visitor: Visitor, playground: Playground) -> None:
    visitor.visit(f"/c/{CS_NORDIC}")
    playground.slack.post(CS_NORDIC, APP.user_id, "before")
    visitor.read("before")
    shown = visitor.find("#clock time").text
    visitor.press("+1 week")
    visitor.wait(lambda: visitor.find("#clock time").text.split(",")[0] != shown.split(",")[0])
    playground.slack.post(CS_NORDIC, APP.user_id, "after")
    visitor.read("after")
    assert visitor.count("#log .day") == 2


def test_the_whole_way_works_without_a_mouse(visitor: Visitor) -> None:
    visitor.visit(ANNAS)
    visitor.wait(lambda: visitor.focused().get_attribute("id") == "text")
    visitor.keys("/engagement acme", Keys.ENTER)
    visitor.read("You asked for acme")
    visitor.driver.execute_script("document.querySelector('#log').focus()")
    visitor.tab_to("Open form")
    visitor.keys(Keys.SPACE)
    visitor.find("dialog.modal[open]")
    visitor.wait(lambda: visitor.focused().accessible_name == "Note")
    visitor.keys("typed")
    visitor.tab_to("Save")
    visitor.keys(Keys.ENTER)
    visitor.gone("dialog.modal")
    visitor.wait(lambda: visitor.focused().text == "Open form")
    visitor.tab_to("You are Anna Aas")
    visitor.keys(Keys.ENTER)
    visitor.wait(lambda: "Anna Aas" in visitor.focused().text)
    visitor.keys(Keys.ARROW_DOWN, Keys.ENTER)
    visitor.wait(lambda: "Bo Berg" in visitor.find("#switch").text)


def test_a_phone_shows_everything_without_scrolling_sideways(visitor: Visitor) -> None:
    visitor.resize(390, 844, mobile=True)
    visitor.visit()
    assert visitor.fits()
    visitor.say("/engagement " + "a" * 300)
    visitor.read("You asked for aaa")
    assert visitor.fits()
    visitor.press("Channels and people")
    visitor.wait(lambda: visitor.focused().get_attribute("id") == "switch", "the focus did not move into the drawer")
    visitor.keys(Keys.ESCAPE)
    visitor.wait(lambda: visitor.focused().get_attribute("id") == "drawer", "the focus did not come back")
    visitor.press("Open form")
    dialog = visitor.find("dialog.modal[open]")
    assert dialog.size["width"] == 390
    assert visitor.fits()
    visitor.press("Close", within="dialog.modal")
    visitor.gone("dialog.modal")
    visitor.press("Channels and people")
    visitor.find(f"#room-{GENERAL}").click()
    visitor.wait(lambda: visitor.find("h1").text == "general")


def test_long_texts_unfold(visitor: Visitor) -> None:
    visitor.visit()
    visitor.say("/engagement " + "long " * 200)
    folded = visitor.find(".fold")
    height = folded.size["height"]
    visitor.press("See more")
    visitor.wait(lambda: folded.size["height"] > height)
    assert visitor.find(".see-more").get_attribute("aria-expanded") == "true"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202eשלום"])
def test_hostile_text_is_shown_and_does_nothing(visitor: Visitor, text: str) -> None:
    visitor.visit(f"/c/{GENERAL}")
    visitor.driver.execute_script("window.alert = () => document.body.classList.add('harmed')")
    visitor.say(text)
    visitor.read(text.strip("\u202e"))
    assert visitor.count(".harmed") == 0


def _open_form(visitor: Visitor, path: str = ANNAS) -> None:
    visitor.visit(path)
    visitor.say("/engagement acme")
    visitor.press("Open form")
    visitor.find("dialog.modal[open]")
    visitor.wait(lambda: visitor.focused().accessible_name == "Note")


def _error_of(visitor: Visitor) -> str:
    """The words that belong to the focused field, as a screen reader follows them."""
    ids = str(visitor.focused().get_attribute("aria-describedby")).split()
    script = "return getComputedStyle(arguments[0], '::before').content.replace(/\"/g, '') + arguments[0].textContent"
    for each in ids:
        if each.endswith("-error"):
            return str(visitor.driver.execute_script(script, visitor.find(f"#{each}")))
    return ""


def _answer(text: str) -> list[Json]:
    confirm = {"title": _plain("Delete it?"), "text": _plain("For good."), "confirm": _plain("Really delete")}
    confirm |= {"deny": _plain("Keep it")}
    history, share = _option("History", "history"), _option("Share here", "share")
    tools = [_option(f"Tool {number}", f"t{number}") for number in range(1, 13)]
    elements = [
        _button("Rename", "rename"),
        _button("Open form", "form"),
        _button("Delete", "noted_delete", value="delete", confirm=confirm),
        {"type": "overflow", "action_id": "noted_more", "options": [history, share]},
    ]
    menu = {"type": "static_select", "action_id": "noted_tool", "placeholder": _plain("Pick a tool"), "options": tools}
    return [_section(f"You asked for {text}"), _section("A tool") | {"accessory": menu}, _row(*elements)]


def _form(title: str = "Form", intro: str = "Fill it in") -> Json:
    kinds = [_option("Marketing", "marketing"), _option("Sales", "sales")]
    kind = {"type": "static_select", "action_id": "kind", "options": kinds}
    note = {"type": "plain_text_input", "action_id": "note"}
    at_once = {"trigger_actions_on": ["on_character_entered"]}
    lookup = {"type": "plain_text_input", "action_id": "lookup", "dispatch_action_config": at_once}
    tags = {"type": "checkboxes", "action_id": "tags", "options": [_option("Urgent", "urgent")]}
    blocks = [
        _section(intro) | {"block_id": "intro"},
        {"type": "input", "block_id": "note", "label": _plain("Note"), "element": note},
        _optional("kind", kind) | {"dispatch_action": True},
        _optional("lookup", lookup) | {"dispatch_action": True},
        _optional("tags", tags),
        _row(_button("Another form", "more")),
    ]
    return {"type": "modal", "callback_id": "form", "title": _plain(title), "submit": _plain("Save"), "blocks": blocks}


def _optional(name: str, element: Json) -> Json:
    label = _plain(name.title())
    return {"type": "input", "block_id": name, "label": label, "element": element, "optional": True}


def _row(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def _button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": _plain(text), **more}


def _section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _option(text: str, value: str) -> Json:
    return {"text": _plain(text), "value": value}
