"""A slice of clients: what their scores are made from, read at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    Select,
    Table,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
)

from bot.domain.marks import UNMARKED, Marked, counting, sets
from bot.domain.rules import properties
from bot.domain.scoring import Facts
from bot.domain.subscriptions import Subscription, monthly_revenue, next_renewal
from storage import bulk, lists, tool_marks, uses
from storage.basis import TEAM_PROPERTY, Basis, Workspace, measured
from storage.schema import record, record_date, record_person, subscription
from storage.uses import NOTHING, Chosen, Reading


@dataclass(slots=True)
class Client:
    """One client of a slice."""

    archived: bool
    name_key: str
    currency: str | None
    mrr: float | None
    team: str | None  # as the data names it
    properties: Mapping[str, object]  # those that the rules of opportunities ask for
    people: dict[int, int] = field(default_factory=dict)  # by the property that names them
    days: dict[int, date] = field(default_factory=dict)  # by property
    subscriptions: list[Subscription] = field(default_factory=list)
    use: Reading = NOTHING
    marked: Marked = UNMARKED


def revenue(
    basis: Basis, mrr: float | None, money: str | None, subscriptions: Sequence[Subscription]
) -> tuple[float | None, str]:
    """MRR of a client and its currency: its own, else what its running subscriptions come to."""
    if mrr is not None or basis.as_of is None:
        return mrr, money or basis.currency
    found = monthly_revenue(subscriptions, basis.as_of)
    return found.amount, found.currency or money or basis.currency


def renewal(basis: Basis, workspace: Workspace, client: Client) -> date | None:
    """The renewal date: the property's; where the workspace chose none, else that of the next subscription."""
    day = client.days.get(workspace.renewal_property)
    if day is not None or workspace.renewal_chosen or basis.as_of is None:
        return day
    return next_renewal(client.subscriptions, basis.as_of)


def csm(workspace: Workspace, client: Client) -> int | None:
    """The person in the workspace's own CSM property."""
    return client.people.get(workspace.csm_property)


class Reader:
    """Reads slices on one basis. Its statements are built once."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self._properties = sorted(properties(basis.catalog))
        self._measured: dict[int, tuple[bool, int]] = {}  # what covers a client, by the sources that name it
        self._statements = {dense: self._build(dense) for dense in (True, False)}

    def _build(self, dense: bool) -> tuple[Select[Any], ...]:
        chosen = partial(_chosen, dense=dense)
        made = (_records, _people, _days, _subscriptions, uses.statement, tool_marks.statement)
        return tuple(make(self.basis, chosen) for make in made)

    def read(self, connection: Connection, ids: Sequence[int]) -> dict[int, Client]:
        """The clients with these ids, which are in order. Those of no record are left out."""
        if not ids:
            return {}
        dense = ids[-1] - ids[0] < 2 * len(ids)
        values = {"low": ids[0], "high": ids[-1]} if dense else {"ids": ids}
        records, people, days, subscriptions, used, marks = self._statements[dense]
        wanted, day = frozenset(ids), bulk.day(connection)
        clients = {
            row[0]: Client(row[1], row[2], row[3], row[4], row[5], dict(zip(self._properties, row[6:], strict=True)))
            for row in bulk.rows(connection, records, values)
            if row[0] in wanted
        }
        for record_id, property_id, person_id in bulk.rows(connection, people, values):
            if (client := clients.get(record_id)) is not None:
                client.people[property_id] = person_id
        for record_id, property_id, when in bulk.rows(connection, days, values):
            if (client := clients.get(record_id)) is not None and (on := day(when)) is not None:
                client.days[property_id] = on
        for row in bulk.rows(connection, subscriptions, values):
            if (client := clients.get(row[0])) is not None:
                client.subscriptions.append(_subscription(row, day, self.basis.as_of))
        for client_id, listed, asked, *words in bulk.rows(connection, used, values):
            if (client := clients.get(client_id)) is not None:
                client.use = uses.reading(self.basis, listed, asked, words)
        for client_id, found in tool_marks.of_slice(bulk.rows(connection, marks, values), day).items():
            if (client := clients.get(client_id)) is not None and self.basis.as_of is not None:
                client.marked = sets(counting(self.basis.catalog, found, self.basis.as_of))
        return clients

    def facts(self, client: Client) -> Facts:
        """What the score of a client of the slice is made from."""
        basis, listed = self.basis, client.use.listed
        if listed not in self._measured:
            self._measured[listed] = measured(basis.sources, listed)
        return Facts(client.subscriptions, basis.subscribing, *self._measured[listed], client.use.used, client.marked)


def _subscription(row: Sequence[Any], day: bulk.Day, as_of: date | None) -> Subscription:
    _, product, edition, started, ended, cancels, renews, *rest, archived = row
    one = Subscription(product, edition, day(started), day(ended), day(cancels), day(renews), *rest)
    return one if archived is None else ended_by(one, day(archived), as_of)


def ended_by(one: Subscription, archived_on: date | None, as_of: date | None) -> Subscription:
    """A subscription that its source no longer names has ended: then, or with the data where that is older."""
    if archived_on is None:
        return one
    known = [day for day in (archived_on, as_of, one.ended_on) if day is not None]
    return one._replace(ended_on=min(known))


def _chosen(column: ColumnElement[int], dense: bool) -> ColumnElement[bool]:
    """Clients close together are read as a range, which is quicker; others one by one."""
    if dense:
        return column.between(bindparam("low", type_=BigInteger), bindparam("high", type_=BigInteger))
    return column.in_(select(lists.numbers("ids").c.value))


def _records(basis: Basis, chosen: Chosen) -> Select[Any]:
    return select(
        record.c.id,
        record.c.archived_at.is_not(None),
        record.c.name_key,
        record.c.currency,
        cast(record.c.mrr, Double),
        record.c.properties[TEAM_PROPERTY].as_string() if basis.has_teams else null(),
        *(record.c.properties[name].as_string() for name in sorted(properties(basis.catalog))),
    ).where(
        record.c.installation_id == basis.installation_id,
        chosen(record.c.id),
        record.c.object == basis.object,
    )


def _people(basis: Basis, chosen: Chosen) -> Select[Any]:
    """The people in the CSM properties of all workspaces."""
    asked = {one.csm_property for one in basis.workspaces}
    return _typed(basis, record_person, record_person.c.person_id, asked, chosen)


def _days(basis: Basis, chosen: Chosen) -> Select[Any]:
    """The dates in the renewal properties of all workspaces."""
    asked = {one.renewal_property for one in basis.workspaces}
    return _typed(basis, record_date, record_date.c.day, asked, chosen)


def _typed(
    basis: Basis, table: Table, value: ColumnElement[Any], asked: Collection[int], chosen: Chosen
) -> Select[Any]:
    return select(table.c.record_id, table.c.property_id, value).where(
        table.c.installation_id == basis.installation_id,
        chosen(table.c.record_id),
        table.c.property_id.in_([literal_column(str(one)) for one in sorted(asked)]),
    )


def _subscriptions(basis: Basis, chosen: Chosen) -> Select[Any]:
    one = subscription.c
    return select(
        one.client_id,
        one.product,
        one.edition,
        one.started_on,
        one.ended_on,
        one.cancels_on,
        one.renews_on,
        one.status,
        cast(one.mrr, Double),
        one.currency,
        one.seats,
        one.seats_used,
        func.date(one.archived_at),
    ).where(one.installation_id == basis.installation_id, chosen(one.client_id))
