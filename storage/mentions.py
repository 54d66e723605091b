"""The client that a text names, by its whole name or its domain. One statement as a rule, two at most."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from bot.domain import mentions
from bot.domain.access import Person
from bot.domain.mentions import Named
from storage import lists
from storage.schema import record, standing

_same = (standing.c.installation_id == record.c.installation_id) & (standing.c.client_id == record.c.id)
_SEEN = (
    select(record.c.id, record.c.name, record.c.name_key)
    .join(standing, _same)
    .where(
        record.c.installation_id == bindparam("installation"),
        record.c.archived_at.is_(None),
        standing.c.workspace_id == bindparam("workspace"),
    )
)
_BY_NAME = _SEEN.where(lists.among_texts(record.c.name_key, "keys"))
_BY_DOMAIN = _SEEN.where(lists.among_texts(record.c.domain, "keys"))


def client(connection: Connection, asker: Person, text: str) -> Named | None:
    """The one that somebody sees and the text names clearly: with the longest name, else by a domain."""
    here = {"installation": asker.installation_id, "workspace": asker.workspace_id}
    for query, keys in ((_BY_NAME, mentions.runs(text)), (_BY_DOMAIN, mentions.domains(text))):
        rows = connection.execute(query, {**here, "keys": sorted(keys)}).all() if keys else []
        if rows:
            return mentions.clearest(Named(*row) for row in rows)
    return None
