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
from storage import deliveries, digest_facts, digest_runs, digests
from storage.database import LOST, Database

TURN = 10.0  # seconds after which no more is begun: the bot ends within the time that it is given to

_Said = tuple[Digest, Composed | None]  # None: it comes too late

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
            number = digest_runs.number_due(connection, self.installation_id, self.now())
        for _ in range(number):
            if time.monotonic() > until or not self._run_next():
                break

    def _run_next(self) -> bool:
        """False where there is no more. One that cannot be composed, whatever is in it, holds up no other.

        While the database is gone nothing fails for good: a digest is still due when it comes back.
        """
        moment, tried = self.now(), list[Digest]()
        run = partial(self._run_at, moment, tried)
        found = attempt("digest failed", run, raises=LOST, installation=self.installation_id)
        if found is None and tried:
            self._fail(tried[0], moment)
        return bool(tried) if found is None else found

    def _run_at(self, moment: datetime, tried: list[Digest]) -> bool:
        """The digest is locked until what it says is kept: whoever is killed meanwhile has done nothing."""
        if self.database.is_sqlite:
            return self._run_ahead(moment, tried)
        with self.database.write() as connection:
            found = self._said(connection, moment, tried)
            if found is not None:
                self._keep(connection, *found, moment)
        return found is not None

    def _run_ahead(self, moment: datetime, tried: list[Digest]) -> bool:
        """On SQLite it is composed before that: whoever writes there keeps all others waiting."""
        with self.database.read() as connection:
            found = self._said(connection, moment, tried)
        if found is None:
            return False
        with self.database.write() as connection:
            if digests.get(connection, self.installation_id, found[0].id) == found[0]:  # else it is looked at again
                self._keep(connection, *found, moment)
        return True

    def _said(self, connection: Connection, moment: datetime, tried: list[Digest]) -> _Said | None:
        found = digest_facts.due(connection, self.installation_id, moment)
        if found is None or found.digest.next_at is None:
            return None
        tried.append(found.digest)
        if is_late(found.digest, found.digest.next_at, moment):
            return found.digest, None
        return found.digest, self.compose(connection, found.digest, moment, found.head)

    def _keep(self, connection: Connection, one: Digest, said: Composed | None, moment: datetime) -> None:
        assert one.next_at is not None
        key, then = period(one, one.next_at), _following(one, moment)
        if said is None:
            digest_runs.leave_out(connection, one, key, moment, "skipped", "late")
            digest_runs.plan(connection, one, then)
            return
        day = local_day(one, one.next_at)
        if digest_runs.keep(connection, one, key, day, moment, **vars(said), then=then) is None:
            digest_runs.plan(connection, one, then)
        log.info("digest", installation=one.installation_id, digest=one.id, is_quiet=said.message is None)

    def _fail(self, one: Digest, moment: datetime) -> None:
        """Unless somebody changed it meanwhile, or another process ran it: then it is looked at again."""
        assert one.next_at is not None
        with self.database.write() as connection:
            if not digest_runs.is_same(connection, one):
                return
            key = period(one, one.next_at)
            number = digest_runs.leave_out(connection, one, key, moment, "failed", "error")
            if number is not None:
                about = (digest_failures.FAILED, f"{one.id}/{number}", moment)
                deliveries.add(connection, one.installation_id, one.made_by, *about)
            digest_runs.plan(connection, one, _following(one, moment))


def _following(one: Digest, moment: datetime) -> datetime:
    """When it runs next, after the run that is due."""
    assert one.next_at is not None
    return following(replace(one, told_on=local_day(one, one.next_at)), max(moment, one.next_at))


def period(one: Digest, planned: datetime) -> str:
    """The key of a run: there is one for each local day."""
    return f"{one.id}/{local_day(one, planned)}"
