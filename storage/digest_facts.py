"""What a digest is told from, inside its own workspace: how things stand, and the clients of which something is new.

None of its statements reads through the clients: who has another score, an event or a renewal that came near is found
by the day on which that was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BindParameter,
    Connection,
    Date,
    FromClause,
    Row,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union,
)

from bot.domain import digest_told
from bot.domain.catalog import Catalog, Tier
from bot.domain.digest_news import MANY, MONTH, Moment, Past, Seen, Since
from bot.domain.digest_told import Told
from bot.domain.digests import Digest
from bot.domain.filter_text import parse
from bot.domain.filters import Filter, FilterError
from bot.domain.freshness import Reach
from bot.domain.listing import SHOWN, Listing, Scope, Whose
from storage import alerts, conditions, digest_runs, digests, grounds, lists, reaches, snoozes
from storage.digest_runs import KIND
from storage.grounds import CatalogOf
from storage.schema import (
    change,
    client_event,
    delivery,
    installation,
    record,
    saved_view,
    saved_view_team,
    standing,
    team,
)
from storage.schema.columns import Key

_HERE: BindParameter[int] = bindparam("installation")
_DAY = timedelta(days=1)
_one = standing.c
# The days on which a client's score is looked at, as `Past` has them:
_DAYS = ("told", "before_told", "before_that", "eve", "as_of")


@dataclass(frozen=True)
class Head:
    """How things stand for a digest."""

    catalog_hash: str | None
    as_of: date | None
    every: int | None
    sources: Any  # as `reaches.column` has them
    team: str | None
    view: tuple[str, int | None, int | None] | None  # its filter, and the ids of the CSM and the team that it names
    told: tuple[Told, ...]  # what its runs and alerts told within a month, oldest first
    last: Told | None = None  # what the last run did, unless nothing was new
    alerted: tuple[int, ...] = ()  # the clients of alerts since then

    def reaches(self, catalog: Catalog) -> tuple[Reach, ...]:
        return reaches.reaches(reaches.sources(catalog, self.sources))


class Due(NamedTuple):
    digest: Digest
    head: Head


def due(connection: Connection, installation_id: int, now: datetime) -> Due | None:
    """The digest that is due longest, of those that no other process works on: it is locked. One statement."""
    one = digest_runs.next_due(connection, installation_id, now).cte("due")
    query = _stands(one).where(*digest_runs.as_it_was(connection, one)).add_columns(*one.c)
    rows = connection.execute(query, {"installation": installation_id, **_lately(now)}).all()
    return Due(digests.read(rows[0]._mapping), _head(rows)) if rows else None


def head(connection: Connection, digest: Digest, now: datetime) -> Head:
    """How things stand for a digest as it is given. One statement."""
    bound = {"installation": digest.installation_id, "digest": digest.id, **_lately(now)}
    given = {"team": digest.team_id, "view": digest.view_id}
    return _head(connection.execute(_GIVEN, {**bound, **given}).all())


def _lately(now: datetime) -> dict[str, datetime]:
    return {"since": now - MONTH - _DAY}


def _stands(one: FromClause) -> Select[Any]:
    """What a `Head` is read from: a row for each delivery of the last month."""
    here, view, sent = installation.c.id, saved_view.c, delivery.c
    group = (team.c.installation_id == here) & (team.c.id == one.c.team_id)
    its = (view.installation_id == here) & (view.id == one.c.view_id)
    named = (saved_view_team.c.installation_id == here) & (saved_view_team.c.view_id == view.id)
    lately = (sent.installation_id == here) & (sent.digest_id == one.c.id) & sent.facts.is_not(None)
    lately &= sent.kind.in_((KIND, alerts.KIND, alerts.NEWS)) & sent.state.not_in(("failed", "skipped"))
    lately &= sent.made_at > bindparam("since")
    about = (installation.c.catalog_hash, installation.c.as_of, reaches.rhythm().label("every"))
    filtered = (view.text, view.csm_id, saved_view_team.c.team_id.label("named_team"))
    query = select(
        *about, reaches.column().label("sources"), team.c.name.label("team"), *filtered, sent.facts, sent.kind
    )
    joined = one.join(installation, here == _HERE).outerjoin(team, group).outerjoin(saved_view, its)
    joined = joined.outerjoin(saved_view_team, named).outerjoin(delivery, lately)
    return query.select_from(joined).order_by(sent.made_at, sent.id)


_GIVEN = _stands(
    select(
        bindparam("digest", type_=Key).label("id"),
        bindparam("team", type_=Key).label("team_id"),
        bindparam("view", type_=Key).label("view_id"),
    ).subquery("given")
)


def _head(rows: Sequence[Row[Any]]) -> Head:
    first = rows[0]
    filter_ = None if first.text is None else (first.text, first.csm_id, first.named_team)
    stands = (first.catalog_hash, first.as_of, first.every, first.sources, first.team, filter_)
    return Head(*stands, *_told(rows))


def _told(rows: Sequence[Row[Any]]) -> tuple[tuple[Told, ...], Told | None, tuple[int, ...]]:
    """All that was told, and what the last run told; a run that had nothing to tell is the last one all the same."""
    told: list[Told] = []
    alerted: list[int] = []
    last: Told | None = None
    for row in rows:
        one = digest_told.read(row.facts) if row.facts and "day" in row.facts else None
        told += [] if one is None else [one]
        if row.kind == KIND:
            last, alerted = one, []
        elif one is not None:
            alerted += [named.client_id for named in one.named if named.client_id not in alerted]
    return tuple(told), last, tuple(alerted)


def listing(digest: Digest, found: Head, catalog: Catalog, today: date) -> Listing | None:
    """The digest's clients: those of its workspace, whoever made it. None where what it tells of is gone."""
    wanted, scope = Filter(), Scope(Whose.ALL)
    if digest.team_id is not None:
        if found.team is None:
            return None
        scope = Scope(Whose.TEAM, team_id=digest.team_id, name=found.team)
    if digest.view_id is not None:
        viewed = None if found.view is None else _viewed(catalog, *found.view, scope)
        if viewed is None:
            return None
        wanted, scope = viewed
    return Listing(digest.installation_id, digest.workspace_id, scope, wanted, today, found.as_of, found.every)


def _viewed(
    catalog: Catalog, text: str, csm: int | None, group: int | None, scope: Scope
) -> tuple[Filter, Scope] | None:
    """The filter of a view and whose clients it means, by the ids of whom it names. None where they are gone."""
    try:
        wanted = parse(text, {key: one.name for key, one in catalog.categories.items()})
    except FilterError:
        return None
    depends = wanted.csm == "me" or wanted.team == "mine" or wanted.key is not None  # on who asks
    gone = (wanted.csm not in {None, "nobody"} and csm is None) or (wanted.team not in {None, "all"} and group is None)
    if depends or gone:
        return None
    its_team = scope.team_id or (group if wanted.team not in {None, "all"} else None)
    if wanted.csm is not None:
        return wanted, Scope(Whose.PERSON, person_id=csm, team_id=its_team)
    return wanted, scope if its_team is None else Scope(Whose.TEAM, team_id=its_team)


def whose(digest: Digest, found: Head, asked: Listing) -> Filter:
    """The filter by which somebody who sees the digest's clients lists them."""
    of_team = "all" if found.team is None else found.team
    wanted = asked.wanted
    return Filter(csm=wanted.csm, team=wanted.team if wanted.csm or (wanted.team and not digest.team_id) else of_team)


def seen(
    connection: Connection,
    catalog: Catalog,
    catalogs: CatalogOf,
    asked: Listing,
    since: Since,
    told: date,
    also: Sequence[int] = (),
) -> tuple[Seen, ...] | None:
    """The clients of which something may be new since a day that the scores spoke of. None: more than are looked at.

    also  clients that are looked at in any case
    """
    bound = {**conditions.values(catalog, asked), **_bound(asked, since, told), "also": list(also)}
    rows = connection.execute(_news(conditions.shape(catalog, asked), len(since.thresholds.ahead)), bound).all()
    if len(rows) > MANY:
        return None
    same = groupby(rows, key=lambda row: row.client_id)
    return tuple(_seen(list(events), catalog, catalogs, since, told) for _, events in same)


def _bound(asked: Listing, since: Since, told: date) -> dict[str, Any]:
    as_of = max(told, asked.as_of or told)
    days = {"told": told, "before_told": told - _DAY, "before_that": told - 2 * _DAY}
    days |= {"eve": as_of - _DAY, "as_of": as_of}
    for number, ahead in enumerate(since.thresholds.ahead):
        days |= {f"from_{number}": since.told_on + timedelta(ahead + 1), f"to_{number}": since.today + timedelta(ahead)}
    return {**days, "place": str(asked.stands_in), "most": MANY + 1}


def _news(shape: conditions.Shape, windows: int) -> Select[Any]:
    chosen = _chosen(windows)
    moments = (_moment(day).label(day) for day in _DAYS)
    event = client_event.c
    mine = (event.installation_id == _one.installation_id) & (event.client_id == _one.client_id)
    new = (event.day >= bindparam("told")) & or_(event.kind == "quiet", event.subject == bindparam("place"))
    its = (record.c.installation_id == _one.installation_id) & (record.c.id == _one.client_id)
    columns = (_one.client_id, _one.renews_on, _one.share, _one.quiet, *moments)
    events = (event.kind, event.day, event.subject, event.before, event.after)
    query: Select[Any] = select(*columns, *events).select_from(
        standing.join(record, its).outerjoin(client_event, mine & new)
    )
    query = snoozes.beside(query)
    query = query.where(*conditions.clauses(shape, shape.tiers, select(chosen.c.client_id)))
    return query.order_by(_one.client_id, event.day).limit(bindparam("most"))


def _chosen(windows: int) -> CTE:
    """Each part by an index of its own."""
    event, day = client_event.c, bindparam("told", type_=Date)
    moved = select(change.c.client_id).where(
        change.c.installation_id == _HERE, change.c.day >= day, change.c.day <= bindparam("as_of", type_=Date)
    )
    turned = select(event.client_id).where(event.installation_id == _HERE, event.day >= day)
    also = select(lists.numbers("also").c.value)
    return union(moved, turned, also, *(_near(number) for number in range(windows))).cte("chosen")


def _near(number: int) -> Select[Any]:
    """Those whose renewals came near by one of the days on which they are told."""
    at = standing.alias()
    mine = (at.c.installation_id == _HERE, at.c.workspace_id == bindparam("workspace"))
    listed = at.c.tier.in_([literal_column(f"'{tier.value}'") for tier in SHOWN])
    between = at.c.renews_on.between(bindparam(f"from_{number}", type_=Date), bindparam(f"to_{number}", type_=Date))
    return select(at.c.client_id).where(*mine, listed, between)


def _moment(day: str) -> ScalarSelect[str]:
    """A client's tier on a day, and what its score was made from."""
    then = change.alias()
    mine = (then.c.installation_id == _one.installation_id, then.c.client_id == _one.client_id)
    text = then.c.tier.concat(" ").concat(then.c.catalog_hash).concat("/").concat(func.coalesce(then.c.ground, ""))
    latest = select(text).where(*mine, then.c.day <= bindparam(day, type_=Date)).order_by(then.c.day.desc()).limit(1)
    return latest.correlate(standing).scalar_subquery()


def _seen(rows: Sequence[Row[Any]], catalog: Catalog, catalogs: CatalogOf, since: Since, told: date) -> Seen:
    one = rows[0]
    last, before, earlier, eve, now = (_at(getattr(one, day), catalogs) for day in _DAYS)
    first = told + _DAY if since.has_shifted else told  # of the day that was told, too: it may have come later
    moves = [row for row in rows if row.kind == "renewal" and row.day >= first]
    moved = (moves[0].before, moves[-1].after) if moves else (None, None)
    going = set((one.quiet or "").split(","))
    quiet = tuple(row.subject for row in rows if row.kind == "quiet" and row.subject in going and row.day > told)
    past = Past((last, before, earlier), eve, now)
    return Seen(one.client_id, past, one.renews_on, moved, quiet, _is_snoozed(one, since, catalog))


def _at(text: str | None, catalogs: CatalogOf) -> Moment | None:
    if text is None:
        return None
    tier, _, ground = text.partition(" ")
    return Moment(Tier(tier), grounds.find(catalogs, ground if not ground.endswith("/") else None))


def _is_snoozed(one: Row[Any], since: Since, catalog: Catalog) -> bool:
    put_off = snoozes.read(one)
    bands = (catalog.bands[Tier.LOW][1], catalog.bands[Tier.MEDIUM][1])
    return put_off is not None and not put_off.ends(since.today, one.share, one.renews_on, bands)
