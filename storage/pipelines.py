"""Services and revenue: the records beside clients, by pipeline and stage, of the clients that somebody sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    ScalarSelect,
    Select,
    bindparam,
    exists,
    func,
    literal,
    select,
)

from bot.domain.catalog import Catalog
from bot.domain.home import Place, Space
from bot.domain.listing import Listing, Scope, Whose
from bot.domain.pipelines import Board, Item, Sum, chosen, stages
from bot.domain.workspace_settings import DATE, USER
from storage import conditions
from storage.conditions import Shape
from storage.schema import field, person, record, record_date, record_person, standing, team_member

TABLE_PAGE, OF_STAGE = 10, 3  # records: of a page, and of a stage on a board
SUMS = 5_000  # pipelines, stages and currencies
_client = record.alias("client")
_one, _own, _ends = record.c, record_person.c, record_date.c
_pipeline, _stage, _amount = (
    func.coalesce(_one.properties["pipeline"].as_string(), ""),
    func.coalesce(_one.properties["stage"].as_string(), ""),
    _one.properties["amount"].as_float(),
)


def read(connection: Connection, catalog: Catalog, asked: Listing, space: Space, at: Place) -> Board | None:
    """What a tab shows of a listing's clients; None where there is nothing in its pipelines. Two statements."""
    tab, bound = space.tab(at.tab), conditions.values(catalog, asked)
    shape = conditions.shape(catalog, replace(asked, scope=Scope(Whose.ALL)) if tab.csm else asked)
    seen = _seen(shape, asked, space, at)
    sums = [Sum(*row) for row in connection.execute(_sums(space, at).where(*seen), bound)]
    there, pipeline = chosen(sums, tab, at.pipeline)
    found = stages(sums, pipeline) if pipeline is not None else []
    if pipeline is None:
        return None
    wanted = [one.name for one in found if not at.stage or one.key == at.stage]
    query = _items(space, at).where(*seen, _pipeline == pipeline, _stage.in_(wanted))
    items = [Item(*tuple(row)) for row in connection.execute(_page(query, at, space), bound)]
    has_more = not space.is_board(at) and len(items) > TABLE_PAGE
    return Board(there, pipeline, found, items[:TABLE_PAGE] if has_more else items, has_more)


def _sums(space: Space, at: Place) -> Select[Any]:
    by = (_pipeline, _stage, _currency(space))
    query = select(*by, func.count(), func.sum(_amount)).select_from(_joined(space, at))
    return query.group_by(*by).limit(SUMS)


def _items(space: Space, at: Place) -> Select[Any]:
    tab = space.tab(at.tab)
    owner = _own.person_id if tab.csm else standing.c.person_id
    csm = (person.c.installation_id == _one.installation_id) & (person.c.id == owner)
    ends = _ends.day if tab.renewal else literal(None, type_=_ends.day.type)
    columns = (_one.id, _one.name, _one.url, _client.c.id.label("client_id"), _client.c.name.label("client"))
    rest = (_stage.label("stage"), _amount.label("amount"), _currency(space).label("currency"))
    query = select(*columns, *rest, person.c.name.label("csm"), ends.label("renews_on"))
    return query.select_from(_joined(space, at, dated=True).outerjoin(person, csm))


def _page(query: Select[Any], at: Place, space: Space) -> Select[Any]:
    """Those that end next come first. On a board the first of each stage."""
    found = query.subquery("found").c
    order = (found.renews_on.is_(None), found.renews_on, found.name, found.id)
    if not space.is_board(at):
        return select(*found).order_by(*order).limit(TABLE_PAGE + 1).offset(at.first)
    place = func.row_number().over(partition_by=found.stage, order_by=order).label("place")
    numbered = select(*found, place).subquery().c
    columns = [one for one in numbered if one.name != "place"]
    return select(*columns).where(numbered.place <= OF_STAGE).order_by(numbered.stage, numbered.place)


def _joined(space: Space, at: Place, *, dated: bool = False) -> FromClause:
    """Each record with its client where that stands, and with its own CSM and day where the settings name them."""
    tab, here = space.tab(at.tab), _one.installation_id
    its = (_client.c.installation_id == here) & (_client.c.object == space.client)
    its = its & (_client.c.external_id == _one.client_key)
    stands = (standing.c.installation_id == here) & (standing.c.client_id == _client.c.id)
    joined: FromClause = record.join(_client, its).join(standing, stands)
    if tab.csm:
        named = _property(at.tab, USER, tab.csm)
        own = (_own.installation_id == here) & (_own.record_id == _one.id) & (_own.property_id == named)
        joined = joined.outerjoin(record_person, own)
    if tab.renewal and dated:
        named = _property(at.tab, DATE, tab.renewal)
        ends = (_ends.installation_id == here) & (_ends.record_id == _one.id) & (_ends.property_id == named)
        joined = joined.outerjoin(record_date, ends)
    return joined


def _property(object_: str, type_: str, name: str) -> ScalarSelect[int]:
    one = field.c
    mine = (one.installation_id == bindparam("installation"), one.object == object_)
    return select(one.id).where(*mine, one.type == type_, one.name == name).scalar_subquery()


def _seen(shape: Shape, asked: Listing, space: Space, at: Place) -> list[ColumnElement[bool]]:
    """Records of an object, in the pipelines that were chosen, of clients that somebody sees and asks for."""
    tab = space.tab(at.tab)
    clients = list(conditions.within(shape))
    seen = [_one.object == at.tab, _one.archived_at.is_(None), _client.c.archived_at.is_(None), *clients]
    if shape.scope is not Whose.ALL:  # few: by their keys, or all records of the object would be read
        seen.append(_one.client_key.in_(_keys(shape, space)))
    if tab.pipelines:
        seen.append(_pipeline.in_(tab.pipelines))
    return [*seen, *(_owned(asked.scope.whose) if tab.csm else [])]


def _keys(shape: Shape, space: Space) -> Select[Any]:
    """By which records name the clients of a small scope."""
    theirs = record.alias("theirs")
    same = (theirs.c.installation_id == standing.c.installation_id) & (theirs.c.id == standing.c.client_id)
    query = select(theirs.c.external_id).select_from(standing.join(theirs, same)).correlate(None)
    return conditions.hinted(query.where(theirs.c.object == space.client, *conditions.within(shape)), shape)


def _owned(whose: Whose) -> list[ColumnElement[bool]]:
    """Where records have a CSM of their own, it is they whose records these are."""
    at = team_member.c
    match whose:
        case Whose.MINE:
            return [_own.person_id == bindparam("person")]
        case Whose.TEAM:
            theirs = (at.installation_id == _own.installation_id, at.person_id == _own.person_id, at.is_primary)
            return [exists(select(at.team_id).where(*theirs, at.team_id == bindparam("team")))]
        case _:
            return []


def _currency(space: Space) -> ColumnElement[str]:
    """A record's own where it names one, else the client's: sums never mix two."""
    return func.coalesce(_one.properties["currency"].as_string(), standing.c.currency, literal(space.currency))
