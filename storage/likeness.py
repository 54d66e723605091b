"""Clients whose names are like what was typed: one edit away word by word, else with shared parts of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    ScalarSelect,
    Select,
    String,
    bindparam,
    func,
    select,
    union,
)

from bot.domain import names
from storage import lists
from storage.schema import client_word, record, standing, word, word_form, word_suffix

WORDS = 8  # of what was typed that are looked at
FEW = 100  # clients that are fetched at first, to be compared with what was typed
MANY = 1_000  # and where none of these was alike
FAR_WORDS = 40  # words that are looked at where a typed word is in no name
PART = 3  # letters in a row, some of which two edits leave as they were
PARTS = 4  # of such, spread over the typed word
FAR_ALIKE = 60  # how alike (0-100) such a word must be
GREAT = 88  # how alike the best name must be to look no further
END = "\U0010ffff"  # a beginning, and this after it, sorts behind everything that begins so


class Candidate(NamedTuple):
    client_id: int
    name: str
    key: str
    domain: str | None


Scope = Mapping[str, int]  # {"here": installation, "workspace": workspace}
Group = dict[str, int]  # words that a typed word may mean, with the number of clients that have them

HERE: BindParameter[int] = bindparam("here")


def clients() -> Select[Any]:
    """The columns of `Candidate`, of the clients that a workspace may see; a `Scope` is bound.

    EXISTS and not a join: SQLite, which has no statistics here, might read the whole workspace first.
    """
    seen = select(standing.c.client_id).where(
        standing.c.installation_id == HERE,
        standing.c.workspace_id == bindparam("workspace"),
        standing.c.client_id == record.c.id,
    )
    return select(record.c.id, record.c.name, record.c.name_key, record.c.domain).where(
        record.c.installation_id == HERE, record.c.archived_at.is_(None), seen.exists()
    )


def clients_with(words: Any) -> Select[Any]:
    """Those with one of the words."""
    has_word = (client_word.c.installation_id == HERE) & (client_word.c.client_id == record.c.id)
    return clients().join(client_word, has_word).where(client_word.c.word.in_(words))


def begins(column: ColumnElement[str], beginning: ColumnElement[str]) -> ColumnElement[bool]:
    return (column >= beginning) & (column < beginning.concat(END))


_forms, _whole = lists.texts("forms"), lists.texts("whole")
_words, _others = lists.texts("words"), lists.texts("others")

# A scalar select and not a join, which PostgreSQL got wrong by a factor of 10,000 while it had no statistics.
_near = word_form.c.installation_id == HERE, word_form.c.form.in_(select(_forms.c.value))


def _clients_of(text: ColumnElement[str]) -> ScalarSelect[int]:
    """A scalar select and not a join, which PostgreSQL gets wrong by a factor of 10,000 while it has no statistics."""
    return select(word.c.clients).where(word.c.installation_id == HERE, word.c.word == text).scalar_subquery()


def _with_part(number: int) -> Select[Any]:
    return select(word_suffix.c.word, _clients_of(word_suffix.c.word)).where(
        word_suffix.c.installation_id == HERE,
        begins(word_suffix.c.suffix, bindparam(f"part_{number}", type_=String)),
        func.length(word_suffix.c.word).between(bindparam("shortest"), bindparam("longest")),
    )


_NEAR_WORDS = select(word_form.c.form, word_form.c.word, _clients_of(word_form.c.word)).where(*_near)
_FAR_WORDS: CompoundSelect[Any] = union(
    select(word.c.word, word.c.clients).where(word.c.installation_id == HERE, word.c.word.in_(select(_whole.c.value))),
    select(word_form.c.word, _clients_of(word_form.c.word)).where(*_near),
    *map(_with_part, range(PARTS)),
)
_WITH_WORDS = clients_with(select(_words.c.value)).limit(bindparam("most"))
_other = client_word.alias("other")
_has_other = select(_other.c.client_id).where(
    _other.c.installation_id == HERE,
    _other.c.client_id == client_word.c.client_id,
    _other.c.word.in_(select(_others.c.value)),
)
_WITH_BOTH = clients_with(select(_words.c.value)).where(_has_other.exists()).limit(MANY)


def rank(connection: Connection, scope: Scope, key: str) -> list[tuple[float, Candidate]]:
    """Clients with how alike (0-100) their names are to the key, best first. Two statements, or three more."""
    typed = key.split()[:WORDS]
    terms = typed + list(map("".join, pairwise(typed)))  # words that were typed apart are looked for together too
    groups = _near_words(connection, scope["here"], terms, len(typed))
    # Only words that no name has are taken for typos at first: one typo leaves the other words as they are.
    likely = [{term: group[term]} if term in group else group for term, group in zip(terms, groups, strict=True)]
    whole = "".join(typed)
    ranked = _ranked(
        whole, _told(whole, terms, groups), _with_likely_words(connection, scope, whole, terms, likely, FEW)
    )
    if ranked and ranked[0][0] >= GREAT:
        return ranked
    found = _with_two_words(connection, scope, terms, groups)
    _add_far_words(connection, scope["here"], typed, groups)
    found += _with_likely_words(connection, scope, whole, terms, groups, MANY)
    return _ranked(whole, _told(whole, terms, groups), found)


def _near_words(connection: Connection, here: int, terms: Sequence[str], apart: int) -> list[Group]:
    """For each of the first terms the words one edit away, for the others only themselves."""
    near = [names.forms(term) for term in terms[:apart]] + [{term} for term in terms[apart:]]
    rows = connection.execute(_NEAR_WORDS, {"here": here, "forms": list(set().union(*near))}).all()
    return [{text: clients for form, text, clients in rows if form in forms} for forms in near]


def _add_far_words(connection: Connection, here: int, terms: Sequence[str], groups: Sequence[Group]) -> None:
    """For typed words that no name has: words two edits away, and words that were written as one."""
    unknown = [(term, group, _halves(term)) for term, group in zip(terms, groups, strict=False) if term not in group]
    if not unknown:
        return
    longest = max((term for term, _, _ in unknown), key=len)
    parameters = {
        "here": here,
        "whole": list({half for _, _, halves in unknown for pair in halves for half in pair}),
        "forms": list({form for term, _, _ in unknown for less in names.forms(term) for form in names.forms(less)}),
        "shortest": len(longest) - 2,
        "longest": len(longest) + 2,
        **{f"part_{number}": part for number, part in enumerate(_spread_parts(longest))},
    }
    known: Group = dict(connection.execute(_FAR_WORDS, parameters).all())
    for term, group, halves in unknown:
        alike = process.extract(term, known.keys(), scorer=fuzz.ratio, score_cutoff=FAR_ALIKE, limit=FAR_WORDS)
        split = [half for pair in halves if known.keys() >= set(pair) for half in pair]
        group.update({text: known[text] for text in [*(text for text, _, _ in alike), *split]})


def _spread_parts(term: str) -> list[str]:
    """Three letters in a row from the beginning to the end of the term, at even distances."""
    last = max(0, len(term) - PART)
    return [term[at : at + PART] for at in (round(last * number / (PARTS - 1)) for number in range(PARTS))]


def _halves(term: str) -> list[tuple[str, str]]:
    return [(term[:at], term[at:]) for at in range(2, len(term) - 1)]


def _with_likely_words(
    connection: Connection, scope: Scope, whole: str, terms: Sequence[str], groups: Sequence[Group], most: int
) -> list[Candidate]:
    """The clients with the likeliest words: as many words as have `most` clients between them, one at least."""
    told = _told(whole, terms, groups)
    counts = {text: count for group in groups for text, count in group.items()}
    likely: list[str] = []
    left = most
    for text in sorted(told, key=lambda text: (-told[text], counts[text])):
        if counts[text] <= left:
            likely.append(text)
            left -= counts[text]
    words = likely or sorted(counts, key=counts.__getitem__)[:1]
    if not words:
        return []
    return [Candidate(*row) for row in connection.execute(_WITH_WORDS, {**scope, "words": words, "most": most})]


def _with_two_words(
    connection: Connection, scope: Scope, terms: Sequence[str], groups: Sequence[Group]
) -> list[Candidate]:
    """The clients with two of the words, each of which may be too common to tell alone."""
    typed = [{term: group[term]} for term, group in zip(terms, groups, strict=True) if term in group]
    pairs = typed if len(typed) > 1 else [group for group in groups if group]
    first, *rest = sorted(pairs, key=lambda group: sum(group.values())) or [{}]
    others = [text for group in rest for text in group]
    if not others:
        return []
    parameters = {**scope, "words": list(first), "others": others}
    return [Candidate(*row) for row in connection.execute(_WITH_BOTH, parameters)]


def _ranked(whole: str, told: Mapping[str, float], found: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
    ranked = [(_likeness(whole, told, one.key), one) for one in set(found)]
    return sorted(ranked, key=lambda pair: (-pair[0], pair[1].key, pair[1].client_id))


def _told(whole: str, terms: Sequence[str], groups: Sequence[Group]) -> dict[str, float]:
    """How much (0-100) of all that was typed each word explains."""
    told: dict[str, float] = {}
    for term, group in zip(terms, groups, strict=True):
        for text in group:
            told[text] = max(told.get(text, 0), len(term) / len(whole) * fuzz.ratio(term, text))
    return told


def _likeness(typed: str, told: Mapping[str, float], key: str) -> float:
    """How alike a name is as a whole, or how much of what was typed its words explain: one may have been left out."""
    alike = fuzz.ratio(typed, key.replace(" ", ""))
    explained = min(100.0, sum(told.get(text, 0) for text in key.split()))
    return max(alike, 0.6 * explained + 0.4 * alike)
