"""How far an installation is set up."""

from __future__ import annotations

from functools import reduce
from operator import or_

from sqlalchemy import Connection, func, select

from bot.domain.catalog import Catalog
from bot.domain.csms import Found
from bot.domain.first_steps import Steps
from storage import basis as bases
from storage import clients, csms, everything, rights
from storage.schema import team


def read(connection: Connection, installation_id: int, catalog: Catalog) -> Steps:
    basis = bases.read(connection, installation_id, catalog)
    named = [one for one in csms.every(connection, installation_id) if one.clients]
    teams = select(func.count()).select_from(team).where(team.c.installation_id == installation_id)
    return Steps(
        clients=clients.count(connection, installation_id, everything.widest(connection, installation_id)),
        as_of=basis.as_of,
        measured=reduce(or_, (one.tools for one in basis.sources), 0).bit_count(),
        tools=len(catalog.tools),
        found=sum(one.found is Found.HERE for one in named),
        csms=len(named),
        teams=connection.scalar(teams) or 0,
        seats_by_hand=rights.seats_by_hand(connection, installation_id),
    )
