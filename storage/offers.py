"""The opportunities of a scope, counted: by kind with their MRR, and who subscribes to what. One statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from bot.domain.catalog import Catalog
from bot.domain.listing import OF_KIND, Group, Listing, Offers, Sign
from storage import conditions
from storage.schema import standing


def count(connection: Connection, catalog: Catalog, listing: Listing) -> Offers:
    """Of the clients that a listing keeps. An opportunity that was answered, or is held back, counts in no kind."""
    statement = _groups(conditions.shape(catalog, listing))
    rows = connection.execute(statement, conditions.values(catalog, listing)).all()
    return Offers(
        clients=sum(row.clients for row in rows),
        owned=_owned(catalog, rows),
        kinds={kind: group for kind, sign in OF_KIND.items() if (group := _group(rows, sign)).clients},
        held=sum(row.clients for row in rows if row.signs & Sign.HELD),
    )


@lru_cache(maxsize=64)
def _groups(shape: conditions.Shape) -> Select[Any]:
    """Few rows however many clients: what is owned, and what is noticed, recurs."""
    one = standing.c
    columns = (one.owned, one.signs, one.currency)
    counted = select(*columns, func.count().label("clients"), func.sum(one.mrr).label("mrr"))
    hinted = conditions.hinted(counted, shape, "NOT INDEXED")  # of all clients the table itself is read through, once
    query = hinted.where(*conditions.clauses(shape, shape.tiers))
    return query.group_by(*columns)


def _owned(catalog: Catalog, rows: Sequence[Row[Any]]) -> dict[str, dict[str, int]]:
    """Product -> edition -> clients, in the catalog's order."""
    counts = Counter[tuple[str, str]]()
    for row in rows:
        for part in filter(None, (row.owned or "").split(",")):
            product, _, edition = part.partition(":")
            counts[product, edition] += row.clients
    found: dict[str, dict[str, int]] = {key: {} for key in catalog.products}
    for (product, edition), number in counts.items():
        found.setdefault(product, {})[edition] = number
    return {key: editions for key, editions in found.items() if editions and key in catalog.products}


def _group(rows: Sequence[Row[Any]], sign: Sign) -> Group:
    clients, mrr = 0, dict[str, float]()
    for row in rows:
        if row.signs & sign:
            clients += row.clients
            if row.currency is not None:
                mrr[row.currency] = mrr.get(row.currency, 0) + float(row.mrr or 0)
    return Group(clients, mrr)
