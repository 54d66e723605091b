"""Whose clients an answer is about, in words, and the way to those of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from bot.blocks import absences, kit
from bot.blocks.kit import Element
from bot.blocks.words import Words
from bot.domain.filter_text import write
from bot.domain.filters import Filter
from bot.domain.key_accounts import Followers, Key
from bot.domain.listing import Choice, Listing, Scope, Whose

KEYS = {Key.ME: "Mine", Key.TEAM: "My team's", Key.ANY: "Mine and my team's"}
LABELS = {Whose.MINE: "Mine", Whose.TEAM: "My team", Whose.ALL: "All clients"}
FILTERS = {Whose.MINE: Filter(csm="me"), Whose.TEAM: Filter(team="mine"), Whose.ALL: Filter(team="all")}


def whose(scope: Scope, words: Words) -> str:
    """Whose clients an answer is about; every answer says so."""
    told = _whose(scope, words)
    told = words("{whose} in {team}", whose=told, team=kit.name(scope.team, 60)) if scope.is_of_both else told
    if scope.followers is None:
        return told
    key = _key_accounts(scope.followers, words)
    return key if scope.whose is Whose.ALL else words("{key} among {whose}", key=key, whose=told)


def _key_accounts(of: Followers, words: Words) -> str:
    team = kit.name(of.team, 60)
    if of.person_id is None:
        return words("key accounts of {team}", team=team)
    if of.team_id is None:
        return words("your key accounts")
    return words("key accounts of yours and of {team}", team=team)


def _whose(scope: Scope, words: Words) -> str:
    match scope.whose:
        case Whose.MINE:
            return words("your clients")
        case Whose.TEAM:
            return words("clients of {team}", team=kit.name(scope.name, 60))
        case Whose.PERSON if scope.person_id is None:
            return words("clients without a CSM")
        case Whose.COVERED if scope.covered is not None:
            mark = absences.mark(scope.covered, scope.covered.last, words)
            return f"{mark[:1].lower()}{mark[1:]}"
        case Whose.PERSON:
            return words("clients of {name}", name=kit.name(scope.name, 60))
        case _:
            return words("all clients")


def others(listing: Listing, possible: Sequence[Choice]) -> Iterator[Choice]:
    """The scopes that the same could be shown of instead."""
    scope, shown = listing.scope, listing.wanted.whose
    return (one for one in possible if _filter(one) != shown and (one is not scope.whose or shown != Filter()))


def buttons(listing: Listing, possible: Sequence[Choice], action: str, words: Words) -> list[Element]:
    """A button to the same of each other scope; letters keep those of several covered people apart."""
    return [
        kit.button(_label(one, words), f"{action}:{_named(one, letter)}", write(listing.wanted.of(_filter(one))))
        for one, letter in zip(others(listing, possible), ascii_lowercase, strict=False)
    ]


def entries(listing: Listing, possible: Sequence[Choice], words: Words) -> list[tuple[str, str]]:
    """The same as entries of a menu, each with the filter of its scope alone."""
    return [(_label(one, words), write(_filter(one))) for one in others(listing, possible)]


def _filter(one: Choice) -> Filter:
    return FILTERS[one] if isinstance(one, Whose) else Filter(csm=one.email)


def _label(one: Choice, words: Words) -> str:
    if isinstance(one, Whose):
        return words(LABELS[one])
    return words("For {person}", person=one.name)


def _named(one: Choice, letter: str) -> str:
    return one.value if isinstance(one, Whose) else f"{Whose.COVERED.value}{letter}"
