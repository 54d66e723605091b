"""The commands that print what a digest would say, and have it said now."""

from __future__ import annotations

from datetime import UTC, datetime
from secrets import token_hex

from sqlalchemy import Connection

from bot.cli.frame import FailureError
from bot.domain import digest_settings as rules
from bot.domain.catalog import fold
from bot.domain.digest_times import local_day
from bot.domain.digests import Digest
from bot.jobs import digest_content
from bot.jobs.composing import Composed
from bot.launch import catalog_of
from bot.settings import Settings
from storage import digest_runs, digest_settings
from storage.catalog import Catalogs
from storage.database import Database


def preview(database: Database, number: int, settings: Settings, name: str, workspace: str | None) -> str:
    catalogs = _catalogs(database, number, settings)
    with database.read() as connection:
        one = _called(connection, number, name, workspace)
        made = _compose(connection, catalogs, one, datetime.now(UTC))
    return "Nothing is new: it would post nothing now." if made.message is None else str(made.message["text"])


def send(database: Database, number: int, settings: Settings, name: str, workspace: str | None) -> str:
    """Kept as a run of its own; the job that posts all posts it."""
    catalogs, now = _catalogs(database, number, settings), datetime.now(UTC)
    with database.write() as connection:
        one = _called(connection, number, name, workspace)
        if not rules.may_send(one):
            raise FailureError(f"{one.name} has no channel that takes it: edit it in Slack, with /digest.")
        one = digest_runs.locked(connection, one)
        made = _compose(connection, catalogs, one, now)
        digest_runs.keep(connection, one, f"{one.id}/{token_hex(8)}", local_day(one, now), now, **vars(made))
    if made.message is None:
        return "Nothing is new: nothing is posted."
    return f"{one.name} is kept; a running bot posts it within seconds."


def _called(connection: Connection, number: int, name: str, workspace: str | None) -> Digest:
    named = digest_settings.called(connection, number, name)
    found = [one for one in named if workspace is None or fold(one.workspace) == fold(workspace)]
    if not found:
        raise FailureError(f"There is no digest {name}. /digest lists them.")
    if len(found) > 1:
        several = ", ".join(one.workspace for one in found)
        raise FailureError(f"Several CS workspaces have a digest {name}: {several}. Say which: --workspace NAME")
    return found[0].digest


def _compose(connection: Connection, catalogs: Catalogs, one: Digest, now: datetime) -> Composed:
    return digest_content.compose(connection, catalogs, one, now)


def _catalogs(database: Database, number: int, settings: Settings) -> Catalogs:
    return Catalogs(database, catalog_of(settings, database, number), fixed=settings.catalog is not None)
