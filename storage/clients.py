"""Clients of a workspace: counted, and whether one of them is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select

from bot.domain.access import Person
from bot.domain.catalog import Tier
from bot.domain.crm import COMPANY
from storage import conditions
from storage.schema import record, standing

_HERE = (standing.c.installation_id == bindparam("installation"), standing.c.tier != Tier.FORMER)
_COUNT = select(func.count()).where(*_HERE, standing.c.workspace_id == bindparam("workspace"))


def count(connection: Connection, installation_id: int, workspace_id: int, covered: Sequence[int] = ()) -> int:
    """How many clients a workspace has, and people who are covered elsewhere; former ones are absent from counts."""
    bound = {"installation": installation_id, "workspace": workspace_id}
    if not covered:
        return connection.scalar(_COUNT, bound) or 0
    seen = conditions.seen(standing.c, workspace_id, covered)
    return connection.scalar(select(func.count(standing.c.client_id.distinct())).where(*_HERE, seen), bound) or 0


class Stand(NamedTuple):
    """Where a client stands, what it is, and its company where that is another record."""

    workspaces: Mapping[int, int | None]  # with its CSM in each
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
STAND = (
    select(
        standing.c.workspace_id,
        standing.c.person_id.label("csm_id"),
        record.c.name.label("client"),
        record.c.object,
        _company.c.id.label("company_id"),
        _company.c.name.label("company"),
    )
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
    return stand_of(connection.execute(STAND, {"installation": installation_id, "client": client_id}).all())


def stand_of(rows: Sequence[Sequence[Any]]) -> Stand | None:
    """Where a client stands by rows of `STAND`."""
    if not rows:
        return None
    return Stand({row[0]: row[1] for row in rows}, *rows[0][2:])


def name(connection: Connection, asker: Person, client_id: int) -> str | None:
    """The name of a client that somebody sees; None where they see none."""
    at = standing.c
    mine = (at.installation_id == asker.installation_id, at.client_id == client_id)
    same = (record.c.installation_id == at.installation_id) & (record.c.id == at.client_id)
    seen = conditions.seen(at, asker.workspace_id, asker.covered)
    query = select(record.c.name).join(standing, same).where(*mine, seen)
    return connection.scalar(query.where(record.c.archived_at.is_(None)).limit(1))
