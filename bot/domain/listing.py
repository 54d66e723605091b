"""Clients in a list and in the overview: what is shown of each, whose they are, and where a page begins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntFlag, StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.domain.absences import Covered
from bot.domain.catalog import Kind, Tier, Tool
from bot.domain.filters import Filter
from bot.domain.freshness import EVERY, Reach
from bot.domain.key_accounts import Followers
from bot.domain.moves import Ground, Part
from bot.domain.scoring import Area, whole
from bot.domain.workspaces import EVERYTHING

AREA_BITS = 4  # of `standing.areas` for each category
MOST_AREAS = 15  # categories, so that their scores fit into 63 bits
NOT_INCLUDED, NO_SCORE = 15, 14  # in place of a category's score from 0 to 10
NOTHING = (1 << AREA_BITS * MOST_AREAS) - 1  # no category is included

# Lists come in this order: judged clients first, then those in onboarding, then those not known.
GROUPS = ((Tier.LOW, Tier.MEDIUM, Tier.HIGH), (Tier.ONBOARDING,), (Tier.UNKNOWN,), (Tier.FORMER,))
SHOWN = (Tier.LOW, Tier.MEDIUM, Tier.HIGH, Tier.ONBOARDING, Tier.UNKNOWN)  # former clients stand in no list


class Sign(IntFlag):
    """What is noticed of a client beside its score."""

    ACTIVATION = 1  # pays for something that it does not use
    UPSELL = 2
    CROSS_SELL = 4
    HELD = 8  # an upsell or a cross-sell that waits, because the score is low or not known
    QUIET = 16  # a tool in use that was not used of late


OF_KIND = {Kind.ACTIVATION: Sign.ACTIVATION, Kind.UPSELL: Sign.UPSELL, Kind.CROSS_SELL: Sign.CROSS_SELL}


class Whose(StrEnum):
    """Whose clients a list shows."""

    MINE = "mine"
    TEAM = "team"
    ALL = "all"
    PERSON = "person"  # of one CSM, or of nobody
    COVERED = "covered"  # of one CSM who is away and whom the asker covers, wherever they stand


Choice = Whose | Covered  # whose clients could be shown instead


@dataclass(frozen=True)
class Scope:
    """The clients that an answer is about, of those that a workspace may see."""

    whose: Whose
    person_id: int | None = None  # with PERSON, None: clients without a CSM
    team_id: int | None = None  # beside a person: only those of theirs that are the team's
    name: str = ""  # of the team or person
    team: str = ""  # beside a person: the team's name
    covered: Covered | None = None  # with COVERED
    followers: Followers | None = None  # only those of the clients that these follow

    @property
    def is_of_both(self) -> bool:
        """Of a person, and of those only what is a team's."""
        return self.whose in {Whose.MINE, Whose.PERSON, Whose.COVERED} and self.team_id is not None


class Position(NamedTuple):
    """Where in its order a client stands.

    phase  judged clients come first, then those in onboarding, then those not known; in each, those without the value
           that is sorted by come last
    key    that value, and what decides between equal ones
    """

    phase: int
    key: tuple[float | str | None, ...]
    client_id: int


@dataclass(frozen=True)
class Listing:
    """A list of clients as somebody asks for it."""

    installation_id: int
    workspace_id: int
    scope: Scope
    wanted: Filter
    today: date  # where the person is
    as_of: date | None  # the day that the data goes to
    every: int | None = None  # the rhythm of the source that goes there

    @property
    def stands_in(self) -> int:
        """The workspace whose view of the clients is meant."""
        covered = self.scope.covered if self.scope.whose is Whose.COVERED else None
        return self.workspace_id if covered is None or self.workspace_id == EVERYTHING else covered.workspace_id

    @cached_property  # each line asks
    def is_late(self) -> bool:
        """Whether the data is too old for a change to be told."""
        return self.as_of is not None and Reach(EVERY, self.as_of, self.every).is_late(self.today)


class Line(NamedTuple):
    """One client in a list."""

    id: int
    name: str
    tier: Tier
    score: int | None  # the category's, where the list is of one
    share: float | None
    change: float | None  # of the share in 7 days, by the client's own doing; as the score, perhaps the category's
    mrr: float | None
    currency: str
    renews_on: date | None
    csm: str | None
    signs: Sign
    position: Position
    onboarding_since: date | None = None
    parts: tuple[Part, ...] = ()  # why it moved, largest first
    ground: Ground | None = None  # what the score was made from, and a week before:
    before: Ground | None = None
    quiet: tuple[str, ...] = ()  # names of the tools that are going quiet

    @property
    def score_before(self) -> int | None:
        """A week before."""
        return None if self.before is None else self.before.score

    @property
    def unused(self) -> Tool | None:
        """Of what it pays for, the tool with most points that is not in use; none where that sign is not set."""
        return self.ground.unused if self.ground is not None and self.signs & Sign.ACTIVATION else None


@dataclass(frozen=True)
class Page:
    """Some clients of a list, in its order."""

    lines: tuple[Line, ...]
    has_before: bool
    has_after: bool
    total: int | None  # None: not counted
    late_to: date | None = None  # where only late sources measure the list's category, the day that they go to
    is_measured: bool = True  # whether any source measures the list's category
    data_to: date | None = None  # the day that the list's category, or else the whole, goes to


@dataclass(frozen=True)
class Entry:
    """A client in an exported list: its line, and what a line has no room for."""

    line: Line
    external_id: str  # in the source that it comes from
    domain: str | None
    team: str | None
    data_to: date | None  # of what the list is of


class Group(NamedTuple):
    """The clients of a tier (or of a CSM): how many, and their MRR by currency."""

    clients: int = 0
    mrr: Mapping[str, float] = {}


@dataclass(frozen=True)
class Colleague:
    """A CSM's clients, for whoever leads a team. `name` None: clients without a CSM."""

    name: str | None
    clients: int
    low: int
    overdue: int = 0  # tasks of theirs
    taken: int = 0  # of the low ones, by anybody
    away_to: date | None = None  # the last day, where they are away


@dataclass(frozen=True)
class Overview:
    scope: Scope
    as_of: date | None
    tiers: Mapping[Tier, Group]
    fell: tuple[Line, ...]
    rose: tuple[Line, ...]
    first: tuple[Line, ...]  # to be looked at first: low, and renewing next
    colleagues: tuple[Colleague, ...] = ()
    currencies: tuple[str, ...] = ()  # in which clients pay, those of most clients first

    @property
    def clients(self) -> int:
        return sum(group.clients for group in self.tiers.values())


@dataclass(frozen=True)
class Offers:
    """The opportunities of a scope, by kind, and who subscribes to what."""

    clients: int
    owned: Mapping[str, Mapping[str, int]]  # product -> edition -> clients
    kinds: Mapping[Kind, Group]
    held: int  # clients with something that waits


def pack(areas: Sequence[Area]) -> int:
    """The whole scores of the categories, in the catalog's order, in one number of 4 bits each.

    Places that the catalog does not have are not included, so that the number says by itself what there is.
    """
    packed = NOTHING
    for place, area in enumerate(areas[:MOST_AREAS]):
        packed ^= (NOT_INCLUDED ^ _level(area)) << AREA_BITS * place
    return packed


@lru_cache(maxsize=65_536)
def unpack(packed: int) -> tuple[tuple[int, int], ...]:
    """The places of the categories that are included, each with its score."""
    levels = ((place, packed >> AREA_BITS * place & NOT_INCLUDED) for place in range(MOST_AREAS))
    return tuple((place, level) for place, level in levels if level != NOT_INCLUDED)


@lru_cache
def group(tier: Tier) -> int:
    """The place of a tier's group in the order of lists."""
    return next(number for number, tiers in enumerate(GROUPS) if tier in tiers)


@lru_cache(maxsize=65_536)  # the same few recur over a whole base
def _level(area: Area) -> int:
    if not area.included:
        return NOT_INCLUDED
    return whole(area.earned, area.possible) if area.possible else NO_SCORE


def portions(groups: Mapping[Tier, Group]) -> dict[Tier, dict[str, float]]:
    """The part (0-1) of each currency's MRR that each tier has. Currencies are never mixed."""
    sums: dict[str, float] = {}
    for group in groups.values():
        for currency, amount in group.mrr.items():
            sums[currency] = sums.get(currency, 0) + amount
    return {
        tier: {currency: amount / sums[currency] for currency, amount in group.mrr.items() if sums[currency]}
        for tier, group in groups.items()
    }


Row = tuple[Tier, str | None, int, float | None]  # tier, currency, clients, MRR


def currencies(rows: Iterable[Row]) -> tuple[str, ...]:
    """In which clients pay, those of most clients first: amounts of two cannot be compared, but heads can."""
    heads: dict[str, int] = {}
    for _, currency, number, amount in rows:
        if amount and currency is not None:
            heads[currency] = heads.get(currency, 0) + number
    return tuple(sorted(heads, key=lambda one: (-heads[one], one)))


def gather(rows: Iterable[Row]) -> dict[Tier, Group]:
    """Groups by tier."""
    clients: dict[Tier, int] = {}
    mrr: dict[Tier, dict[str, float]] = {}
    for tier, currency, number, amount in rows:
        clients[tier] = clients.get(tier, 0) + number
        if amount is not None and currency is not None:
            sums = mrr.setdefault(tier, {})
            sums[currency] = sums.get(currency, 0) + float(amount)
    return {tier: Group(clients[tier], mrr.get(tier, {})) for tier in SHOWN if tier in clients}
