"""Who is away, and who covers for them: on the days of whoever is away, in their own time zone.

Theirs, because the days are what they said: the cover's rights begin and end with their days wherever the cover is, and
at no moment do both, or neither, hold somebody to be away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from bot.domain.working_days import Span, WorkingDays
from bot.errors import FieldError

WHO, FROM, TO, COVER = "of", "from", "to", "cover"  # the fields of the form
MOST = 366  # days in a row
MORNING = time(8, 30)


class Absence(NamedTuple):
    """Some days on which somebody is away."""

    id: int
    person_id: int
    person: str
    first: date
    last: date
    cover_id: int | None
    slack_user_id: str | None
    cover: str  # empty: nobody
    cover_slack_id: str
    version: int

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)


class Covered(NamedTuple):
    """Somebody who is away today, as who covers for them needs to know."""

    person_id: int
    name: str
    slack_user_id: str
    email: str
    workspace_id: int  # where their clients stand
    last: date


class Said(NamedTuple):
    """A task that somebody did, or a note that they left."""

    client: str
    text: str
    who: str


class Moved(NamedTuple):
    """A client whose score is another one."""

    client: str
    before: int
    now: int


@dataclass(frozen=True)
class Meanwhile:
    """What happened in somebody's clients while they were away."""

    first: date
    last: date
    cover: str  # empty: nobody
    done: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()
    moves: tuple[Moved, ...] = ()

    @property
    def is_news(self) -> bool:
        return bool(self.done or self.notes or self.moves)


def back_at(span: Span, days: WorkingDays, zone: tzinfo) -> datetime:
    """When somebody is told what happened: in the morning of their first working day."""
    return datetime.combine(days.since(span.last + timedelta(days=1)), MORNING, zone)


def goes_on(span: Span, others: Iterable[Span], country: WorkingDays) -> bool:
    """Whether another absence begins before they would work again."""
    back = country.since(span.last + timedelta(days=1))
    return any(span.last < one.first <= back for one in others)


def away_since(span: Span, others: Iterable[Span], country: WorkingDays) -> date:
    """The first day of the absences that follow each other up to this one."""
    first = span.first
    for one in sorted(others, reverse=True):
        if one.last < first and goes_on(one, [Span(first, span.last)], country):
            first = one.first
    return first


def check(span: Span, today: date, others: tuple[Span, ...], before: Span | None = None) -> None:
    """Raises FieldError where these days cannot be somebody's.

    today   where they are
    others  when they are away besides
    before  what is changed: what has begun may have begun in the past
    """
    if span.first > span.last:
        raise FieldError("absence_backwards", TO)
    if span.last < today:
        raise FieldError("absence_past", TO)
    if span.first < today and (before is None or span.first != before.first):
        raise FieldError("absence_past", FROM)
    if (span.last - span.first).days >= MOST:
        raise FieldError("absence_long", TO, limit=MOST)
    if any(one.meets(span) for one in others):
        raise FieldError("absence_overlaps", FROM)
