"""All clients of a list, in its order, slice by slice: memory does not grow with the list."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from bot.domain.catalog import Catalog
from bot.domain.listing import Entry, Listing, Page
from storage import listing as pages
from storage import lists
from storage.schema import record, standing, team

SLICE = 1_000

_BESIDE = (
    select(record.c.id, record.c.external_id, record.c.domain, team.c.name.label("team"))
    .select_from(record)
    .join(standing, (standing.c.installation_id == record.c.installation_id) & (standing.c.client_id == record.c.id))
    .outerjoin(team, (team.c.installation_id == standing.c.installation_id) & (team.c.id == standing.c.team_id))
    .where(
        record.c.installation_id == bindparam("installation"),
        record.c.id.in_(select(lists.numbers("clients").c.value)),
        standing.c.workspace_id == bindparam("workspace"),
    )
)


def entries(connection: Connection, catalog: Catalog, listing: Listing) -> Iterator[Entry]:
    """Each client of a list once, where the connection is a `snapshot`."""
    beside = None
    while True:
        found = pages.page(connection, catalog, _nothing, listing, beside=beside, limit=SLICE)
        yield from _entries(connection, listing, found)
        if not found.has_after:
            return
        beside = found.lines[-1].position


def _nothing(_hash: str) -> None:
    """No catalog is looked for: why a client moved is not in the file."""


def _entries(connection: Connection, listing: Listing, page: Page) -> Iterator[Entry]:
    values = {"installation": listing.installation_id, "workspace": listing.stands_in}
    rows = connection.execute(_BESIDE, {**values, "clients": [line.id for line in page.lines]})
    found = {row.id: row for row in rows}
    for line in page.lines:
        row = found[line.id]
        yield Entry(line, row.external_id, row.domain, row.team, page.data_to)
