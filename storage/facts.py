"""All that one client's card is made from, gathered by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Executable,
    ScalarSelect,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
)

from bot.domain.answers import Answer, Reply
from bot.domain.catalog import Catalog, fold
from bot.domain.clients import Client
from bot.domain.marks import counting, sets
from bot.domain.scoring import Facts, Use, used_tools
from bot.domain.subscriptions import Subscription
from storage import (
    attention,
    claims,
    conditions,
    followers,
    grounds,
    history,
    lists,
    reaches,
    renewal_outcomes,
    snoozes,
    tool_marks,
)
from storage.basis import Source, covering, measured
from storage.grounds import CatalogOf
from storage.prepared import named, prepared
from storage.schema import (
    change,
    installation,
    opportunity_answer,
    person,
    record,
    source,
    standing,
    subscription,
    tool,
    usage,
)
from storage.slices import ended_by
from storage.sqljson import days_before, rows

LIMIT = 2  # clients: one more than can be shown tells that the name is not enough


BY_ID: ColumnElement[bool] = record.c.id == bindparam("client")


def client(
    connection: Connection,
    installation_id: int,
    workspace_id: int,
    catalog: Catalog,
    catalogs: CatalogOf,
    where: ColumnElement[bool],
    values: Mapping[str, object] | None = None,
    covered: Sequence[int] = (),
) -> list[Client]:
    """The clients of a workspace that fulfil a condition on `record`, at most two. One statement.

    covered  people whose clients are among them, too, wherever they stand; one that stands in the workspace as well is
             first as it is there

    catalogs  earlier ones by their hash: what a score of then was made from
    where   such as `BY_ID`; one that is made once, with its `values` given here, saves building the statement again
    """
    covers = bool(covered)
    statement: Executable
    statement = _found(catalog, covers).where(where) if values is None else _found_where(catalog, where, covers)
    bound = {"installation": installation_id, "workspace": workspace_id, "covered": covered, **(values or {})}
    return [_client(catalog, catalogs, row) for row in named(connection.execute(statement, bound).all())]


def several(
    connection: Connection,
    installation_id: int,
    workspace_id: int,
    catalog: Catalog,
    catalogs: CatalogOf,
    ids: Sequence[int],
) -> dict[int, Client]:
    """Those of these clients that stand in a workspace. One statement."""
    bound = {"installation": installation_id, "workspace": workspace_id, "clients": ids}
    rows = connection.execute(_several(catalog), bound).all()
    return {row.id: _client(catalog, catalogs, row) for row in rows}


@lru_cache(maxsize=16)
def _several(catalog: Catalog) -> Select[Any]:
    among = record.c.id.in_(select(lists.numbers("clients").c.value))
    return _of_standing(catalog).where(conditions.seen(standing.c, bindparam("workspace")), among)


@lru_cache(maxsize=64)
def _found_where(catalog: Catalog, where: ColumnElement[bool], covers: bool) -> Executable:
    return prepared(_found(catalog, covers).where(where))


@lru_cache(maxsize=32)
def _found(catalog: Catalog, covers: bool) -> Select[Any]:
    workspace: BindParameter[int] = bindparam("workspace")
    seen = conditions.seen(standing.c, workspace, conditions.of_covered() if covers else ())
    query = _of_standing(catalog).where(seen).limit(LIMIT)
    return query.order_by(standing.c.workspace_id != workspace) if covers else query


def _of_standing(catalog: Catalog) -> Select[Any]:
    seen = (standing.c.installation_id == record.c.installation_id) & (standing.c.client_id == record.c.id)
    csm = (person.c.installation_id == standing.c.installation_id) & (person.c.id == standing.c.person_id)
    found = (
        select(
            record.c.id,
            record.c.name,
            record.c.domain,
            record.c.url,
            standing.c.currency,
            standing.c.mrr,
            standing.c.renews_on,
            standing.c.quiet,
            record.c.properties,
            _answers().label("answers"),
            tool_marks.column().label("marks"),
            standing.c.person_id.label("csm_id"),
            person.c.name.label("csm_name"),
            person.c.slack_user_id,
            installation.c.as_of,
            reaches.column().label("sources"),
            _subscriptions().label("subscriptions"),
            exists(select(1).where(subscription.c.installation_id == record.c.installation_id)).label("subscribing"),
            _uses(_withins(catalog)).label("uses"),
            history.ground(standing, days_before(installation.c.as_of, literal_column("7"))).label("week_ago"),
            _last_score().label("last_score"),
            *followers.columns(),
        )
        .join(standing, seen)
        .join(installation, installation.c.id == record.c.installation_id)
        .outerjoin(person, csm)
        .where(record.c.installation_id == bindparam("installation"), record.c.archived_at.is_(None))
    )
    return attention.beside(snoozes.beside(renewal_outcomes.beside(claims.beside(found))))


@lru_cache(maxsize=16)
def _withins(catalog: Catalog) -> tuple[int, ...]:
    return tuple(sorted({tool.within for tool in catalog.tools}))


def _subscriptions() -> ScalarSelect[Any]:
    """Rows of `Subscription`, each with the day on which its source no longer named it."""
    one = subscription.c
    columns = [one[name] for name in Subscription._fields]
    mine = (one.installation_id == record.c.installation_id) & (one.client_id == record.c.id)
    found = select(rows(*columns, func.date(one.archived_at))).where(mine)
    return found.correlate(record).scalar_subquery()


def _uses(withins: Sequence[int]) -> ScalarSelect[Any]:
    """(tool, source, last day ever, uses in a window of each length) of each tool and source."""
    sums = [func.sum(case((_in_window(within), usage.c.count), else_=0)) for within in withins]
    per_tool = (
        select(
            tool.c.name.label("tool"),
            usage.c.source_id.label("source"),
            func.max(usage.c.day).label("last_on"),
            *(one.label(f"uses_{n}") for n, one in zip(withins, sums, strict=True)),
        )
        .join(source, (source.c.installation_id == usage.c.installation_id) & (source.c.id == usage.c.source_id))
        .join(tool, (tool.c.installation_id == usage.c.installation_id) & (tool.c.id == usage.c.tool_id))
        .where(usage.c.installation_id == record.c.installation_id, usage.c.client_id == record.c.id)
        .group_by(usage.c.tool_id, tool.c.name, usage.c.source_id)
        .correlate(record)
        .subquery()
    )
    return select(rows(*per_tool.c)).scalar_subquery()


def _in_window(within: int) -> ColumnElement[bool]:
    """Whether a row of usage lies in a window of so many days, which ends on its source's reach."""
    return usage.c.day.between(days_before(source.c.reach, literal_column(str(within - 1))), source.c.reach)


def _answers() -> ScalarSelect[Any]:
    """What was answered to the client's opportunities: (key, reply, until, evidence, size)."""
    one = opportunity_answer.c
    mine = (one.installation_id == record.c.installation_id) & (one.client_id == record.c.id)
    found = select(rows(one.key, one.reply, one.until, one.evidence, one.size)).where(mine)
    return found.correlate(record).scalar_subquery()


def _last_score() -> ScalarSelect[Any]:
    return _newest(select(change.c.score).where(change.c.score.is_not(None)))


def _newest(query: Select[Any]) -> ScalarSelect[Any]:
    mine = (change.c.installation_id == record.c.installation_id) & (change.c.client_id == record.c.id)
    return query.where(mine).order_by(change.c.day.desc()).limit(1).correlate(record, installation).scalar_subquery()


def _client(catalog: Catalog, catalogs: CatalogOf, row: Any) -> Client:
    sources = reaches.sources(catalog, row.sources)
    uses, listed = _sum_uses(catalog, sources, row.uses or ())
    covered, tools = measured(sources, listed)
    subscriptions = [_subscription(one, row.as_of) for one in row.subscriptions or ()]
    marks = {} if row.as_of is None else counting(catalog, tool_marks.read(row.marks), row.as_of)
    return Client(
        id=row.id,
        name=row.name,
        domain=row.domain,
        url=row.url,
        currency=row.currency,
        mrr=row.mrr,
        csm_id=row.csm_id,
        csm_name=row.csm_name,
        csm_slack_id=row.slack_user_id,
        renews_on=row.renews_on,
        as_of=row.as_of if any(one.reach is not None for one in sources) else None,
        facts=Facts(subscriptions, row.subscribing, covered, tools, used_tools(catalog, uses), sets(marks)),
        uses=uses,
        properties=row.properties,
        quiet=tuple((row.quiet or "").split(",")) if row.quiet else (),
        answers={key: Answer(Reply(reply), _day(until), *rest) for key, reply, until, *rest in row.answers or ()},
        before=grounds.find(catalogs, row.week_ago),
        last_score=row.last_score,
        last_used_on=max((use.last_on for use in uses.values() if use.last_on is not None), default=None),
        reaches=reaches.reaches(covering(sources, listed)),
        marks=marks,
        key_of_me=bool(row.key_of_me),
        key_of_team=row.key_of_team,
        claim=claims.read(row),
        outcome=renewal_outcomes.read(row),
        snooze=snoozes.read(row),
        named=attention.named(row),
    )


def _sum_uses(
    catalog: Catalog, sources: Sequence[Source], found: Sequence[Sequence[Any]]
) -> tuple[dict[int, Use], int]:
    """Uses by position in the catalog, under whatever names the data has, and the sources that name the client."""
    places = {one.id: i for i, one in enumerate(sources)}
    uses: dict[int, Use] = {}
    listed = 0
    for name, source_id, last_on, *times in found:
        listed |= 1 << places[source_id]
        position, window = _place(catalog, name)
        if position is None:
            continue
        use, before = Use(times[window], _day(last_on)), uses.get(position)
        uses[position] = use if before is None else _both(before, use)
    return uses, listed


@lru_cache(maxsize=4_096)
def _place(catalog: Catalog, name: str) -> tuple[int | None, int]:
    """A tool's position in the catalog, and which of the windows is its own."""
    position = catalog.tool_names.get(fold(name))
    return position, 0 if position is None else _withins(catalog).index(catalog.tools[position].within)


def _both(one: Use, other: Use) -> Use:
    """One tool's uses under two names, or from two sources."""
    days = [day for day in (one.last_on, other.last_on) if day is not None]
    return Use(one.times + other.times, max(days, default=None))


def _subscription(values: Sequence[Any], as_of: date | None) -> Subscription:
    *columns, archived_on = values
    one = Subscription(*columns)
    dated = one._replace(
        started_on=_day(one.started_on),
        ended_on=_day(one.ended_on),
        cancels_on=_day(one.cancels_on),
        renews_on=_day(one.renews_on),
    )
    return ended_by(dated, _day(archived_on), as_of)


def _day(text: Any) -> date | None:
    return None if text is None else date.fromisoformat(text)
