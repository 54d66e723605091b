"""Clients that are left out of digests until a day, and what ends that early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

FALL = 0.1  # of the share: so far below the kept one, a client fell again
NEAR = timedelta(days=30)  # a renewal that comes so near is told
BANDS = (3, 6)  # the highest scores that are low, and medium, where no catalog says otherwise
LONGEST = timedelta(days=365)  # that a client may be put off
_NEARLY = 1e-9  # shares are kept as floating numbers


@dataclass(frozen=True)
class Snooze:
    person_id: int
    name: str  # theirs
    until: date  # the first day on which it is told again
    reason: str
    made_on: date
    share: float | None = None  # the client's then, as is:
    renews_on: date | None = None

    def ends(self, on: date, share: float | None, renews_on: date | None, bands: tuple[int, ...] = BANDS) -> bool:
        """Whether it is over on a day, by what the client is on it.

        It is read so, and a fall takes it out besides (`storage.snoozes`): who recovers the day after is told.
        """
        return on >= self.until or self.fell(share, bands) or self._came_near(on, renews_on)

    def fell(self, share: float | None, bands: tuple[int, ...] = BANDS) -> bool:
        """By a tenth of the share, or into a lower tier."""
        if share is None or self.share is None:
            return False
        return self.share - share >= FALL - _NEARLY or _tier(share, bands) < _tier(self.share, bands)

    def _came_near(self, on: date, renews_on: date | None) -> bool:
        """Since then: whoever put it off with its renewal ahead knew of it."""
        was_near = renews_on == self.renews_on and _is_near(self.made_on, self.renews_on)
        return _is_near(on, renews_on) and not was_near


def _is_near(on: date, renews_on: date | None) -> bool:
    return renews_on is not None and renews_on - on <= NEAR


def _tier(share: float, bands: tuple[int, ...]) -> int:
    score = int(share * 10 + 0.5 + _NEARLY)
    return sum(score > highest for highest in bands)
