"""Whom no client names as CSM: which addresses were looked for, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import ids, kit
from bot.blocks.kit import Message
from bot.blocks.words import Words
from bot.domain.access import Person

SHOWN = 5  # addresses


def nothing(addresses: Sequence[str], asker: Person, words: Words) -> Message:
    """Instead of their clients: they have none."""
    text = words("No client names you as CSM.")
    if addresses:
        text = words("No client names you as CSM (we looked for {addresses}).", addresses=_listed(addresses))
    label, scope = (words("Show my team's"), "mine") if asker.team_id is not None else (words("Show all"), "all")
    others = kit.button(label, f"{ids.SHOW_OVERVIEW}:others", f"team:{scope}")
    return kit.message(
        text, [kit.section(text), kit.actions(others, kit.button(_not_mine(words), ids.NOT_MY_ADDRESS, ""))]
    )


def _not_mine(words: Words) -> str:
    return words("That is not my address")


def asked(admin: str, words: Words) -> Message:
    text = words("{name} is told, and can give you the address that the data has for you.", name=kit.name(admin, 60))
    return kit.message(text, [kit.section(text)])


def question(asker: Person, addresses: Sequence[str], words: Words) -> Message:
    """What a super admin is told by direct message."""
    who = kit.name(asker.name, 60)
    text = words("{name} finds no clients of theirs: the data may have another address for them.", name=who)
    more = words("We looked for {addresses}.", addresses=_listed(addresses)) if addresses else ""
    how = words("Under *People*, choose them beside the address that is theirs.")
    said = " ".join(filter(None, [text, more, how]))
    people = kit.button(words("People"), f"{ids.SHOW_PEOPLE}:unowned", "0")
    return kit.message(said.replace("*", ""), [kit.section(said), kit.actions(people)])


def _listed(addresses: Sequence[str]) -> str:
    return ", ".join(kit.name(one, 60) for one in addresses[:SHOWN])
