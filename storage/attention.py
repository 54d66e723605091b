"""Beside a client's card: the digest that named it last."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from bot.domain.attention import Named
from bot.domain.digest_news import Rule
from storage.schema import named_client, not_useful, record

_one, _last = named_client.c, named_client.alias("last_named")


def beside(query: Select[Any]) -> Select[Any]:
    """A statement on `record` that also reads it; `named` makes it of its rows."""
    mine = (_last.c.installation_id == record.c.installation_id) & (_last.c.client_id == record.c.id)
    newest = select(_last.c.delivery_id).where(mine).order_by(_last.c.named_on.desc(), _last.c.delivery_id).limit(1)
    same = (
        (_one.installation_id == record.c.installation_id)
        & (_one.client_id == record.c.id)
        & (_one.delivery_id == newest.correlate(record).scalar_subquery())
    )
    said = not_useful.c
    its = (said.installation_id == record.c.installation_id, said.client_id == record.c.id, said.rule == _one.rule)
    people = select(func.count(said.person_id.distinct())).where(*its).correlate(record, named_client)
    columns = (_one.rule.label("named_by"), _one.named_on, _one.leads_at, people.scalar_subquery().label("useless"))
    return query.add_columns(*columns).outerjoin(named_client, same)


def named(row: Any) -> Named | None:
    return None if row.named_by is None else Named(row.named_on, Rule(row.named_by), row.leads_at, row.useless)
