"""Whose clients a filter means: the asker's own, those of a team or of a CSM, or all."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches

from sqlalchemy import Connection, select

from bot.domain.access import Person
from bot.domain.catalog import fold
from bot.domain.filters import Filter, FilterError
from bot.domain.key_accounts import Followers, Key
from bot.domain.listing import Choice, Scope, Whose
from storage import named, people
from storage.schema import person


def resolve(connection: Connection, asker: Person, wanted: Filter) -> Scope:
    """Without `csm`, `team` and `key`: mine if I own clients, else my team's, else all. Raises FilterError.

    Key accounts are those of all clients: whom one follows need not be one's own.
    """
    if wanted.key is None:
        return _owned(connection, asker, wanted)
    found = Scope(Whose.ALL) if wanted.csm is None is wanted.team else _owned(connection, asker, wanted)
    return replace(found, followers=followers(asker, wanted.key))


def followers(asker: Person, key: Key) -> Followers:
    """Whose key accounts are meant. Raises FilterError."""
    if key is Key.TEAM and asker.team_id is None:
        raise FilterError("filter_no_team_key", name="key")
    team = Followers() if key is Key.ME else Followers(team_id=asker.team_id, team=asker.team)
    return team if key is Key.TEAM else replace(team, person_id=asker.id)


def _owned(connection: Connection, asker: Person, wanted: Filter) -> Scope:
    if wanted.csm is None and wanted.team is None:
        return default(asker)
    team = Scope(Whose.ALL) if wanted.team in {None, "all"} else _of_team(connection, asker, str(wanted.team))
    if wanted.csm is None:
        return team
    return replace(_of_csm(connection, asker, wanted.csm), team_id=team.team_id, team=team.name)


def default(asker: Person) -> Scope:
    if asker.owns:
        return Scope(Whose.MINE, person_id=asker.seen_as)
    if asker.team_id is not None:
        return Scope(Whose.TEAM, team_id=asker.team_id, name=asker.team)
    return Scope(Whose.ALL)


def possible(asker: Person) -> tuple[Choice, ...]:
    """The scopes that a person can choose between; apart from their own, those of whom they cover."""
    mine = (Whose.MINE,) if asker.owns else ()
    covered = (one for one in asker.covers if one.email)
    return (*mine, *((Whose.TEAM,) if asker.team_id is not None else ()), Whose.ALL, *covered)


def _of_csm(connection: Connection, asker: Person, csm: str) -> Scope:
    if csm == "me":
        return Scope(Whose.MINE, person_id=asker.seen_as)
    if csm == "nobody":
        return Scope(Whose.PERSON)
    identity = people.known(connection, asker.installation_id, [csm]).get(csm)
    mine = (person.c.installation_id == asker.installation_id, person.c.id == identity)
    found = connection.execute(select(person.c.id, person.c.name).where(*mine)).one_or_none()
    if found is None:
        raise FilterError("filter_unknown_csm", name="csm", word=csm)
    covered = asker.covering(found.id)
    whose = Whose.PERSON if covered is None else Whose.COVERED
    return Scope(whose, person_id=found.id, name=found.name, covered=covered)


def _of_team(connection: Connection, asker: Person, name: str) -> Scope:
    if name == "mine":
        if asker.team_id is None:
            raise FilterError("filter_no_team", name="team")
        return Scope(Whose.TEAM, team_id=asker.team_id, name=asker.team)
    teams = {fold(one.name): one for one in named.teams(connection, asker)}
    if found := teams.get(fold(name)):
        return Scope(Whose.TEAM, team_id=found.id, name=found.name)
    having = [key for key in teams if fold(name) in key]
    near = having if len(having) == 1 else get_close_matches(fold(name), teams, n=1)
    if near:
        meant = teams[near[0]].name
        raise FilterError("filter_meant", name="team", word=f"team:{name}", meant=f'team:"{meant}"')
    raise FilterError("filter_unknown_team", name="team", word=name)
