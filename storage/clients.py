"""Clients of a workspace: counted, and whether one of them is seen."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select

from bot.domain.access import Person
from bot.domain.catalog import Tier
from bot.domain.crm import COMPANY
from storage.schema import record, standing

_COUNT = select(func.count()).where(
    standing.c.installation_id == bindparam("installation"),
    standing.c.workspace_id == bindparam("workspace"),
    standing.c.tier != Tier.FORMER,
)


def count(connection: Connection, installation_id: int, workspace_id: int) -> int:
    """How many clients a workspace has; former ones are absent from counts."""
    return connection.scalar(_COUNT, {"installation": installation_id, "workspace": workspace_id}) or 0


class Stand(NamedTuple):
    """Where a client stands, what it is, and its company where that is another record."""

    workspaces: frozenset[int]
    name: str
    object: str
    company_id: int | None
    company: str | None


_company = record.alias("company")
_IS_COMPANY = and_(
    _company.c.installation_id == record.c.installation_id,
    _company.c.object == COMPANY,
    _company.c.external_id == record.c.properties["company_id"].as_string(),
    _company.c.id != record.c.id,
    _company.c.archived_at.is_(None),
)
_STAND = (
    select(standing.c.workspace_id, record.c.name, record.c.object, _company.c.id, _company.c.name)
    .join(record, (record.c.installation_id == standing.c.installation_id) & (record.c.id == standing.c.client_id))
    .outerjoin(_company, _IS_COMPANY)
    .where(
        standing.c.installation_id == bindparam("installation"),
        standing.c.client_id == bindparam("client"),
        record.c.archived_at.is_(None),
    )
)


def stand(connection: Connection, installation_id: int, client_id: int) -> Stand | None:
    """None where the client is gone."""
    rows = connection.execute(_STAND, {"installation": installation_id, "client": client_id}).all()
    if not rows:
        return None
    return Stand(frozenset(row[0] for row in rows), *rows[0][1:])


def name(connection: Connection, asker: Person, client_id: int) -> str | None:
    """The name of a client that somebody sees; None where they see none."""
    at = standing.c
    mine = (at.installation_id == asker.installation_id, at.client_id == client_id)
    same = (record.c.installation_id == at.installation_id) & (record.c.id == at.client_id)
    seen = select(record.c.name).join(standing, same).where(*mine, at.workspace_id == asker.workspace_id)
    return connection.scalar(seen.where(record.c.archived_at.is_(None)))
