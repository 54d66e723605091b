"""What a digest tells: which clients became low, fell, recovered or went quiet, and whose renewals came near or moved.

Each client is told once, by the first rule that it fulfils, and only of what is new since the last delivery.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from bot.domain.catalog import Tier
from bot.domain.digests import Content, Thresholds
from bot.domain.freshness import Reach, newest
from bot.domain.listing import GROUPS
from bot.domain.moves import Cause, Ground, Part, change, explain
from bot.domain.scoring import whole

MONTH = timedelta(days=30)  # within which a client at the edge of a tier is named once
FEW, PORTION = 10, Fraction(1, 10)  # of the clients: if more change tier at once, it is the data or the formula
MANY = 5_000  # clients with something new, beyond which nobody is named
JUDGED = frozenset(GROUPS[0])
_NEARLY = 1e-9  # shares are kept as floating numbers


class Rule(StrEnum):
    """Why a client is named, in the order in which it is looked at."""

    LOW = "low"  # is low now
    FELL = "fell"
    RECOVERED = "recovered"
    QUIET = "quiet"
    MOVED = "moved"  # its renewal date did
    RENEWAL = "renewal"  # came near
    START = "start"  # of the first delivery: nothing is new


FALLS, SCORES = frozenset({Rule.LOW, Rule.FELL}), frozenset({Rule.LOW, Rule.FELL, Rule.RECOVERED})
# The parts of a digest, each with the rules whose clients stand in it:
SECTIONS = ((Rule.LOW, Rule.FELL), (Rule.QUIET,), (Rule.RECOVERED,), (Rule.RENEWAL, Rule.MOVED), (Rule.START,))
_RULES = {
    Content.LOW: SCORES | {Rule.QUIET},
    Content.RENEWALS: frozenset({Rule.MOVED, Rule.RENEWAL}),
    Content.BOTH: frozenset(Rule),
    Content.VIEW: frozenset(Rule),
}


class Moment(NamedTuple):
    """A client's score as it was on a day."""

    tier: Tier
    ground: Ground | None

    @property
    def score(self) -> int | None:
        """None where the client was not judged then."""
        return None if self.ground is None or self.tier not in JUDGED else self.ground.score

    @property
    def share(self) -> Fraction | None:
        return None if self.ground is None else self.ground.share

    def is_low(self, low: int) -> bool:
        return self.score is not None and self.score <= low

    def is_above(self, low: int) -> bool:
        return self.score is not None and self.score > low


class Past(NamedTuple):
    """On the last days that were told of, and on the last two that the data goes to."""

    before: tuple[Moment | None, ...]  # the day that the last delivery spoke of, the day before that, and one more
    eve: Moment | None
    now: Moment | None

    @property
    def has_new_formula(self) -> bool:
        grounds = [one.ground for one in (self.before[0], self.now) if one is not None and one.ground is not None]
        return len({ground.catalog.hash for ground in grounds}) > 1


class Seen(NamedTuple):
    """A client of which something may be new."""

    client_id: int
    past: Past
    renews_on: date | None = None
    moved: tuple[date | None, date | None] = (None, None)  # the renewal date since then, from and to
    quiet: tuple[str, ...] = ()  # keys of the tools that have begun to go quiet since
    is_snoozed: bool = False


class Memory(NamedTuple):
    """That a digest named a client, and with which share and renewal."""

    on: date
    rule: Rule
    share: float | None = None
    renews_on: date | None = None


class Named(NamedTuple):
    """A client that a digest names, and why."""

    client_id: int
    rule: Rule
    before: int | None = None  # score
    score: int | None = None
    share: float | None = None
    moved: float = 0.0  # how far the share did
    part: Part | None = None  # what did most of that
    tools: tuple[str, ...] = ()  # keys of those that went quiet
    renews_on: date | None = None
    renewed_on: date | None = None  # the date from which the renewal moved


@dataclass(frozen=True)
class Since:
    """What a run goes by."""

    today: date  # where the digest is
    told_on: date
    content: Content = Content.BOTH
    thresholds: Thresholds = field(default_factory=Thresholds)
    memories: Mapping[int, Sequence[Memory]] = field(default_factory=dict)  # by client, oldest first
    late: frozenset[str] = frozenset()  # keys of the tools whose data is late
    is_late: bool = False  # the data is as a whole
    has_shifted: bool = False  # the last delivery told how many renewal dates had moved at once, and of none
    is_settled: bool = False  # the last delivery told of all that were low then, or held their names back

    @property
    def is_first_of_week(self) -> bool:
        return self.told_on.isocalendar()[:2] != self.today.isocalendar()[:2]

    def lately(self, client_id: int, rules: frozenset[Rule]) -> list[Memory]:
        """How the client was named by some rules within a month."""
        since = self.today - MONTH
        return [one for one in self.memories.get(client_id, ()) if one.rule in rules and one.on > since]


@dataclass(frozen=True)
class News:
    """What there is to tell, in the order in which it is told."""

    named: tuple[Named, ...] = ()
    unjudged: int = 0  # clients that would be low or have fallen by data that is late
    turned: tuple[Named, ...] = ()  # clients whose tier is another, whatever the cause


def news(clients: Iterable[Seen], since: Since) -> News:
    """Of the clients of a digest."""
    told, turned, unjudged = [], [], 0
    wanted = _RULES[since.content]
    for one in clients:
        if Rule.LOW in wanted and not since.is_late and is_turned(one.past):
            turned.append(_turned(one, since))
        if one.is_snoozed:
            continue
        found = _score_news(one, since) if Rule.LOW in wanted else None
        if found is not None and _is_late(found, since):
            unjudged, found = unjudged + (found.rule in FALLS), None
        found = found or (_quiet(one, since) if Rule.QUIET in wanted else None)
        found = found or (_renewal_news(one, since) if Rule.RENEWAL in wanted else None)
        told += [found] if found is not None else []
    return News(in_order(told), unjudged, in_order(turned))


def is_mass(number: int, of: int) -> bool:
    """Whether so many clients of a digest at once are more likely to be the data's doing than their own."""
    return number >= FEW and number > PORTION * of


def in_order(named: Iterable[Named]) -> tuple[Named, ...]:
    """By the parts of the digest; in each who moved furthest first, and the next renewal first."""
    places = {rule: place for place, rules in enumerate(SECTIONS) for rule in rules}
    return tuple(sorted(named, key=lambda one: (places[one.rule], *_rank(one), one.client_id)))


def _rank(one: Named) -> tuple[float, date]:
    return (0.0 if one.rule in {Rule.MOVED, Rule.RENEWAL} else -abs(one.moved)), one.renews_on or date.max


def is_turned(past: Past) -> bool:
    """Whether a client that was judged, or not known, is in another tier; who leaves onboarding does so by itself."""
    told, now = past.before[0], past.now
    if told is None or now is None or told.tier is now.tier:
        return False
    return {told.tier, now.tier} <= JUDGED | {Tier.UNKNOWN}


def _turned(one: Seen, since: Since) -> Named:
    before, now = one.past.before[0], one.past.now
    assert before is not None
    assert now is not None
    was, is_ = before.score, now.score
    rule = Rule.RECOVERED if (is_ if is_ is not None else -1) > (was if was is not None else -1) else Rule.FELL
    rule = Rule.LOW if rule is Rule.FELL and now.is_low(since.thresholds.low) else rule
    return Named(one.client_id, rule, was, is_, renews_on=one.renews_on)


def _score_news(one: Seen, since: Since) -> Named | None:
    """By what the client did alone, never by its subscription, the formula or what is measured."""
    now, low = one.past.now, since.thresholds.low
    if now is None or now.score is None or len({one.past.now, one.past.eve, *one.past.before}) == 1:
        return None
    was_low = _was_low(one.past, low, since)
    rule, before = None, one.past.before[0]
    if now.is_low(low) and not was_low:
        before = next((then for then in one.past.before if then is None or not then.is_low(low)), before)
        rule = Rule.LOW
    elif was_low and now.is_above(low) and one.past.eve is not None and one.past.eve.is_above(low):
        before = next((then for then in one.past.before if then is not None and then.is_low(low)), before)
        rule = Rule.RECOVERED
    if before is None:
        return None
    found = _moved(one, rule, before, now)
    return found if _is_told(found, before, one, since) and _is_new(found, since) else None


def _was_low(past: Past, low: int, since: Since) -> bool:
    """At the last delivery. A single day does not count: neither one that is low, nor one that is not."""
    told, eve, earlier = (then is not None and then.is_low(low) for then in past.before)
    return told if since.is_settled else eve and (told or earlier)


def _moved(one: Seen, rule: Rule | None, before: Moment, now: Moment) -> Named:
    parts = () if before.ground is None or now.ground is None else usage(before.ground, now.ground)
    moved = change(parts)
    way = next((part for part in parts if (part.moved > 0) is (moved > 0)), None)
    share = None if now.share is None else float(now.share)
    scores = (before.score, now.score)
    return Named(one.client_id, rule or Rule.FELL, *scores, share, float(moved), way, renews_on=one.renews_on)


def usage(before: Ground, now: Ground) -> tuple[Part, ...]:
    """What the client did, largest first."""
    return tuple(part for part in explain(before, now) if part.cause is Cause.USAGE)


def _is_told(found: Named, before: Moment, one: Seen, since: Since) -> bool:
    """Whether it moved so by itself, and far or long enough."""
    low, fall = since.thresholds.low, since.thresholds.fall
    now, was = one.past.now, before.share
    is_ = None if now is None else now.share
    if before.tier is Tier.ONBOARDING:  # it is judged from now on
        return found.rule is Rule.LOW and one.past.eve is not None and one.past.eve.is_low(low)
    if before.score is None or was is None or is_ is None or now is None:
        return False
    alone, far = _score(float(was) + found.moved), min(-found.moved, float(was - is_)) >= fall - _NEARLY
    match found.rule:
        case Rule.LOW:
            stays = one.past.eve is not None and one.past.eve.is_low(low)
            return found.moved < 0 and alone <= low and (stays or far)
        case Rule.RECOVERED:
            return found.moved > 0 and alone > low
    return far and found.score is not None and found.score < before.score


def _score(share: float) -> int:
    share = min(max(share, 0.0), 1.0) + _NEARLY
    return whole(round(share * 1_000_000), 1_000_000)


def _is_new(found: Named, since: Since) -> bool:
    """Who was named for its score within a month is named again only where it moved on from there, and far."""
    lately = since.lately(found.client_id, SCORES)
    falls = found.rule in FALLS
    told = [one for one in lately if one is lately[-1] or (one.rule in FALLS) is falls]
    way = -1 if falls else 1
    return all(way * ((found.share or 0) - (one.share or 0)) >= since.thresholds.fall - _NEARLY for one in told)


def late_tools(catalog_tools: Sequence[str], reaches: Sequence[Reach], today: date) -> frozenset[str]:
    """The keys, among those of a catalog in its order, of the tools whose sources are all late."""
    found = ((key, newest(reaches, 1 << place)) for place, key in enumerate(catalog_tools))
    return frozenset(key for key, one in found if one is not None and one.is_late(today))


def _is_late(found: Named, since: Since) -> bool:
    """Whether it would be told because of data that is late."""
    return since.is_late or (found.part is not None and found.part.tool in since.late)


def _quiet(one: Seen, since: Since) -> Named | None:
    """Once a month, whatever the tool."""
    now = one.past.now
    tools = tuple(key for key in one.quiet if key not in since.late)
    if now is None or now.score is None or not tools or since.is_late:
        return None
    if since.lately(one.client_id, frozenset({Rule.QUIET})):
        return None
    return Named(one.client_id, Rule.QUIET, score=now.score, tools=tools, renews_on=one.renews_on)


def _renewal_news(one: Seen, since: Since) -> Named | None:
    """One whose day has passed did not move: the next one is known."""
    score = None if one.past.now is None else one.past.now.score
    before, after = one.moved
    told = (memory.renews_on for memory in since.memories.get(one.client_id, ()) if memory.rule is Rule.MOVED)
    if before is not None and before > since.told_on and after not in {None, before, *told}:
        return Named(one.client_id, Rule.MOVED, score=score, renews_on=after, renewed_on=before)
    if one.renews_on is None or entered(one.renews_on, since.told_on, since.today, since.thresholds.ahead) is None:
        return None
    return Named(one.client_id, Rule.RENEWAL, score=score, renews_on=one.renews_on)


def entered(renews_on: date, told_on: date, today: date, ahead: Iterable[int]) -> int | None:
    """The days before a renewal that have come since the last run; None where none have."""
    left = ((days, renews_on - timedelta(days=days)) for days in sorted(ahead))
    return next((days for days, came in left if told_on < came <= today <= renews_on), None)
