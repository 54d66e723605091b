"""People whom the data names as CSM, and whether they are in Slack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Found(IntEnum):
    """In the order in which somebody has to look at them."""

    NOWHERE = 0  # nobody in Slack has this address
    LEFT = 1  # deactivated, or no full member
    HERE = 2


@dataclass(frozen=True)
class Csm:
    id: int
    name: str
    email: str | None
    slack_user_id: str | None
    found: Found
    clients: int
    addresses: tuple[str, ...] = ()  # that were bound to them by hand


class ByHand(NamedTuple):
    """Somebody to whom a right or a seat was given, or from whom a seat was taken."""

    name: str
    is_super_admin: bool
    manages: bool
    seat: str | None  # "on" or "off"


@dataclass(frozen=True)
class Rights:
    """What somebody may do, and why they have a seat or none."""

    id: int
    name: str
    is_super_admin: bool
    manages: bool
    seat: str | None  # "on" or "off" by hand
    has_seat: bool
    team: str
    clients: int
