"""How far an installation is set up."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from bot.domain.catalog import Catalog, Tier
from bot.domain.csms import Found
from bot.domain.digests import Pause
from bot.domain.first_steps import Steps
from storage import csms, everything, reaches
from storage.schema import digest, installation, standing, team


def read(connection: Connection, installation_id: int, catalog: Catalog) -> Steps:
    """One statement."""
    row = connection.execute(_steps(installation_id), {"installation": installation_id}).one()
    return Steps(
        clients=row.clients,
        as_of=row.as_of,
        measured=reduce(or_, (one.tools for one in reaches.sources(catalog, row.sources)), 0).bit_count(),
        tools=len(catalog.tools),
        found=row.found or 0,
        csms=row.csms,
        teams=row.teams,
        seats_by_hand=row.seats_by_hand,
        digests=row.digests,
        drafts=row.drafts,
    )


def _steps(installation_id: int) -> Select[Any]:
    """Former clients are absent from counts."""
    named = csms.named(installation_id).subquery()
    here = (standing.c.installation_id == installation_id, standing.c.tier != Tier.FORMER)
    clients = select(func.count()).where(*here, standing.c.workspace_id == everything.where(installation_id))
    teams = select(func.count()).select_from(team).where(team.c.installation_id == installation_id)
    told = select(func.count()).select_from(digest).where(digest.c.installation_id == installation_id)
    are_found = func.sum(case((named.c.found == Found.HERE.value, 1), else_=0))
    return select(
        installation.c.as_of,
        installation.c.seats_by_hand,
        reaches.column().label("sources"),
        clients.scalar_subquery().label("clients"),
        teams.scalar_subquery().label("teams"),
        told.where(digest.c.paused.is_(None)).scalar_subquery().label("digests"),
        told.where(digest.c.paused == Pause.DRAFT.value).scalar_subquery().label("drafts"),
        select(func.count()).select_from(named).scalar_subquery().label("csms"),
        select(are_found).scalar_subquery().label("found"),
    ).where(installation.c.id == installation_id)
