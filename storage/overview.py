"""The overview of a scope: how many clients of each tier with which MRR, by CSM, and what moved. Two statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Date, Row, ScalarSelect, Select, bindparam, func, select

from bot.domain.catalog import Catalog, Tier
from bot.domain.filters import Filter, Renews, Sort
from bot.domain.listing import SHOWN, Colleague, Group, Listing, Overview, currencies, gather
from storage import conditions, listing
from storage.grounds import CatalogOf
from storage.schema import absence, claim, person, standing, task

SHORTLIST = 3  # clients that are named
AHEAD = 180  # days: renewals that make a low client one to look at first


def read(connection: Connection, catalog: Catalog, catalogs: CatalogOf, asked: Listing, *, by_csm: bool) -> Overview:
    """What the overview of a listing's scope says. `by_csm`: for whoever leads the team."""
    rows = _rows(connection, catalog, asked, by_csm=by_csm)
    groups = [(Tier(row.tier), row.currency, row.clients, row.mrr) for row in rows]
    fell, rose, first = listing.tops(
        connection, catalog, catalogs, [replace(asked, wanted=one) for one in _tops()], SHORTLIST
    )
    return Overview(
        scope=asked.scope,
        as_of=asked.as_of,
        tiers=gather(groups),
        fell=tuple(one for one in fell if (one.change or 0) < 0),
        rose=tuple(one for one in rose if (one.change or 0) > 0)[: SHORTLIST - 1],
        first=first,
        colleagues=_colleagues(rows) if by_csm else (),
        currencies=currencies(groups),
    )


def tiers(connection: Connection, catalog: Catalog, asked: Listing) -> dict[Tier, Group]:
    """The clients of a listing's scope by tier, and their MRR. One statement."""
    rows = _rows(connection, catalog, asked, by_csm=False)
    return gather((Tier(row.tier), row.currency, row.clients, row.mrr) for row in rows)


def _rows(connection: Connection, catalog: Catalog, asked: Listing, *, by_csm: bool) -> Sequence[Row[Any]]:
    shape = conditions.shape(catalog, replace(asked, wanted=Filter()))
    bound = {**conditions.values(catalog, asked), "today": asked.today}
    return connection.execute(_groups(shape, by_csm), bound).all()


def _tops() -> tuple[Filter, ...]:
    soon = Filter(tiers=(Tier.LOW,), renews=Renews(0, AHEAD), sort=Sort.RENEWAL)
    return Filter(sort=Sort.DROP), Filter(sort=Sort.RISE), soon


@lru_cache(maxsize=16)
def _groups(shape: conditions.Shape, by_csm: bool) -> Select[Any]:
    """Tiers, currencies (and CSMs) with their clients. Of a whole base one index holds all of it."""
    one = standing.c
    columns = [one.tier, one.currency, *([one.person_id, person.c.name] if by_csm else [])]
    counted = select(*columns, func.count().label("clients"), func.sum(one.mrr).label("mrr"))
    query: Select[Any] = conditions.hinted(counted, shape, "INDEXED BY ix_standing_mrr")
    query = query.where(*conditions.within(shape), conditions.among(SHOWN))
    if by_csm:
        csm = (person.c.installation_id == bindparam("installation")) & (person.c.id == one.person_id)
        taken = (claim.c.installation_id == one.installation_id) & (claim.c.client_id == one.client_id)
        query = query.select_from(standing.outerjoin(person, csm).outerjoin(claim, taken & (one.tier == Tier.LOW)))
        theirs = (_overdue().label("overdue"), _away().label("away_to"))
        query = query.add_columns(func.count(claim.c.client_id).label("taken"), *theirs)
    return query.group_by(*columns)


def _overdue() -> ScalarSelect[int]:
    """How many open tasks of a group's CSM, on clients of the workspace, should have been done by now."""
    one, there = task.c, standing.alias()
    mine = (one.installation_id == bindparam("installation"), one.assignee_id == standing.c.person_id)
    here = (there.c.installation_id == one.installation_id) & (there.c.workspace_id == bindparam("workspace"))
    late = select(func.count()).select_from(task.join(there, here & (there.c.client_id == one.client_id)))
    late = late.where(*mine, one.done_at.is_(None), one.due_on < bindparam("today"))
    return late.correlate(standing).scalar_subquery()


def _away() -> ScalarSelect[date]:
    """The last day of a group's CSM's absence, where they are away."""
    one, day = absence.c, bindparam("today", type_=Date)
    mine = (one.installation_id == bindparam("installation"), one.person_id == standing.c.person_id)
    last = select(func.max(one.to_on)).where(*mine, one.from_on <= day, one.to_on >= day)
    return last.correlate(standing).scalar_subquery()


_Csm = tuple[int | None, str | None]  # the id and the name; neither: nobody


def _colleagues(rows: Sequence[Row[Any]]) -> tuple[Colleague, ...]:
    of: dict[_Csm, list[Row[Any]]] = {}
    for row in rows:
        of.setdefault((row.person_id, row.name), []).append(row)
    found = [_colleague(name, theirs) for (_, name), theirs in of.items()]
    return tuple(sorted(found, key=lambda one: (one.name is None, -one.low, -one.clients, one.name or "")))


def _colleague(name: str | None, rows: Sequence[Row[Any]]) -> Colleague:
    return Colleague(
        name=name,
        clients=sum(row.clients for row in rows),
        low=sum(row.clients for row in rows if row.tier == Tier.LOW),
        overdue=rows[0].overdue,
        taken=sum(row.taken for row in rows),
        away_to=rows[0].away_to,
    )
