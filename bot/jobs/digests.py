"""Runs the digests that are due: what each says is kept, once for each of its days, and then delivered."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.domain.digest_times import following, is_late, local_day
from bot.domain.digests import Digest
from bot.edge import attempt
from bot.jobs import digest_failures
from bot.jobs.composing import Compose, Composed
from storage import deliveries, digest_runs
from storage.database import LOST, Database

TURN = 10.0  # seconds after which no more is begun: the bot ends within the time that it is given to

_Ahead = tuple[Digest, Composed]
# With the moment, and with when it runs next: whether that is kept already.
_Run = Callable[[Connection, Digest, datetime, datetime], bool]

log = structlog.get_logger()


@dataclass(frozen=True)
class Digests:
    """The job. Any number of processes may run it: a digest is locked by the one that runs it."""

    database: Database
    compose: Compose
    installation_id: int
    now: Callable[[], datetime]

    def run(self) -> None:
        """One turn: whatever is due by now. One statement where nothing is."""
        until = time.monotonic() + TURN
        with self.database.read() as connection:
            is_due = digest_runs.is_any_due(connection, self.installation_id, self.now())
        while is_due and time.monotonic() < until:
            is_due = self._run_next()

    def _run_next(self) -> bool:
        """False where there is no more. One that cannot be composed, whatever is in it, holds up no other.

        While the database is gone nothing fails for good: a digest is still due when it comes back.
        """
        moment = self.now()
        found = attempt("digest failed", partial(self._run_at, moment), raises=LOST, installation=self.installation_id)
        return self._take(moment, self._fail) if found is None else found

    def _run_at(self, moment: datetime) -> bool:
        return self._take(moment, partial(self._say, self._ahead(moment)))

    def _ahead(self, moment: datetime) -> _Ahead | None:
        """On SQLite it is composed before the digest is locked: whoever writes there keeps all others waiting."""
        if not self.database.is_sqlite:
            return None
        with self.database.read() as connection:
            one = digest_runs.due(connection, self.installation_id, moment)
            if one is None or one.next_at is None or is_late(one, one.next_at, moment):
                return None
            return one, self.compose(connection, one, moment)

    def _take(self, moment: datetime, run: _Run) -> bool:
        """The digest is locked until what it says is kept: whoever is killed meanwhile has done nothing."""
        with self.database.write() as connection:
            one = digest_runs.due(connection, self.installation_id, moment)
            if one is None or one.next_at is None:
                return False
            told = replace(one, told_on=local_day(one, one.next_at))
            then = following(told, max(moment, one.next_at))
            if not run(connection, one, moment, then):
                digest_runs.plan(connection, one, then)
        return True

    def _say(self, ahead: _Ahead | None, connection: Connection, one: Digest, moment: datetime, then: datetime) -> bool:
        assert one.next_at is not None
        key = period(one, one.next_at)
        if is_late(one, one.next_at, moment):
            digest_runs.leave_out(connection, one, key, moment, "skipped", "late")
            return False
        said = ahead[1] if ahead is not None and ahead[0] == one else self.compose(connection, one, moment)
        day = local_day(one, one.next_at)
        kept = digest_runs.keep(connection, one, key, day, moment, **vars(said), then=then)
        log.info("digest", installation=one.installation_id, digest=one.id, is_quiet=said.message is None)
        return kept is not None

    def _fail(self, connection: Connection, one: Digest, moment: datetime, _then: datetime) -> bool:
        assert one.next_at is not None
        number = digest_runs.leave_out(connection, one, period(one, one.next_at), moment, "failed", "error")
        if number is not None:
            deliveries.add(
                connection, one.installation_id, one.made_by, digest_failures.FAILED, f"{one.id}/{number}", moment
            )
        return False


def period(one: Digest, planned: datetime) -> str:
    """The key of a run: there is one for each local day."""
    return f"{one.id}/{local_day(one, planned)}"
