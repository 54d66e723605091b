"""Words of clients' names: those that are like typed words, and those with a part in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    func,
    select,
    union_all,
)

from bot.domain import names
from storage import lists, sqljson
from storage.schema import client_word, word, word_ending, word_form

PARTS = 8  # of a typed word, spread over it
PART = 3  # letters in a row, some of which two edits leave as they were
HEAD = 2  # letters at the beginning that they may leave
COUNTED = 1_000  # clients of a word; where there are more, they are not counted further
END = "\U0010ffff"  # a beginning, and this after it, sorts behind everything that begins so

_HERE = bindparam("here", type_=Integer)


def begins(column: ColumnElement[str], beginning: ColumnElement[str]) -> ColumnElement[bool]:
    return (column >= beginning) & (column < beginning.concat(END))


def with_part(here: BindParameter[int], most: int) -> CompoundSelect[Any]:
    """Words with what `part` binds in them: as many of those that begin so, and of each kind of others."""
    text, rest = bindparam("part", type_=String), bindparam("rest", type_=String)
    one = word_ending.c
    ends = select(one.word).where(one.installation_id == here).order_by(one.ending)
    letter_before = func.length(one.word) - func.length(one.ending)
    ways = (
        select(word.c.word).where(word.c.installation_id == here, begins(word.c.word, text)).order_by(word.c.word),
        ends.where(begins(one.ending, text)),
        ends.where(begins(one.ending, rest), func.substr(one.word, letter_before, func.length(text)) == text),
    )
    return union_all(*(select(way.limit(most).subquery()) for way in ways))


def part(text: str) -> dict[str, str]:
    """What is bound to `with_part`."""
    return {"part": text, "rest": text[1:] if len(text) >= names.PART_LENGTH else END}


def _beginning_so(column: ColumnElement[str], name: str) -> Select[Any]:
    """Words of which a column begins with one of the texts bound as `name`, together for each text.

    A scalar select and not a join, which either database would begin at the wrong side without statistics.
    """
    table, text = column.table, lists.texts(name)
    its = select(sqljson.items(table.c.word)).where(
        table.c.installation_id == _HERE,
        begins(column, text.c.value),
        func.length(table.c.word).between(bindparam("shortest"), bindparam("longest")),
    )
    return select(its.correlate(text).scalar_subquery()).select_from(text)


_forms, _whole, _words = lists.texts("forms"), lists.texts("whole"), lists.texts("words")
_ALIKE = union_all(
    select(sqljson.items(word.c.word)).where(word.c.installation_id == _HERE, word.c.word.in_(select(_whole.c.value))),
    select(sqljson.items(word_form.c.word)).where(
        word_form.c.installation_id == _HERE, word_form.c.form.in_(select(_forms.c.value))
    ),
    _beginning_so(word.c.word, "heads"),
    _beginning_so(word_ending.c.ending, "parts"),
)
_its = select(client_word.c.client_id).where(
    client_word.c.installation_id == _HERE, client_word.c.word == _words.c.value
)
_CLIENTS = select(
    _words.c.value,
    select(func.count()).select_from(_its.limit(COUNTED + 1).correlate(_words).subquery()).scalar_subquery(),
)


def near(connection: Connection, here: int, terms: Sequence[str], others: Collection[str]) -> set[str]:
    """Words one edit away from one of the terms, among some that are not; of the others only themselves."""
    long = [term for term in terms if len(term) >= names.SHORT]
    halves = list(map(names.halves, long))
    swapped = [head[:-1] + tail[0] + head[-1] + tail[1:] for head, tail in halves]  # where the halves meet
    parameters = {
        "here": here,
        "whole": [*terms, *others, *swapped],
        "forms": [form for term in terms if len(term) <= names.SHORT + 1 for form in names.deletions(term)],
        "heads": [head for head, _ in halves],
        "parts": [tail for _, tail in halves],
        "shortest": min(map(len, long), default=0) - 1,
        "longest": max(map(len, long), default=0) + 1,
    }
    return _alike(connection, parameters)


def far(connection: Connection, here: int, terms: Collection[str], others: Collection[str]) -> set[str]:
    """Words two edits away from a term (of the long ones the longest), among some that are not; and the others."""
    longest = max(terms, key=len)
    short = {less for term in terms if len(term) <= names.SHORT + 2 for less in names.deletions(term)}
    parameters = {
        "here": here,
        "whole": list(others),
        "forms": list(set(chain.from_iterable(map(names.deletions, short)))),
        "heads": [longest[:HEAD]],
        "parts": _spread_parts(longest),
        "shortest": len(longest) - 2,
        "longest": len(longest) + 2,
    }
    return _alike(connection, parameters)


def clients(connection: Connection, here: int, words: Collection[str]) -> dict[str, int]:
    """In how many names each of the words stands; more than `COUNTED` are not counted."""
    return dict(connection.execute(_CLIENTS, {"here": here, "words": list(words)}).all())


def _alike(connection: Connection, parameters: Mapping[str, Any]) -> set[str]:
    return {text for found in connection.scalars(_ALIKE, parameters).all() for text in found or ()}


def _spread_parts(term: str) -> list[str]:
    """Three letters in a row, from the second letter to the end of the term, at even distances."""
    last = max(1, len(term) - PART)
    places = {1 + round((last - 1) * number / (PARTS - 1)) for number in range(PARTS)}
    return [term[at : at + PART] for at in sorted(places)]
