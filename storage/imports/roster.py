"""What team files say, taken together: who is in which team, and what one row may not say after another.

Kept in memory: a company has few enough people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from storage.imports.report import Reason
from storage.teams import key


class Said(NamedTuple):
    """A row of a team file."""

    team: str
    email: str
    primary: bool | None  # None: it does not say
    lead: bool | None  # None: its file has no such column
    place: Mapping[str, str | None]  # the team's country and time zone, as far as its file has them


@dataclass
class Team:
    """A team with the rows that name it."""

    name: str
    members: dict[str, Said] = field(default_factory=dict)  # by e-mail address
    place: dict[str, str | None] = field(default_factory=dict)


class Roster:
    """All rows that were taken."""

    def __init__(self) -> None:
        self.teams: dict[str, Team] = {}  # by key
        self.primary: dict[str, str] = {}  # e-mail address -> key of the team that a row calls primary
        self.first: dict[str, str] = {}  # e-mail address -> key of the first team whose row does not say
        self.partly: set[str] = set()  # keys of teams that may have more members than the good rows name
        self.is_whole = True  # no team is missing: nothing is only the rest of a file, no refused row may name another

    @property
    def emails(self) -> set[str]:
        return {email for team in self.teams.values() for email in team.members}

    def has(self, said: Said) -> bool:
        """Whether an earlier row says the same."""
        team = self.teams.get(key(said.team))
        earlier = team.members.get(said.email) if team is not None else None
        return earlier is not None and earlier[1:] == said[1:]

    def conflict(self, said: Said) -> tuple[str, Reason] | None:
        """The column that cannot be so after the earlier rows, and why."""
        team = self.teams.get(key(said.team), Team(said.team))
        if said.email in team.members:
            return "email", Reason.TWICE
        for column, value in said.place.items():
            if value is not None and team.place.get(column) not in {None, value}:
                return column, Reason.OTHER_OF_TEAM
        return ("primary", Reason.SECOND_PRIMARY) if said.primary and said.email in self.primary else None

    def add(self, said: Said) -> None:
        """Take a row that has no conflict."""
        team = self.teams.setdefault(key(said.team), Team(said.team))
        team.members[said.email] = said
        team.place |= {column: value or team.place.get(column) for column, value in said.place.items()}
        if said.primary:
            self.primary[said.email] = key(said.team)
        elif said.primary is None:
            self.first.setdefault(said.email, key(said.team))
