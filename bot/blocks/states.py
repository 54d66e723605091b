"""What a list's buttons carry, so that a page survives a restart of the bot: the filter and where the page begins."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.domain.listing import Position


@dataclass(frozen=True)
class ListState:
    """A page of a list."""

    filter: str  # as typed (`bot.domain.filter_text`)
    owner: int  # the person whom the list was made for
    beside: Position | None = None  # None: the first page
    backwards: bool = False
    before: int = 0  # clients on the pages before


def write(state: ListState) -> str:
    beside = state.beside and [state.beside.phase, list(state.beside.key), state.beside.client_id]
    return json.dumps(
        [state.filter, state.owner, beside, int(state.backwards), state.before],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def read(text: str) -> ListState | None:
    """The state that a button carries; None where it is none, as of a release long ago."""
    try:
        filter_, owner, beside, backwards, before = json.loads(text)
        position = None if beside is None else Position(int(beside[0]), tuple(beside[1]), int(beside[2]))
        return ListState(str(filter_), int(owner), position, bool(backwards), int(before))
    except (ValueError, TypeError, IndexError, KeyError):
        return None
