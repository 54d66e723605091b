"""Renewals that come: which client has most work to do, and why; and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from bot.domain.catalog import Tier

REASON = 300  # characters

# The work that a renewal takes is the product of five factors from 0 to 1. None of them is ever 0, so that each goes
# on telling two clients apart whatever the others say.
HALF_NEAR = 30  # days before a renewal that halve its nearness
ENGAGED = 0.2  # engagement's factor of a client that uses all it pays for; of one that uses nothing it is 1
NOT_KNOWN = 0.6  # … of one whose score is not known
STEADY = 0.5  # change's factor of a score that stays
FALL = 0.3  # of the share: who fell so far in a week has the factor 1, who rose so far:
RISEN = 0.25
TOUCHED = 0.2  # last touch's factor on the day of one
FORGOTTEN = 60  # days without one after which it is 1, as where there never was any
LIGHT = 0.05  # weight's factor of a client that pays nothing; of one that pays as much as the average it is a half
AVERAGE = 0.5


class Outcome(StrEnum):
    """What became of a renewal."""

    RENEWED = "renewed"
    SMALLER = "smaller"
    LEAVING = "leaving"
    TOO_EARLY = "too_early"


class Said(NamedTuple):
    """An outcome as somebody said it, of the renewal on a day."""

    outcome: Outcome
    renews_on: date
    reason: str | None
    person: str
    at: datetime
    person_id: int = 0


class Dated(NamedTuple):
    """One of the subscriptions and services of a client, with the day on which it renews, or ends."""

    name: str
    day: date
    ends: bool = False


@dataclass(frozen=True)
class Due:
    """A client whose renewal comes, or has passed."""

    client_id: int
    client: str
    day: date  # of the renewal; of a cancellation, where that comes instead
    tier: Tier
    score: int | None = None
    share: float | None = None
    change: float | None = None  # of the share in 7 days, by the client's own doing; None: nothing can be told
    mrr: float | None = None
    currency: str = ""
    csm: str | None = None
    logged_on: date | None = None  # the newest task or note here
    touched_on: date | None = None  # the last touch that the data names
    cancels_on: date | None = None  # a subscription ends then
    left: Said | None = None  # said to be leaving, of an earlier day

    @property
    def last_touch(self) -> date | None:
        return max((one for one in (self.logged_on, self.touched_on) if one is not None), default=None)

    @property
    def is_leaving(self) -> bool:
        """It is known to: that outranks everything."""
        return self.cancels_on is not None or self.left is not None


class Payers(NamedTuple):
    """The clients of a currency that pay, and what they pay together."""

    clients: int
    mrr: float


@dataclass(frozen=True)
class Base:
    """The clients of a scope, of which some renew."""

    clients: int
    undated: int  # without a renewal date, of those that the filter keeps
    payers: Mapping[str, Payers] = field(default_factory=dict)  # by currency: amounts of two are never compared

    def portion(self, one: Due) -> float | None:
        """The part (0-1) of its currency's MRR that a client has."""
        of = self.payers.get(one.currency)
        return None if one.mrr is None or of is None or of.mrr <= 0 else min(one.mrr / of.mrr, 1.0)

    def weight(self, one: Due) -> float:
        """By how many times the average of its currency a client pays, which is its portion times their number."""
        portion, of = self.portion(one), self.payers.get(one.currency)
        if portion is None or of is None:
            return AVERAGE
        times = portion * of.clients
        return max(times / (1 + times), LIGHT)


def nearness(days: int) -> float:
    return HALF_NEAR / (HALF_NEAR + max(days, 0))


def engagement(share: float | None) -> float:
    return NOT_KNOWN if share is None else 1 - (1 - ENGAGED) * min(max(share, 0.0), 1.0)


def movement(change: float | None) -> float:
    """Of what cannot be told, as where the data is late, nothing is made."""
    return min(max(STEADY - (change or 0.0) / FALL * (1 - STEADY), RISEN), 1.0)


def neglect(last_touch: date | None, today: date) -> float:
    if last_touch is None:
        return 1.0
    return min(TOUCHED + (1 - TOUCHED) * max((today - last_touch).days, 0) / FORGOTTEN, 1.0)


def work(one: Due, base: Base, today: date) -> float:
    """How much there is to do, from 0 to 1."""
    state = engagement(one.share) * movement(one.change)
    return nearness((one.day - today).days) * state * neglect(one.last_touch, today) * base.weight(one)


def in_order(found: Iterable[Due], base: Base, today: date) -> list[Due]:
    """Who is known to leave comes first, then by work to do; of equals who renews earlier."""
    return sorted(
        found, key=lambda one: (not one.is_leaving, -work(one, base, today), one.day, one.client, one.client_id)
    )


@dataclass(frozen=True)
class Renewals:
    """What `/renewals` has to say, in its order."""

    base: Base
    ahead: Sequence[Due]
    passed: Sequence[Due] = ()  # the day has gone by, and nobody moved it or said what became of it
    has_more: bool = False  # clients than were looked at: those that renew first
    has_more_passed: bool = False


class Month(NamedTuple):
    """The renewals of a month, with the MRR of each currency."""

    first: date
    clients: int = 0
    mrr: Mapping[str, float] = {}


def months(rows: Iterable[tuple[date, str | None, int, float | None]], today: date, number: int = 12) -> list[Month]:
    """So many months from this one on. Each row: a day, a currency, clients, their MRR."""
    firsts = [_month(today, ahead) for ahead in range(number)]
    clients, mrr = dict.fromkeys(firsts, 0), {one: dict[str, float]() for one in firsts}
    for day, currency, counted, amount in rows:
        if (first := day.replace(day=1)) in clients:
            clients[first] += counted
            if currency is not None and amount:
                mrr[first][currency] = mrr[first].get(currency, 0) + float(amount)
    return [Month(one, clients[one], mrr[one]) for one in firsts]


def _month(today: date, ahead: int) -> date:
    at = today.year * 12 + today.month - 1 + ahead
    return date(at // 12, at % 12 + 1, 1)
