"""The digest that named a client last: for some days its card tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.digest_news import Rule

SHOWN = timedelta(days=14)


@dataclass(frozen=True)
class Named:
    on: date
    rule: Rule

    def is_recent(self, day: date) -> bool:
        return day - self.on <= SHOWN
