"""Low clients that somebody has taken: at most one person each, until the client is given back or low no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from bot.domain.access import Person
from bot.domain.catalog import Tier
from bot.domain.claims import Claim
from bot.errors import UserError
from storage import alerts, conditions, installations, lists, named_clients
from storage.schema import claim, person, record, standing, team_member

_one = claim.c
_taker, _place = person.alias("taker"), team_member.alias("place_of_taker")


def beside(query: Select[Any]) -> Select[Any]:
    """A statement on `record` that also reads who has taken a client; `read` makes a claim of its rows."""
    mine = (_one.installation_id == record.c.installation_id) & (_one.client_id == record.c.id)
    taker = (_taker.c.installation_id == _one.installation_id) & (_taker.c.id == _one.person_id)
    theirs = (_place.c.installation_id == _one.installation_id) & (_place.c.person_id == _one.person_id)
    columns = (
        _one.person_id.label("taker_id"),
        _taker.c.name.label("taker"),
        _place.c.team_id.label("team_of_taker"),
        _one.taken_at,
    )
    joined = query.add_columns(*columns).outerjoin(claim, mine).outerjoin(_taker, taker)
    return joined.outerjoin(_place, theirs & _place.c.is_primary)


def read(row: Any) -> Claim | None:
    return None if row.taker_id is None else Claim(row.taker_id, row.taker, row.team_of_taker, row.taken_at)


def take(connection: Connection, asker: Person, client_id: int, now: datetime, *, low: bool = True) -> None:
    """Who is second is told who was first. Raises UserError, also where the client is low no more.

    low  False: a digest named it, so that it may be taken whatever its tier; the caller has made sure that it is seen
    """
    installations.lock(connection, asker.installation_id)  # neither another taker nor a new score comes between
    here = {"installation_id": asker.installation_id, "client_id": client_id}
    taken = select(_one.person_id, _taker.c.name).join(_taker, (_taker.c.installation_id == _one.installation_id))
    taken = taken.where(_taker.c.id == _one.person_id, _one.installation_id == asker.installation_id)
    first = connection.execute(taken.where(_one.client_id == client_id)).one_or_none()
    if first is not None and first.person_id != asker.id:
        raise UserError("claim_taken", person=first.name)
    if first is None:
        if low and not connection.scalar(_is_low(asker, client_id)):
            raise UserError("claim_not_low")
        connection.execute(insert(claim).values(**here, person_id=asker.id, taken_at=now))
        named_clients.mark(connection, asker.installation_id, [client_id], now.date())
        alerts.claimed(connection, asker.installation_id, client_id)


def _is_low(asker: Person, client_id: int) -> Select[tuple[bool]]:
    """Where the asker sees it."""
    at = standing.c
    seen = conditions.seen(at, asker.workspace_id, asker.covered)
    mine = (at.installation_id == asker.installation_id, at.client_id == client_id)
    return select(select(at.client_id).where(*mine, seen, at.tier == Tier.LOW).exists())


def give_back(connection: Connection, asker: Person, client_id: int, taker_id: int, now: datetime) -> None:
    """Nothing where that person has it no longer."""
    mine = (_one.installation_id == asker.installation_id, _one.client_id == client_id)
    if connection.execute(delete(claim).where(*mine, _one.person_id == taker_id)).rowcount:
        named_clients.mark(connection, asker.installation_id, [client_id], now.date())


def end(connection: Connection, installation_id: int, clients: Collection[int], day: date) -> None:
    """Nobody has these clients any more: they are low no longer, or another CSM's. Of none it is no statement."""
    if clients:
        mine = (_one.installation_id == installation_id, _one.client_id.in_(select(lists.numbers("ids").c.value)))
        ended = delete(claim).where(*mine).returning(_one.client_id)
        named_clients.mark(connection, installation_id, connection.scalars(ended, {"ids": list(clients)}).all(), day)
