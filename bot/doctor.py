"""What is set up, what is missing, and what each missing thing costs. Looks and changes nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError

from bot import identity, manifest
from bot.domain.promises import HISTORY, Promise, promise
from bot.settings import Settings
from storage import catalog, installations, migrate, rights, schema
from storage.catalog import CatalogError
from storage.database import Database


class Level(StrEnum):
    """How a thing stands. The value is its mark at the start of a line."""

    WELL = "✓"
    MISSING = "–"  # it is not needed, but costs something
    BROKEN = "✗"  # it is needed, or set and wrong


@dataclass(frozen=True)
class Finding:
    """One line of the examination."""

    level: Level
    what: str
    says: str

    def __str__(self) -> str:
        return f"{self.level} {self.what}: {self.says}"


def examine(settings: Settings, today: date) -> Iterator[Finding]:
    """Everything worth knowing before the bot is started, the most basic first."""
    yield from _database(settings, today)
    yield _catalog(settings)
    yield from _import_dir(settings)
    if not settings.speaks_to_slack:
        yield Finding(Level.MISSING, "Slack", "no token is set, so the bot runs in the playground only")
        return
    yield from _token(settings)
    yield _transport(settings)


def _database(settings: Settings, today: date) -> Iterator[Finding]:
    database = Database(settings.database)
    name = database.url.render_as_string(hide_password=True)
    if database.is_sqlite and not Path(database.url.database or "").exists():
        yield Finding(Level.MISSING, "Database", f"{name} is not there yet; the first start or import makes it")
        return
    try:
        found = migrate.version(database)
        yield _tables(name, found)
        if found == "current":
            with database.read() as connection:
                yield from _data(connection, today)
    except DatabaseError as error:
        reason = str(error.orig).strip().splitlines()[0]
        yield Finding(Level.BROKEN, "Database", f"{name} cannot be used: {reason}")
    finally:
        database.close()


def _tables(name: str, found: migrate.Version) -> Finding:
    match found:
        case "current":
            return Finding(Level.WELL, "Database", f"{name}, tables of version {migrate.head()}")
        case "empty":
            return Finding(Level.MISSING, "Database", f"{name} has no tables yet; the first start or import makes them")
        case "outdated":
            return Finding(Level.BROKEN, "Database", f"{name} has older tables. Run: engagement-bot migrate")
        case "newer":
            return Finding(Level.BROKEN, "Database", f"{name} was migrated by a newer release of engagement-bot")


def _data(connection: Connection, today: date) -> Iterator[Finding]:
    clients = connection.scalar(select(func.count()).select_from(schema.record)) or 0
    if clients == 0:
        yield Finding(Level.MISSING, "Clients", "none, so nothing can be looked up. Run: engagement-bot import PATH")
    else:
        yield Finding(Level.WELL, "Clients", f"{clients}")
    source = schema.source.c
    for name, kind, reach in connection.execute(select(source.name, source.kind, source.reach).order_by(source.id)):
        if reach is None:
            yield Finding(Level.MISSING, f"Source {name} ({kind})", "no usage yet, so no client of it has a score")
        else:
            yield Finding(Level.WELL, f"Source {name} ({kind})", f"data to {reach}, {_age((today - reach).days)}")
    people = connection.scalar(select(func.count()).where(schema.person.c.slack_user_id.is_not(None))) or 0
    if people == 0:
        yield Finding(Level.MISSING, "People", "none known from Slack yet; the bot asks for them when it starts")
    else:
        yield Finding(Level.WELL, "People", f"{people} known from Slack")
    yield _super_admins(connection)


def _super_admins(connection: Connection) -> Finding:
    found = sum(len(rights.super_admins(connection, one.id)) for one in installations.every(connection))
    if found:
        return Finding(Level.WELL, "Super admins", f"{found}")
    how = "an admin of Slack types /workspace, or: engagement-bot admin grant EMAIL"
    return Finding(Level.MISSING, "Super admins", f"none, so nobody sets up teams and rights; {how}")


def _age(days: int) -> str:
    return {0: "today", 1: "a day old"}.get(days, f"{days} days old")


def _catalog(settings: Settings) -> Finding:
    name = str(settings.catalog or "the one that ships")
    try:
        found = catalog.load(settings.catalog)
    except (CatalogError, OSError) as error:
        return Finding(Level.BROKEN, "Catalog", str(error))
    return Finding(Level.WELL, "Catalog", f"{name}, {len(found.tools)} tools")


def _import_dir(settings: Settings) -> Iterator[Finding]:
    folder = settings.import_dir
    if folder is None:
        yield Finding(Level.MISSING, "IMPORT_DIR", "not set; files are imported by hand, or uploaded in Slack")
    elif not folder.is_dir():
        yield Finding(Level.BROKEN, "IMPORT_DIR", f"{folder} is no folder, so nothing is imported from it")
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(Level.BROKEN, "IMPORT_DIR", f"{folder} cannot be written to, and files are moved within it")
    else:
        yield Finding(Level.WELL, "IMPORT_DIR", f"{folder} is looked at every five minutes")


def _token(settings: Settings) -> Iterator[Finding]:
    if settings.slack_bot_token is None:
        yield Finding(Level.BROKEN, "SLACK_BOT_TOKEN", "not set; the bot cannot run against Slack without it")
        return
    client = WebClient(
        settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url, timeout=10, retry_handlers=[]
    )
    try:
        known = identity.ask(client)
    except (SlackApiError, OSError) as error:
        yield Finding(Level.BROKEN, "SLACK_BOT_TOKEN", _refusal(error))
        return
    yield Finding(Level.WELL, "SLACK_BOT_TOKEN", f"valid for {known.team} ({known.team_id})")
    asked = manifest.scopes(manifest.FILE.read_text(encoding="utf-8"))
    if missing := [scope for scope in asked if scope not in known.scopes]:
        says = f"{', '.join(missing)} not granted. Update the app from `engagement-bot manifest` and install it again"
        yield Finding(Level.BROKEN, "Scopes", says)
    else:
        yield Finding(Level.WELL, "Scopes", f"all {len(asked)} granted")
    yield _digests(known.scopes)


def _digests(granted: frozenset[str]) -> Finding:
    if promise(granted) is Promise.EXACTLY_ONCE:
        return Finding(Level.WELL, "Digests", "exactly once: where Slack does not answer, a post is looked for")
    missing = ", ".join(scope for scope in HISTORY if scope not in granted)
    costs = "at most once: where Slack does not answer, a post may be missing, and its digest's maker is told"
    return Finding(Level.MISSING, "Digests", f"{costs}. Not granted: {missing} (optional)")


def _transport(settings: Settings) -> Finding:
    if settings.slack_app_token is not None:
        return _socket_mode(settings, settings.slack_app_token.get_secret_value())
    if settings.slack_signing_secret is not None:
        says = f"set: HTTP on {settings.host}:{settings.port}, which Slack must reach at https://…/slack/events"
        return Finding(Level.WELL, "SLACK_SIGNING_SECRET", says)
    says = "not set, nor is SLACK_SIGNING_SECRET (HTTP); Slack has no way to the bot without one of them"
    return Finding(Level.BROKEN, "SLACK_APP_TOKEN", says)


def _socket_mode(settings: Settings, token: str) -> Finding:
    """Whether a connection would open. It is not opened: Slack would send it requests meant for the running bot."""
    try:
        answer = WebClient(base_url=settings.slack_api_url, timeout=10, retry_handlers=[]).apps_connections_open(
            app_token=token
        )
        address = urlsplit(answer["url"])
        port = address.port or (443 if address.scheme == "wss" else 80)
        with socket.create_connection((address.hostname or "", port), timeout=10):
            return Finding(Level.WELL, "SLACK_APP_TOKEN", f"valid, and {address.hostname} can be reached: Socket Mode")
    except (SlackApiError, OSError) as error:
        return Finding(Level.BROKEN, "SLACK_APP_TOKEN", _refusal(error))


def _refusal(error: SlackApiError | OSError) -> str:
    if isinstance(error, SlackApiError):
        return f"Slack refuses it: {error.response.get('error', 'no reason given')}"
    return f"Slack cannot be reached: {error}"
