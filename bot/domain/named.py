"""Whom a filter names: people and teams, kept by id because addresses and names change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Csm:
    """A person as clients name them."""

    id: int
    email: str | None
    slack_user_id: str | None  # None: only the data names them


@dataclass(frozen=True)
class Team:
    id: int
    name: str
