"""Tasks that are to be done: a page of them, and what it carries so that it survives a restart of the bot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from bot.domain.activity import Priority
from bot.domain.due import ANYWHERE, When, when
from bot.domain.working_days import WorkingDays

MORNING = "morning"


@dataclass(frozen=True)
class Given:
    """A task that somebody was given."""

    id: int
    client_id: int
    client: str
    title: str
    due_on: date
    priority: Priority
    assignee: str
    done_by: str | None = None  # None: it is open
    category: str | None = None
    details: str = ""
    assignee_slack_id: str = ""
    version: int = 1
    assignee_id: int = 0
    days: WorkingDays = ANYWHERE  # the assignee's
    author: str = ""  # who logged it
    asked: date | None = None  # the day off that was just asked for; it is due on the working day after

    @property
    def waits_until(self) -> date:
        """The day that it is due on, or the working day after that."""
        return self.days.since(self.due_on)

    def when(self, today: date) -> When:
        return when(self.due_on, today, self.days)


class Led(NamedTuple):
    """The teams whose open tasks somebody sees and reassigns."""

    own: bool = False  # the one that they lead
    others: bool = False  # those that have no lead, to a super admin


class Place(NamedTuple):
    """A page of open tasks: those after a day and a task."""

    is_team: bool = False  # of all people in the team that one leads
    day: date | None = None  # None: the first page
    id: int = 0
    is_covered: bool = False  # of whom one covers
    in_morning: bool = False  # no page, but a morning message

    @property
    def first(self) -> Place:
        return self._replace(day=None, id=0)

    def __str__(self) -> str:
        if self.in_morning:
            return MORNING
        whose = "covered" if self.is_covered else "team" if self.is_team else "mine"
        return whose if self.day is None else f"{whose} {self.day.isoformat()} {self.id}"


def place(text: str) -> Place:
    """The page that a button carries; the first of one's own where it carries none."""
    if text == MORNING:
        return Place(in_morning=True)
    whose, _, rest = text.partition(" ")
    day, _, number = rest.partition(" ")
    first = Place(is_team=whose == "team", is_covered=whose == "covered")
    try:
        return first._replace(day=date.fromisoformat(day), id=int(number))
    except ValueError:
        return first
