"""What people say became of a renewal: of its day, so that it holds until the date changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person
from bot.domain.renewals import Outcome, Said
from bot.errors import UserError
from storage.schema import person, record, renewal_outcome, standing

_one = renewal_outcome.c
_who = person.alias("who_said")


def beside(query: Select[Any]) -> Select[Any]:
    """A statement on `record` and `standing` that also reads what was said of the renewal; `read` reads its rows."""
    mine = (_one.installation_id == record.c.installation_id) & (_one.client_id == record.c.id)
    who = (_who.c.installation_id == _one.installation_id) & (_who.c.id == _one.person_id)
    columns = (
        _one.outcome,
        _one.renews_on.label("said_of"),
        _one.reason,
        _one.person_id.label("sayer_id"),
        _who.c.name.label("said_by"),
        _one.answered_at,
    )
    joined = query.outerjoin(renewal_outcome, mine & (_one.renews_on == standing.c.renews_on)).outerjoin(_who, who)
    return joined.add_columns(*columns)


def read(row: Row[Any]) -> Said | None:
    if row.outcome is None:
        return None
    return Said(Outcome(row.outcome), row.said_of, row.reason, row.said_by, row.answered_at, row.sayer_id)


def say(
    connection: Connection,
    asker: Person,
    client_id: int,
    renews_on: date,
    outcome: Outcome,
    reason: str | None,
    now: datetime,
) -> None:
    """One's own answer is changed; where somebody else was first, UserError names them."""
    key = {"installation_id": asker.installation_id, "client_id": client_id, "renews_on": renews_on}
    values = {"outcome": outcome.value, "reason": reason, "answered_at": now}
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(renewal_outcome).values(**key, **values, person_id=asker.id)
    if connection.execute(made.on_conflict_do_nothing()).rowcount == 1:
        return
    its = (_one.installation_id == asker.installation_id, _one.client_id == client_id, _one.renews_on == renews_on)
    changed = update(renewal_outcome).where(*its, _one.person_id == asker.id).values(**values)
    if connection.execute(changed).rowcount == 0:
        same = (_who.c.installation_id == _one.installation_id) & (_who.c.id == _one.person_id)
        first = connection.scalar(select(_who.c.name).join(renewal_outcome, same).where(*its))
        raise UserError("renewal_answered", person=first)


def take_back(connection: Connection, installation_id: int, client_id: int, renews_on: date, person_id: int) -> bool:
    """What that person said. False where they do so no more: another answer is not that of an earlier button."""
    its = (_one.installation_id == installation_id, _one.client_id == client_id, _one.renews_on == renews_on)
    return connection.execute(delete(renewal_outcome).where(*its, _one.person_id == person_id)).rowcount == 1
