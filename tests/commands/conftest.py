"""The whole bot against the playground: real Bolt, Socket Mode and Web API, and an SQLite base of a few clients."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from bot.app import wire
from bot.playground import people as cast
from bot.playground.model import Message, View
from bot.playground.server import Playground
from bot.settings import Settings
from storage import catalog as catalogs
from storage import imports, installations, people
from storage.database import Database
from storage.installations import Installation
from tests.conftest import Fresh

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
CATALOG = catalogs.load()
T = TypeVar("T")
BASE = Path(__file__).parent / "base"  # clients.csv, subscriptions.csv, usage.csv


@dataclass
class Bot:
    """The bot under test and the Slack it talks to."""

    slack: Playground
    database: Database
    installation: Installation
    app: App
    now: datetime = NOW

    def ask(self, text: str, who: str = cast.ANNA, channel: str = cast.CS_NORDIC) -> Message:
        """Type a command and wait for the private answer."""
        before = len(self.slack.actions.visible_messages(who, channel))
        self.slack.actions.command(who, channel, text)
        return self.wait(lambda: self.slack.actions.visible_messages(who, channel)[before:])[-1]

    def press(self, message: Message, action: str, who: str = cast.ANNA, **chosen: Any) -> None:
        """Press the button of this id in a message."""
        block = next(b for b in message.blocks if any(e.get("action_id") == action for e in b.get("elements", [])))
        self.slack.actions.press(who, message.ref, block["block_id"], action, **chosen)

    def modal(self, until: Callable[[View], bool] = lambda view: True, who: str = cast.ANNA) -> View:
        """The modal on top, as soon as it is what is waited for."""

        def look() -> View | None:
            view = self.slack.actions.open_view(who)
            return view if view is not None and until(view) else None

        return self.wait(look)

    @staticmethod
    def wait(look: Callable[[], T | None], seconds: float = 5.0) -> T:
        """What `look` gives, once it gives something."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.005)
        raise AssertionError("waited in vain")


def texts(blocks: list[dict[str, Any]]) -> str:
    """All words of some blocks, one a line."""
    found = []
    for block in blocks:
        found += [block["text"]["text"]] if "text" in block else []
        for element in block.get("elements", []):
            found.append(element["text"] if isinstance(element.get("text"), str) else element["text"]["text"])
    return "\n".join(found)


@pytest.fixture(scope="session")
def template(fresh: Fresh) -> Path:
    """A database file with the small base imported, bound to the playground's Slack workspace."""
    url = fresh("sqlite")
    database = Database(url)
    with database.write() as connection:
        made = installations.create(connection, NOW)
        installations.bind(connection, made.id, cast.TEAM.id)
    imports.run(
        database, made.id, [BASE], mapping=None, catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY, dry_run=False
    )
    database.close()  # the last connection closed leaves the file whole
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture(scope="module")
def bot(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """One running bot for the tests of a module."""
    path = tmp_path_factory.mktemp("bot") / "bot.db"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}")
    with database.read() as connection:
        installation = installations.every(connection)[0]
    with Playground() as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        app = wire(database=database, catalog=CATALOG, now=lambda: NOW, slack=client, settings=Settings(_env_file=None))  # type: ignore[call-arg]
        handler = SocketModeHandler(app, slack.app_token, web_client=client, concurrency=32)
        handler.connect()  # type: ignore[no-untyped-call]
        assert slack.wait_for_bot()
        with database.write() as connection:
            for user in client.users_list()["members"]:
                people.keep(connection, installation.id, user, NOW)
        yield Bot(slack, database, installation, app)
        handler.close()  # type: ignore[no-untyped-call]
    database.close()
