"""A client's score over time, read for its chart. One statement."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, func, select

from bot.domain.timeline import WEEKS, Stage
from storage import grounds
from storage.grounds import CatalogOf
from storage.schema import change

_OURS = (change.c.installation_id == bindparam("installation"), change.c.client_id == bindparam("client"))
_FIRST = select(func.max(change.c.day)).where(*_OURS, change.c.day <= bindparam("since")).scalar_subquery()
_STAGES = (
    select(
        change.c.day,
        change.c.score,
        change.c.earned,
        change.c.possible,
        change.c.catalog_hash.concat("/").concat(change.c.ground).label("ground"),
        change.c.from_import,
    )
    .where(*_OURS, change.c.day >= func.coalesce(_FIRST, bindparam("since")))
    .order_by(change.c.day)
)


def read(
    connection: Connection, catalogs: CatalogOf, installation_id: int, client_id: int, as_of: date
) -> tuple[Stage, ...]:
    """The stages of the weeks that a chart shows, oldest first; the first may have begun before them.

    The caller has made sure that the person may see the client.
    """
    bound = {"installation": installation_id, "client": client_id, "since": as_of - timedelta(7 * WEEKS)}
    return tuple(
        Stage(
            row.day,
            row.score,
            None if row.score is None else row.earned / row.possible,
            grounds.find(catalogs, row.ground),
            row.from_import,
        )
        for row in connection.execute(_STAGES, bound)
    )
