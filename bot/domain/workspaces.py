"""Customer success workspaces: one primary, always there, and at most five that were created."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

MOST = 5  # that can be created (HubSpot: create customer success workspaces for teams)


class Workspace(NamedTuple):
    id: int
    name: str
    description: str
    is_primary: bool
    version: int  # of its settings
    teams: Mapping[int, str]  # names by id; the primary one has the teams that no other has
