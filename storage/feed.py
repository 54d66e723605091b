"""What happened to key accounts in two weeks, newest first: from rows of several tables, in one statement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)

from bot.domain.catalog import Catalog, Tier
from bot.domain.feed import DAYS, Happening, Position, What, own_parts, turned
from bot.domain.listing import Listing
from bot.domain.moves import Ground
from storage import conditions, grounds, lists
from storage.grounds import CatalogOf
from storage.schema import (
    UtcDateTime,
    change,
    client_event,
    note,
    person,
    record,
    renewal_outcome,
    source,
    standing,
    task,
    tool,
    usage,
)
from storage.sqljson import head

_HERE: BindParameter[int] = bindparam("installation")
_SINCE: BindParameter[date] = bindparam("since", type_=Date)  # the last day that is too long ago
_MOMENT: BindParameter[datetime] = bindparam("since_moment", type_=UtcDateTime)
_PLACE: tuple[BindParameter[Any], ...] = tuple(
    bindparam(f"beside_{name}", type_=kind)
    for name, kind in zip(Position._fields, (String, Integer, BigInteger, String), strict=True)
)
_BAR: ColumnElement[str] = literal_column("'|'")  # after the products of a ground (`storage.grounds`)
_RANKS = {what: rank for rank, what in enumerate(What)}
_WHATS = tuple(What)


def page(
    connection: Connection,
    catalog: Catalog,
    catalogs: CatalogOf,
    listing: Listing,
    *,
    beside: Position | None = None,
    limit: int = 10,
) -> tuple[list[Happening], Position | None]:
    """What happened to the clients of a listing's scope, after a position; and where the next page begins.

    A page may have fewer lines: of a score that moved, only what was made from it says whether the client moved it.
    """
    shape = conditions.shape(catalog, listing)
    since = listing.today - timedelta(DAYS)
    bound = conditions.values(catalog, listing) | {
        "since": since,
        "since_moment": datetime.combine(since + timedelta(1), time(), UTC),
        "place": str(listing.workspace_id),
        "tools": list(catalog.tool_names),
        "limit": limit + 1,
        **({} if beside is None else {f"beside_{name}": value for name, value in beside._asdict().items()}),
    }
    rows = connection.execute(_page(shape, beside is None), bound).all()
    shown = [_position(row) for row in rows[:limit]]
    found = [one for row in rows[:limit] if (one := _happening(row, catalog, catalogs)) is not None]
    return found, shown[-1] if len(rows) > limit else None


@lru_cache(maxsize=64)
def _page(shape: conditions.Shape, is_first: bool) -> Select[Any]:
    mine = _clients(shape).cte("mine")
    parts = (_changes(mine), _first_uses(mine), *_events(mine), _tasks(mine), _notes(mine), _outcomes(mine))
    every = union_all(*parts).subquery()
    place = tuple_(every.c.at, every.c.rank, every.c.client_id, every.c.subject)
    query = select(every)
    if not is_first:
        query = query.where(place < tuple_(*_PLACE))
    return query.order_by(*(column.desc() for column in place.clauses)).limit(bindparam("limit"))


def _clients(shape: conditions.Shape) -> Select[Any]:
    """The clients of the scope, former ones too."""
    same = (record.c.installation_id == standing.c.installation_id) & (record.c.id == standing.c.client_id)
    columns = (standing.c.installation_id, standing.c.client_id, record.c.name)
    query = select(*columns).select_from(standing.join(record, same))
    return query.where(*conditions.within(shape), record.c.archived_at.is_(None))


def _line(
    mine: CTE,
    what: What,
    at: ColumnElement[Any],
    *,
    subject: ColumnElement[Any] | None = None,
    before: ColumnElement[Any] | None = None,
    after: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """A part of the feed: days and moments as texts, which the same order holds for."""
    nothing = null()
    columns: list[ColumnElement[Any]] = [
        cast(at, String).label("at"),
        literal(_RANKS[what], Integer).label("rank"),
        mine.c.client_id,
        mine.c.name,
        cast(literal("") if subject is None else subject, String).label("subject"),
        cast(nothing if before is None else before, Text).label("before"),
        cast(nothing if after is None else after, Text).label("after"),
    ]
    return select(*columns)


def _changes(mine: CTE) -> Select[Any]:
    """Within one catalog: scores that moved by half a point or to another whole one, and subscriptions that changed."""
    now, old, earlier = change.c, change.alias("old"), change.alias("earlier")
    latest = select(func.max(earlier.c.day)).where(
        earlier.c.installation_id == now.installation_id, earlier.c.client_id == now.client_id, earlier.c.day < now.day
    )
    was = and_(
        old.c.installation_id == now.installation_id,
        old.c.client_id == now.client_id,
        old.c.day == latest.correlate(change).scalar_subquery(),
        old.c.catalog_hash == now.catalog_hash,
    )
    moved = func.abs(now.earned * old.c.possible - old.c.earned * now.possible) * 20
    is_notable = moved >= now.possible * old.c.possible
    query = _line(mine, What.SCORE, now.day, before=_made_from(old.c), after=_made_from(now))
    query = query.select_from(mine.join(change, _of(mine, change)).join(old, was))
    return query.where(
        now.day > _SINCE,
        or_(now.score.is_distinct_from(old.c.score), is_notable, head(now.ground, _BAR) != head(old.c.ground, _BAR)),
    )


def _made_from(one: Any) -> ColumnElement[str]:
    return one.tier.concat(" ").concat(one.catalog_hash).concat("/").concat(func.coalesce(one.ground, ""))  # type: ignore[no-any-return]


def _first_uses(mine: CTE) -> Select[Any]:
    """Tools whose first use ever lies in the two weeks, unless the data itself goes no further back."""
    one, old = usage.c, usage.alias("old")
    first = select(func.min(one.day)).where(
        one.installation_id == _HERE, one.client_id == mine.c.client_id, one.tool_id == tool.c.id, one.count > 0
    )
    day = first.correlate(mine, tool).scalar_subquery()
    of_source = (old.c.installation_id == _HERE, old.c.source_id == source.c.id, old.c.day <= _SINCE)
    reaches_back = exists(
        select(source.c.id).where(source.c.installation_id == _HERE, exists().where(*of_source).correlate(source))
    )
    query = _line(mine, What.FIRST_USED, day, subject=tool.c.name)
    query = query.select_from(mine.join(tool, tool.c.installation_id == _HERE))
    return query.where(day > _SINCE, tool.c.name.in_(select(lists.texts("tools").c.value)), reaches_back)


def _events(mine: CTE) -> Iterator[Select[Any]]:
    one = client_event.c
    for what in (What.QUIET, What.RENEWAL):
        query = _line(mine, what, one.day, subject=one.subject, before=one.before, after=one.after)
        query = query.select_from(mine.join(client_event, _of(mine, client_event)))
        query = query.where(one.day > _SINCE, one.kind == what.value)
        yield query if what is What.QUIET else query.where(one.subject == bindparam("place"))


def _tasks(mine: CTE) -> Select[Any]:
    one = task.c
    query = _line(mine, What.TASK, one.done_at, subject=one.id, before=person.c.name, after=one.title)
    doer = (person.c.installation_id == one.installation_id) & (person.c.id == one.done_by)
    query = query.select_from(mine.join(task, _of(mine, task)).outerjoin(person, doer))
    return query.where(one.done_at >= _MOMENT)


def _notes(mine: CTE) -> Select[Any]:
    one = note.c
    query = _line(mine, What.NOTE, one.made_at, subject=one.id, before=person.c.name, after=one.body)
    author = (person.c.installation_id == one.installation_id) & (person.c.id == one.author_id)
    query = query.select_from(mine.join(note, _of(mine, note)).join(person, author))
    return query.where(one.made_at >= _MOMENT)


def _outcomes(mine: CTE) -> Select[Any]:
    one = renewal_outcome.c
    said = one.outcome.concat(" ").concat(func.coalesce(one.reason, ""))
    query = _line(mine, What.OUTCOME, one.answered_at, subject=one.renews_on, before=person.c.name, after=said)
    sayer = (person.c.installation_id == one.installation_id) & (person.c.id == one.person_id)
    query = query.select_from(mine.join(renewal_outcome, _of(mine, renewal_outcome)).join(person, sayer))
    return query.where(one.answered_at >= _MOMENT)


def _of(mine: CTE, table: Table) -> ColumnElement[bool]:
    """Rows of the clients. Were the installation bound, SQLite would read all rows of it."""
    return and_(table.c.installation_id == mine.c.installation_id, table.c.client_id == mine.c.client_id)


def _position(row: Row[Any]) -> Position:
    return Position(row.at, row.rank, row.client_id, row.subject)


def _happening(row: Row[Any], catalog: Catalog, catalogs: CatalogOf) -> Happening | None:
    """None for a score that moved otherwise than by the client's own doing, and for what the catalog has no longer."""
    what = _WHATS[row.rank]
    made: dict[str, Any] = {"what": what, "at": _at(row.at), "client_id": row.client_id, "client": row.name}
    made |= {"position": _position(row)}
    match what:
        case What.SCORE:
            return _moved(row, made, catalogs)
        case What.FIRST_USED:
            place = catalog.tool_names.get(row.subject)
            return None if place is None else Happening(**made, text=catalog.tools[place].name)
        case What.QUIET:
            name = next((tool.name for tool in catalog.tools if tool.key == row.subject), None)
            return None if name is None else Happening(**made, text=name)
        case What.RENEWAL:
            return Happening(**made, days=(_day(row.before), _day(row.after)))
        case _:
            return Happening(**made, text=row.after, person=row.before or "")


def _moved(row: Row[Any], made: dict[str, Any], catalogs: CatalogOf) -> Happening | None:
    (_, was), (tier, now) = (text.split(" ", 1) for text in (row.before, row.after))
    before, after = _ground(catalogs, was), _ground(catalogs, now)
    if before is None or (after is None and tier != Tier.FORMER):
        return None
    subscriptions = turned(before, after)
    parts = () if after is None else own_parts(before, after)
    if not (subscriptions or parts):
        return None
    scores = None if after is None or before.score is None or after.score is None else (before.score, after.score)
    return Happening(**made, parts=parts, subscriptions=subscriptions, scores=scores if parts else None)


def _ground(catalogs: CatalogOf, text: str) -> Ground | None:
    """What a score was made from; None where there was no score."""
    return None if text.endswith("/") else grounds.find(catalogs, text)


def _at(text: str) -> date | datetime:
    """A day, or a moment, which SQLite keeps without its zone."""
    if len(text) == len("2026-11-20"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
