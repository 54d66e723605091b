"""The commands that run the bot: against Slack, and in the playground."""

from __future__ import annotations

import errno
import os
import socket
import sys
import tempfile
import webbrowser
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
import typer
from pydantic import SecretStr
from slack_sdk import WebClient
from sqlalchemy import select

from bot import identity, manifest, serve
from bot.cli.frame import FailureError, opened, progress
from bot.settings import PLAYGROUND, Settings
from storage import catalog, standing
from storage.database import Database
from storage.installations import Installation
from storage.schema import record, source

if TYPE_CHECKING:
    from bot.playground.server import Playground

log = structlog.get_logger()

MISSING = (
    "No Slack app is set up: SLACK_BOT_TOKEN and SLACK_APP_TOKEN (or SLACK_SIGNING_SECRET, for HTTP) are needed. "
    "To try the bot without Slack: engagement-bot playground"
)


def against_slack(settings: Settings, *, migrates: bool) -> None:
    """Run until a signal comes. What can be wrong is tried first, so that it is said in one line."""
    if settings.slack_bot_token is None:
        raise FailureError(f"SLACK_BOT_TOKEN is missing. {MISSING}" if settings.speaks_to_slack else MISSING)
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        raise FailureError("SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing.")
    with _listen(settings.host, settings.port) as listener:
        known, number = _prepare(settings, migrates=migrates)

        def build() -> serve.Bot:
            from bot.launch import assemble  # it counts, and counters are made after the fork

            return assemble(settings, known, number)

        address = f"{settings.host}:{listener.getsockname()[1]}"
        if settings.slack_app_token is not None:
            log.info("running over Socket Mode", team=known.team, health=address)
            serve.socket_mode(build, settings.slack_app_token.get_secret_value(), listener)
        elif settings.slack_signing_secret is not None:
            log.info("running over HTTP", team=known.team, address=address, workers=settings.workers)
            serve.http(build, settings.slack_signing_secret.get_secret_value(), listener, settings.workers)


def _prepare(settings: Settings, *, migrates: bool) -> tuple[identity.Identity, int]:
    """Try the token, the database and the catalog; bind the installation."""
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    known = identity.ask(WebClient(token, base_url=settings.slack_api_url))
    catalog.load(settings.catalog)
    with opened(settings.database, creates=True, migrates=migrates) as database:
        bound = identity.bind(database, known, datetime.now(UTC), settings.currency)
        follow_catalog(database, bound, settings)
        return known, bound.id


def follow_catalog(database: Database, bound: Installation, settings: Settings) -> None:
    """Make all scores again where CATALOG names another catalog than they were made with: cards go by it at once."""
    if settings.catalog is None:
        return
    named = catalog.load(settings.catalog)
    if bound.catalog_hash in {None, named.hash}:
        return
    typer.echo("CATALOG has changed: making all scores again …", err=True)
    with database.write() as connection:
        catalog.remember(connection, bound.id, named, catalog.read(settings.catalog), datetime.now(UTC))
    with progress() as show:
        standing.rescore(database, bound.id, named, lambda done, total: show("scores", done, total))


def in_playground(settings: Settings, port: int, *, browse: bool) -> None:
    """Run the unchanged bot over Socket Mode against a local Slack in this process, until Ctrl-C."""
    try:
        from bot.playground.server import Playground
    except ModuleNotFoundError as error:
        raise FailureError(f"The playground needs {error.name}: pip install 'engagement-bot[playground]'") from None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        named = folder / "manifest.yml"
        named.write_text(manifest.render(manifest.FILE.read_text(encoding="utf-8"), settings.command_prefix))
        try:
            slack = stack.enter_context(Playground(port=port, manifest=named))
        except OSError as error:
            raise _taken(error, port, f"engagement-bot playground --port {port + 1}") from None
        _play(settings, slack, browse=browse)


def _play(settings: Settings, slack: Playground, *, browse: bool) -> None:
    from bot.launch import assemble, catalog_of
    from bot.playground import sample

    url = settings.database_url or PLAYGROUND
    changes = {
        "slack_bot_token": SecretStr(slack.bot_token),
        "slack_app_token": SecretStr(slack.app_token),
        "slack_signing_secret": None,
        "slack_api_url": slack.api_url,
        "database_url": url,
    }
    settings = settings.model_copy(update=changes)
    known, number = _prepare(settings, migrates=True)
    with opened(url) as database:
        if needs_sample(database, number, slack.slack.now().date()):
            typer.echo("Making sample clients …", err=True)
            sample.load(database, number, catalog_of(settings, database, number), slack.slack.now())

    def announce() -> None:
        command = f"/{settings.command_prefix}engagement acme"
        typer.echo(f"The playground is at {slack.url}\nType {command} there. Ctrl-C ends it.")
        if browse and has_browser():
            webbrowser.open(slack.url)

    serve.socket_mode(lambda: assemble(settings, known, number, slack.slack.now), slack.app_token, opened=announce)


def needs_sample(database: Database, number: int, today: date) -> bool:
    """Whether there is no client yet, or nothing but a sample that was cut off (its reach comes last) or is old."""
    with database.read() as connection:
        sources = connection.execute(select(source.c.kind, source.c.reach).where(source.c.installation_id == number))
        found = sources.all()
        if connection.scalar(select(record.c.id).where(record.c.installation_id == number).limit(1)) is None:
            return True
    if any(one.kind == "sample" and one.reach is None for one in found):
        return True
    return all(one.kind == "sample" and today - one.reach > timedelta(1) for one in found)


def has_browser() -> bool:
    """Whether opening a page shows it to somebody: a person at a terminal with a screen, no browser inside it."""
    screen = sys.platform in {"darwin", "win32"} or "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return sys.stdout.isatty() and screen


def _listen(host: str, port: int) -> socket.socket:
    try:
        return serve.listen(host, port)
    except OSError as error:
        raise _taken(error, port, "PORT in the environment") from None


def _taken(error: OSError, port: int, remedy: str) -> Exception:
    if error.errno == errno.EADDRINUSE:
        return FailureError(f"Port {port} is taken by another program. Choose another: {remedy}")
    return error
