"""Seats: the ways to one for who has none, and what a super admin is asked."""

from __future__ import annotations

from bot.blocks import ids, kit, usage
from bot.blocks.kit import Block, Message
from bot.blocks.words import Words
from bot.domain.access import Person

LIST = "list"  # what the button carries below the list of CS workspaces, which stays


def ways_in(asker: Person, admin: str | None, words: Words, at: str = "") -> list[Block]:
    """Below a refusal, or in the list: a super admin helps themselves, others ask one."""
    if asker.is_super_admin:
        return [kit.actions(kit.button(words("Give me a seat"), ids.GIVE_ME_A_SEAT, at))]
    if admin is not None:
        return [kit.actions(kit.button(words("Ask {name} for one", name=kit.cut(admin, 40)), ids.ASK_FOR_SEAT, ""))]
    # Nobody is super admin: there an admin of Slack is offered to become one.
    return [kit.actions(usage.workspaces(words))] if asker.is_slack_admin and not at else []


def given_to_me(command: str, words: Words) -> Message:
    text = words("You have a seat now. Type {command} for clients.", command=command)
    return kit.message(text, [kit.section(text)])


def asked(admin: str, words: Words) -> Message:
    text = words("{name} is asked for a seat for you.", name=kit.name(admin, 60))
    return kit.message(text, [kit.section(text)])


def question(asker: Person, words: Words) -> Message:
    """What a super admin is asked by direct message."""
    text = words("{name} asks for a seat to work with clients here.", name=kit.name(asker.name, 60))
    button = kit.button(words("Give {name} a seat", name=kit.cut(asker.name, 40)), ids.GIVE_SEAT, str(asker.id))
    return kit.message(text, [kit.section(text), kit.actions(button)])


def given(name: str, words: Words) -> Message:
    text = words("{name} has a seat now.", name=kit.name(name, 60))
    return kit.message(text, [kit.section(text)])
