"""Clients whose names are like what was typed: one edit away word by word, else with shared parts of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Connection,
    Select,
    bindparam,
    select,
    union_all,
)

from bot.domain import names
from storage import conditions, lists, word_search
from storage.schema import client_word, record, standing
from storage.word_search import COUNTED

WORDS = 8  # of what was typed that are looked at
ENOUGH = 10  # names to choose from
FEW = 100  # clients that are fetched at first, to be compared with what was typed
MANY = COUNTED  # and where none of these was alike
FAR_WORDS = 100  # words that are looked at where a typed word is in no name
FAR_ALIKE = 0.55  # how alike (0-1) such a word must be
LEFT_OUT = 8.0  # what a word of the name that was not typed costs


class Candidate(NamedTuple):
    client_id: int
    name: str
    key: str
    domain: str | None


_SAME = OSA.normalized_similarity  # of edits, of which the swap of two letters is one

Scope = Mapping[str, Any]  # {"here": installation, "workspace": workspace, "covered": people}
Words = dict[str, int]  # that a typed word may mean, with the number of clients that have them
Told = dict[str, list[tuple[int, float]]]  # word of a name -> which terms it explains, and how much (0-100) of all

HERE: BindParameter[int] = bindparam("here")


def clients(covers: bool) -> Select[Any]:
    """The columns of `Candidate`, of the clients that somebody may see; a `Scope` is bound.

    covers  whether they cover for anybody

    EXISTS and not a join: SQLite, which has no statistics here, might read the whole workspace first.
    """
    seen = select(standing.c.client_id).where(
        standing.c.installation_id == HERE,
        conditions.seen(standing.c, bindparam("workspace"), conditions.of_covered() if covers else ()),
        standing.c.client_id == record.c.id,
    )
    return select(record.c.id, record.c.name, record.c.name_key, record.c.domain).where(
        record.c.installation_id == HERE, record.c.archived_at.is_(None), seen.exists()
    )


def clients_with(words: Any, covers: bool) -> Select[Any]:
    """Those with one of the words."""
    has_word = (client_word.c.installation_id == HERE) & (client_word.c.client_id == record.c.id)
    return clients(covers).join(client_word, has_word).where(client_word.c.word.in_(words))


_words, _others = lists.texts("words"), lists.texts("others")
_keys, _rarer = lists.texts("keys"), lists.texts("rarer")
_other = client_word.alias("other")
_has_other = select(_other.c.client_id).where(
    _other.c.installation_id == HERE,
    _other.c.client_id == client_word.c.client_id,
    _other.c.word.in_(select(_others.c.value)),
)
_MOST: BindParameter[int] = bindparam("most")


def _close_to(covers: bool) -> CompoundSelect[Any]:
    ways = (
        clients(covers).where(record.c.name_key.in_(select(_keys.c.value))),
        clients_with(select(_words.c.value), covers),
        clients_with(select(_rarer.c.value), covers).where(_has_other.exists()),
    )
    return union_all(*(select(some.limit(_MOST).subquery()) for some in ways))


_CLOSE = {covers: _close_to(covers) for covers in (False, True)}


class _Asked:
    """What was typed, and the words of names that it may mean."""

    def __init__(self, typed: Sequence[str]) -> None:
        self.typed = typed
        self.terms = [*typed, *map("".join, pairwise(typed))]  # what was typed apart is looked for together too
        self.whole = "".join(typed)
        ends = [end for end in range(max(1, len(typed) - 2), len(typed)) if _is_like_a_legal_form("".join(typed[end:]))]
        self.without_form = [typed[:end] for end in ends]
        self.wholes = ["".join(words) for words in (typed, *self.without_form)]
        self.groups: list[Words] = [{} for _ in self.terms]

    def likely_groups(self) -> list[Words]:
        """Without other words for those that names have."""
        pairs = zip(self.terms, self.groups, strict=True)
        return [{term: group[term]} if term in group else group for term, group in pairs]

    def mended(self) -> list[str]:
        """What was typed with one place mended: another word, two for one, one for two, or no legal form."""
        typed, found = self.typed, {" ".join(words) for words in self.without_form}
        for at, (term, group) in enumerate(zip(typed, self.groups, strict=False)):
            before, after = typed[:at], typed[at + 1 :]
            instead = [*((text,) for text in group), *_halves(term)]
            found.update(" ".join([*before, *texts, *after]) for texts in instead)
            if after:
                found.add(" ".join([*before, term + after[0], *after[1:]]))
        return list(found)

    def is_met_by(self, keys: Sequence[str]) -> bool:
        """Whether the first name is one edit away, or enough names have words one edit away from those typed."""
        name, words = keys[0].replace(" ", ""), set(keys[0].split())
        if any(OSA.distance(whole, name, score_cutoff=1) <= 1 for whole in self.wholes):
            return True
        return len(keys) >= ENOUGH and all(
            any(OSA.distance(term, text, score_cutoff=1) <= 1 for text in words & group.keys())
            for term, group in zip(self.typed, self.groups, strict=False)
        )

    def told(self) -> Told:
        told: Told = {}
        for at, (term, group) in enumerate(zip(self.terms, self.groups, strict=True)):
            share = len(term) / len(self.whole)
            for text in group:
                told.setdefault(text, []).append((at, share * _alike(term, text)))
        return told


def rank(connection: Connection, scope: Scope, key: str) -> list[tuple[float, Candidate]]:
    """Clients with how alike (0-100) their names are to the key, best first. Three statements, or three more."""
    asked = _Asked(key.split()[:WORDS])
    _add_near_words(connection, scope["here"], asked)
    # Only words that no name has are taken for typos at first: one typo leaves the other words as they are.
    ranked = _ranked(asked, _close(connection, scope, asked, asked.likely_groups(), FEW))
    if ranked and asked.is_met_by([one.key for _, one in ranked]):
        return ranked
    _add_far_words(connection, scope["here"], asked)
    return _ranked(asked, _close(connection, scope, asked, asked.groups, MANY))


def _close(connection: Connection, scope: Scope, asked: _Asked, groups: Sequence[Words], most: int) -> list[Candidate]:
    """Clients whose name is what was typed with one place mended, with the likeliest words, or with two of them."""
    rarer, others = _two_words(groups, most)
    parameters = {
        **scope, "keys": asked.mended(), "words": _likely(asked.told(), groups, most), "rarer": rarer,
        "others": others, "most": most,
    }  # fmt: skip
    return [Candidate(*row) for row in connection.execute(_CLOSE[bool(scope["covered"])], parameters)]


def _add_near_words(connection: Connection, here: int, asked: _Asked) -> None:
    """For each typed word the words one edit away; for two together only themselves."""
    apart = len(asked.typed)
    known = word_search.near(connection, here, asked.typed, asked.terms[apart:])
    near = [
        [
            text
            for text, _, _ in process.extract(
                term, known, scorer=OSA.distance, score_cutoff=int(at < apart), limit=None
            )
        ]
        for at, term in enumerate(asked.terms)
    ]
    _add(connection, here, asked.groups, near)


def _add_far_words(connection: Connection, here: int, asked: _Asked) -> None:
    """For typed words that no name has: words two edits away, and words that were written as one."""
    pairs = zip(asked.typed, asked.groups, strict=False)
    unknown = [(term, group, _halves(term)) for term, group in pairs if term not in group]
    if not unknown:
        return
    apart = {half for _, _, halves in unknown for pair in halves for half in pair}
    known = word_search.far(connection, here, [term for term, _, _ in unknown], apart)
    far = []
    for term, _, halves in unknown:
        alike = process.extract(term, known, scorer=_SAME, score_cutoff=FAR_ALIKE, limit=FAR_WORDS)
        far.append([text for text, _, _ in alike] + [half for pair in halves if known >= set(pair) for half in pair])
    _add(connection, here, [group for _, group, _ in unknown], far)


def _add(connection: Connection, here: int, groups: Sequence[Words], found: Sequence[Sequence[str]]) -> None:
    clients = word_search.clients(connection, here, set(chain.from_iterable(found)))
    for group, texts in zip(groups, found, strict=True):
        group.update({text: clients[text] for text in texts})


def _halves(term: str) -> list[tuple[str, str]]:
    return [(term[:at], term[at:]) for at in range(2, len(term) - 1)]


def _likely(told: Told, groups: Sequence[Words], most: int) -> list[str]:
    """The words that tell most: as many as have `most` clients between them; of `MANY` one at least."""
    counts = {text: count for group in groups for text, count in group.items()}
    most_told = {text: max(share for _, share in told[text]) for text in counts}
    likely: list[str] = []
    left = most
    for text in sorted(counts, key=lambda text: (-most_told[text], counts[text])):
        if counts[text] <= left:
            likely.append(text)
            left -= counts[text]
    return likely if likely or most < MANY else sorted(counts, key=counts.__getitem__)[:1]


def _two_words(groups: Sequence[Words], most: int) -> tuple[list[str], list[str]]:
    """Words of two terms, each of which may be too common to tell alone: the rarer ones, and all others."""
    rarer, *rest = sorted((group for group in groups if group), key=lambda group: sum(group.values())) or [{}]
    others = [text for group in rest for text in group]
    looked_through = sum(rarer.values())
    return (list(rarer), others) if others and (most == MANY or looked_through <= MANY) else ([], [])


def _ranked(asked: _Asked, found: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
    told = asked.told()
    ranked = [(_likeness(asked, told, one.key), one) for one in set(found)]
    return sorted(ranked, key=lambda pair: (-pair[0], pair[1].key, pair[1].client_id))


def _likeness(asked: _Asked, told: Told, key: str) -> float:
    """How alike a name is as a whole, or how much of what was typed its words explain: some may have been left out."""
    name, words = key.replace(" ", ""), set(key.split())
    alike = max([_alike(whole, name) for whole in asked.wholes])
    best = [0.0] * len(asked.terms)
    by = [""] * len(asked.terms)
    for text in words & told.keys():
        for at, share in told[text]:
            if share > best[at]:
                best[at], by[at] = share, text
    apart = len(asked.typed)
    together = [max(0.0, best[apart + at] - best[at] - best[at + 1]) for at in range(apart - 1)]
    missing = len(words) - len(set(filter(None, by)))
    return max(alike, sum(best[:apart]) + sum(together) - LEFT_OUT * missing)


def _alike(one: str, other: str) -> float:
    return 100 * _SAME(one, other)


def _is_like_a_legal_form(term: str) -> bool:
    most = 1 if len(term) < 6 else 2
    found = process.extractOne(term, names.LEGAL_FORMS, scorer=OSA.distance, score_cutoff=most)
    return len(term) > 2 and found is not None
