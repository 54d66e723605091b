"""What stands above the CS workspaces until all is set up: who sets up, and what is still to be done."""

from __future__ import annotations

from bot.blocks import ids, kit
from bot.blocks.kit import Message
from bot.blocks.words import Words


def above(message: Message, *parts: Message) -> Message:
    """Several messages as one, the first one last."""
    whole = [*parts, message]
    blocks = [block for part in whole for block in part["blocks"]]
    bare = [{name: value for name, value in one.items() if not _is_numbered(name, value)} for one in blocks]
    return kit.message("\n".join(part["text"] for part in whole), bare)


def _is_numbered(name: str, value: object) -> bool:
    """Whether it is the place of a block in its message, which is another one now."""
    return name == "block_id" and isinstance(value, str) and value[:1] == "b" and value[1:].isdigit()


def offer_first(words: Words) -> Message:
    """To an owner or admin of Slack while nobody is super admin."""
    text = words(
        "Nobody is super admin here yet. Super admins set up CS workspaces, teams and people, and say who may do what; "
        "you can be the first, as an admin of this Slack workspace."
    )
    return kit.message(text, [kit.section(text), kit.actions(kit.button(words("Become one"), ids.BECOME_FIRST, ""))])
