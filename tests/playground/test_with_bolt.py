"""Bolt itself, over its websocket-client adapter, against the playground: a command, a press, a modal, a message."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler

from bot.playground import people
from bot.playground.server import Playground
from tests.playground.conftest import MANIFEST, client_of
from tests.playground.test_actions import BUTTONS, modal, text_input


@pytest.fixture(scope="module")
def playground() -> Iterator[Playground]:
    with Playground(manifest=MANIFEST) as running:
        handler = SocketModeHandler(bolt_app(running), running.app_token)
        handler.connect()  # type: ignore[no-untyped-call]
        assert running.wait_for_bot()
        yield running
        # Closing waits for the client's own threads; nobody needs them any more.
        threading.Thread(target=handler.close, daemon=True).start()


def bolt_app(playground: Playground) -> App:
    """A small app: a card with a button, a modal that refuses "no", and an echo of direct messages."""
    app = App(client=client_of(playground))

    @app.command("/engagement")
    def engagement(ack: Any, command: Any) -> None:
        ack(text=f"card of {command['text']}", blocks=BUTTONS)

    @app.action("go")
    def go(ack: Any, body: Any, client: Any, respond: Any) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=modal(text_input(), callback_id="log"))
        ack()
        respond(text="opened", replace_original=True)

    @app.view("log")
    def log(ack: Any, view: Any, body: Any, client: Any) -> None:
        text = view["state"]["values"]["note"]["text"]["value"]
        if text == "no":
            ack(response_action="errors", errors={"note": "Not that"})
            return
        ack()
        client.chat_postMessage(channel=body["user"]["id"], text=f"logged {text}")

    @app.event("message")
    def message(event: Any, say: Any) -> None:
        if "subtype" not in event:
            say(f"you said {event['text']}")

    return app


def wait_for_text(playground: Playground, channel: str, text: str) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        since = playground.slack.version
        if any(m.text == text for m in playground.actions.visible_messages(people.ANNA, channel)):
            return
        playground.slack.wait_for_change(since, 0.2)
    pytest.fail(f"{text!r} never appeared")


def test_a_command_a_press_and_a_modal(playground: Playground) -> None:
    playground.actions.command(people.ANNA, people.GENERAL, "/engagement acme")
    card = playground.actions.visible_messages(people.ANNA, people.GENERAL)[-1]
    assert card.text == "card of acme"
    playground.actions.press(people.ANNA, card.ref, "row", "go")
    view = playground.actions.open_view(people.ANNA)
    assert view is not None
    assert view.callback_id == "log"
    wait_for_text(playground, people.GENERAL, "opened")
    assert playground.actions.submit(people.ANNA, view.id, {"note": {"text": "no"}}) == {"note": "Not that"}
    assert playground.actions.submit(people.ANNA, view.id, {"note": {"text": "a call"}}) == {}
    wait_for_text(playground, "D0ANNACSM", "logged a call")


def test_a_direct_message_is_answered_once(playground: Playground) -> None:
    playground.actions.say(people.ANNA, "D0ANNACSM", "acme")
    wait_for_text(playground, "D0ANNACSM", "you said acme")
    playground.deliveries.settle()
    # Bolt drops the event about the bot's own answer, so there is no echo of the echo.
    texts = [m.text for m in playground.actions.visible_messages(people.ANNA, "D0ANNACSM")]
    assert texts.count("you said acme") == 1
    assert not any("you said you said" in text for text in texts)
