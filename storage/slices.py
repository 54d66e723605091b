"""A slice of clients: what their scores are made from, read at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    FromClause,
    Integer,
    Label,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from bot.domain.catalog import since
from bot.domain.rules import properties
from bot.domain.scoring import Facts
from bot.domain.subscriptions import Subscription, monthly_revenue, next_renewal
from storage import bulk, lists
from storage.basis import TEAM_PROPERTY, Basis, measured
from storage.schema import record, record_date, record_person, subscription, usage


@dataclass(slots=True)
class Client:
    """One client of a slice."""

    archived: bool
    currency: str | None
    mrr: float | None
    person_id: int | None
    renews_on: date | None
    team: str | None  # as the data names it
    properties: Mapping[str, object]  # those that the rules of opportunities ask for
    subscriptions: list[Subscription] = field(default_factory=list)
    used: int = 0  # the set of tools in use
    listed: int = 0  # the sources that ever named it in usage (`measured`)


def revenue(
    basis: Basis, mrr: float | None, money: str | None, subscriptions: Sequence[Subscription]
) -> tuple[float | None, str]:
    """MRR of a client and its currency: its own, else what its running subscriptions come to."""
    if mrr is not None or basis.as_of is None:
        return mrr, money or basis.currency
    found = monthly_revenue(subscriptions, basis.as_of)
    return found.amount, found.currency or money or basis.currency


def renewal(basis: Basis, day: date | None, subscriptions: Sequence[Subscription]) -> date | None:
    """The renewal date: the property's; where the workspace chose none, else that of the next subscription."""
    if day is not None or basis.renewal_chosen or basis.as_of is None:
        return day
    return next_renewal(subscriptions, basis.as_of)


class Reader:
    """Reads slices on one basis. Its statements are built once."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self._bits = {str(tool_id): 1 << position for tool_id, position in basis.positions.items()}
        self._properties = sorted(properties(basis.catalog))
        self._measured: dict[int, tuple[bool, int]] = {}  # what covers a client, by the sources that name it
        self._statements = {dense: self._build(dense) for dense in (True, False)}

    def _build(self, dense: bool) -> tuple[Select[Any], ...]:
        return tuple(make(self.basis, dense) for make in (_records, _subscriptions, _uses))

    def read(self, connection: Connection, ids: Sequence[int]) -> dict[int, Client]:
        """The clients with these ids, which are in order. Those of no record are left out."""
        if not ids:
            return {}
        dense = ids[-1] - ids[0] < 2 * len(ids)
        values = {"low": ids[0], "high": ids[-1]} if dense else {"ids": ids}
        records, subscriptions, uses = self._statements[dense]
        wanted, day = frozenset(ids), bulk.day(connection)
        clients = {
            row[0]: Client(
                row[1], row[2], row[3], row[4], day(row[5]), row[6], dict(zip(self._properties, row[7:], strict=True))
            )
            for row in bulk.rows(connection, records, values)
            if row[0] in wanted
        }
        for row in bulk.rows(connection, subscriptions, values):
            if (client := clients.get(row[0])) is not None:
                client.subscriptions.append(_subscription(row, day, self.basis.as_of))
        for client_id, tools, listed in bulk.rows(connection, uses, values):
            if (client := clients.get(client_id)) is not None:
                client.used = sum(map(self._bits.__getitem__, tools.split(","))) if tools else 0
                client.listed = listed
        return clients

    def facts(self, client: Client) -> Facts:
        """What the score of a client of the slice is made from."""
        basis, listed = self.basis, client.listed
        if listed not in self._measured:
            self._measured[listed] = measured(basis.sources, listed)
        return Facts(client.subscriptions, basis.subscribing, *self._measured[listed], client.used)


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


def _records(basis: Basis, dense: bool) -> Select[Any]:
    query = select(
        record.c.id,
        record.c.archived_at.is_not(None),
        record.c.currency,
        cast(record.c.mrr, Double),
        record_person.c.person_id if basis.csm_properties else null(),
        record_date.c.day if basis.renewal_properties else null(),
        record.c.properties[TEAM_PROPERTY].as_string() if basis.has_teams else null(),
        *(record.c.properties[name].as_string() for name in sorted(properties(basis.catalog))),
    ).where(record.c.installation_id == basis.installation_id, _chosen(record.c.id, dense))
    tables = ((record_person, basis.csm_properties), (record_date, basis.renewal_properties))
    joined: FromClause = record
    for table, chosen in tables:
        if chosen:
            same = (table.c.installation_id == record.c.installation_id) & (table.c.record_id == record.c.id)
            joined = joined.outerjoin(table, same & table.c.property_id.in_(chosen))
    return query.select_from(joined)


def _subscriptions(basis: Basis, dense: bool) -> Select[Any]:
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
    ).where(one.installation_id == basis.installation_id, _chosen(one.client_id, dense))


def _uses(basis: Basis, dense: bool) -> Select[Any]:
    """For each client with usage the tools in use, as a text of their ids, and the sources that name it."""
    one, tool, named = usage.c, same_tool(basis), _named(basis)
    times = (
        select(one.client_id, tool.label("tool_id"), func.sum(counted(basis)).label("times"), *named)
        .where(one.installation_id == basis.installation_id, _chosen(one.client_id, dense))
        .group_by(one.client_id, tool)
        .subquery()
    )
    in_use = case((times.c.times >= _at_least(basis, times.c.tool_id), cast(times.c.tool_id, Text)))
    listed = sum((func.max(times.c[column.name]) for column in named), literal(0, BigInteger))
    return select(times.c.client_id, func.aggregate_strings(in_use, ","), listed).group_by(times.c.client_id)


def same_tool(basis: Basis) -> ColumnElement[int]:
    """One id for each tool: the catalog may take several that the data names for the same."""
    first: dict[int, int] = {}
    others = {i: first[p] for i, p in sorted(basis.positions.items()) if first.setdefault(p, i) != i}
    return case(others, value=usage.c.tool_id, else_=usage.c.tool_id) if others else usage.c.tool_id


def _at_least(basis: Basis, tool_id: ColumnElement[int]) -> ColumnElement[int]:
    """The uses that make a tool "in use"; nothing for a tool that the catalog does not know."""
    numbers = {one: basis.catalog.tools[position].at_least for one, position in basis.positions.items()}
    return case(numbers, value=tool_id) if numbers else cast(null(), Integer)


def counted(basis: Basis) -> ColumnElement[int]:
    return case((in_window(basis), usage.c.count), else_=0)


def in_window(basis: Basis) -> ColumnElement[bool]:
    """Whether a row of usage lies in its tool's window, which ends on its source's reach."""
    return or_(
        false(),
        *(
            and_(
                usage.c.source_id == one.id if len(basis.sources) > 1 else true(),
                or_(*(usage.c.day.between(since(one.reach, days), one.reach) & mine for days, mine in _withins(basis))),
            )
            for one in basis.sources
            if one.reach is not None
        ),
    )


def _withins(basis: Basis) -> Iterator[tuple[int, ColumnElement[bool]]]:
    """The lengths of windows, and which rows are of a tool with at least that long a one: all, for the shortest."""
    tools = {tool_id: basis.catalog.tools[position].within for tool_id, position in basis.positions.items()}
    shortest, *longer = sorted(set(tools.values())) or [1]
    yield shortest, true()
    for days in longer:
        yield days, usage.c.tool_id.in_([tool_id for tool_id, within in tools.items() if within >= days])


def _named(basis: Basis) -> list[Label[int]]:
    """For each source where it matters whether it names a client: its bit (`measured`), or 0."""
    named = [(one.id, literal(1 << i, BigInteger)) for i, one in enumerate(basis.sources) if one.covers == "listed"]
    if len(basis.sources) == 1:
        return [bit.label("named") for _, bit in named]
    return [func.max(case((usage.c.source_id == i, bit), else_=0)).label(f"named_{i}") for i, bit in named]
