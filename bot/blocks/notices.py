"""A modal that only says something."""

from __future__ import annotations

from bot.blocks import kit
from bot.blocks.kit import Modal
from bot.blocks.words import Words


def notice(text: str, words: Words, title: str | None = None, *, ends_all: bool = False) -> Modal:
    """Words in a modal with nothing but a way out, also of those below it where it ends all."""
    made = kit.modal(title or words("Engagement"), [kit.section(text)], close=words("Close"))
    return {**made, "clear_on_close": True} if ends_all else made
