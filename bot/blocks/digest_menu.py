"""What the ⋯ menu of a digest's line means, and what is said to whoever chose in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.blocks import ids, kit
from bot.blocks.kit import Block, Message
from bot.blocks.words import Words


class Line(NamedTuple):
    """An entry that was chosen. All of it is text: what it is worth is asked of the database."""

    word: str
    client: str
    rule: str
    digest: str


def read(value: str) -> Line:
    """Of `word:client:rule:digest`."""
    return Line(*[*value.split(":"), "", "", "", ""][:4])


def taken(name: str, words: Words) -> Message:
    return _said(words("You have taken *{client}*. The digest says so within seconds.", client=kit.name(name)))


def not_useful(name: str, words: Words) -> Message:
    return _said(words("Not useful: thanks, that is kept about *{client}*.", client=kit.name(name)))


def snoozed(client_id: int, name: str, day: str, words: Words) -> Message:
    text = words("*{client}* is snoozed until {day}: digests leave it out.", client=kit.name(name), day=day)
    end = kit.button(words("End snooze"), ids.END_SNOOZE, str(client_id))
    return _said(text, [kit.actions(end)])


def _said(text: str, below: Sequence[Block] = ()) -> Message:
    return kit.message(text.replace("*", ""), [kit.section(text), *below])
