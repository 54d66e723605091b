"""From a client's own id, or that of a subscription, to its number in this import."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from storage import lists
from storage.imports import staging
from storage.imports.cells import Bad
from storage.imports.report import Reason
from storage.imports.work import Work
from storage.schema import record, subscription

_REMEMBERED = 100_000  # ids
_STAGED = select(staging.record.c.external_id, staging.record.c.number).where(
    staging.record.c.object == bindparam("object"), lists.among_texts(staging.record.c.external_id, "refs")
)
_STAGED_SUBSCRIPTION = select(staging.subscription.c.external_id, staging.subscription.c.client).where(
    lists.among_texts(staging.subscription.c.external_id, "refs")
)


class Numbers:
    """Looks ids up in the staging tables and the database, a batch at a time, and remembers a bounded number."""

    def __init__(self, work: Work, *, of_subscriptions: bool = False) -> None:
        self._work = work
        self._of_subscriptions = of_subscriptions
        self._unknown = Bad(Reason.UNKNOWN_SUBSCRIPTION if of_subscriptions else Reason.UNKNOWN_CLIENT)
        self._known: dict[Any, Any] = {}

    def all(self, refs: Sequence[Any]) -> list[Any]:
        """The clients' numbers, or why there is none. What is no id (None, a Bad) stays as it is."""
        distinct = set(refs)
        new = distinct - self._known.keys()
        if new:
            if len(self._known) + len(new) > _REMEMBERED:
                self._known.clear()
                new = distinct
            ids = [ref for ref in new if type(ref) is str]
            self._known.update((ref, self._unknown if type(ref) is str else ref) for ref in new)
            self._known.update(self._find(ids))
        return list(map(self._known.__getitem__, refs))

    def _find(self, ids: Collection[str]) -> dict[str, int]:
        return find_subscribers(self._work, ids) if self._of_subscriptions else find(self._work, ids)


def find(work: Work, ids: Collection[str]) -> dict[str, int]:
    """The numbers of the clients with these ids; unknown ones are left out."""
    staged = _lookup(work, _STAGED, ids, object=work.mapping.record)
    return find_stored(work, work.mapping.record, [one for one in ids if one not in staged]) | staged


def find_stored(work: Work, kind: str, ids: Collection[str]) -> dict[str, int]:
    """Ids of the records of this kind that stand in the database, samples that are about to go aside."""
    statement = select(record.c.external_id, record.c.id).where(
        record.c.installation_id == work.installation_id,
        record.c.object == kind,
        lists.among_texts(record.c.external_id, "refs"),
        record.c.source_id.not_in(work.samples),
    )
    return _lookup(work, statement, ids)


def find_subscribers(work: Work, ids: Collection[str]) -> dict[str, int]:
    """The numbers of the clients that these subscriptions belong to."""
    staged = _lookup(work, _STAGED_SUBSCRIPTION, ids)
    statement = select(subscription.c.external_id, subscription.c.client_id).where(
        subscription.c.installation_id == work.installation_id,
        subscription.c.source_id == work.source_id,
        lists.among_texts(subscription.c.external_id, "refs"),
    )
    return _lookup(work, statement, [one for one in ids if one not in staged]) | staged


def _lookup(work: Work, statement: Any, ids: Collection[str], **parameters: Any) -> dict[str, int]:
    if not ids:
        return {}
    rows = work.stage.connection.execute(statement, {"refs": list(ids), **parameters})
    return dict(rows.all())
