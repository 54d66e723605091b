"""Questions about channels: where Slack has had enough of them, no process asks until it takes them again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audience import Audience as Verdict
from bot.errors import DeliveryError
from bot.jobs.delivery import delivering
from storage import pace
from storage.audience import Audience
from storage.database import Database

PLACE = "questions"  # of Slack's pace: posts go on meanwhile


@dataclass(frozen=True)
class Questions:
    """Asks whether a channel may be told of clients."""

    database: Database
    audience: Audience
    installation_id: int
    now: Callable[[], datetime]

    def verdict(self, channel_id: str) -> Verdict:
        """Raises DeliveryError, also where Slack is to be left alone and nothing is known."""
        if self.audience.known(self.installation_id, channel_id) is not None:
            return Verdict.FINE
        with self.asking():
            return self.audience.ask(self.installation_id, channel_id)[0]

    @contextmanager
    def asking(self) -> Iterator[None]:
        """What is asked of Slack in it is asked only while it takes questions. Raises DeliveryError."""
        moment = self.now()
        with self.database.read() as connection:
            until = pace.held(connection, self.installation_id, moment, PLACE)
        if until is not None:
            after = math.ceil((until - moment).total_seconds())
            raise DeliveryError("ratelimited", temporary=True, after=after)
        try:
            with delivering():
                yield
        except DeliveryError as error:
            if error.after is not None:
                self._hold(timedelta(seconds=error.after))
            raise

    def _hold(self, pause: timedelta) -> None:
        with self.database.write() as connection:
            pace.hold(connection, self.installation_id, self.now() + pause, PLACE)
