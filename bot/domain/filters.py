"""Which clients a list shows and in which order: one object behind the words typed, the modal and saved views."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from bot.domain import names
from bot.domain.catalog import Kind, Tier
from bot.domain.key_accounts import Key
from bot.errors import UserError

SCORES = (0, 10)
DAYS = (0, 3650)  # of a renewal window
# Characters of a text. Written out with all its texts this long, a filter leaves room in a button's value.
LENGTHS = {"category": 100, "client": 100, "csm": 254, "team": 255, "view": 60}
SHOWN = 60  # characters of a typed word that an error repeats

# The names that are typed, in the order in which they are written, with the fields each stands for.
FIELDS: dict[str, tuple[str, ...]] = {
    "tier": ("tiers",),
    "score": ("score",),
    "category": ("category",),
    "opportunity": ("opportunity",),
    "going": ("quiet",),
    "client": ("client",),
    "csm": ("csm",),
    "team": ("team",),
    "key": ("key",),
    "renews": ("renews",),
    "sort": ("sort", "reverse"),
    "view": ("view",),
}
QUOTES = '"“”„‟«»'
_MAY_BE_CSM = re.compile(r'me|nobody|[^\s"@]+@[^\s"@]+')


class FilterError(UserError):
    """A filter that cannot be. Among its values is the filter's `name`; "" where the text as a whole is at fault."""


class Sort(StrEnum):
    SCORE = "score"  # lowest first
    DROP = "drop"  # who fell most
    RISE = "rise"
    MRR = "mrr"
    RENEWAL = "renewal"
    NAME = "name"


@dataclass(frozen=True)
class Renews:
    """A renewal window in days from today, both ends included; or one of PASSED and NO_DATE."""

    first: int | None
    last: int | None

    def __post_init__(self) -> None:
        if (self.first, self.last) not in {(None, -1), (None, None)}:
            check_span("renews", [-1 if end is None else end for end in (self.first, self.last)], DAYS)

    def dates(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day, both included; None where that end is open. NO_DATE has neither."""
        first, last = (None if end is None else today + timedelta(days=end) for end in (self.first, self.last))
        return first, last

    def __str__(self) -> str:
        if self.last is None:
            return "none"
        if self.first is None:
            return "passed"
        return str(self.last) if self.first == 0 else f"{self.first}-{self.last}"


PASSED = Renews(None, -1)
NO_DATE = Renews(None, None)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to, and its order. Fields say the same in one way only, however they were given."""

    tiers: tuple[Tier, ...] = ()  # in the enum's order, each once; empty: all but former
    score: tuple[int, int] | None = None  # both ends included
    category: str | None = None  # a key in the catalog: score, tier and sort:score then mean the category's own 0–10
    opportunity: Kind | None = None
    quiet: bool = False  # a tool of theirs is going quiet
    client: str | None = None  # text in the client's name
    csm: str | None = None  # "me", "nobody", or an e-mail address in lower case
    team: str | None = None  # "mine", "all", or a team's name; without it, `csm` and `key`, the asker's own scope
    key: Key | None = None  # key accounts, of those clients
    renews: Renews | None = None
    sort: Sort | None = None  # None: what the list does by itself
    reverse: bool = False
    view: str | None = None  # a saved view's name, which the other filters narrow

    def __post_init__(self) -> None:
        put = object.__setattr__  # the way into a frozen dataclass while it is made
        put(self, "tiers", tuple(tier for tier in Tier if tier in self.tiers))
        for name in LENGTHS:
            put(self, name, _text(name, getattr(self, name)))
        if self.score is not None:
            check_span("score", self.score, SCORES)
        if self.reverse and self.sort is None:
            put(self, "sort", Sort.SCORE)

    @property
    def is_default(self) -> bool:
        return self == Filter()

    @cached_property  # a page asks several times
    def whose(self) -> Filter:
        """Of this only whose clients they are."""
        return Filter(csm=self.csm, team=self.team, key=self.key)

    def of(self, other: Filter) -> Filter:
        """The same of the clients whose `other` are."""
        return replace(self, csm=other.csm, team=other.team, key=other.key)

    def texts(self) -> dict[str, str]:
        """What is set: by name, in the order of FIELDS, each value as it is typed."""
        found = {
            "tier": ",".join(self.tiers),
            "score": _score(self.score) if self.score else None,
            "category": self.category,
            "opportunity": self.opportunity,
            "going": "quiet" if self.quiet else None,
            "client": self.client,
            "csm": self.csm,
            "team": self.team,
            "key": self.key,
            "renews": str(self.renews) if self.renews else None,
            "sort": f"{'-' if self.reverse else ''}{self.sort}" if self.sort else None,
            "view": self.view,
        }
        return {name: str(text) for name, text in found.items() if text}

    def parts(self) -> tuple[str, ...]:
        """The words that say this, one for each filter: `tier:low,medium`, `team:"CS Nordic"`."""
        return tuple(f"{name}:{_quoted(text)}" for name, text in self.texts().items())

    def without(self, name: str) -> Filter:
        """This without the filter of that name, which is one of FIELDS."""
        return replace(self, **{field: getattr(Filter, field) for field in FIELDS[name]})

    def narrowed(self, by: Filter) -> Filter:
        """This with everything that `by` sets in the place of what was set before."""
        return replace(self, **{field: getattr(by, field) for name in by.texts() for field in FIELDS[name]})


def word(name: str, value: str) -> str:
    """A typed word as an error repeats it."""
    text = f"{name}:{value}" if name else value
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def check_span(name: str, ends: Sequence[int], limits: tuple[int, int], typed: str | None = None) -> None:
    """Refuse a span beyond the limits, or one that runs backwards."""
    first, last = ends
    low, high = limits
    shown = word(name, typed or f"{first}-{last}")
    if not (low <= first <= high and low <= last <= high):
        raise FilterError("filter_out_of_range", name=name, word=shown, low=low, high=high)
    if first > last:
        raise FilterError("filter_meant", name=name, word=shown, meant=f"{name}:{last}-{first}")


def _text(name: str, given: str | None) -> str | None:
    """A text as it is kept: single spaces, nothing invisible that parts lines; None where that leaves nothing."""
    text = names.tidy(given or "")
    if name == "csm":
        text = text.lower()
    elif name == "team" and text.casefold() in {"mine", "all"}:
        text = text.casefold()
    if len(text) > LENGTHS[name]:
        raise FilterError("filter_too_long", name=name, limit=LENGTHS[name])
    if name == "csm" and text and not _MAY_BE_CSM.fullmatch(text):
        raise FilterError("filter_csm", name=name, word=word(name, text))
    return text or None


def _score(ends: tuple[int, int]) -> str:
    first, last = ends
    return str(first) if first == last else f"{first}-{last}"


def _quoted(text: str) -> str:
    if not any(letter in QUOTES or letter.isspace() for letter in text):
        return text
    return '"' + text.replace('"', '""') + '"'
