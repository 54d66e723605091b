"""The history of scores: a row for each change, and the weeks before the first import worked out afterwards."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, Table, bindparam, func, select

from bot.domain.catalog import Catalog, Tier, since
from bot.domain.moves import own_change, own_changes
from bot.domain.scoring import Facts, Verdict, judge
from bot.domain.subscriptions import turning_days
from storage import bulk, grounds, lists
from storage.basis import Basis, measured
from storage.grounds import CatalogOf
from storage.schema import change, installation, record, usage
from storage.slices import Client

WEEKS = 26  # of the past that the first import works out


class Moment(NamedTuple):
    """A client's score on a day: all of `change` but whose and when."""

    tier: str
    score: int | None
    earned: int
    possible: int
    catalog_hash: str
    ground: str | None = None  # what it was made from (`storage.grounds`); None where there is no score

    @property
    def share(self) -> float | None:
        return None if self.score is None else self.earned / self.possible


class Past(NamedTuple):
    """The last score, and those of at least 7 and 30 days before the as-of day."""

    last: Moment | None = None
    week: Moment | None = None
    month: Moment | None = None


NO_PAST = Past()


def moment(catalog: Catalog, verdict: Verdict, facts: Facts) -> Moment:
    score = (verdict.score, verdict.points.earned, verdict.points.possible)
    known = verdict.score is not None
    ground = grounds.write(catalog, verdict.products, facts) if known else None
    return Moment(verdict.tier.value, *score, catalog.hash, ground)


def change_since(now: Moment, then: Moment | None, catalogs: CatalogOf) -> float | None:
    """How far the share moved by the client's own doing; None where one is not known.

    A changed formula, and a tool that is newly measured, is never read as a changed client.
    """
    if then is None or now.share is None or then.share is None:
        return None
    if now.ground is None or then.ground is None or _measured(now) == _measured(then):
        return now.share - then.share if now.catalog_hash == then.catalog_hash else None
    old, new = catalogs(then.catalog_hash), catalogs(now.catalog_hash)
    if old is None or new is None:
        return None
    return float(own_change(grounds.read(old, then.ground), grounds.read(new, now.ground)))


def area_changes(now: Moment, then: Moment | None, catalogs: CatalogOf) -> str | None:
    """The same of each category that moved, by its place, as JSON; None where none did, or nobody knows."""
    if then is None or now.ground is None or then.ground is None or _made_from(now) == _made_from(then):
        return None
    old, new = catalogs(then.catalog_hash), catalogs(now.catalog_hash)
    if old is None or new is None:
        return None
    moved = own_changes(grounds.read(old, then.ground), grounds.read(new, now.ground))
    places = {key: place for place, key in enumerate(new.categories)}
    return json.dumps({places[key]: float(share) for key, share in moved.items()}) if moved else None


def _made_from(one: Moment) -> tuple[str, str | None]:
    return one.catalog_hash, one.ground


def _measured(one: Moment) -> tuple[str, str]:
    return one.catalog_hash, (one.ground or "||").split("|")[1]


def row(basis: Basis, client_id: int, day: date, now: Moment, *, from_import: bool = False) -> tuple[Any, ...]:
    """A row of `change`, with its columns in their order."""
    return (basis.installation_id, client_id, day, *now, from_import)


def last_days(as_of: date) -> dict[str, date]:
    """The days up to which `Past` looks."""
    return {"last": as_of, "week": as_of - timedelta(7), "month": as_of - timedelta(30)}


def past(connection: Connection, basis: Basis, ids: Sequence[int]) -> dict[int, Past]:
    """The past of those clients that have one."""
    assert basis.as_of is not None
    values = {"installation": basis.installation_id, "ids": ids, **last_days(basis.as_of)}
    width = len(Moment._fields)
    found = {}
    for one in bulk.rows(connection, _PAST, values):
        parts = (one[i : i + width] for i in range(1, 3 * width, width))
        found[one[0]] = Past(*(None if part[0] is None else Moment._make(part) for part in parts))
    return found


def _past() -> Select[Any]:
    query = select(record.c.id)
    joined = record
    for name in Past._fields:
        one, earlier = change.alias(name), change.alias(f"before_{name}")
        latest = select(func.max(earlier.c.day)).where(
            earlier.c.installation_id == record.c.installation_id,
            earlier.c.client_id == record.c.id,
            earlier.c.day <= bindparam(name),
        )
        same = (one.c.installation_id == record.c.installation_id) & (one.c.client_id == record.c.id)
        joined = joined.join(  # type: ignore[assignment]
            one, same & (one.c.day == latest.correlate(record).scalar_subquery()), isouter=name != "last"
        )
        query = query.add_columns(
            one.c.tier, one.c.score, one.c.earned, one.c.possible, one.c.catalog_hash, one.c.ground
        )
    ids = select(lists.numbers("ids").c.value)
    return query.select_from(joined).where(record.c.installation_id == bindparam("installation"), record.c.id.in_(ids))


_PAST = _past()


def ground(client: Table, day: ColumnElement[date]) -> ScalarSelect[str]:
    """What a client's score was made from on a day, with its catalog's hash (see `grounds.find`).

    client: a table with `installation_id` and `client_id`, in the statement that this becomes a part of
    """
    mine = (change.c.installation_id == client.c.installation_id) & (change.c.client_id == client.c.client_id)
    text = select(change.c.catalog_hash.concat("/").concat(change.c.ground)).where(mine, change.c.day <= day)
    return text.order_by(change.c.day.desc()).limit(1).correlate(client, installation).scalar_subquery()


def week_ends(connection: Connection, basis: Basis) -> list[date]:
    """The last 26 week ends before the as-of day, oldest first, that the usage covers.

    Covered is one whose window is whole: half a window would read as a rise in the weeks that follow.
    """
    assert basis.as_of is not None
    withins = sorted(tool.within for tool in basis.catalog.tools)
    usual = max(withins, key=withins.count)
    firsts = [_first_day(connection, basis, one.id) for one in basis.sources if one.reach is not None]
    begun = min((day for day in firsts if day is not None), default=None)
    ends = (basis.as_of - timedelta(7 * weeks) for weeks in range(WEEKS, 0, -1))
    return [end for end in ends if begun is not None and since(end, usual) >= begun]


def _first_day(connection: Connection, basis: Basis, source_id: int) -> date | None:
    """Of one source's usage. Asked of all sources at once, SQLite would walk through all of their rows."""
    mine = (usage.c.installation_id == basis.installation_id) & (usage.c.source_id == source_id)
    return connection.execute(select(func.min(usage.c.day)).where(mine)).scalar()


class Weeks:
    """Works out the scores of clients at past week ends."""

    def __init__(self, basis: Basis, ends: Sequence[date]) -> None:
        self.basis = basis
        self.ends = ends
        self._tools = basis.catalog.tools
        self._days = [end.toordinal() for end in ends]
        self._windows = {
            one.id: [min(day, one.reach.toordinal()) for day in self._days]
            for one in basis.sources
            if one.reach is not None
        }
        self._sources = {one.id: i for i, one in enumerate(basis.sources)}
        self._bases = [_at(basis, end) for end in ends]

    def work_out(self, connection: Connection, clients: dict[int, Client]) -> dict[int, list[tuple[date, Moment]]]:
        """For each client the days on which its score changed, oldest first."""
        if not self.ends or not clients:
            return {}
        found = {}
        values = {"installation": self.basis.installation_id, "ids": sorted(clients)}
        for client_id, rows in groupby(bulk.rows(connection, _USAGE, values), itemgetter(0)):
            used, listed = self._use(rows, bulk.day(connection))
            found[client_id] = self._changes(clients[client_id], used, listed)
        idle = [0] * len(self.ends)
        return {key: found[key] if key in found else self._changes(one, idle, idle) for key, one in clients.items()}

    def _use(self, rows: Iterable[tuple[Any, ...]], parse: bulk.Day) -> tuple[list[int], list[int]]:
        """The tools in use, and the sources that had named the client, at each week end."""
        times: dict[int, list[int]] = {}
        named: dict[int, int] = {}  # by source: the first day
        for _, tool_id, text, source_id, count in rows:
            day = parse(text)
            assert day is not None
            number = day.toordinal()
            named[source_id] = min(number, named.get(source_id, number))
            position = self.basis.positions.get(tool_id)
            ends = self._windows.get(source_id)
            if position is None or ends is None:
                continue
            steps = times.setdefault(position, [0] * (len(ends) + 1))
            steps[bisect_left(ends, number)] += count
            steps[bisect_right(ends, number + self._tools[position].within - 1)] -= count
        used, listed = [0] * len(self.ends), [0] * len(self.ends)
        for position, steps in times.items():
            for i, n in enumerate(accumulate(steps[:-1])):
                used[i] |= (n >= self._tools[position].at_least) << position
        for source_id, number in named.items():
            for i in range(bisect_left(self._days, number), len(listed)):
                listed[i] |= 1 << self._sources[source_id]
        return used, listed

    def _changes(self, client: Client, used: list[int], listed: list[int]) -> list[tuple[date, Moment]]:
        turns = turning_days(self.basis.catalog, client.subscriptions)
        found: list[tuple[date, Moment]] = []
        before = None
        for basis, end, *use in zip(self._bases, self.ends, used, listed, strict=True):
            state = (*use, sum(day <= end for day in turns))
            if state == before:  # nothing that a score is made from has changed
                continue
            before = state
            facts = _facts(basis, client, *use)
            now = moment(basis.catalog, judge(basis.catalog, facts, end), facts)
            if now != (found[-1][1] if found else None) and (found or now.tier != Tier.UNKNOWN):
                found.append((end, now))
        return found


def _at(basis: Basis, day: date) -> Basis:
    """The basis as it would have been on an earlier day."""
    reached = (one if one.reach is None else replace(one, reach=min(one.reach, day)) for one in basis.sources)
    return replace(basis, sources=tuple(reached), as_of=day)


def _facts(basis: Basis, client: Client, used: int, listed: int) -> Facts:
    covered, tools = measured(basis.sources, listed)
    return Facts(client.subscriptions, basis.subscribing, covered, tools, used)


def before(changes: Sequence[tuple[date, Moment]], as_of: date) -> Past:
    """The past of a client whose changes are these."""
    days = last_days(as_of).values()
    return Past(*(next((now for day, now in reversed(changes) if day <= last), None) for last in days))


_USAGE = (
    select(usage.c.client_id, usage.c.tool_id, usage.c.day, usage.c.source_id, usage.c.count)
    .where(usage.c.installation_id == bindparam("installation"))
    .where(usage.c.client_id.in_(select(lists.numbers("ids").c.value)))
    .order_by(usage.c.client_id, usage.c.tool_id)
)
