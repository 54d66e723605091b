"""Socket Mode as an app sees it: tickets, hello, envelopes to one connection, acknowledgements, retries, goodbyes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websocket_client import SocketModeClient
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from bot.playground import people
from bot.playground.model import Json
from bot.playground.server import Playground
from tests.playground.conftest import client_of
from tests.playground.test_actions import BUTTONS, modal, text_input


def ticket(playground: Playground) -> str:
    return str(client_of(playground, "").apps_connections_open(app_token=playground.app_token)["url"])


def read(socket: ClientConnection) -> Json:
    message: Json = json.loads(socket.recv(timeout=5))
    return message


@pytest.fixture
def plug(playground: Playground) -> Iterator[Callable[[], ClientConnection]]:
    """Opens connections that have heard their hello."""
    with ExitStack() as stack:
        numbers = count(1)

        def make() -> ClientConnection:
            socket = stack.enter_context(connect(ticket(playground)))
            assert read(socket)["type"] == "hello"
            assert playground.sockets.wait_for(next(numbers), 5)
            return socket

        yield make


def in_background(act: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=act)
    thread.start()
    return thread


def texts(playground: Playground, person: str = people.ANNA) -> list[str]:
    return [message.text for message in playground.actions.visible_messages(person, people.GENERAL)]


def test_hello_counts_the_connections(playground: Playground) -> None:
    with connect(ticket(playground)) as first:
        hello = read(first)
        assert (hello["num_connections"], hello["connection_info"]) == (1, {"app_id": people.APP.id})
        assert hello["debug_info"]["approximate_connection_time"] > 0
        assert playground.wait_for_bot()
        with connect(ticket(playground)) as second:
            assert read(second)["num_connections"] == 2


def test_a_ticket_opens_one_connection_once(playground: Playground) -> None:
    url = ticket(playground)
    with connect(url) as socket:
        read(socket)
        with pytest.raises(InvalidStatus):
            connect(url)
    with pytest.raises(InvalidStatus):
        connect(urlsplit(url)._replace(query="ticket=made-up").geturl())


def test_an_eleventh_connection_is_sent_away(playground: Playground, plug: Callable[[], ClientConnection]) -> None:
    for _ in range(10):
        plug()
    with connect(ticket(playground)) as eleventh:
        assert read(eleventh) == {"type": "disconnect", "reason": "too_many_websockets"}


def test_a_command_is_answered_in_its_acknowledgement(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    socket = plug()
    person = in_background(lambda: playground.actions.command(people.ANNA, people.GENERAL, "/engagement acme"))
    envelope = read(socket)
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "acme"
    socket.send("not json")  # nonsense on the wire harms nobody
    socket.send(json.dumps({"envelope_id": "E0OTHER", "payload": {"text": "to nobody"}}))
    socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "4 of 10"}}))
    person.join(5)
    assert texts(playground) == ["4 of 10"]


def test_each_envelope_goes_to_one_connection(playground: Playground, plug: Callable[[], ClientConnection]) -> None:
    heard: list[int] = []

    def serve(number: int, socket: ClientConnection) -> None:
        try:
            while True:
                envelope = json.loads(socket.recv())
                heard.append(number)
                socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        except ConnectionClosed:
            return

    sockets = [plug(), plug()]
    servers = [in_background(lambda n=n, s=s: serve(n, s)) for n, s in enumerate(sockets)]  # type: ignore[misc]
    for _ in range(40):
        playground.actions.command(people.ANNA, people.GENERAL, "/engagement")
    for socket in sockets:
        socket.close()
    for server in servers:
        server.join(5)
    assert len(heard) == 40
    assert set(heard) == {0, 1}


def test_a_payload_counts_only_where_it_is_accepted(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    socket = plug()
    view = playground.slack.open_view(people.ANNA, modal(text_input(), *BUTTONS))

    def answer(payload: Json) -> Json:
        envelope = read(socket)
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": payload}))
        return envelope

    press = in_background(lambda: playground.actions.press(people.ANNA, view.id, "row", "go"))
    envelope = answer({"response_action": "clear"})
    press.join(5)
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", False)
    assert playground.actions.open_view(people.ANNA) is view
    submit = in_background(lambda: playground.actions.submit(people.ANNA, view.id, {"note": {"text": "x"}}))
    envelope = answer({"response_action": "clear"})
    submit.join(5)
    assert envelope["accepts_response_payload"] is True
    assert playground.actions.open_view(people.ANNA) is None


def test_without_a_connection_a_command_fails_at_once(playground: Playground) -> None:
    playground.actions.command(people.ANNA, people.GENERAL, "/engagement")
    assert "dispatch_failed" in texts(playground)[0]


def test_an_acknowledgement_that_comes_late_is_none(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    playground.deliveries.acknowledge_seconds = 0.1
    socket = plug()
    playground.actions.command(people.ANNA, people.GENERAL, "/engagement")
    assert "operation_timeout" in texts(playground)[0]
    socket.send(json.dumps({"envelope_id": read(socket)["envelope_id"], "payload": {"text": "late"}}))
    time.sleep(0.05)
    assert len(texts(playground)) == 1


def test_a_connection_that_dies_with_an_envelope_fails_it_at_once(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    socket = plug()
    person = in_background(lambda: playground.actions.command(people.ANNA, people.GENERAL, "/engagement"))
    read(socket)
    started = time.monotonic()
    socket.close()
    person.join(5)
    assert time.monotonic() - started < 2
    assert "operation_timeout" in texts(playground)[0]


def test_an_unacknowledged_event_comes_again_under_the_same_id(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    playground.deliveries.acknowledge_seconds = 0.1
    playground.deliveries.retry_waits = (0, 0.01, 0.01)
    socket = plug()
    playground.actions.say(people.ANNA, "D0ANNACSM", "acme")
    envelopes = [read(socket) for _ in range(4)]
    playground.deliveries.settle()
    assert [(e["retry_attempt"], e["retry_reason"]) for e in envelopes] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({e["payload"]["event_id"] for e in envelopes}) == 1
    assert len({e["envelope_id"] for e in envelopes}) == 4
    with pytest.raises(TimeoutError):
        socket.recv(timeout=0.2)


def test_an_acknowledged_event_comes_once_and_only_if_subscribed(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    socket = plug()
    playground.actions.say(people.ANNA, people.GENERAL, "in a channel")  # message.channels is not in the manifest
    playground.actions.say(people.ANNA, "D0ANNACSM", "acme")
    envelope = read(socket)
    assert envelope["type"] == "events_api"
    assert envelope["payload"]["event"]["text"] == "acme"
    assert envelope["payload"]["authorizations"][0]["user_id"] == people.APP.user_id
    socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
    playground.deliveries.settle()
    with pytest.raises(TimeoutError):
        socket.recv(timeout=0.1)


def test_doubles_and_the_wrong_order_come_on_demand(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    socket = plug()

    def hear(count: int) -> list[Json]:
        payloads = []
        for _ in range(count):
            envelope = read(socket)
            socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
            payloads.append(envelope["payload"])
        return payloads

    playground.deliveries.doubled = True
    playground.actions.say(people.ANNA, "D0ANNACSM", "twice")
    first, second = hear(2)
    assert first["event_id"] == second["event_id"]
    playground.deliveries.doubled = False

    def say_both() -> None:
        with playground.deliveries.newest_first():
            playground.actions.say(people.ANNA, "D0ANNACSM", "one")
            playground.actions.say(people.ANNA, "D0ANNACSM", "two")

    speaker = in_background(say_both)
    assert [payload["event"]["text"] for payload in hear(2)] == ["two", "one"]
    speaker.join(5)


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
def test_goodbyes_name_their_reason_and_end_the_connection(
    playground: Playground, plug: Callable[[], ClientConnection], reason: str
) -> None:
    socket = plug()
    playground.sockets.disconnect(reason)
    assert playground.sockets.count == 0
    assert read(socket)["reason"] == reason
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=5)


def test_after_a_warning_the_connection_serves_a_little_longer(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    playground.sockets.warning_seconds = 0.1
    socket = plug()
    playground.sockets.disconnect("warning")
    assert read(socket)["reason"] == "warning"
    assert playground.sockets.count == 1
    with pytest.raises(ConnectionClosed):
        socket.recv(timeout=5)
    assert playground.sockets.count == 0


def test_a_connection_that_is_to_go_may_still_acknowledge_what_it_has(
    playground: Playground, plug: Callable[[], ClientConnection]
) -> None:
    socket = plug()
    person = in_background(lambda: playground.actions.command(people.ANNA, people.GENERAL, "/engagement"))
    envelope = read(socket)
    playground.sockets.disconnect("refresh_requested")
    assert read(socket)["reason"] == "refresh_requested"
    socket.send(json.dumps({"envelope_id": envelope["envelope_id"], "payload": {"text": "in time"}}))
    person.join(5)
    assert texts(playground) == ["in time"]


def test_slack_sdks_own_client_connects_and_acknowledges(playground: Playground) -> None:
    def acknowledge(client: Any, request: SocketModeRequest) -> None:
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id, {"text": request.payload["text"]}))

    client = SocketModeClient(playground.app_token, web_client=client_of(playground))
    client.socket_mode_request_listeners.append(acknowledge)
    client.connect()
    try:
        assert playground.wait_for_bot()
        playground.actions.command(people.ANNA, people.GENERAL, "/engagement one")
    finally:
        # Closing waits for the client's own threads; nobody needs them any more.
        threading.Thread(target=client.close, daemon=True).start()
    assert texts(playground) == ["one"]
