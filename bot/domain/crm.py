"""What a CRM is to the bot: tasks and notes are pushed there, and looked for where it is not known whether they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from bot.domain.activity import Kind, Priority

COMPANY = "company"  # the object whose records a client's `company_id` names


class RecordKey(NamedTuple):
    """A record as the CRM names it."""

    object: str
    id: str


@dataclass(frozen=True)
class Pushed:
    """A task or note as the CRM is to have it."""

    kind: Kind
    marker: str  # the same each time: by it one is found of which it is not known whether it arrived
    records: tuple[RecordKey, ...]  # the client, and its company where that is another record
    title: str  # of a task
    body: str
    made_at: datetime
    author: str | None  # an e-mail address
    due_on: date | None = None
    priority: Priority | None = None
    assignee: str | None = None  # an e-mail address
    is_done: bool = False


class Crm(Protocol):
    """Any of it may raise DeliveryError: temporary, or permanent, and then people are shown its code."""

    @property
    def name(self) -> str: ...

    def create(self, one: Pushed) -> str:
        """Make it on all its records at once; gives the CRM's id of it."""

    def update(self, remote_id: str, one: Pushed) -> None: ...

    def find_by_marker(self, one: Pushed) -> str | None:
        """The id of the one with this marker, read by its records: an index for searches may lag behind."""


def marker(kind: Kind, identity: int) -> str:
    return f"{kind.value}-{identity}"
