"""The one message that who gets a seat is sent."""

from __future__ import annotations

from bot.blocks import ids, kit
from bot.blocks.kit import Message
from bot.blocks.words import Words


def welcome(name: str, clients: int, command: str, words: Words) -> Message:
    first = words.count(
        "You have {n} client here, {name}.", "You have {n} clients here, {name}.", clients, name=_of(name)
    )
    if not clients:
        first = words("You have a seat here, {name}.", name=_of(name))
    how = words(
        "Type {command} and a client's name, anywhere in Slack or right here. Answers are private.", command=command
    )
    label = words("My clients") if clients else words("Clients")
    buttons = [
        kit.button(label, ids.SHOW_OVERVIEW, ""),
        kit.button(words("When do I get messages?"), ids.SET_MORNING, ""),
    ]
    return kit.message(f"{first} {how}", [kit.section(first, how), kit.actions(*buttons)])


def _of(name: str) -> str:
    return kit.name(name, 60)
