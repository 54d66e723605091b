"""What the playground's own tests stand on: a state with a scripted bot, or the whole server and slack_sdk's client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.playground import people
from bot.playground.actions import Actions
from bot.playground.manifest import Manifest
from bot.playground.model import Json
from bot.playground.server import Playground
from bot.playground.state import Slack
from bot.playground.web_api import METHODS
from bot.playground.web_api.method import Given

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


class Clock:
    """Real time that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_790_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class ScriptedBot:
    """Notes what it is sent and answers with what the test put into `answer`: a value, an exception or a function."""

    answer: Any = None
    heard: list[Json] = field(default_factory=list)

    def command(self, payload: Json) -> Any:
        return self._take(payload)

    def interaction(self, payload: Json) -> Any:
        return self._take(payload)

    def _take(self, payload: Json) -> Any:
        self.heard.append(payload)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer(payload) if callable(self.answer) else self.answer

    @property
    def last(self) -> Json:
        return self.heard[-1]


@dataclass
class World:
    """A playground without network: its state, what people do, a scripted bot, and the events that would be sent."""

    clock: Clock = field(default_factory=Clock)
    bot: ScriptedBot = field(default_factory=ScriptedBot)
    events: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.manifest = Manifest.read(MANIFEST)
        self.scopes = set(self.manifest.scopes)
        self.slack = Slack(people.TEAM, people.APP, people.cast(), people.channels(), self.clock)
        self.slack.on_event = self.events.append
        self.actions = Actions(self.slack, self.bot, self.manifest, "http://127.0.0.1:1")

    def call(self, method: str, **values: Any) -> Json:
        """Calls a Web API method as the bot; Slack's refusals come as RefusalError."""
        given = Given(self.slack, frozenset(self.scopes), self.manifest, lambda: "ws://127.0.0.1:1/socket", values)
        return METHODS[method].function(given)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def playground() -> Iterator[Playground]:
    with Playground(manifest=MANIFEST) as running:
        yield running


@pytest.fixture(scope="module")
def quiet_playground() -> Iterator[Playground]:
    """One server for a whole module, for tests that leave no trace in it."""
    with Playground(manifest=MANIFEST) as running:
        yield running


def client_of(playground: Playground, token: str | None = None) -> WebClient:
    """slack_sdk's own client, without retries that would hide what a call got."""
    token = playground.bot_token if token is None else token
    return WebClient(token, base_url=playground.api_url, timeout=5, retry_handlers=[])
