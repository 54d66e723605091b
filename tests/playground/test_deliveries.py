"""HTTP deliveries as Slack makes them, to a real Bolt app that checks the signatures itself."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_bolt import App, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from bot.playground import people
from bot.playground.model import MessageRef
from bot.playground.server import Playground
from tests.playground.conftest import MANIFEST
from tests.playground.test_actions import BUTTONS, modal, text_input

Answer = tuple[int, dict[str, str], bytes]


class RequestUrl:
    """An app's request URL: notes what comes and answers with what `answer` gives (status, headers, body)."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], str]] = []
        self.answer: Callable[[dict[str, str], str], Answer] = lambda headers, body: (200, {}, b"")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.heard.append((headers, body))
                status, more, said = outer.answer(headers, body)
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/slack/events"


@pytest.fixture
def target() -> Iterator[RequestUrl]:
    target = RequestUrl()
    thread = threading.Thread(target=target.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield target
    target.server.shutdown()
    target.server.server_close()
    thread.join()


@pytest.fixture
def playground(target: RequestUrl) -> Iterator[Playground]:
    with Playground(manifest=MANIFEST, request_url=target.url) as running:
        running.deliveries.retry_waits = (0, 0.01, 0.01)
        yield running


def texts(playground: Playground) -> list[str]:
    return [message.text for message in playground.actions.visible_messages(people.ANNA, people.GENERAL)]


def command(playground: Playground) -> None:
    playground.actions.command(people.ANNA, people.GENERAL, "/engagement acme & co")


def test_a_command_is_a_signed_form(playground: Playground, target: RequestUrl) -> None:
    target.answer = lambda headers, body: (200, {"Content-Type": "application/json"}, b'{"text": "4 of 10"}')
    command(playground)
    ((headers, body),) = target.heard
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(body)["text"] == ["acme & co"]
    assert SignatureVerifier(playground.signing_secret).is_valid_request(body, headers)
    assert abs(int(headers["x-slack-request-timestamp"]) - time.time()) < 5
    assert texts(playground) == ["4 of 10"]


def test_the_signature_has_real_time_whatever_the_product_clock_says(
    playground: Playground, target: RequestUrl
) -> None:
    playground.slack.set_day(playground.slack.now().date().replace(year=playground.slack.now().year + 1))
    command(playground)
    assert abs(int(target.heard[0][0]["x-slack-request-timestamp"]) - time.time()) < 5


def test_an_interaction_is_a_form_with_a_payload(playground: Playground, target: RequestUrl) -> None:
    message = playground.slack.post(people.GENERAL, people.APP.user_id, "x", BUTTONS)
    target.answer = lambda headers, body: (200, {"Content-Type": "application/json"}, b'{"text": "dropped"}')
    playground.actions.press(people.ANNA, MessageRef(people.GENERAL, message.ts), "row", "go")
    ((_, body),) = target.heard
    assert json.loads(parse_qs(body)["payload"][0])["type"] == "block_actions"
    assert texts(playground) == ["x"]


def test_a_submissions_answer_counts(playground: Playground, target: RequestUrl) -> None:
    errors = json.dumps({"response_action": "errors", "errors": {"note": "no"}}).encode()
    target.answer = lambda headers, body: (200, {"Content-Type": "application/json; charset=utf-8"}, errors)
    view = playground.slack.open_view(people.ANNA, modal(text_input()))
    assert playground.actions.submit(people.ANNA, view.id, {"note": {"text": "x"}}) == {"note": "no"}


def test_plain_text_answers_a_command(playground: Playground, target: RequestUrl) -> None:
    target.answer = lambda headers, body: (200, {"Content-Type": "text/plain"}, b"just words")
    command(playground)
    assert texts(playground) == ["just words"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((500, {}, b"oh"), "http_service_error"),
        ((404, {}, b""), "http_client_error"),
        ((401, {}, b""), "http_client_error"),
        ((200, {"Content-Type": "application/json"}, b"{"), "invalid_json"),
    ],
)
def test_whatever_is_not_a_200_fails_before_the_person(
    playground: Playground, target: RequestUrl, answer: Answer, code: str
) -> None:
    target.answer = lambda headers, body: answer
    command(playground)
    assert code in texts(playground)[0]
    assert len(target.heard) == 1  # a command is never retried


def test_an_answer_after_the_time_limit_is_none(playground: Playground, target: RequestUrl) -> None:
    playground.deliveries.acknowledge_seconds = 0.1

    def slow(headers: dict[str, str], body: str) -> Answer:
        time.sleep(0.3)
        return 200, {}, b"late"

    target.answer = slow
    command(playground)
    assert "operation_timeout" in texts(playground)[0]


def test_nobody_at_the_address_is_a_failed_dispatch(playground: Playground, target: RequestUrl) -> None:
    target.server.shutdown()
    target.server.server_close()
    command(playground)
    assert "dispatch_failed" in texts(playground)[0]


def say(playground: Playground) -> None:
    playground.actions.say(people.ANNA, "D0ANNACSM", "acme")
    playground.deliveries.settle()


def test_a_failed_event_is_retried_three_times_with_its_reason(playground: Playground, target: RequestUrl) -> None:
    target.answer = lambda headers, body: (500, {}, b"")
    say(playground)
    assert [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in target.heard] == [
        (None, None),
        ("1", "http_error"),
        ("2", "http_error"),
        ("3", "http_error"),
    ]
    assert len({json.loads(body)["event_id"] for _, body in target.heard}) == 1
    verifier = SignatureVerifier(playground.signing_secret)
    assert all(verifier.is_valid_request(body, headers) for headers, body in target.heard)


def test_retries_end_when_one_is_taken(playground: Playground, target: RequestUrl) -> None:
    target.answer = lambda headers, body: (200 if "x-slack-retry-num" in headers else 500, {}, b"")
    say(playground)
    assert len(target.heard) == 2


def test_an_app_may_ask_not_to_be_retried(playground: Playground, target: RequestUrl) -> None:
    target.answer = lambda headers, body: (500, {"X-Slack-No-Retry": "1"}, b"")
    say(playground)
    assert len(target.heard) == 1


def test_the_end_of_the_playground_ends_the_waiting_for_retries(target: RequestUrl) -> None:
    target.answer = lambda headers, body: (500, {}, b"")
    started = time.monotonic()
    with Playground(manifest=MANIFEST, request_url=target.url) as running:
        running.deliveries.retry_waits = (60, 60, 60)
        running.actions.say(people.ANNA, "D0ANNACSM", "acme")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("url", ["https://example.com/slack/events", "http://example.com/", "http://10.0.0.1/"])
def test_only_loopback_is_ever_posted_to(url: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        Playground(manifest=MANIFEST, request_url=url)


def test_bolt_takes_every_delivery_and_refuses_a_changed_one(playground: Playground, target: RequestUrl) -> None:
    identity = AuthorizeResult(
        enterprise_id=None, team_id=people.TEAM.id, bot_user_id=people.APP.user_id, bot_token=playground.bot_token
    )
    app = App(signing_secret=playground.signing_secret, authorize=lambda **_: identity, process_before_response=True)
    heard: list[str] = []

    @app.command("/engagement")
    def engagement(ack: Any, command: Any) -> None:
        heard.append(command["text"])
        ack(text="4 of 10")

    @app.event("message")
    def message(event: Any) -> None:
        heard.append(event["text"])

    def dispatch(headers: dict[str, str], body: str) -> Answer:
        response = app.dispatch(BoltRequest(body=body, headers={k: [v] for k, v in headers.items()}))
        kind = response.first_headers().get("content-type", "")
        return response.status, {"Content-Type": kind}, response.body.encode()

    target.answer = dispatch
    command(playground)
    say(playground)
    assert heard == ["acme & co", "acme"]
    assert texts(playground) == ["4 of 10"]
    headers, body = target.heard[0]
    assert dispatch(headers, body.replace("acme", "evil"))[0] == 401
