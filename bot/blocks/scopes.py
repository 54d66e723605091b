"""Whose clients an answer is about, in words, and the way to those of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.blocks import kit
from bot.blocks.kit import Element
from bot.blocks.words import Words
from bot.domain.filter_text import write
from bot.domain.filters import Filter
from bot.domain.listing import Listing, Scope, Whose

LABELS = {Whose.MINE: "Mine", Whose.TEAM: "My team", Whose.ALL: "All clients"}
FILTERS = {Whose.MINE: Filter(csm="me"), Whose.TEAM: Filter(team="mine"), Whose.ALL: Filter(team="all")}


def whose(scope: Scope, words: Words) -> str:
    """Whose clients an answer is about; every answer says so."""
    told = _whose(scope, words)
    return words("{whose} in {team}", whose=told, team=kit.name(scope.team, 60)) if scope.is_of_both else told


def _whose(scope: Scope, words: Words) -> str:
    match scope.whose:
        case Whose.MINE:
            return words("your clients")
        case Whose.TEAM:
            return words("clients of {team}", team=kit.name(scope.name, 60))
        case Whose.PERSON if scope.person_id is None:
            return words("clients without a CSM")
        case Whose.PERSON:
            return words("clients of {name}", name=kit.name(scope.name, 60))
        case _:
            return words("all clients")


def others(listing: Listing, possible: Sequence[Whose]) -> Iterator[Whose]:
    """The scopes that the same could be shown of instead."""
    here = FILTERS.get(listing.scope.whose)
    is_plain = listing.wanted.whose in {Filter(), here}
    return (one for one in possible if one is not listing.scope.whose or not is_plain)


def buttons(listing: Listing, possible: Sequence[Whose], action: str, words: Words) -> list[Element]:
    """A button to the same of each other scope."""
    return [
        kit.button(words(LABELS[one]), f"{action}:{one.value}", write(listing.wanted.of(FILTERS[one])))
        for one in others(listing, possible)
    ]


def entries(listing: Listing, possible: Sequence[Whose], words: Words) -> list[tuple[str, str]]:
    """The same as entries of a menu, each with the filter of its scope alone."""
    return [(words(LABELS[one]), write(FILTERS[one])) for one in others(listing, possible)]
