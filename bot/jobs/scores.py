"""Makes all scores again where settings changed, or where an import was cut off, and nobody is at it."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage import standing
from storage.database import Database


@dataclass
class Scores:
    """The job. Any number of processes may run it at a time."""

    database: Database
    _seen: dict[int, int] = field(default_factory=dict)  # installation -> the last client that was done by then

    def run(self) -> int:
        """One turn; how many clients that were. What has moved since the last turn is being done by somebody."""
        with self.database.read() as connection:
            found = standing.waiting(connection)
        left = [one for one, last in found.items() if self._seen.get(one) == last]
        self._seen = found
        return sum(standing.catch_up(self.database, one) for one in left)
