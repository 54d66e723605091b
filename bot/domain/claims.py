"""Who has taken a low client, so that nobody acts twice and somebody does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.access import Person


@dataclass(frozen=True)
class Claim:
    person_id: int
    name: str
    team_id: int | None  # their primary team
    at: datetime
    may_end: bool = False  # whether who reads it may give the client back

    def read_by(self, asker: Person) -> Claim:
        """By their clock. Who took it gives it back, or who leads their team, or a super admin."""
        leads = asker.leads and asker.own_team_id is not None and asker.own_team_id == self.team_id
        may_end = asker.id == self.person_id or leads or asker.is_super_admin
        return replace(self, at=self.at.astimezone(asker.zone), may_end=may_end)
