"""Filters as people type them: `tier:low,medium score:0-3 team:"CS Nordic" acme`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import pairwise

from bot.domain.filter_values import NEAR, read
from bot.domain.filters import FIELDS, LENGTHS, Filter, FilterError, word

LONGEST = 2000  # characters of a text: what a button's value holds
MOST_WORDS = 6  # of a value without quotes: "paid for, not used" has four

_ALSO = {
    "owner": "csm", "area": "category", "renewal": "renews", "renewals": "renews", "name": "client",
    "offer": "opportunity", "order": "sort",
}  # fmt: skip
_NAMES = {name: name for name in FIELDS} | _ALSO
_WORD = re.compile(
    r"""(?=\S) (?:(?P<key>[^\W\d_]+)[:：])? (?:
        "(?P<straight>[^"]*(?:""[^"]*)*)(?P<end>"?)
        | [“”„‟«»](?P<other>[^"“”„‟«»]*)(?P<other_end>["“”„‟«»]?)
        | (?P<plain>\S*)
    )""",
    re.VERBOSE,
)


def is_filter(text: str) -> bool:
    """Whether a text is made of filters, right or misspelt; else it is a client's name.

    A name's colon has a space after it ("Steam: the company") or slashes, which a misspelt filter's has not.
    """
    return any(one.name or one.meant for one in _words(text[:LONGEST]))


def strange(text: str) -> str | None:
    """What a text that is no filter may have been meant to be one by: "status" of "status:low"."""
    return next((one.key for one in _words(text[:LONGEST]) if one.is_strange), None)


def parse(text: str, categories: Mapping[str, str]) -> Filter:
    """The filter that a text says. `text` as the person saw it (`names.typed`); `categories`: names by key."""
    if len(text) > LONGEST:
        raise FilterError("filter_too_much", name="", limit=LONGEST)
    whole, before = Filter(), dict[str, tuple[str, Filter]]()
    for name, value in _pairs([_check(one) for one in _words(text)], categories):
        part, typed = read(name, value, categories), word(name, value)
        first, same = before.setdefault(name, (typed, part))
        if name == "tier":
            part = replace(part, tiers=whole.tiers + part.tiers)
        elif part != same:
            raise FilterError("filter_twice", name=name, first=first, second=typed)
        whole = whole.narrowed(part)
    return whole


def write(one: Filter) -> str:
    """The one text for a filter: `parse` makes the same of it."""
    return " ".join(one.parts())


@dataclass(frozen=True)
class _Word:
    """What stands between two spaces or in quotation marks, with the key before its colon."""

    typed: str
    key: str
    value: str
    is_quoted: bool
    is_open: bool  # its quotation mark is never closed

    @property
    def name(self) -> str | None:
        return _NAMES.get(self.key.casefold())

    @property
    def is_strange(self) -> bool:
        """It looks like a filter of another name; the colon of a client's name or of an address does not."""
        return bool(self.key and self.name is None and self.value) and not self.value.startswith("/")

    @property
    def meant(self) -> str | None:
        """The filter whose name is misspelt here."""
        near = get_close_matches(self.key.casefold(), _NAMES, 1, NEAR) if self.is_strange else []
        return _NAMES[near[0]] if near else None

    @property
    def text(self) -> str:
        """What it says where it is no filter."""
        return self.typed if self.key else self.value


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        straight, other, plain = match.group("straight", "other", "plain")
        value = plain or other or (straight or "").replace('""', '"')
        is_open = plain is None and not match["end"] and not match["other_end"]
        yield _Word(match[0], match["key"] or "", value, plain is None, is_open)


def _check(one: _Word) -> _Word:
    if one.is_open:
        raise FilterError("filter_quote", name=one.name or "", word=word("", one.typed))
    if one.meant:
        meant = one.meant + one.typed[len(one.key) :]
        raise FilterError("filter_meant", name=one.meant, word=word("", one.typed), meant=word("", meant))
    if one.is_strange:
        raise FilterError("filter_unknown", name="", word=word("", one.typed), options=", ".join(FIELDS))
    return one


def _pairs(words: Sequence[_Word], categories: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The name and value of each filter. Words without a name that belong to no value are the client's name."""
    starts = [at for at, one in enumerate(words) if one.name] + [len(words)]
    alone = [one.text for one in words[: starts[0]]]
    for start, end in pairwise(starts):
        name, following = words[start].name or "", [one.text for one in words[start + 1 : end]]
        value, taken = _value(name, words[start], following, categories)
        alone += following[taken:]
        yield name, value
    if alone:
        yield "client", " ".join(alone)


def _value(name: str, head: _Word, following: Sequence[str], categories: Mapping[str, str]) -> tuple[str, int]:
    """A filter's value, and how many of the words after it belong to it: as many as make a value ("not known")."""
    if head.is_quoted:
        return head.value, 0
    least = 0 if head.value else min(1, len(following))  # "tier: low"
    if name == "client":
        least = len(following)
    elif name not in LENGTHS or name == "category":  # of the others any text is a value
        for taken in range(min(len(following), MOST_WORDS), least, -1):
            value = " ".join([head.value, *following[:taken]])
            with suppress(FilterError):
                read(name, value, categories)
                return value, taken
    return " ".join([head.value, *following[:least]]), least
