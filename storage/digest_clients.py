"""The clients that a digest names, as they are by now, and how many of its clients are low whatever is new."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
)

from bot.domain.catalog import Catalog, Tier, fold
from bot.domain.digest_told import Client, Still
from bot.domain.filters import Sort
from bot.domain.listing import SHOWN, Listing
from bot.domain.recoveries import LONGEST, Task
from storage import conditions, listing, lists
from storage.conditions import JUDGED
from storage.named_clients import KEPT_TRUE
from storage.schema import (
    UtcDateTime,
    absence,
    change,
    claim,
    named_client,
    not_useful,
    note,
    person,
    record,
    snooze,
    standing,
    task,
    tool,
    usage,
)
from storage.sqljson import rows

_HERE: BindParameter[int] = bindparam("installation")
_TODAY, _LATELY = bindparam("today", type_=Date), bindparam("lately", type_=Date)
_SINCE = bindparam("since", type_=UtcDateTime)
_HELPED_ON, _HELPED_AT = bindparam("helped_on", type_=Date), bindparam("helped_at", type_=UtcDateTime)
_one = standing.c
_csm, _taker, _cover, _snoozer = (person.alias(name) for name in ("csm", "taker", "cover", "snoozer"))


def read(
    connection: Connection,
    installation_id: int,
    workspace_id: int,
    ids: Sequence[int],
    now: datetime,
    zone: tzinfo,
    covered: Collection[int] = (),
) -> Mapping[int, Client]:
    """Of these the clients that are seen in a workspace, or as those of whom somebody covers. One statement."""
    if not ids:
        return {}
    query = _CLIENTS.where(conditions.seen(_one, bindparam("workspace"), covered), _NAMED)
    bound = {"installation": installation_id, "workspace": workspace_id, "ids": list(ids)}
    found = connection.execute(query, {**bound, **_lately(now, zone)})
    return {row.id: _client(row, zone) for row in found}


def first(
    connection: Connection, catalog: Catalog, asked: Listing, number: int, now: datetime, zone: tzinfo
) -> tuple[Sequence[Row[Any]], Mapping[int, Client]]:
    """Of a list those whose renewals come first: their ids, scores and renewals; and the clients. One statement."""
    chosen = listing.first(conditions.shape(catalog, asked), Sort.RENEWAL)
    query = _clients(chosen.join(standing, _one.client_id == chosen.c.client_id)).add_columns(
        _one.score, _one.renews_on
    )
    query = query.where(conditions.seen(_one, bindparam("workspace"))).order_by(chosen.c.place)
    bound = {**conditions.values(catalog, asked), "limit": number, **_lately(now, zone)}
    found = connection.execute(query, bound).all()
    return found, {row.id: _client(row, zone) for row in found}


def _lately(now: datetime, zone: tzinfo) -> dict[str, Any]:
    today, helped = now.astimezone(zone).date(), LONGEST + KEPT_TRUE
    days = {"today": today, "lately": today - KEPT_TRUE, "helped_on": today - helped}
    return {**days, "since": now - KEPT_TRUE, "helped_at": now - helped}


def _clients(those: FromClause = standing) -> Select[Any]:
    """What is shown of clients: of all that stand somewhere, or of those that are joined with where they stand."""
    here = _one.installation_id
    taken = and_(claim.c.installation_id == here, claim.c.client_id == _one.client_id)
    put_off = and_(snooze.c.installation_id == here, snooze.c.client_id == _one.client_id)
    away = and_(absence.c.installation_id == here, absence.c.person_id == _one.person_id)
    away = and_(away, absence.c.from_on <= _TODAY, absence.c.to_on >= _TODAY)
    joined = those.join(record, and_(record.c.installation_id == here, record.c.id == _one.client_id))
    joined = joined.outerjoin(_csm, _is(_csm, _one.person_id))
    joined = joined.outerjoin(claim, taken).outerjoin(_taker, _is(_taker, claim.c.person_id))
    joined = joined.outerjoin(snooze, put_off).outerjoin(_snoozer, _is(_snoozer, snooze.c.person_id))
    joined = joined.outerjoin(absence, away).outerjoin(_cover, _is(_cover, absence.c.cover_id))
    columns = (record.c.id, record.c.name, _one.tier, _one.mrr, _one.currency, _csm.c.name.label("csm"))
    people = (_cover.c.name.label("cover"), _taker.c.name.label("taker"), claim.c.taken_at)
    put = (snooze.c.until.label("snoozed_to"), _snoozer.c.name.label("snoozer"))
    logged = (_last(task).label("task_at"), _last(note).label("note_at"))
    answers = (_leads_at().label("leads_at"), _useless().label("useless"))
    before = (_used_on().label("used_on"), _scores().label("scores"), _tasks().label("tasks"))
    query = select(*columns, *people, *put, *logged, *answers, *before)
    return query.select_from(joined).where(here == _HERE)


def _is(who: Any, number: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(who.c.installation_id == _one.installation_id, who.c.id == number)


def _last(logged: Any) -> ScalarSelect[datetime]:
    mine = (logged.c.installation_id == _one.installation_id, logged.c.client_id == _one.client_id)
    latest = select(logged.c.made_at).where(*mine).order_by(logged.c.made_at.desc()).limit(1)
    return latest.correlate(standing).scalar_subquery()


def _leads_at() -> ScalarSelect[datetime]:
    one = named_client.c
    mine = (one.installation_id == _one.installation_id, one.client_id == _one.client_id, one.named_on >= _LATELY)
    return select(func.max(one.leads_at)).where(*mine).correlate(standing).scalar_subquery()


def _useless() -> ScalarSelect[int]:
    one = not_useful.c
    mine = (one.installation_id == _one.installation_id, one.client_id == _one.client_id, one.said_at >= _SINCE)
    return select(func.count(one.person_id.distinct())).where(*mine).correlate(standing).scalar_subquery()


def _used_on() -> ScalarSelect[Any]:
    """(tool, first day, last day) of each tool that the client ever used."""
    mine = (usage.c.installation_id == _one.installation_id, usage.c.client_id == _one.client_id, usage.c.count > 0)
    named = (tool.c.installation_id == usage.c.installation_id) & (tool.c.id == usage.c.tool_id)
    days = (func.min(usage.c.day).label("first"), func.max(usage.c.day).label("last"))
    both = select(tool.c.name, *days).join(tool, named).where(*mine)
    per_tool = both.group_by(usage.c.tool_id, tool.c.name).correlate(standing).subquery()
    return select(rows(*per_tool.c)).scalar_subquery()


def _scores() -> ScalarSelect[Any]:
    """(day, score) as it changed of late."""
    one = change.c
    mine = (one.installation_id == _one.installation_id, one.client_id == _one.client_id, one.day >= _HELPED_ON)
    return select(rows(one.day, one.score)).where(*mine).correlate(standing).scalar_subquery()


def _tasks() -> ScalarSelect[Any]:
    """(category, logged, done) of those of late."""
    one = task.c
    lately = or_(one.made_at >= _HELPED_AT, one.done_at >= _HELPED_AT)
    mine = (one.installation_id == _one.installation_id, one.client_id == _one.client_id, lately)
    return select(rows(one.category, one.made_at, one.done_at)).where(*mine).correlate(standing).scalar_subquery()


_CLIENTS, _NAMED = _clients(), lists.among_numbers(_one.client_id, "ids")


def _client(row: Row[Any], zone: tzinfo) -> Client:
    logged = max((at for at in (row.task_at, row.note_at) if at is not None), default=None)
    return Client(
        name=row.name,
        tier=Tier(row.tier),
        csm=row.csm,
        cover=row.cover,
        taker=row.taker,
        taken_at=row.taken_at and row.taken_at.astimezone(zone),
        snoozed_to=row.snoozed_to,
        snoozer=row.snoozer,
        mrr=None if row.mrr is None else float(row.mrr),
        currency=row.currency or "",
        leads_on=row.leads_at and row.leads_at.astimezone(zone).date(),
        useless=row.useless,
        logged_on=logged and logged.astimezone(zone).date(),
        used_on={fold(name): (_day(first), _day(last)) for name, first, last in row.used_on or ()},
        scores=tuple(sorted((_day(day), score) for day, score in row.scores or ())),
        tasks=tuple(Task(category, _days(moments, zone)) for category, *moments in row.tasks or ()),
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _days(moments: Iterable[str | None], zone: tzinfo) -> tuple[date, ...]:
    """Where somebody is; SQLite has moments without the zone, which is UTC."""
    found = (datetime.fromisoformat(text) for text in moments if text is not None)
    return tuple((at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(zone).date() for at in found)


def counts(
    connection: Connection,
    catalog: Catalog,
    asked: Listing,
    low: int,
    most: int,
    ids: Sequence[int],
    now: datetime,
    zone: tzinfo,
) -> tuple[int, Still, Mapping[int, Client]]:
    """How many clients a digest has, those beyond `most` not counted; those that score so low; and these clients.

    One statement.
    """
    shape = conditions.shape(catalog, asked)
    tiers = [tier for tier in JUDGED if catalog.bands[tier][0] <= low]
    bound = {**conditions.values(catalog, asked), "most": most, "low": low, "day": asked.today, "ids": list(ids)}
    rows = connection.execute(_counted(shape, tuple(tiers)), {**bound, **_lately(now, zone)}).all()
    every, *numbers = rows[0][:4]
    return every, Still(*numbers), {row.id: _client(row, zone) for row in rows if row.id is not None}


def _counted(shape: conditions.Shape, tiers: Sequence[Tier]) -> Select[Any]:
    numbers = _counts(shape, tiers).subquery("numbers")
    clients = _CLIENTS.where(conditions.seen(_one, bindparam("workspace")), _NAMED).subquery("clients")
    return select(*numbers.c, *clients.c).select_from(numbers.outerjoin(clients, true()))


def _counts(shape: conditions.Shape, tiers: Sequence[Tier]) -> Select[Any]:
    every = _hinted(select(_one.client_id), shape).where(*conditions.clauses(shape, SHOWN))
    every = every.order_by(_one.tier, _one.share, _one.client_id).limit(bindparam("most"))  # as the index has them
    whole = select(func.count()).select_from(every.subquery()).scalar_subquery().label("every")
    taken = (claim.c.installation_id == _one.installation_id) & (claim.c.client_id == _one.client_id)
    put_off = (snooze.c.installation_id == _one.installation_id) & (snooze.c.client_id == _one.client_id)
    put_off &= snooze.c.until > bindparam("day", type_=Date)
    low = (func.count().label("low"), func.count(claim.c.client_id).label("taken"))
    query = select(whole, *low, func.count(snooze.c.client_id).label("put_off"))
    query = _hinted(query.select_from(standing.outerjoin(claim, taken).outerjoin(snooze, put_off)), shape)
    return query.where(*conditions.clauses(shape, tiers), _one.score <= bindparam("low"))


def _hinted(query: Select[Any], shape: conditions.Shape) -> Select[Any]:
    return conditions.hinted(query, shape, "INDEXED BY ix_standing_share")
