"""What the sample's rows are made from: a client with what it buys and how it uses each tool, in days before today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

YEAR = 364  # days back to the first day of usage


class Habit(NamedTuple):
    """A tool in use from one day to another, both included.

    first, last  days from today, at most 0. A `last` of 0 says that it goes on: the last use was within its rhythm;
                 any other is the day of the last use (where that is no working day, the one before)
    daily        on every working day, holidays or not, and enough for "in use" in five days; else in the tool's rhythm
    """

    tool: str
    first: int = -YEAR
    last: int = 0
    daily: bool = False


class Purchase(NamedTuple):
    """A subscription. Days from today; `ended` is the first day without it, `renews` the next renewal."""

    product: str
    edition: str
    mrr: int
    seats: int
    seats_used: int
    started: int
    ended: int | None = None
    renews: int | None = None


@dataclass(frozen=True)
class Account:
    """One client. `size` multiplies its counts; `contacts` are its marketing contacts, in use and allowed."""

    name: str
    domain: str
    country: str
    industry: str
    csm: str | None
    team: str
    background: str
    purchases: tuple[Purchase, ...]
    habits: tuple[Habit, ...]
    currency: str = "EUR"
    renews: int | None = None
    touched: int | None = None
    size: int = 1
    contacts: tuple[int, int] | None = None


ANNA, BO = "anna@example.com", "bo@example.com"
CLEO, DAN = "cleo@example.com", "dan@example.com"
NORDIC, CENTRAL, BALTIC, IBERIA = "CS Nordic", "CS Central", "CS Baltic", "CS Iberia"
TEAMS = {  # the first of each leads it
    NORDIC: (ANNA, BO),
    CENTRAL: (CLEO, DAN),
    BALTIC: ("eha@example.com", "filips@example.com"),  # these four are not in the playground's Slack
    IBERIA: ("gala@example.com", "hugo@example.com"),
}
PLACES = {  # country and time zone
    NORDIC: ("NO", "Europe/Oslo"),
    CENTRAL: ("DE", "Europe/Berlin"),
    BALTIC: ("EE", "Europe/Tallinn"),
    IBERIA: ("ES", "Europe/Madrid"),
}
