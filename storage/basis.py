"""What all scores of an installation are made with: the catalog, sources and their tools, workspaces, the as-of day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

from sqlalchemy import Connection, exists, select

from bot.domain.catalog import Catalog, fold
from bot.domain.workspaces import EVERYTHING
from storage.schema import field as prop
from storage.schema import installation, source, source_tool, subscription, team, team_member, tool, workspace

TEAM_PROPERTY = "team"  # the column of clients.csv; without it a client is its CSM's team's
RENEWAL_PROPERTY = "renewal_date"  # the column of clients.csv, where the workspace chose no other

Properties = Mapping[tuple[str, str], int]  # ids of the clients' properties, by type and name


@dataclass(frozen=True)
class Source:
    id: int
    covers: str  # "all" clients, or those it "listed": ever named in usage
    reach: date | None  # None: it brought no usage yet
    tools: int  # the set of those it measures
    changed_at: datetime | None = None
    every: int | None = None  # its rhythm in working days; read only where the age of data is told


class Workspace(NamedTuple):
    """What the standings in a workspace depend on."""

    id: int
    csm_property: int  # its id; 0 where the clients have none of that name
    renewal_property: int
    renewal_chosen: bool  # the workspace chose it: a client without that date has no renewal date


@dataclass(frozen=True)
class Basis:
    installation_id: int
    workspaces: tuple[Workspace, ...]  # the primary one first
    catalog: Catalog
    currency: str
    as_of: date | None
    sources: tuple[Source, ...]
    subscribing: bool  # subscriptions were ever loaded
    positions: Mapping[int, int]  # id of a tool as the data names it -> position in `Catalog.tools`
    object: str  # whose records are the clients
    has_teams: bool = False  # clients name their team
    teams_of: Mapping[int, int] = field(default_factory=dict)  # person -> their primary team
    workspaces_of: Mapping[int, int] = field(default_factory=dict)  # team -> the created workspace that it is in

    @property
    def primary(self) -> Workspace:
        return self.workspaces[0]

    @cached_property
    def homes(self) -> Mapping[int, int]:
        """Person -> the created workspace that they work in."""
        of = self.workspaces_of
        return {person: of[team_id] for person, team_id in self.teams_of.items() if team_id in of}

    @property
    def hash(self) -> str:
        """Of all but the days: where it changes, every score must be made again."""
        content = (
            self.catalog.hash,
            self.currency,
            [(one.id, one.covers, one.tools, one.reach is not None) for one in self.sources],
            self.subscribing,
            self.object,
            sorted(self.positions.items()),
            self.workspaces,
            self.has_teams,
            sorted(self.teams_of.items()),
            sorted(self.workspaces_of.items()),
        )
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def reaching(self, reaches: Mapping[int, date]) -> Basis:
        """The same with reaches moved forward, never back, and the as-of day that follows.

        That is the newest reach; where no source has any, the day on which one last changed.
        """
        moved = tuple(replace(one, reach=_latest(one.reach, reaches.get(one.id))) for one in self.sources)
        changed = (one.changed_at.date() for one in moved if one.changed_at is not None)
        return replace(self, sources=moved, as_of=_latest(*(one.reach for one in moved)) or _latest(*changed))


def measured(sources: Sequence[Source], listed: int) -> tuple[bool, int]:
    """Whether a client is covered, and the tools measured for it.

    listed: the sources that ever named it in usage; bit i stands for `sources[i]`
    """
    found = covering(sources, listed)
    return bool(found), reduce(or_, [one.tools for one in found], 0)


def covering(sources: Sequence[Source], listed: int) -> list[Source]:
    """The sources whose usage counts for a client."""
    counting = ((i, one) for i, one in enumerate(sources) if one.tools and one.reach is not None)
    return [one for i, one in counting if one.covers == "all" or listed >> i & 1]


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def read(connection: Connection, installation_id: int, catalog: Catalog) -> Basis:
    """As it stands in the database; `catalog` is the one to judge by."""
    columns = (installation.c.currency, installation.c.as_of, installation.c.client_object)
    head = connection.execute(select(*columns).where(installation.c.id == installation_id)).one()
    positions = _positions(connection, installation_id, catalog)
    properties = _properties(connection, installation_id, head.client_object)
    workspaces = tuple(_workspaces(connection, installation_id, properties))
    return Basis(
        installation_id=installation_id,
        workspaces=workspaces,
        catalog=catalog,
        currency=head.currency,
        as_of=head.as_of,
        sources=_sources(connection, installation_id, positions),
        subscribing=bool(connection.scalar(select(exists().where(subscription.c.installation_id == installation_id)))),
        positions=positions,
        object=head.client_object,
        has_teams=("text", TEAM_PROPERTY) in properties,
        teams_of=_teams_of(connection, installation_id),
        workspaces_of=_workspaces_of(connection, installation_id, {one.id for one in workspaces[1:]}),
    )


def _workspaces(connection: Connection, installation_id: int, properties: Properties) -> Iterator[Workspace]:
    """The primary one first. The one that has everything goes by the properties of the primary one."""
    one = workspace.c
    rows = connection.execute(
        select(one.id, one.csm_property, one.renewal_property)
        .where(one.installation_id == installation_id)
        .order_by(one.is_primary.desc(), one.id)
    ).all()
    for row in rows:
        by = rows[0] if row.id == EVERYTHING else row
        csm = properties.get(("user", by.csm_property), 0)
        renewal = properties.get(("date", by.renewal_property or RENEWAL_PROPERTY), 0)
        yield Workspace(row.id, csm, renewal, by.renewal_property is not None)


def _workspaces_of(connection: Connection, installation_id: int, created: Collection[int]) -> dict[int, int]:
    rows = connection.execute(select(team.c.id, team.c.workspace_id).where(team.c.installation_id == installation_id))
    return {row.id: row.workspace_id for row in rows if row.workspace_id in created}


def _teams_of(connection: Connection, installation_id: int) -> dict[int, int]:
    mine = (team_member.c.installation_id == installation_id, team_member.c.is_primary)
    return dict(connection.execute(select(team_member.c.person_id, team_member.c.team_id).where(*mine)).all())


def _positions(connection: Connection, installation_id: int, catalog: Catalog) -> dict[int, int]:
    rows = connection.execute(select(tool.c.id, tool.c.name).where(tool.c.installation_id == installation_id))
    known = ((row.id, catalog.tool_names.get(fold(row.name))) for row in rows)
    return {tool_id: position for tool_id, position in known if position is not None}


def _sources(connection: Connection, installation_id: int, positions: Mapping[int, int]) -> tuple[Source, ...]:
    measures: dict[int, int] = {}
    pairs = select(source_tool.c.source_id, source_tool.c.tool_id).where(
        source_tool.c.installation_id == installation_id
    )
    for source_id, tool_id in connection.execute(pairs):
        if tool_id in positions:
            measures[source_id] = measures.get(source_id, 0) | 1 << positions[tool_id]
    rows = connection.execute(
        select(source.c.id, source.c.covers, source.c.reach, source.c.changed_at)
        .where(source.c.installation_id == installation_id)
        .order_by(source.c.id)
    )
    return tuple(Source(one.id, one.covers, one.reach, measures.get(one.id, 0), one.changed_at) for one in rows)


def _properties(connection: Connection, installation_id: int, object_: str) -> Properties:
    mine = (prop.c.installation_id == installation_id, prop.c.object == object_)
    rows = connection.execute(select(prop.c.type, prop.c.name, prop.c.id).where(*mine))
    return {(row.type, row.name): row.id for row in rows}
