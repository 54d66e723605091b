"""Customer success workspaces: one primary, always there, and at most five that were created."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.domain.catalog import fold

MOST = 5  # that can be created (HubSpot: create customer success workspaces for teams)
EVERYTHING = 0  # the id of a built-in one, in no list: all clients, for super admins with a seat


class Workspace(NamedTuple):
    id: int
    name: str
    description: str
    is_primary: bool
    version: int  # of its settings
    teams: Mapping[int, str]  # names by id; the primary one has the teams that no other has


def stands(workspace: int, primary: int, csm: int | None, homes: Mapping[int, int]) -> bool:
    """Whether a client stands in a workspace.

    csm    the person in the workspace's own CSM property
    homes  the created workspaces that people work in, by their primary team; who has none works in the primary one

    A client of nobody stands in the primary one. The same client may stand in several, each by its own property.
    """
    return workspace == EVERYTHING or workspace == (primary if csm is None else homes.get(csm, primary))


def search(typed: str, offered: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The (label, value) whose labels have what is typed, those that begin so first."""
    wanted = fold(typed)
    found = [one for one in offered if wanted in fold(one[0])]
    return sorted(found, key=lambda one: not fold(one[0]).startswith(wanted))
