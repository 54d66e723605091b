"""What a digest told, as ids, days and numbers: by it the message is drawn again, and the next one knows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.domain.catalog import Catalog, Tier, fold
from bot.domain.digest_news import Memory, Named, Rule
from bot.domain.digests import MOST_LINES, Thresholds
from bot.domain.moves import Cause, Part, Said
from bot.domain.recoveries import Task

LOW = Thresholds().low
KEPT = 200  # clients of one delivery, those behind its button included


@dataclass(frozen=True)
class Client:
    """A client that is named, as it is by now."""

    name: str
    tier: Tier
    csm: str | None = None
    cover: str | None = None  # who acts for the CSM, who is away
    taker: str | None = None
    taken_at: datetime | None = None  # by the digest's clock
    snoozed_to: date | None = None
    snoozer: str | None = None
    leads_on: date | None = None  # when the leads were told that nobody took it
    useless: int = 0  # people who said of late that it is not useful to be told of it
    mrr: float | None = None
    currency: str = ""
    logged_on: date | None = None  # the last task or note
    # Each tool first and last, by its folded name as the data has it:
    used_on: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    scores: tuple[tuple[date, int | None], ...] = ()  # as they changed of late, oldest first
    tasks: tuple[Task, ...] = ()  # of late

    def uses(self, catalog: Catalog, key: str) -> tuple[date, date] | None:
        """The first and the last of a tool of the catalog, under whatever names the data has it."""
        place = catalog.tool_names.get(fold(key))
        same = [days for name, days in self.used_on.items() if catalog.tool_names.get(name) == place]
        return (min(first for first, _ in same), max(last for _, last in same)) if same else None


@dataclass(frozen=True)
class Still:
    """The clients that are low, whatever is new."""

    low: int
    taken: int
    snoozed: int


@dataclass(frozen=True)
class Held:
    """Why nobody is named: so many clients changed tier at once."""

    turned: int
    of: int | None  # the clients of the digest; None: more changed than are looked at
    since: date  # the day after which they did
    is_formula: bool = False  # the list of tools is another one since
    go_on: int | None = None  # who said that it is right


@dataclass(frozen=True)
class Told:
    day: date  # of the run, where the digest is
    as_of: date | None  # the day that the data went to
    whose: str  # the filter that shows the digest's clients, as it is typed
    named: tuple[Named, ...] = ()  # in their order
    counts: Mapping[Rule, int] = field(default_factory=dict)  # of all, kept or not
    unjudged: int = 0
    shifted: int = 0  # renewal dates that moved at once, so that nobody is named for it
    alerted: tuple[int, ...] = ()  # clients of which an alert told since the last run
    still: Still | None = None
    start: Mapping[Tier, int] | None = None  # of the first delivery: clients by tier
    held: Held | None = None
    low: int = LOW  # the highest score that was low to it

    @property
    def shown(self) -> tuple[Named, ...]:
        """Those that the message itself names."""
        return () if self.held is not None else self.named[:MOST_LINES]

    @property
    def rest(self) -> int:
        return 0 if self.held is not None else sum(self.counts.values()) - len(self.shown)


def of_all(told: Told, named: Sequence[Named]) -> Told:
    """The same with its clients."""
    return replace(told, named=tuple(named[:KEPT]), counts=Counter(one.rule for one in named))


def write(told: Told) -> dict[str, Any]:
    """As JSON keeps it."""
    still, held = told.still, told.held
    found = {
        "day": told.day.isoformat(),
        "as_of": _text(told.as_of),
        "whose": told.whose,
        "named": [write_named(one) for one in told.named],
        "counts": {rule.value: number for rule, number in told.counts.items()},
        "unjudged": told.unjudged,
        "shifted": told.shifted,
        "alerted": list(told.alerted),
        "still": still and [still.low, still.taken, still.snoozed],
        "start": None if told.start is None else {tier.value: number for tier, number in told.start.items()},
        "held": held and [held.turned, held.of, held.since.isoformat(), held.is_formula, held.go_on],
        "low": told.low if told.low != LOW else None,
    }
    return {name: value for name, value in found.items() if value or (name in {"start", "low"} and value is not None)}


def read(kept: Mapping[str, Any]) -> Told:
    still, held, start = kept.get("still"), kept.get("held"), kept.get("start")
    return Told(
        day=date.fromisoformat(kept["day"]),
        as_of=_day(kept.get("as_of")),
        whose=kept.get("whose", ""),
        named=tuple(read_named(one) for one in kept.get("named", ())),
        counts={Rule(rule): number for rule, number in kept.get("counts", {}).items()},
        unjudged=kept.get("unjudged", 0),
        shifted=kept.get("shifted", 0),
        alerted=tuple(kept.get("alerted", ())),
        still=still and Still(*still),
        start=None if start is None else {Tier(tier): number for tier, number in start.items()},
        held=held and Held(held[0], held[1], date.fromisoformat(held[2]), *held[3:]),
        low=kept.get("low", LOW),
    )


def memories(told: Sequence[Told]) -> dict[int, list[Memory]]:
    """How each client was named, the oldest delivery first. What was held back tells none, a first picture no news."""
    found: dict[int, list[Memory]] = {}
    for one in told:
        for client in () if one.held is not None else one.named:
            found.setdefault(client.client_id, []).append(Memory(one.day, client.rule, client.share, client.renews_on))
    return found


def write_named(one: Named) -> list[Any]:
    part = one.part and [one.part.cause.value, one.part.tool, one.part.moved, one.part.whole, one.part.said]
    days = (_text(one.renews_on), _text(one.renewed_on))
    return [one.client_id, one.rule.value, one.before, one.score, one.share, one.moved, part, list(one.tools), *days]


def read_named(kept: Sequence[Any]) -> Named:
    client, rule, before, score, share, moved, part, tools, renews_on, renewed_on = kept
    found = part and Part(Cause(part[0]), part[1], part[2], part[3], part[4] and Said(part[4]))
    days = (_day(renews_on), _day(renewed_on))
    return Named(client, Rule(rule), before, score, share, moved, found, tuple(tools), *days)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
