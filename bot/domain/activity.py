"""Tasks and notes: what people log on a client, and how a command names its client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from bot.domain.names import key

TITLE = 255  # characters
BODY = 3_000  # of a task's details, or of a note
NAME = 6  # words of a command that are looked at as a client's name


class Kind(StrEnum):
    TASK = "task"
    NOTE = "note"


class Push(StrEnum):
    """How far a task or note, as it is now, has come on its way to the CRM."""

    LOCAL = "local"  # it is kept here only
    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given_up"

    @property
    def can_be_tried_again(self) -> bool:
        return self in {Push.REFUSED, Push.GIVEN_UP}


class Priority(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Task:
    """A task as it is logged."""

    client_id: int
    category: str | None  # its key in the catalog
    title: str
    details: str
    due_on: date
    priority: Priority
    assignee: str  # a Slack user's id


@dataclass(frozen=True)
class Note:
    """A note as it is left."""

    client_id: int
    category: str | None
    body: str


class Logged(NamedTuple):
    """On which records a task or note stands."""

    client: str
    is_company: bool = True  # the client itself
    company: str | None = None  # the client's, where it is another record


class Position(NamedTuple):
    """Where a page of a client's activity ends."""

    made_at: datetime
    id: int


@dataclass(frozen=True)
class Entry:
    """A task or a note in the activity of its client."""

    kind: Kind
    id: int
    made_at: datetime
    author: str
    category: str | None
    title: str  # of a task
    body: str  # a task's details, or the note
    due_on: date | None = None
    priority: Priority | None = None
    assignee: str | None = None
    done_at: datetime | None = None
    client: str = ""  # whose it is, in the activity of its company
    push: Push = Push.LOCAL
    reason: str | None = None  # why the CRM refused it

    @property
    def position(self) -> Position:
        return Position(self.made_at, self.id)


def beginnings(text: str) -> Iterator[tuple[str, str]]:
    """What may be a client's name at the beginning of a command, the longest first; each with the rest."""
    words = text.split()
    for number in range(min(NAME, len(words)), 0, -1):
        yield " ".join(words[:number]), " ".join(words[number:])


def may_name(words: str, name: str) -> bool:
    """Whether all of these words may belong to the name that was found, legal forms aside: a title may follow it."""
    return " " not in words or len(key(words).split()) <= len(key(name).split())
