"""Finds clients by what somebody typed: name or domain, beginning or part of a name, or a name with typos."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from rapidfuzz import fuzz
from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, or_, select, union_all

from bot.domain import names
from storage import lists
from storage.schema import client_word, record, standing, word, word_form, word_suffix

LIMIT = 10  # of hits that are shown
LONGEST = 1_000  # characters of what was typed that are looked at
WORDS = 8  # and words of it
FEW = 200  # clients that are fetched to be compared with what was typed
GOOD = 80  # how alike (0-100) a name must be to be a hit; less is only "did you mean"
AHEAD = 8  # by how much the best must lead to be clear
_END = "\U0010ffff"  # sorts after everything that goes on from a beginning


class Hit(NamedTuple):
    client_id: int
    name: str


class Found(NamedTuple):
    """What was found: the one clear hit, the hits best first, or, without hits, the nearest names."""

    clear: int | None = None
    hits: tuple[Hit, ...] = ()
    nearest: tuple[Hit, ...] = ()


class _Candidate(NamedTuple):
    client_id: int
    name: str
    key: str
    domain: str | None


_here: BindParameter[int] = bindparam("here")
_there: BindParameter[int] = bindparam("workspace")

# A client whose name (without its legal form) or domain is exactly what was typed: executed with `exact_parameters`.
IS_EXACT: ColumnElement[bool] = or_(record.c.name_key == bindparam("key"), record.c.domain == bindparam("domain"))


def exact_parameters(text: str) -> dict[str, Any]:
    """The values of `IS_EXACT` for what was typed."""
    text = names.typed(text[:LONGEST])
    return {"key": names.key(text), "domain": names.domain(text)}


def exact(text: str) -> ColumnElement[bool]:
    """`IS_EXACT` with its values. A statement that is built once takes `IS_EXACT` itself."""
    return IS_EXACT.params(exact_parameters(text))


def _clients() -> Select[Any]:
    """The clients that this workspace may see."""
    seen = (
        (standing.c.installation_id == _here)
        & (standing.c.workspace_id == _there)
        & (standing.c.client_id == record.c.id)
    )
    return (
        select(record.c.id, record.c.name, record.c.name_key, record.c.domain)
        .where(record.c.installation_id == _here, record.c.archived_at.is_(None))
        .join(standing, seen)
    )


def _begins(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return (column >= bindparam(name)) & (column < bindparam(name + "_end"))


_has_word = (client_word.c.installation_id == _here) & (client_word.c.client_id == record.c.id)
_by_name = _clients().where(_begins(record.c.name_key, "key")).order_by(record.c.name_key).limit(LIMIT + 1)
_by_domain = _clients().where(record.c.domain == bindparam("domain")).limit(LIMIT + 1)
_words_with_part = (
    select(word_suffix.c.word)
    .where(word_suffix.c.installation_id == _here, _begins(word_suffix.c.suffix, "part"))
    .order_by(word_suffix.c.suffix)
    .limit(FEW)
)
_by_part = _clients().join(client_word, _has_word).where(client_word.c.word.in_(_words_with_part)).limit(2 * LIMIT)
_LITERAL = union_all(*(select(way.subquery()) for way in (_by_name, _by_domain, _by_part)))

_forms, _whole, _words, _others = (lists.texts(name) for name in ("forms", "whole", "words", "others"))
_NEAR_WORDS = union_all(
    select(word_form.c.form, word.c.word, word.c.clients)
    .join(word, (word.c.installation_id == _here) & (word.c.word == word_form.c.word))
    .where(word_form.c.installation_id == _here, word_form.c.form.in_(select(_forms.c.value))),
    select(word.c.word, word.c.word, word.c.clients).where(
        word.c.installation_id == _here, word.c.word.in_(select(_whole.c.value))
    ),
)
_WITH_WORDS = _clients().join(client_word, _has_word).where(client_word.c.word.in_(select(_words.c.value))).limit(FEW)
_other = client_word.alias("other")
_WITH_BOTH = _WITH_WORDS.where(
    select(_other.c.client_id)
    .where(
        _other.c.installation_id == _here,
        _other.c.client_id == client_word.c.client_id,
        _other.c.word.in_(select(_others.c.value)),
    )
    .exists()
)


def find(connection: Connection, installation_id: int, workspace_id: int, text: str, limit: int = LIMIT) -> Found:
    """The clients of a workspace that the text may mean: exact, else beginning or part of a name, else alike.

    Any text will do, of any length; what cannot be a name finds nothing. At most five statements, three as a rule.
    """
    asked = exact_parameters(text)
    scope = {"here": installation_id, "workspace": workspace_id}
    if not asked["key"]:
        return Found()
    return _literally(connection, scope, asked, limit) or _alike(connection, scope, asked["key"], limit)


def _literally(connection: Connection, scope: dict[str, int], asked: dict[str, Any], limit: int) -> Found | None:
    key, part = asked["key"], asked["key"] if " " not in asked["key"] else _END
    ends = {"key_end": key + _END, "part": part, "part_end": part + _END}
    rows = connection.execute(_LITERAL, {**scope, **asked, **ends})
    found = {row[0]: _Candidate(*row) for row in rows}.values()
    if not found:
        return None
    equal = [one.client_id for one in found if one.key == key or (one.domain and one.domain == asked["domain"])]
    best = sorted(found, key=lambda one: (one.client_id not in equal, *_place(one.key, key)))
    only = equal or [one.client_id for one in found]
    return Found(only[0] if len(only) == 1 else None, _hits(best[:limit]))


def _place(name: str, part: str) -> tuple[int, int, str]:
    """Sorts beginnings of the name first, then beginnings of a word, then the rest; short names before long ones."""
    at = 0 if name.startswith(part) else 1 if f" {part}" in name else 2
    return at, len(name), name


def _hits(found: Iterable[_Candidate]) -> tuple[Hit, ...]:
    return tuple(Hit(one.client_id, one.name) for one in found)


def _alike(connection: Connection, scope: dict[str, int], key: str, limit: int) -> Found:
    groups = _near_words(connection, scope["here"], key.split()[:WORDS])
    ranked = _rank(key, _with_words(connection, scope, groups))
    good = [one for score, one in ranked[:limit] if score >= GOOD]
    if not good:
        return Found(nearest=_hits(one for _, one in ranked[:limit]))
    clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= AHEAD
    return Found(good[0].client_id if clear else None, _hits(good))


def _near_words(connection: Connection, here: int, terms: Sequence[str]) -> list[dict[str, int]]:
    """For each typed word the words of names that it may mean, with the number of clients that have them."""
    near = [names.forms(term) for term in terms]
    halves = [[(term[:at], term[at:]) for at in range(2, len(term) - 1)] for term in terms]
    joined = ["".join(pair) for pair in pairwise(terms)]
    whole = {*joined, *(half for pairs in halves for pair in pairs for half in pair)}
    rows = connection.execute(
        _NEAR_WORDS, {"here": here, "forms": list(set().union(*near)), "whole": list(whole)}
    ).all()
    known = {text: clients for form, text, clients in rows if form == text}
    groups = [{text: clients for form, text, clients in rows if form in forms} for forms in near]
    for group, pairs in zip(groups, halves, strict=True):
        group.update({half: known[half] for pair in pairs if known.keys() >= set(pair) for half in pair})
    for group, text in zip(groups, joined, strict=False):
        group.update({text: known[text]} if text in known else {})
    return groups


def _with_words(connection: Connection, scope: dict[str, int], groups: Sequence[dict[str, int]]) -> list[_Candidate]:
    """Clients with the rarest of the words, and those with two where the words are too common to tell alone."""
    told = sorted((group for group in groups if group), key=lambda group: sum(group.values()))
    if not told:
        return []
    rare = _rare({text: clients for group in told for text, clients in group.items()})
    rows = list(connection.execute(_WITH_WORDS, {**scope, "words": rare})) if rare else []
    common = [text for text in told[0] if text not in rare]
    if common and len(told) > 1:
        others = [text for group in told[1:] for text in group]
        rows += connection.execute(_WITH_BOTH, {**scope, "words": common, "others": others})
    elif common:
        rows += connection.execute(_WITH_WORDS, {**scope, "words": common})
    return list({row[0]: _Candidate(*row) for row in rows}.values())


def _rare(words: dict[str, int]) -> list[str]:
    """As many of the rarest words as have few clients between them."""
    ordered = sorted(words, key=words.__getitem__)
    return [
        text for text, total in zip(ordered, accumulate(words[text] for text in ordered), strict=True) if total <= FEW
    ]


def _rank(key: str, found: Collection[_Candidate]) -> list[tuple[float, _Candidate]]:
    """The candidates with how alike (0-100) their names are to the key, best first."""
    return sorted(((_likeness(key, one.key), one) for one in found), key=lambda pair: (-pair[0], pair[1].key))


def _likeness(key: str, name: str) -> float:
    return max(fuzz.ratio(key, name), fuzz.ratio(key.replace(" ", ""), name.replace(" ", "")))
