"""Socket Mode: what is in flight is acknowledged before the connection closes; a silent connection is made anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.connection import SILENT, Connection
from bot.identity import ask, authorizer
from bot.playground.people import ANNA, GENERAL
from bot.playground.server import Playground


def app_for(slack: Playground, answer: Callable[[str], str]) -> App:
    """A bot that answers each command with what `answer` makes of its text."""
    client = WebClient(slack.bot_token, base_url=slack.api_url)
    app = App(
        client=client,
        authorize=authorizer(ask(client), slack.bot_token),
        listener_executor=ThreadPoolExecutor(8),
    )

    @app.command("/engagement")
    def listen(ack: Ack, command: dict[str, str]) -> None:
        ack(answer(command["text"]))

    return app


@contextmanager
def connected(slack: Playground, app: App) -> Iterator[Connection]:
    connection = Connection(app, slack.app_token, concurrency=8)
    connection.connect()  # type: ignore[no-untyped-call]
    assert slack.wait_for_bot()
    try:
        yield connection
    finally:
        connection.drain(0)
        app.listener_runner.listener_executor.shutdown()


def answers(slack: Playground) -> list[str]:
    return [m.text for m in slack.actions.visible_messages(ANNA, GENERAL) if m.ephemeral_to == ANNA]


def test_all_that_is_in_flight_is_acknowledged_before_hanging_up() -> None:
    begun = threading.Semaphore(0)

    def slowly(text: str) -> str:
        begun.release()
        time.sleep(0.3)
        return text

    with Playground() as slack, connected(slack, app_for(slack, slowly)) as connection, ThreadPoolExecutor(5) as people:
        for number in range(5):
            people.submit(slack.actions.command, ANNA, GENERAL, f"/engagement {number}")
            assert begun.acquire(timeout=3)
        connection.drain(3)
        people.shutdown()
        assert sorted(answers(slack)) == ["0", "1", "2", "3", "4"]
        assert not connection.is_open


def test_draining_waits_no_longer_than_it_may() -> None:
    begun, end = threading.Event(), threading.Event()

    def stuck(text: str) -> str:
        begun.set()
        end.wait(10)
        return text

    with Playground() as slack, connected(slack, app_for(slack, stuck)) as connection, ThreadPoolExecutor(1) as person:
        person.submit(slack.actions.command, ANNA, GENERAL, "/engagement acme")
        assert begun.wait(3)
        started = time.monotonic()
        connection.drain(0.2)
        assert time.monotonic() - started < 2
        end.set()


def test_a_connection_that_fell_silent_is_made_anew() -> None:
    with Playground() as slack, connected(slack, app_for(slack, str.upper)) as connection:
        connection.renew_if_silent()  # it was heard just now: nothing happens
        session = connection.client.current_session
        assert connection.is_open
        connection._heard -= SILENT + 1
        assert connection.silent_for > SILENT
        connection.renew_if_silent()
        deadline = time.monotonic() + 30  # a reader asleep on the old connection wakes only after its time-out

        def answered() -> bool:
            slack.actions.command(ANNA, GENERAL, "/engagement acme")
            return answers(slack)[-1] == "ACME"

        while connection.client.current_session is session or not answered():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert connection.silent_for < SILENT
