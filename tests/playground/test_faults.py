"""Faults on demand, seen through slack_sdk's own client."""

import time
from http.client import RemoteDisconnected
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import faults, people
from bot.playground.server import Playground
from tests.playground.conftest import client_of


def posted(playground: Playground) -> int:
    return len(playground.slack.messages[people.GENERAL])


def post(client: WebClient) -> None:
    client.chat_postMessage(channel=people.GENERAL, text="x")


def test_too_many_requests_name_the_seconds_and_do_nothing(playground: Playground) -> None:
    playground.faults.add("chat.postMessage", faults.rate_limited(7))
    with pytest.raises(SlackApiError) as caught:
        post(client_of(playground))
    assert not isinstance(caught.value.response, str)
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert posted(playground) == 0
    post(client_of(playground))  # one fault hits one call
    assert posted(playground) == 1
    assert [call.status for call in playground.calls] == [429, 200]


def test_a_sick_server_answers_html(playground: Playground) -> None:
    playground.faults.add("chat.postMessage", faults.unavailable())
    with pytest.raises(SlackApiError) as caught:
        post(client_of(playground))
    assert not isinstance(caught.value.response, str)
    assert caught.value.response.status_code == 503
    assert posted(playground) == 0


def test_a_connection_dies_before_or_after_the_work(playground: Playground) -> None:
    playground.faults.add("chat.postMessage", faults.killed_before(), faults.killed_after())
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        post(client_of(playground))
    assert posted(playground) == 0
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        post(client_of(playground))
    assert posted(playground) == 1


def test_the_default_client_posts_twice_when_the_answer_is_lost(playground: Playground) -> None:
    playground.faults.add("chat.postMessage", faults.killed_after())
    post(WebClient(playground.bot_token, base_url=playground.api_url))
    assert posted(playground) == 2


def test_an_answer_may_come_after_the_clients_patience(playground: Playground) -> None:
    playground.faults.add("chat.postMessage", faults.late(1.0))
    impatient = WebClient(playground.bot_token, base_url=playground.api_url, timeout=0.2, retry_handlers=[])  # type: ignore[arg-type]
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        post(impatient)
    assert time.monotonic() - started < 1.0
    assert posted(playground) == 1


def test_response_urls_go_wrong_too(playground: Playground) -> None:
    right = playground.slack.new_response_url(people.ANNA, people.GENERAL)
    playground.faults.add("response_url", faults.rate_limited(2))
    request = Request(
        f"{playground.url}/response/{right.token}", b'{"text": "x"}', {"Content-Type": "application/json"}
    )
    with pytest.raises(HTTPError) as caught:
        urlopen(request)
    assert caught.value.code == 429
    caught.value.close()
    with urlopen(request) as response:
        assert response.read() == b"ok"
    assert [(call.method, call.status) for call in playground.calls] == [("response_url", 429), ("response_url", 200)]
