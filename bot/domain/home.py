"""The Home tab: which tabs a person has in it, what they look at, and what there is of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.access import Person
from bot.domain.catalog import Tier
from bot.domain.first_steps import Steps
from bot.domain.listing import Group, Line
from bot.domain.tasks import Given
from bot.domain.workspace_settings import BOARD, Tab

SUMMARY, CUSTOMERS = "summary", "customers"


@dataclass(frozen=True)
class Place:
    """What somebody looks at; a button carries it, and it is kept so that it survives a restart of the bot."""

    tab: str = SUMMARY  # this, CUSTOMERS, or an object
    whose: str = ""  # `listing.Whose`; empty: what they see without saying so
    pipeline: str = ""  # its key (`workspace_settings.key`); empty: the one to begin with
    stage: str = ""  # its key: only this one; empty: all
    first: int = 0  # records on earlier pages
    layout: str = ""  # table or board; empty: that of the settings

    def __str__(self) -> str:
        parts = [self.tab, self.whose, self.pipeline, self.stage, self.first, self.layout]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def place(text: str) -> Place:
    """What a button carries; the Summary where it carries nothing."""
    try:
        tab, whose, pipeline, stage, first, layout = json.loads(text)
        return Place(str(tab), str(whose), str(pipeline), str(stage), max(0, int(first)), str(layout))
    except (ValueError, TypeError):
        return Place()


@dataclass(frozen=True)
class Kept:
    """What was published last for a person."""

    place: Place
    hash: str
    slack_hash: str  # Slack's own of it


@dataclass(frozen=True)
class Space:
    """A person's CS workspace as their Home tab needs it."""

    id: int
    name: str
    currency: str
    client: str  # the object that clients are records of
    service: str | None = None
    revenue: Sequence[str] = ()
    tabs: Mapping[str, Tab] = field(default_factory=dict)  # by object
    views: Sequence[tuple[int, str]] = ()  # saved ones that the person sees: id and name
    kept: Kept | None = None

    def tab(self, object_: str) -> Tab:
        return self.tabs.get(object_, Tab())

    def shown(self, asker: Person) -> list[str]:
        """The tabs that a person has: without a seat the Summary alone, else what the settings do not hide."""
        if not asker.has_seat:
            return [SUMMARY]
        beside = [*([self.service] if self.service else []), *self.revenue]
        return [SUMMARY, CUSTOMERS, *(one for one in beside if self.tab(one).is_shown)]

    def at(self, wanted: Place, asker: Person) -> Place:
        """The place, or the Summary where the person has no such tab."""
        return wanted if wanted.tab in self.shown(asker) else Place()

    def is_board(self, at: Place) -> bool:
        """Whether a tab of records is shown by stage: not where only one stage is asked for."""
        return not at.stage and (at.layout or self.tab(at.tab).layout) == BOARD


@dataclass(frozen=True)
class Summary:
    """What the first tab shows of a person's work and clients."""

    due: Sequence[Given] = ()  # the first of those that are overdue or due today
    has_more: bool = False  # of these
    next: Given | None = None  # where none of them is: what comes next
    tiers: Mapping[Tier, Group] = field(default_factory=dict)
    fell: Sequence[Line] = ()
    renewals: Sequence[Line] = ()  # of the next three months
    followed: Sequence[Line] = ()  # key accounts, one's own and one's team's: who fell most first
    steps: Steps | None = None  # to super admins, while something is to be set up


def digest(content: Mapping[str, Any]) -> str:
    """By which it is known whether a view is other than the one before."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
