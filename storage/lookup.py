"""Finds clients by what somebody typed: name or domain, beginning or part of a name, or a name with typos."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from itertools import zip_longest
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, String, bindparam, not_, select, union_all

from bot.domain import names
from storage import likeness
from storage.likeness import HERE, Candidate, Scope, clients, clients_with
from storage.schema import record, standing
from storage.word_search import END, begins, part, with_part

LIMIT = 10  # of hits that are shown
ENOUGH = LIMIT + 1  # clients that are fetched for them
PARTS = 100  # words that have what was typed as a part
LONGEST = 1_000  # characters of what was typed that are looked at
GOOD = 66  # how alike (0-100) the best name must be to be a hit; less is only "did you mean"
AHEAD = 8  # by how much it must lead to be the clear one


class Hit(NamedTuple):
    client_id: int
    name: str
    domain: str | None


class Found(NamedTuple):
    """What was found: the one clear hit, all hits best first, or, where there are none, the nearest names."""

    clear: int | None = None
    hits: tuple[Hit, ...] = ()
    nearest: tuple[Hit, ...] = ()


_same = record.alias("same")


def _ids(column: ColumnElement[Any], name: str) -> Select[Any]:
    return select(_same.c.id).where(_same.c.installation_id == bindparam("installation"), column == bindparam(name))


# A client whose name (without its legal form) or domain is exactly what was typed, for statements that are executed
# with `exact_parameters`. Not an OR: for that SQLite walks through all clients of the installation.
IS_EXACT = record.c.id.in_(union_all(_ids(_same.c.name_key, "key"), _ids(_same.c.domain, "domain")))


def exact_parameters(text: str) -> dict[str, Any]:
    """The values of `IS_EXACT` for what was typed, but for the `installation`."""
    text = names.typed(text[:LONGEST])
    return {"key": names.key(text), "domain": names.domain(text)}


_key = bindparam("key", type_=String)
_begins_so = begins(record.c.name_key, _key)


def _literal_to(covers: bool) -> CompoundSelect[Any]:
    """Both databases read such a union from its beginning and stop at the limit.

    Where enough names begin so, no word is looked at.
    """
    return union_all(
        select(clients(covers).where(record.c.domain == bindparam("domain")).limit(ENOUGH).subquery()),
        select(_beginning(covers).limit(ENOUGH).subquery()),
        select(clients_with(with_part(HERE, PARTS), covers).where(not_(_begins_so)).limit(ENOUGH).subquery()),
    ).limit(ENOUGH)


def _beginning(covers: bool) -> Select[Any]:
    """Along a workspace's own index of names; who covers for others sees clients of other workspaces, too."""
    if covers:
        return clients(covers).where(_begins_so).order_by(record.c.name_key)
    query = select(record.c.id, record.c.name, record.c.name_key, record.c.domain).select_from(standing)
    query = query.join(record, (record.c.installation_id == HERE) & (record.c.id == standing.c.client_id))
    query = query.with_hint(standing, "INDEXED BY ix_standing_name", "sqlite")
    query = query.where(standing.c.installation_id == HERE, standing.c.workspace_id == bindparam("workspace"))
    query = query.where(begins(standing.c.name_key, _key), record.c.archived_at.is_(None))
    return query.order_by(standing.c.name_key)


_LITERAL = {covers: _literal_to(covers) for covers in (False, True)}


class _Place(IntEnum):
    """Where in a client's name the text stands; the lower, the better."""

    ALL = 0  # it is the name, or the domain
    BEGINNING = 1
    WORD = 2  # the beginning of a word
    INSIDE = 3


def find(
    connection: Connection,
    installation_id: int,
    workspace_id: int,
    text: str,
    limit: int = LIMIT,
    covered: Sequence[int] = (),
) -> Found:
    """The clients of a workspace that the text may mean: exact, else beginning or part of a name, else alike.

    covered  the people whose clients are found wherever they stand

    Any text will do, of any length; what cannot be a name finds nothing. Four statements as a rule, seven at most.
    """
    asked = exact_parameters(text)
    scope = {"here": installation_id, "workspace": workspace_id, "covered": covered}
    if not asked["key"]:
        return Found()
    literal = _literal(connection, scope, asked)
    good = _Place.ALL if names.has_legal_form(names.typed(text[:LONGEST])) else _Place.WORD
    if literal and literal[0][0] <= good:
        equal = [one for place, one in literal if place == _Place.ALL]
        return _found([one for _, one in literal], limit, clear=len(equal or literal) == 1)
    inside = [one for _, one in literal]
    ranked = likeness.rank(connection, scope, asked["key"])
    if not ranked or ranked[0][0] < GOOD:
        return (
            _found(inside, limit, clear=len(inside) == 1)
            if inside
            else Found(nearest=_hits([one for _, one in ranked], limit))
        )
    ahead = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= AHEAD
    both = _alternately(inside, [one for _, one in ranked])
    return _found(both, limit, clear=ahead and both[0] == ranked[0][1] and len(inside) < 2)


def _alternately(inside: Sequence[Candidate], alike: Sequence[Candidate]) -> list[Candidate]:
    """One of each in turn: a part of a word and a typo may look the same."""
    pairs = zip_longest(inside, alike)
    return list(dict.fromkeys(one for pair in pairs for one in pair if one is not None))


def _found(best: Sequence[Candidate], limit: int, *, clear: bool) -> Found:
    return Found(best[0].client_id if clear else None, _hits(best, limit))


def _hits(best: Sequence[Candidate], limit: int) -> tuple[Hit, ...]:
    return tuple(Hit(one.client_id, one.name, one.domain) for one in best[:limit])


def _literal(connection: Connection, scope: Scope, asked: dict[str, Any]) -> list[tuple[_Place, Candidate]]:
    """The clients in whose name or domain the text stands as it is, best first; short names before long ones."""
    key, domain = asked["key"], asked["domain"]
    inside = END if " " in key else key  # parts are looked for in words; END is in none
    statement = _LITERAL[bool(scope["covered"])]
    found = {Candidate(*row) for row in connection.execute(statement, {**scope, **asked, **part(inside)})}
    placed = [(_place(one, key, domain), one) for one in found]
    return sorted(placed, key=lambda pair: (pair[0], len(pair[1].key), pair[1].key, pair[1].client_id))


def _place(one: Candidate, key: str, domain: str | None) -> _Place:
    if one.key == key or (domain and one.domain == domain):
        return _Place.ALL
    if one.key.startswith(key):
        return _Place.BEGINNING
    return _Place.WORD if f" {key}" in one.key else _Place.INSIDE
