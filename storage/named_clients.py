"""The clients that digests named: their messages are brought up to date once something is answered to one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from storage.schema import delivery, named_client

KEPT_TRUE = timedelta(days=14)  # after that a digest stays as it was

_one, _sent = named_client.c, delivery.c


def mark(connection: Connection, installation_id: int, client_id: int, now: datetime) -> None:
    """Let the digests that name a client be drawn again, in the transaction that changed what they say of it.

    Those that are still to be sent, too: what they say was settled before.
    """
    mine = (_one.installation_id == installation_id, _one.client_id == client_id)
    naming = select(_one.delivery_id).where(*mine, _one.named_on >= now.date() - KEPT_TRUE)
    those = (_sent.installation_id == installation_id, _sent.id.in_(naming), _sent.facts.is_not(None))
    connection.execute(update(delivery).where(*those).values(changes=_sent.changes + 1))
