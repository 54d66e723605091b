"""Pushes tasks and notes to the CRM: each once, and again whenever it was changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.crm import Crm
from bot.errors import DeliveryError
from storage import outbox
from storage.database import Database
from storage.outbox import Claim, Subject

PAUSES = tuple(timedelta(minutes=number) for number in (1, 5, 15, 60, 180, 360, 720))  # after each attempt but the last
ATTEMPTS = len(PAUSES) + 1
MOST = 20  # of a turn: the bot ends within the time that it is given to

log = structlog.get_logger()


@dataclass(frozen=True)
class Outbox:
    """The job, for one installation. Any number of processes may run it at a time."""

    database: Database
    crm: Crm
    installation_id: int
    now: Callable[[], datetime]

    def run(self) -> None:
        """One turn: whatever is due by now."""
        for _ in range(MOST):
            one = outbox.claim(self.database, self.installation_id, self.now())
            if one is None:
                return
            self._serve(one)

    def _serve(self, one: Claim) -> None:
        with self.database.read() as connection:
            subject = outbox.subject(connection, one)
        if subject is None:
            outbox.drop(self.database, one)
            return
        try:
            remote_id = self._push(one, subject)
        except DeliveryError as error:
            self._failed(one, error)
        else:
            outbox.sent(self.database, one, subject, remote_id)
            log.info("pushed to the CRM", installation=one.installation_id, kind=one.kind, subject=one.subject_id)

    def _push(self, one: Claim, subject: Subject) -> str:
        """What may have arrived already is looked for, and then changed: it may be of an earlier version."""
        remote_id = subject.remote_id
        if one.attempts > ATTEMPTS:  # the last one was killed
            raise DeliveryError("too many attempts", temporary=True)
        if remote_id is None and not one.is_first:
            remote_id = self.crm.find_by_marker(subject.pushed)
        if remote_id is None:
            return self.crm.create(subject.pushed)
        self.crm.update(remote_id, subject.pushed)
        return remote_id

    def _failed(self, one: Claim, error: DeliveryError) -> None:
        about = {"installation": one.installation_id, "kind": one.kind, "subject": one.subject_id}
        log.warning("not pushed to the CRM", **about, attempts=one.attempts, temporary=error.temporary)
        if not error.temporary:
            outbox.refuse(self.database, one, error.code)
        elif one.attempts < ATTEMPTS:
            outbox.put_off(self.database, one, self.now() + PAUSES[one.attempts - 1])
        else:
            outbox.give_up(self.database, one)
