"""Key accounts: clients that a person or a team follows."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from secrets import randbits

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person
from bot.domain.key_accounts import Owner
from storage.schema import key_account, record, team

_one = key_account.c
_HERE: BindParameter[int] = bindparam("installation")


def columns() -> tuple[ColumnElement[bool], ColumnElement[str]]:
    """Of a client's card: whether it is one of the person's, and the name of their team where it is one of the team's.

    Bound to `of_person` and `of_team`; unbound it is nobody's.
    """
    mine = (_one.installation_id == record.c.installation_id, _one.client_id == record.c.id)
    person, group = bindparam("of_person", None, BigInteger), bindparam("of_team", None, BigInteger)
    same = (team.c.installation_id == _one.installation_id) & (team.c.id == _one.team_id)
    of_person = select(_one.person_id).where(*mine, _one.person_id == person)
    of_team = select(team.c.name).select_from(key_account.join(team, same)).where(*mine, _one.team_id == group)
    return (
        of_person.correlate(record).scalar_subquery().is_not(None).label("key_of_me"),
        of_team.correlate(record).scalar_subquery().label("key_of_team"),
    )


def owners(asker: Person) -> dict[str, int | None]:
    """What `columns` is bound to."""
    return {"of_person": asker.id, "of_team": asker.team_id}


def clients(*, of_person: bool, of_team: bool) -> Select[tuple[int]]:
    """The clients that a person or a team follows, each by an index of its own; bound to `key_person`, `key_team`."""
    parts = []
    if of_person:
        parts.append(select(_one.client_id).where(_one.installation_id == _HERE, _one.person_id == _bound("person")))
    if of_team:
        parts.append(select(_one.client_id).where(_one.installation_id == _HERE, _one.team_id == _bound("team")))
    return parts[0] if len(parts) == 1 else select(union_all(*parts).subquery().c.client_id)


def _bound(name: str) -> ColumnElement[int]:
    return bindparam(f"key_{name}", type_=BigInteger)


def keep(connection: Connection, asker: Person, client_id: int, chosen: Set[Owner], now: datetime) -> None:
    """Follow a client that the asker sees, for oneself and for one's team as chosen, and no longer for whom it is not.

    Whoever is in a team says so for all of it: it hides nothing, and one click takes it back.
    """
    _keep(connection, asker, client_id, {"person_id": asker.id}, Owner.ME in chosen, now)
    if asker.own_team_id is not None:
        _keep(connection, asker, client_id, {"team_id": asker.own_team_id}, Owner.TEAM in chosen, now)


def _keep(
    connection: Connection, asker: Person, client_id: int, owner: dict[str, int], is_key: bool, now: datetime
) -> None:
    here = {"installation_id": asker.installation_id, "client_id": client_id, **owner}
    if not is_key:
        connection.execute(delete(key_account).where(*(_one[name] == value for name, value in here.items())))
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = {"id": randbits(62), "made_by": asker.id, "made_at": now}
    connection.execute(dialect.insert(key_account).values(**here, **made).on_conflict_do_nothing())
