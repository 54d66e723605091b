"""Installations: the Slack workspaces that installed the bot, and the primary customer success workspace of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from storage import reaches
from storage.schema import installation, workspace


@dataclass(frozen=True)
class Installation:
    id: int
    workspace_id: int  # the primary one
    currency: str
    slack_team_id: str | None
    catalog_hash: str | None
    as_of: date | None
    every: int | None = None  # the rhythm of the source that goes there


_SELECT = (
    select(
        installation.c.id,
        workspace.c.id,
        installation.c.currency,
        installation.c.slack_team_id,
        installation.c.catalog_hash,
        installation.c.as_of,
        reaches.rhythm(),
    )
    .join(workspace, (workspace.c.installation_id == installation.c.id) & workspace.c.is_primary)
    .order_by(installation.c.id)
)


def create(connection: Connection, now: datetime, currency: str = "EUR") -> Installation:
    """A new installation with its primary workspace. Slack's ids are bound by the first token."""
    values = {"currency": currency, "created_at": now}
    identity = connection.execute(insert(installation).values(values)).inserted_primary_key
    assert identity is not None
    first = {"installation_id": identity[0], "id": 1, "name": "Customer success", "is_primary": True}
    connection.execute(insert(workspace).values(first))
    return Installation(identity[0], 1, currency, None, None, None)


def every(connection: Connection) -> list[Installation]:
    """All installations, oldest first."""
    return [Installation(*row) for row in connection.execute(_SELECT)]


def bind(connection: Connection, installation_id: int, slack_team_id: str) -> None:
    """Bind an installation to the Slack workspace that the first token came from."""
    connection.execute(
        update(installation).where(installation.c.id == installation_id).values(slack_team_id=slack_team_id)
    )


def set_crm(connection: Connection, installation_id: int, name: str | None) -> None:
    """Say where tasks and notes are pushed from now on. None: nowhere."""
    connection.execute(update(installation).where(installation.c.id == installation_id).values(crm=name))


def lock(connection: Connection, installation_id: int) -> None:
    """Let writers of settings wait for each other, by the installation's row. SQLite's transaction does so already."""
    connection.execute(select(installation.c.id).where(installation.c.id == installation_id).with_for_update())
