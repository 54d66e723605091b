"""The client that a text names: by its whole name, its domain, or the beginning of its name.

The first two take a statement each; beginnings are looked up as if they were typed.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from bot.domain import mentions
from bot.domain.access import Person
from bot.domain.mentions import Named
from storage import conditions, lists, lookup
from storage.schema import record, standing

_same = (standing.c.installation_id == record.c.installation_id) & (standing.c.client_id == record.c.id)
_LIVE = (
    select(record.c.id, record.c.name, record.c.name_key)
    .distinct()
    .join(standing, _same)
    .where(record.c.installation_id == bindparam("installation"), record.c.archived_at.is_(None))
)
_BY_NAME = _LIVE.where(lists.among_texts(record.c.name_key, "keys"))
_BY_DOMAIN = _LIVE.where(lists.among_texts(record.c.domain, "keys"))


def client(connection: Connection, asker: Person, text: str) -> Named | None:
    """The one that somebody sees and the text names clearly: the longer, the clearer."""
    here, seen = {"installation": asker.installation_id}, conditions.seen(standing.c, asker.workspace_id, asker.covered)
    for query, keys in ((_BY_NAME, mentions.runs(text)), (_BY_DOMAIN, mentions.domains(text))):
        rows = connection.execute(query.where(seen), {**here, "keys": sorted(keys)}).all() if keys else []
        if rows:
            return mentions.clearest(Named(*row) for row in rows)
    hits = (_begun(connection, asker, run) for run in mentions.proper(text))
    return next((hit for hit in hits if hit is not None), None)


def _begun(connection: Connection, asker: Person, run: str) -> Named | None:
    """The one client that these words clearly mean, if its name begins with them: nothing that is only alike."""
    found = lookup.find(connection, asker.installation_id, asker.workspace_id, run, covered=asker.covered)
    hit = next((one for one in found.hits if one.client_id == found.clear), None)
    if hit is None or not mentions.begins(hit.name, run):
        return None
    return Named(hit.client_id, hit.name, run)
