"""The clients that digests named: their messages are brought up to date once something is answered to one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from bot.domain.digest_news import FALLS
from bot.domain.digests import Digest
from storage import lists
from storage.schema import delivery, named_client

KEPT_TRUE = timedelta(days=14)  # after that a digest stays as it was

_one, _sent = named_client.c, delivery.c


def add(
    connection: Connection, one: Digest, delivery_id: int, named: Mapping[int, str], day: date, now: datetime
) -> None:
    """Remember, in the transaction that keeps what a digest says, whom it names; by client, the rule.

    Of those that are newly low, where the digest wants it, it is looked at later whether somebody took them.
    """
    about = {"installation_id": one.installation_id, "delivery_id": delivery_id, "digest_id": one.id, "named_on": day}
    look_at = None if one.escalates is None else now
    rows = [
        {**about, "client_id": client, "rule": rule, "escalates_at": look_at if rule in FALLS else None}
        for client, rule in named.items()
    ]
    if rows:
        connection.execute(insert(named_client), rows)


def mark(connection: Connection, installation_id: int, clients: Collection[int], day: date) -> None:
    """Let the digests that name clients be drawn again, in the transaction that changed what they say of them.

    Those that are still to be sent, too: what they say was settled before. Of no client it is no statement.
    """
    if not clients:
        return
    mine = (_one.installation_id == installation_id, _one.client_id.in_(select(lists.numbers("ids").c.value)))
    naming = select(_one.delivery_id).where(*mine, _one.named_on >= day - KEPT_TRUE)
    those = (_sent.installation_id == installation_id, _sent.id.in_(naming), _sent.facts.is_not(None))
    values = {"changes": _sent.changes + 1}
    connection.execute(update(delivery).where(*those).values(values), {"ids": list(clients)})
