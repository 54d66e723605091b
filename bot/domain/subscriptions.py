"""Subscriptions: what a client buys, from when to when, and which editions that gives it on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from bot.domain.catalog import Catalog, fold

ENDED = frozenset({"ended", "expired", "cancelled", "canceled", "churned", "inactive", "terminated"})
SHORT = 3  # letters that an edition's name may be cut down to


class Subscription(NamedTuple):
    """One row of a client's subscriptions. Days may be missing; `ended_on` is the first day without it."""

    product: str
    edition: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    cancels_on: date | None = None
    renews_on: date | None = None
    status: str | None = None
    mrr: float | None = None
    currency: str | None = None
    seats: int | None = None
    seats_used: int | None = None

    @property
    def end(self) -> date | None:
        """The first day without it, as far as is known."""
        return self.ended_on or self.cancels_on

    def runs(self, day: date) -> bool:
        """Whether it runs on the day. A status that says "ended" counts where no end is given."""
        if self.started_on is not None and day < self.started_on:
            return False
        end = self.ended_on or self.cancels_on
        if end is not None:
            return day < end
        return self.status is None or fold(self.status) not in ENDED


class Owned(NamedTuple):
    """A product that a client has on a day.

    rank     position of its edition in `Product.editions`
    settled  highest position held without a break for as long as the catalog's grace; -1 for none. What a client has
             beyond it is new: used, it counts; unused, it costs nothing yet
    """

    product: str
    rank: int
    settled: int


class _Span(NamedTuple):
    start: date
    end: date
    rank: int


def owned(catalog: Catalog, subscriptions: Iterable[Subscription], day: date) -> tuple[Owned, ...]:
    """The products that the subscriptions give on the day, bundles taken apart, and what every client has."""
    bought = []
    for one in subscriptions:
        if one.runs(day):
            if one.started_on is not None and (day - one.started_on).days < catalog.grace:
                return _owned(catalog, subscriptions, day)
            bought.append((one.product, one.edition))
    return _settled(catalog, tuple(bought))


@lru_cache(maxsize=65_536)
def _settled(catalog: Catalog, bought: tuple[tuple[str, str | None], ...]) -> tuple[Owned, ...]:
    """What is owned where all that runs is past its grace: most clients, and few combinations over a whole base."""
    return _owned(catalog, [Subscription(product, edition) for product, edition in bought], date.max)


def _owned(catalog: Catalog, subscriptions: Iterable[Subscription], day: date) -> tuple[Owned, ...]:
    spans: dict[str, list[_Span]] = defaultdict(list)
    for one in subscriptions:
        span_start, span_end = one.started_on or date.min, _end(one)
        for product in catalog.product_names.get(fold(one.product), ()):
            spans[product].append(_Span(span_start, span_end, _rank(catalog, product, one.edition)))
    for given in catalog.products.values():
        if given.always is not None:
            spans[given.key].append(_Span(date.min, date.max, given.editions.index(given.always)))
    found = (_own(product, rows, day, catalog.grace) for product, rows in sorted(spans.items()))
    return tuple(one for one in found if one is not None)


def is_known(catalog: Catalog, one: Subscription) -> bool:
    """Whether the catalog knows the product. What one gives that it does not know, nobody can say."""
    return fold(one.product) in catalog.product_names


def _end(one: Subscription) -> date:
    """Of one that has ended nobody knows when, its start: it must not seem held until a new one began."""
    if one.end is not None:
        return one.end
    return date.max if fold(one.status or "") not in ENDED else one.started_on or date.min


def _rank(catalog: Catalog, product: str, edition: str | None) -> int:
    """Position of the edition, which may be cut short ("Pro", "Ent").

    One that nobody named or knows is the lowest that is paid for: a tool a client may not have must cost nothing.
    """
    known = catalog.products[product]
    editions = [fold(name) for name in known.editions]
    wanted = fold(edition or "")
    if wanted in editions:
        return editions.index(wanted)
    begun = [i for i, name in enumerate(editions) if len(wanted) >= SHORT and name.startswith(wanted)]
    return begun[0] if len(begun) == 1 else known.paid_from


def _own(product: str, spans: list[_Span], day: date, grace: int) -> Owned | None:
    running = [span.rank for span in spans if span.start <= day and (day < span.end or span.end == date.max)]
    if not running:
        return None
    rank = max(running)
    levels = sorted({span.rank for span in spans if span.rank <= rank}, reverse=True)
    settled = (level for level in levels if _held_days([s for s in spans if s.rank >= level], day) >= grace)
    return Owned(product, rank, next(settled, -1))


def _held_days(spans: list[_Span], day: date) -> int:
    """For how many days without a break; a row continues the one before if it starts at most a day after its end."""
    begin = day
    for start, end, _rank in sorted(spans, reverse=True):
        if start <= day and (end == date.max or end.toordinal() + 1 >= begin.toordinal()):
            begin = min(begin, start)
    return (day - begin).days


def first_start(subscriptions: Iterable[Subscription]) -> date | None:
    """The day of the first subscription; None where there is none, or one has no start (so it is long ago)."""
    first = None
    for one in subscriptions:
        if one.started_on is None:
            return None
        if first is None or one.started_on < first:
            first = one.started_on
    return first


def turning_days(catalog: Catalog, subscriptions: Iterable[Subscription]) -> list[date]:
    """The days on which what they give may change: each one's start, end, and the ends of grace and onboarding."""
    days = []
    for one in subscriptions:
        if one.started_on is not None:
            days += [one.started_on, *(one.started_on + timedelta(n) for n in (catalog.grace, catalog.onboarding))]
        if one.end is not None:
            days.append(one.end)
    return days


def next_renewal(subscriptions: Iterable[Subscription], day: date) -> date | None:
    """The earliest renewal, on or after the day, of a subscription that runs and is not cancelled."""
    ahead = [one for one in subscriptions if one.renews_on is not None and one.renews_on >= day]
    days = [one.renews_on for one in ahead if one.cancels_on is None and one.runs(day)]
    return min(days, default=None)  # type: ignore[type-var]


class Revenue(NamedTuple):
    amount: float | None
    currency: str | None


def monthly_revenue(subscriptions: Iterable[Subscription], day: date) -> Revenue:
    """MRR of the subscriptions that run on the day; not known where none of them says, or they mix currencies."""
    amount, currency = None, None
    for one in subscriptions:
        if one.mrr is not None and one.runs(day):
            if amount is not None and one.currency != currency:
                return Revenue(None, None)
            amount, currency = (amount or 0) + one.mrr, one.currency
    return Revenue(None if amount is None else round(amount, 2), currency)
