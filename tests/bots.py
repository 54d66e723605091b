"""The whole bot against the playground: real Bolt, Socket Mode and Web API, and an SQLite base of a few clients."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr
from slack_bolt import App
from slack_sdk import WebClient

from bot import launch
from bot.app import wire
from bot.connection import Connection
from bot.jobs.exports import Exports
from bot.jobs.homes import Homes
from bot.jobs.uploads import Uploads
from bot.playground import people as cast
from bot.playground import sample
from bot.playground.model import Message, View
from bot.playground.server import Playground
from bot.settings import Settings
from storage import catalog as catalogs
from storage import imports, installations, people
from storage.catalog import Catalogs
from storage.database import Database
from storage.installations import Installation

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
CATALOG = catalogs.load()
PATIENCE = 20.0  # seconds for an answer, as a machine may stand still; that Slack waits for three has tests of its own
T = TypeVar("T")
BASE = Path(__file__).parent / "small"  # clients.csv, subscriptions.csv, usage.csv


@dataclass
class Bot:
    """The bot under test and the Slack it talks to."""

    slack: Playground
    database: Database
    installation: Installation
    app: App
    socket: Connection
    now: datetime = NOW

    def ask(self, text: str, who: str = cast.ANNA, channel: str = cast.CS_NORDIC) -> Message:
        """Type a command and wait for the private answer."""
        before = len(self.slack.actions.visible_messages(who, channel))
        self.slack.actions.command(who, channel, text)
        return self.wait(lambda: self.slack.actions.visible_messages(who, channel)[before:])[-1]

    def press(self, message: Message, action: str, who: str = cast.ANNA, **chosen: Any) -> None:
        """Press the button of this id in a message, or choose in the menu of this id."""
        block = next(b for b in message.blocks if any(e.get("action_id") == action for e in _elements(b)))
        self.slack.actions.press(who, message.ref, block["block_id"], action, **chosen)

    def choose(self, message: Message, action: str, word: str, who: str = cast.ANNA) -> None:
        """Choose the entry of a "⋯" menu whose value begins with this word."""
        menus = [one for block in message.blocks for one in _elements(block) if one.get("action_id") == action]
        value = next(one["value"] for one in menus[0]["options"] if one["value"].split()[0] == word)
        self.press(message, action, who, selected_option=value)

    def modal(self, until: Callable[[View], bool] = lambda view: True, who: str = cast.ANNA) -> View:
        """The modal on top, as soon as it is what is waited for."""

        def look() -> View | None:
            view = self.slack.actions.open_view(who)
            return view if view is not None and until(view) else None

        return self.wait(look)

    def replaced(self, message: Message, says: str, who: str = cast.ANNA) -> Message:
        """What stands in the place of a message, once it says this."""

        def look() -> Message | None:
            seen = self.slack.actions.visible_messages(who, message.channel)
            return next((one for one in seen if one.ts == message.ts and says in texts(one.blocks)), None)

        return self.wait(look)

    def home(self, says: str = "", who: str = cast.ANNA) -> View:
        """Somebody's Home tab, once it says this."""

        def look() -> View | None:
            view = self.slack.slack.homes.get(who)
            return view if view is not None and says in texts(view.payload["blocks"]) else None

        return self.wait(look)

    def press_at_home(self, action: str, who: str = cast.ANNA, value: str | None = None, **chosen: Any) -> None:
        """Press the first button of this id in somebody's Home tab, or the one that carries a value."""
        view = self.home(who=who)
        for block in view.payload["blocks"]:
            for one in _elements(block):
                if one.get("action_id") == action and value in {None, one.get("value")}:
                    self.slack.actions.press(who, view.id, block["block_id"], action, **chosen)
                    return
        raise AssertionError(f"no {action}")

    def publish_homes(self) -> None:
        """One turn of the job that publishes Home tabs anew."""
        client = WebClient(self.slack.bot_token, base_url=self.slack.api_url, retry_handlers=[])
        catalogs = Catalogs(self.database, CATALOG)
        Homes(self.database, client, catalogs, self.installation.id, "/engagement", lambda: self.now).run()

    def submit(self, view: View, who: str = cast.ANNA, **fields: Any) -> dict[str, str]:
        """Fill in fields, whose block and element have the same name, and submit; gives the errors by field."""
        return self.slack.actions.submit(who, view.id, {name: {name: raw} for name, raw in fields.items()})

    def restart(self) -> None:
        """End the bot, and start another on the same file."""
        self.socket.drain(3)
        self.app, self.socket = connected(self.slack, self.database)

    def send_exports(self) -> None:
        """One turn of the job that sends exported lists."""
        token = SecretStr(self.slack.bot_token)
        settings = Settings(_env_file=None, slack_bot_token=token, slack_api_url=self.slack.api_url)  # type: ignore[call-arg]
        catalogs = Catalogs(self.database, CATALOG)
        Exports(self.database, launch.posting(settings), catalogs, self.installation.id, lambda: self.now).run()

    def uploads(self, later: timedelta = timedelta()) -> Uploads:
        """The job that imports uploaded files, as another process has it: nothing is kept between two."""
        token = SecretStr(self.slack.bot_token)
        settings = Settings(_env_file=None, slack_bot_token=token, slack_api_url=self.slack.api_url)  # type: ignore[call-arg]
        return Uploads(self.database, launch.posting(settings), self.installation.id, None, lambda: self.now + later)

    @staticmethod
    def wait(look: Callable[[], T | None], seconds: float = 5.0) -> T:
        """What `look` gives, once it gives something."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.005)
        raise AssertionError("waited in vain")


def _elements(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]


def texts(blocks: list[dict[str, Any]]) -> str:
    """All words of some blocks, one a line."""
    found = []
    for block in blocks:
        for part in (block, *block.get("elements", []), *block.get("fields", [])):
            said = part.get("text", "")
            found.append(said if isinstance(said, str) else said["text"])
    return "\n".join(filter(None, found))


@contextmanager
def running(path: Path) -> Iterator[Bot]:
    """A bot on this SQLite file, connected to a playground of its own over Socket Mode."""
    database = Database(f"sqlite:///{path}")
    with database.read() as connection:
        installation = installations.every(connection)[0]
    with Playground() as slack:
        slack.deliveries.acknowledge_seconds = PATIENCE
        app, socket = connected(slack, database)
        with database.write() as writing:
            for user in app.client.users_list()["members"]:
                people.keep(writing, installation.id, user, NOW)
        one = Bot(slack, database, installation, app, socket)
        yield one
        one.socket.drain(3)
    database.close()


def connected(slack: Playground, database: Database) -> tuple[App, Connection]:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    app = wire(database=database, catalog=CATALOG, now=lambda: NOW, slack=client, settings=settings)
    socket = Connection(app, slack.app_token, concurrency=32)
    socket.connect()  # type: ignore[no-untyped-call]
    assert slack.wait_for_bot()
    return app, socket


def load_small_base(url: str) -> None:
    """Imports the small base into an empty database, bound to the playground's Slack workspace."""
    with _bound(url) as (database, number):
        imports.run(database, number, [BASE], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)


def load_sample(url: str) -> None:
    """The same with the clients of the playground."""
    with _bound(url) as (database, number):
        sample.load(database, number, CATALOG, NOW)


@contextmanager
def _bound(url: str) -> Iterator[tuple[Database, int]]:
    database = Database(url)
    with database.write() as connection:
        made = installations.create(connection, NOW)
        installations.bind(connection, made.id, cast.TEAM.id)
    yield database, made.id
    database.close()  # the last connection closed leaves the file whole
