"""Whom digests are shown at all."""

from __future__ import annotations

from bot.domain import digest_settings as rules
from bot.domain.access import Right
from commands.arguments import Turn, require


def enter(turn: Turn) -> None:
    """Who sets digests up sees settings alone, and needs no seat for that; everybody else does."""
    if not rules.manages(turn.person):
        require(turn, Right.SEAT)
