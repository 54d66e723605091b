"""The days on which each subscription and service of some clients renews or ends. One statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from bot.domain.renewals import Dated
from bot.domain.workspace_settings import DATE
from storage import lists
from storage.schema import field, installation, record, record_date, subscription, workspace_tab

_HERE: BindParameter[int] = bindparam("installation")
_TODAY: BindParameter[date] = bindparam("today", type_=Date)
_client = record.alias("client")


def of(
    connection: Connection, installation_id: int, workspace_id: int, clients: Sequence[int], today: date
) -> Mapping[int, Sequence[Dated]]:
    """By client, the earliest first; what has ended is left out. The caller has made sure that they are seen.

    workspace_id  whose settings say which property of services has the day
    """
    bound = {"installation": installation_id, "workspace": workspace_id, "ids": list(clients), "today": today}
    found: dict[int, list[Dated]] = {}
    for client, name, day, ends in connection.execute(_FOUND, bound):
        found.setdefault(client, []).append(Dated(name, day, bool(ends)))
    return found


def _subscriptions() -> Select[Any]:
    one = subscription.c
    day = func.coalesce(one.cancels_on, one.renews_on)
    ends = case((one.cancels_on.is_not(None), 1), else_=0)
    its = (one.installation_id == _HERE, one.client_id.in_(select(lists.numbers("ids").c.value)))
    runs = (one.archived_at.is_(None), or_(one.ended_on.is_(None), one.ended_on > _TODAY))
    columns = (one.client_id, one.product.label("name"), day.label("day"), ends.label("ends"))
    return select(*columns).where(*its, *runs, day >= _TODAY)


def _services() -> Select[Any]:
    """Of the object that stands for services, by the property that the workspace's settings name."""
    at, tab, here = record_date.c, workspace_tab.c, _client.c.installation_id
    its = (record.c.installation_id == here) & (record.c.client_key == _client.c.external_id)
    its = its & (record.c.object == installation.c.service_object)
    tabs = (tab.installation_id == here) & (tab.workspace_id == bindparam("workspace"))
    tabs = tabs & (tab.object == installation.c.service_object)
    chosen = (field.c.installation_id == here) & (field.c.object == tab.object) & (field.c.type == DATE)
    chosen = chosen & (field.c.name == tab.renewal_property)
    dated = (at.installation_id == here) & (at.property_id == field.c.id) & (at.record_id == record.c.id)
    joined = _client.join(installation, installation.c.id == here).join(workspace_tab, tabs).join(field, chosen)
    joined = joined.join(record, its).join(record_date, dated)
    none: ColumnElement[int] = literal_column("0").label("ends")
    clients = (here == _HERE, _client.c.id.in_(select(lists.numbers("ids").c.value)))
    query = select(_client.c.id, record.c.name, at.day, none).select_from(joined)
    return query.where(*clients, record.c.archived_at.is_(None), at.day >= _TODAY)


def _both() -> Select[Any]:
    every = union_all(_subscriptions(), _services()).subquery()
    return select(*every.c).order_by(every.c.day, every.c.name)


_FOUND = _both()
