"""What is to be done before people can work, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Steps:
    clients: int
    as_of: date | None  # the day that their data goes to
    measured: int  # tools of the catalog that some source measures
    tools: int
    found: int  # CSMs that clients name and who are in Slack
    csms: int
    teams: int
    seats_by_hand: bool
    digests: int = 0  # that run
    drafts: int = 0  # that wait for a channel

    @property
    def done(self) -> tuple[bool, bool, bool, bool, bool]:
        """Clients, tools, people, teams, digests."""
        return self.clients > 0, self.measured > 0, 0 < self.csms == self.found, self.teams > 0, self.digests > 0
