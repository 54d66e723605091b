"""The list of customer success workspaces."""

from __future__ import annotations

from bot.blocks import workspaces as show
from bot.blocks.kit import Message
from commands.arguments import Turn
from storage import rights, standing, workspaces

SECONDS = 2.0  # for which a listener lets clients find their workspaces; the rest is done by a job


def page(turn: Turn) -> Message:
    """The workspaces to who may set them up; to others which one is theirs, and whom to ask."""
    here = turn.person.installation_id
    with turn.db.read() as connection:
        found, admins = workspaces.every(connection, here), rights.super_admins(connection, here)
    return show.listed(found, turn.person, list(admins.values()), turn.words)


def resettle(turn: Turn) -> None:
    """After a change that was acknowledged: let clients find their workspaces."""
    standing.catch_up(turn.db, turn.person.installation_id, seconds=SECONDS)
