"""Clients that digests named as low and that nobody takes: looked at in time by one process, and told to leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, case, exists, select, update

from bot.domain.access import Person
from bot.domain.catalog import Tier
from bot.domain.escalation import Told
from storage import conditions, named_clients, snoozes
from storage import leads as team_leads
from storage.schema import claim, delivery, digest, named_client, record, standing, team

MOST = 50  # of a turn

_one, _sent, _of, _at = named_client.c, delivery.c, digest.c, standing.c
_TAKEN = exists().where(claim.c.installation_id == _one.installation_id, claim.c.client_id == _one.client_id)
_SENT = (_sent.installation_id == _one.installation_id) & (_sent.id == _one.delivery_id)
_DIGEST = (_of.installation_id == _one.installation_id) & (_of.id == _one.digest_id)


@dataclass(frozen=True)
class Waiting:
    """A client that a digest named, and what there is to say of it now."""

    delivery_id: int
    client_id: int
    state: str  # of the delivery
    made_at: datetime
    hours: int | None  # after which it goes to the leads; None: never
    zone: str
    paused: str | None
    made_by: int  # the digest
    team_id: int | None  # the client's, or the digest's
    country: str | None
    tier: str | None  # None: it stands in the digest's CS workspace no more
    share: float | None
    renews_on: date | None
    taken: bool

    @property
    def is_open(self) -> bool:
        """Whether it is for the leads, unless it is snoozed."""
        return self.hours is not None and self.paused is None and self.tier == Tier.LOW and not self.taken


def waiting(connection: Connection, installation_id: int, now: datetime) -> Sequence[tuple[int, int]]:
    """Deliveries and clients that are to be looked at. Nearly always none: one look into an index."""
    due = (_one.installation_id == installation_id, _one.escalates_at <= now)
    found = select(_one.delivery_id, _one.client_id).where(*due).order_by(_one.escalates_at).limit(MOST)
    return [(row.delivery_id, row.client_id) for row in connection.execute(found)]


def take(
    connection: Connection, installation_id: int, delivery_id: int, client_id: int, now: datetime
) -> Waiting | None:
    """What there is to decide on, held until the transaction ends. None where another process has it, or had it."""
    stands = (
        (_at.installation_id == _one.installation_id)
        & (_at.client_id == _one.client_id)
        & (_at.workspace_id == _of.workspace_id)
    )
    whose = case((_of.team_id.is_not(None), _of.team_id), else_=_at.team_id)
    theirs = (team.c.installation_id == _one.installation_id) & (team.c.id == whose)
    columns = (_sent.state, _sent.made_at, _of.escalates.label("hours"), _of.time_zone.label("zone"), _of.paused)
    more = (_of.made_by, whose.label("team_id"), team.c.country, _at.tier, _at.share, _at.renews_on)
    found = (
        select(_one.delivery_id, _one.client_id, *columns, *more, _TAKEN.label("taken"))
        .join(delivery, _SENT)
        .join(digest, _DIGEST)
        .outerjoin(standing, stands)
        .outerjoin(team, theirs)
        .where(*_is(installation_id, delivery_id, client_id), _one.escalates_at <= now)
        .with_for_update(of=named_client, skip_locked=True)
    )
    row = connection.execute(found).one_or_none()
    return None if row is None else Waiting(**row._mapping)


def is_snoozed(connection: Connection, installation_id: int, one: Waiting, day: date) -> bool:
    kept = snoozes.of(connection, installation_id, [one.client_id]).get(one.client_id)
    return kept is not None and not kept.ends(day, one.share, one.renews_on)


def leads(connection: Connection, installation_id: int, one: Waiting) -> Sequence[int]:
    """Who hears of it: the team's leads; without any, who made the digest."""
    return team_leads.of(connection, installation_id, one.team_id) or [one.made_by]


def look_again(connection: Connection, installation_id: int, one: Waiting, at: datetime | None) -> None:
    """None: never, it is settled."""
    mine = _is(installation_id, one.delivery_id, one.client_id)
    connection.execute(update(named_client).where(*mine).values(escalates_at=at))


def keep(connection: Connection, installation_id: int, one: Waiting, now: datetime) -> None:
    """The leads were told: the digests and the card that show the client say so."""
    mine = _is(installation_id, one.delivery_id, one.client_id)
    connection.execute(update(named_client).where(*mine).values(leads_at=now))
    named_clients.mark(connection, installation_id, [one.client_id], now.date())


def told(connection: Connection, reader: Person, delivery_id: int, client_id: int) -> Told | None:
    """None where it is needless by now, or the reader does not see the client."""
    same = (record.c.installation_id == _one.installation_id) & (record.c.id == _one.client_id)
    stands = (_at.installation_id == _one.installation_id) & (_at.client_id == _one.client_id)
    seen = conditions.seen(_at, reader.workspace_id, reader.covered)
    found = (
        select(_one.client_id, record.c.name, _at.score, _of.name.label("digest"), _one.named_on, _of.escalates)
        .join(record, same)
        .join(standing, stands)
        .join(digest, _DIGEST)
        .where(*_is(reader.installation_id, delivery_id, client_id), seen, _at.tier == Tier.LOW, ~_TAKEN)
        .limit(1)
    )
    row = connection.execute(found.where(record.c.archived_at.is_(None))).one_or_none()
    return None if row is None or row.escalates is None else Told(*tuple(row))


def _is(installation_id: int, delivery_id: int, client_id: int) -> tuple[Any, ...]:
    return _one.installation_id == installation_id, _one.delivery_id == delivery_id, _one.client_id == client_id
