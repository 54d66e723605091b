"""What every answer says to a super admin who looks as somebody else, and the way out."""

from __future__ import annotations

from bot.blocks import home as homes
from bot.blocks import ids, kit
from bot.blocks.kit import Block, Home, Message, Modal
from bot.blocks.words import Words


def message(made: Message, name: str, words: Words) -> Message:
    """An answer with that above it. One without blocks is no answer."""
    if not made.get("blocks"):
        return made
    line = _with_a_way_out(name, words)
    text = kit.cut(f"{_line(name, words)} {made['text']}", kit.TEXT)
    return {**made, "text": text, "blocks": [line, *made["blocks"]][: kit.MESSAGE_BLOCKS]}


def home(made: Home, name: str, words: Words) -> Home:
    """A Home tab with that below its tabs."""
    return homes.looked_at(made, _with_a_way_out(name, words))


def _with_a_way_out(name: str, words: Words) -> Block:
    back = kit.button(words("Look as myself"), ids.LOOK_AS_MYSELF, "")
    return {**kit.section(_line(name, words), accessory=back), "block_id": "looking"}


def modal(made: Modal, name: str, words: Words) -> Modal:
    """A modal with that above it."""
    line = {**kit.context(_line(name, words)), "block_id": "looking"}
    return {**made, "blocks": [line, *made["blocks"]][:100]}


def _line(name: str, words: Words) -> str:
    return words("You look as {name}: clients, team and CS workspace are theirs.", name=kit.name(name, 60))


def ended(command: str, words: Words) -> Message:
    text = words("You see your own CS workspace again. Type {command} for clients.", command=command)
    return kit.message(text, [kit.section(text)])


def begun(name: str, command: str, words: Words) -> str:
    return words(
        "You look as {name} from now on. Each answer says so and has the button *Look as myself*. Type {command}.",
        name=kit.name(name, 60),
        command=command,
    )
