"""Teams: who is in them, what can be changed of them, and which one is somebody's primary team."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.errors import FieldError

NAME = 255  # characters of a name
MOST = 100  # people that a form's menu holds
# Kinds of sources that say who is in a team, and what people call them: to be changed there.
FILES = {"csv": "teams.csv", "hubspot": "HubSpot"}


@dataclass(frozen=True)
class Member:
    id: int
    name: str
    slack_user_id: str | None  # empty: only the data names them
    is_active: bool  # a full member of the Slack workspace
    is_primary: bool
    is_lead: bool


@dataclass(frozen=True)
class Team:
    id: int
    name: str
    country: str | None  # ISO 3166
    time_zone: str | None  # IANA
    channel_id: str | None
    version: int
    workspace: str | None  # the created one that it is in
    kind: str | None  # of the source that made it
    members: tuple[Member, ...] = ()

    @property
    def source(self) -> str:
        return FILES.get(self.kind or "", "")

    @property
    def is_read_only(self) -> bool:
        return self.kind in FILES

    @property
    def shown(self) -> tuple[Member, ...]:
        """Those that a form's menus hold. Who is not shown there stays in the team."""
        return tuple(one for one in self.members if one.is_active)[:MOST]


@dataclass(frozen=True)
class Entered:
    """What is to be of a team; people by their Slack ids."""

    name: str
    country: str | None = None
    time_zone: str | None = None
    channel_id: str | None = None
    people: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    primary: frozenset[str] = frozenset()  # of these it is to be the primary team

    def checked(self) -> Entered:
        """Itself. Raises FieldError for what can be told without looking anything up."""
        if not any(letter.isalnum() for letter in self.name):
            raise FieldError("team_no_name", "name")
        if len(self.name) > NAME:
            raise FieldError("team_long_name", "name", limit=NAME)
        if self.leads - self.people:
            raise FieldError("team_leads_outside", "leads")
        if self.primary - self.people:
            raise FieldError("team_primary_outside", "primary")
        if len(self.people) > MOST:
            raise FieldError("team_too_many", "people", limit=MOST)
        return self


def primary_team(here: int, wanted: bool, others: Mapping[int, bool], *, is_in: bool, was_primary: bool) -> int | None:
    """The primary team of somebody after a change of the team `here`; None where they are in none.

    wanted  they are to have it as their primary one
    others  their other teams by id, and whether that is the primary one

    Whoever is put into a second team keeps the first as the primary one, as HubSpot does with main and extra teams.
    """
    first = next((one for one, is_primary in others.items() if is_primary), None)
    if is_in and (wanted or (first is None and (not was_primary or not others))):
        return here
    return first if first is not None else min(others, default=None)


def names(members: Collection[Member]) -> list[str]:
    """As the audit keeps them."""
    return sorted(one.name for one in members)
