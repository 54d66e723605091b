"""Key accounts as parts of other statements: what a client's card says of them, and which clients a list keeps."""

from __future__ import annotations

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Select, bindparam, select, union_all

from bot.domain.access import Person
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
