"""Alerts: a message about one client between digests, from its fall to its recovery, with what is new in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from bot.domain.digest_news import FALLS, MONTH, Moment, Named, Past, Rule
from bot.domain.digest_told import read_named, write_named
from bot.domain.digests import Alerts, Thresholds

MOST_NEW, MOST_OPEN = 3, 10  # of a channel: in a day, and at a time
LONGEST = MONTH  # without news; then the client is one of those that the digest counts
_NEARLY = 1e-9  # shares are kept as floating numbers


class Subject(NamedTuple):
    """What makes a client one that alerts are about."""

    is_key: bool  # of the digest's team
    mrr: float | None = None
    currency: str = ""


class End(StrEnum):
    """Why an episode is over."""

    UP = "up"  # high enough on two days
    GONE = "gone"  # the client is none of the digest's any more
    OLD = "old"  # nothing was new for a month
    OFF = "off"  # the digest rests, or its alerts are switched off
    MOVED = "moved"  # the digest tells another channel by now


@dataclass(frozen=True)
class Episode:
    """What an alert says by now."""

    named: Named  # from the score before the fall to the one it has
    since: date
    newest: date  # the day of its last news
    lowest: int | None  # score
    end: End | None = None
    ended_on: date | None = None


class Choice(NamedTuple):
    opened: tuple[Named, ...]
    left: tuple[Named, ...]  # for the digest


def concerns(alerts: Alerts, one: Subject) -> bool:
    pays = alerts.mrr is not None and one.mrr is not None and one.currency == alerts.currency
    return (alerts.keys and one.is_key) or (pays and (one.mrr or 0) >= (alerts.mrr or 0))


def choose(named: Iterable[Named], subjects: Mapping[int, Subject], alerts: Alerts, opened: int, open_: int) -> Choice:
    """Whose alerts begin, of the clients of which something is new: who fell furthest first.

    opened  in the channel today
    open_  there by now
    """
    room = max(0, min(MOST_NEW - opened, MOST_OPEN - open_))
    fallen = [one for one in named if one.rule in FALLS and one.client_id in subjects]
    fallen = [one for one in fallen if concerns(alerts, subjects[one.client_id])]
    fallen.sort(key=lambda one: (one.moved, one.renews_on or date.max, one.client_id))
    return Choice(tuple(fallen[:room]), tuple(fallen[room:]))


def began(named: Named, today: date) -> Episode:
    return Episode(named, today, today, named.score)


def line(one: Episode) -> Named:
    """What its message says of the client: how it fell, and once it rises, from where."""
    named = one.named
    if named.score is None or one.lowest is None or named.score <= one.lowest:
        return named
    return named._replace(before=one.lowest, part=None)


def further(one: Episode, news: Named) -> Named:
    """What is new, from what was told last on."""
    return news._replace(before=one.named.score) if news.rule in FALLS else news


def recovered(one: Episode) -> Named:
    return line(one)._replace(rule=Rule.RECOVERED)


def went_on(one: Episode, now: Moment | None, news: Named | None, low: int, today: date) -> Episode:
    """With the score as it is by now, and the reason of what is new, where that is a further fall."""
    was, lowest = one.named, one.lowest
    if now is not None and now.score is not None and now.share is not None:
        share = float(now.share)
        moved = was.moved + share - (was.share or 0)
        rule = Rule.LOW if now.is_low(low) else was.rule
        was = was._replace(rule=rule, score=now.score, share=share, moved=moved)
        lowest = now.score if lowest is None else min(lowest, now.score)
    if news is None:
        return replace(one, named=was, lowest=lowest)
    if news.rule in FALLS:
        was = was._replace(part=news.part or was.part)
    return replace(one, named=was._replace(renews_on=news.renews_on), newest=today, lowest=lowest)


def end(one: Episode, past: Past | None, thresholds: Thresholds, today: date) -> End | None:
    """Whether it is over on a day. The caller does not ask while the data is late.

    past  None: the client is none of the digest's
    """
    if past is None:
        return End.GONE
    if all(_is_up(one.named, day, thresholds) for day in (past.eve, past.now)):
        return End.UP
    return End.OLD if today - one.newest >= LONGEST else None


def _is_up(named: Named, day: Moment | None, thresholds: Thresholds) -> bool:
    """Who was low is not any more; who only fell is where it was again, but for less than a big fall."""
    if day is None or day.share is None or not day.is_above(thresholds.low):
        return False
    was = (named.share or 0) - named.moved
    return named.rule is Rule.LOW or was - float(day.share) < thresholds.fall - _NEARLY


def write(one: Episode) -> dict[str, Any]:
    """As JSON keeps it."""
    kept: dict[str, Any] = {"named": write_named(one.named), "since": str(one.since), "newest": str(one.newest)}
    kept["lowest"] = one.lowest
    if one.end is not None and one.ended_on is not None:
        kept |= {"end": one.end.value, "ended_on": str(one.ended_on)}
    return kept


def read(kept: Mapping[str, Any]) -> Episode:
    ended = kept.get("ended_on")
    days = (date.fromisoformat(kept["since"]), date.fromisoformat(kept["newest"]))
    end_ = End(kept["end"]) if ended else None
    return Episode(read_named(kept["named"]), *days, kept["lowest"], end_, date.fromisoformat(ended) if ended else None)


def of(news: Sequence[Named], client_id: int) -> Named | None:
    """What is new of a client."""
    return next((one for one in news if one.client_id == client_id), None)
