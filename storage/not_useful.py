"""What people found not useful in digests: by the rule that named a client, once for each of them."""

from __future__ import annotations

from datetime import datetime
from secrets import randbits

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person
from storage import named_clients
from storage.schema import not_useful


def say(connection: Connection, asker: Person, client_id: int, rule: str, digest_id: int | None, now: datetime) -> None:
    """The caller has made sure that the person sees the client."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    about = {"client_id": client_id, "rule": rule, "digest_id": digest_id, "person_id": asker.id}
    values = {"installation_id": asker.installation_id, "id": randbits(62), "said_at": now, **about}
    connection.execute(dialect.insert(not_useful).values(values).on_conflict_do_nothing())
    named_clients.mark(connection, asker.installation_id, [client_id], now.date())
