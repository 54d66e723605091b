"""The digest that named a client last: for some days its card tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.digest_news import Rule

SHOWN = timedelta(days=14)


@dataclass(frozen=True)
class Named:
    on: date
    rule: Rule
    leads_at: datetime | None = None  # when the leads were told that nobody took it
    useless: int = 0  # people who said that it is not useful to be told of it by this rule

    def is_recent(self, day: date) -> bool:
        return day - self.on <= SHOWN
