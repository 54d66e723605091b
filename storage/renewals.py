"""Renewals of a listing's clients: those of its window, those that have passed, and what they are weighed against."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Row,
    ScalarSelect,
    Select,
    Subquery,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    union_all,
)

from bot.domain.catalog import Catalog, Tier
from bot.domain.listing import SHOWN, Listing
from bot.domain.renewals import Base, Due, Month, Outcome, Payers, Renewals, Said, in_order, months
from storage import conditions
from storage.conditions import Shape
from storage.schema import field, note, person, record, record_date, renewal_outcome, standing, subscription, task

MOST = 1_000  # clients that are weighed: of more, those that renew first
PASSED = 50
TOUCHED = "last_touch_on"  # the property that says when somebody last spoke with a client

_AHEAD, _ENDING, _PASSED = range(3)
_HERE: BindParameter[int] = bindparam("installation")
_TODAY: BindParameter[date] = bindparam("today", type_=Date)
_FIRST, _LAST = bindparam("first_day", type_=Date), bindparam("last_day", type_=Date)
_one, _said = standing.c, renewal_outcome.c


def read(connection: Connection, catalog: Catalog, asked: Listing) -> Renewals:
    """Two statements, however many clients."""
    shape = conditions.shape(catalog, asked)
    bound = _bound(catalog, asked)
    base = _base(connection, shape, bound)
    limits = {"most": MOST + 1, "most_passed": PASSED + 1}
    rows = connection.execute(_found(shape), {**bound, **limits}).all()
    ahead = [_due(row, asked) for row in rows if row.part != _PASSED]
    there = {one.client_id for one in ahead}  # of a cancellation, though the day of the renewal has passed
    passed = [_due(row, asked) for row in rows if row.part == _PASSED and row.client_id not in there]
    return Renewals(
        base,
        in_order(ahead[:MOST], base, asked.today),
        in_order(passed[:PASSED], base, asked.today),
        has_more=len(ahead) > MOST,
        has_more_passed=len(passed) > PASSED,
    )


def by_month(connection: Connection, catalog: Catalog, asked: Listing) -> list[Month]:
    """Renewals of the listing's window by month. One statement."""
    shape = conditions.shape(catalog, asked)
    rows = connection.execute(_days(shape), _bound(catalog, asked))
    return months(((row.renews_on, row.currency, row.clients, row.mrr) for row in rows), asked.today)


def _bound(catalog: Catalog, asked: Listing) -> dict[str, Any]:
    return {**conditions.values(catalog, asked), "today": asked.today, "touched": TOUCHED}


def _base(connection: Connection, shape: Shape, bound: dict[str, Any]) -> Base:
    rows = connection.execute(_payers(shape), bound).all()
    payers = {row.currency: Payers(row.payers, float(row.mrr)) for row in rows if row.currency and row.mrr}
    return Base(sum(row.clients for row in rows), rows[0].undated if rows else 0, payers)


@lru_cache(maxsize=64)
def _payers(shape: Shape) -> Select[Any]:
    """The whole scope by currency; beside it, how many clients that the filter keeps have no renewal date.

    Each of a whole base from an index that holds all it asks for.
    """
    undated = shape._replace(renews="none")
    without = _hinted(select(func.count()), shape).where(*conditions.clauses(undated, shape.tiers))
    paying = (func.count(_one.mrr).label("payers"), func.sum(_one.mrr).label("mrr"))
    counted = select(_one.currency, func.count().label("clients"), *paying)
    query = conditions.hinted(counted, shape, "INDEXED BY ix_standing_mrr")
    query = query.where(*conditions.within(shape), conditions.among(SHOWN)).group_by(_one.currency)
    return query.add_columns(without.correlate(None).scalar_subquery().label("undated"))


@lru_cache(maxsize=64)
def _days(shape: Shape) -> Select[Any]:
    columns = (_one.renews_on, _one.currency)
    counted = select(*columns, func.count().label("clients"), func.sum(_one.mrr).label("mrr"))
    query = _hinted(counted, shape).where(*conditions.clauses(shape, shape.tiers), _is_open(_one.renews_on))
    return query.group_by(*columns)


@lru_cache(maxsize=64)
def _found(shape: Shape) -> Select[Any]:
    """The clients with all that their lines say. What is looked up of each is so only of those that are left."""
    found = union_all(*(select(one) for one in (_ahead(shape), _ending(shape), _passed(shape)))).subquery()
    mine = (_one.installation_id == _HERE) & (_one.workspace_id == bindparam("workspace"))
    joined = found.join(standing, mine & (_one.client_id == found.c.client_id))
    joined = joined.join(record, (record.c.installation_id == _HERE) & (record.c.id == _one.client_id))
    joined = joined.outerjoin(person, (person.c.installation_id == _HERE) & (person.c.id == _one.person_id))
    stands = (_one.renews_on, _one.tier, _one.score, _one.share, _one.change_7, _one.mrr, _one.currency)
    last = {name: _last_said(_said[name]).label(f"said_{name}") for name in ("outcome", "renews_on", "reason")}
    at = (_last_said(_said.answered_at).label("said_at"), *last.values())
    touches = (_logged(task).label("task_at"), _logged(note).label("note_at"), _touched().label("touched_on"))
    names = (record.c.name, person.c.name.label("csm"))
    query = select(found.c.part, _one.client_id, *names, *stands, *touches, _cancels().label("cancels_on"), *at)
    return query.select_from(joined).order_by(found.c.part, found.c.day, _one.client_id)


def _ahead(shape: Shape) -> Subquery:
    """A tier at a time, along the index, so that the first are read and no more."""
    parts = [_dated(shape, [tier], _AHEAD).order_by(_one.renews_on, _one.client_id) for tier in shape.tiers]
    every = union_all(*(select(part.limit(bindparam("most")).subquery()) for part in parts)).subquery()
    return select(every).order_by(every.c.day, every.c.client_id).limit(bindparam("most")).subquery()


def _passed(shape: Shape) -> Subquery:
    """Those of late first."""
    any_day, past = shape._replace(renews=""), _one.renews_on < _TODAY
    parts = [_dated(any_day, [tier], _PASSED).where(past).order_by(_one.renews_on.desc()) for tier in shape.tiers]
    every = union_all(*(select(part.limit(bindparam("most_passed")).subquery()) for part in parts)).subquery()
    return select(every).order_by(every.c.day.desc()).limit(bindparam("most_passed")).subquery()


def _dated(shape: Shape, tiers: list[Tier], part: int) -> Select[Any]:
    which: ColumnElement[int] = literal_column(str(part)).label("part")
    query = _hinted(select(which, _one.client_id, _one.renews_on.label("day")), shape)
    return query.where(*conditions.clauses(shape, tiers), _one.renews_on.is_not(None), _is_open(_one.renews_on))


def _ending(shape: Shape) -> Subquery:
    """Those with a subscription that is cancelled to a day of the window, while they renew on no day of it."""
    one = subscription.c
    its = (one.installation_id == _HERE, one.cancels_on.between(_FIRST, _LAST), one.archived_at.is_(None))
    open_ = select(one.client_id).where(*its, _is_open(one.cancels_on, one.client_id)).distinct().subquery()
    elsewhere = func.coalesce(_one.renews_on.between(_FIRST, _LAST), literal_column("false")).is_(False)
    which: ColumnElement[int] = literal_column(str(_ENDING)).label("part")
    mine = (_one.installation_id == _HERE) & (_one.client_id == open_.c.client_id)
    query = select(which, _one.client_id, _cancels().label("day")).select_from(open_.join(standing, mine))
    query = query.where(*conditions.clauses(shape._replace(renews=""), shape.tiers), elsewhere)
    return query.limit(bindparam("most")).subquery()


def _hinted(query: Select[Any], shape: Shape) -> Select[Any]:
    return query if shape.named else conditions.hinted(query, shape, "INDEXED BY ix_standing_renews_on")


def _is_open(day: ColumnElement[Any], client: ColumnElement[int] = _one.client_id) -> ColumnElement[bool]:
    """Nobody has said what becomes of the renewal on that day."""
    return ~exists(
        select(_said.client_id).where(_said.installation_id == _HERE, _said.client_id == client, _said.renews_on == day)
    )


def _last_said(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Of what was said last of the client, for an earlier day."""
    its = (_said.installation_id == _HERE, _said.client_id == _one.client_id)
    newest = select(column).where(*its).order_by(_said.answered_at.desc()).limit(1)
    return newest.correlate(standing).scalar_subquery()


def _logged(made: Any) -> ScalarSelect[Any]:
    """When somebody last logged a task or did one, or left a note."""
    one = made.c
    at = func.coalesce(one.done_at, one.made_at) if made is task else one.made_at
    its = (one.installation_id == _HERE, one.client_id == _one.client_id)
    return select(func.max(at)).where(*its).correlate(standing).scalar_subquery()


def _touched() -> ScalarSelect[date]:
    one = record_date.c
    same = (field.c.installation_id == one.installation_id) & (field.c.id == one.property_id)
    its = (one.installation_id == _HERE, one.record_id == _one.client_id, field.c.name == bindparam("touched"))
    found = select(func.max(one.day)).select_from(record_date.join(field, same)).where(*its)
    return found.correlate(standing).scalar_subquery()


def _cancels() -> ScalarSelect[date]:
    """The next day on which a subscription ends that is cancelled.

    Among the client's own: of the column alone SQLite would look for the least along the index of all of them.
    """
    one = subscription.c
    its = (one.installation_id == _HERE, one.client_id == _one.client_id, one.archived_at.is_(None))
    ahead: ColumnElement[date] = case((one.cancels_on >= _TODAY, one.cancels_on))
    return select(func.min(ahead)).where(*its).correlate(standing).scalar_subquery()


def _due(row: Row[Any], asked: Listing) -> Due:
    logged = [at.date() for at in (row.task_at, row.note_at) if at is not None]
    day: date = row.cancels_on if row.part == _ENDING else row.renews_on
    return Due(
        client_id=row.client_id,
        client=row.name,
        day=day,
        tier=Tier(row.tier),
        score=row.score,
        share=row.share,
        change=None if asked.is_late else row.change_7,
        mrr=None if row.mrr is None else float(row.mrr),
        currency=row.currency or "",
        csm=row.csm,
        logged_on=max(logged, default=None),
        touched_on=row.touched_on,
        cancels_on=row.cancels_on,
        left=_left(row, day),
    )


def _left(row: Row[Any], day: date) -> Said | None:
    if row.said_outcome != Outcome.LEAVING or row.said_renews_on == day:
        return None
    return Said(Outcome.LEAVING, row.said_renews_on, row.said_reason, "", row.said_at)
