"""The answers where what was typed leads to no card: several clients fit, or none, or there are none yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.blocks import ids, kit
from bot.blocks.kit import Block, Message
from bot.blocks.words import Words
from bot.domain.filter_text import strange
from bot.domain.filters import FIELDS

Choice = tuple[int, str, str | None]  # a client's id, name and domain


def several(asked: str, hits: Sequence[Choice], words: Words) -> Message:
    """A picker: more than one client fits. At most ten."""
    text = words("Several clients fit “{asked}”. Which one?", asked=_asked(asked))
    return kit.message(text, [kit.section(text), _choices(hits)])


def nobody(asked: str, nearest: Sequence[Choice], words: Words, runs: tuple[str, str] | None = None) -> Message:
    """No client of that name; the nearest ones as buttons.

    Whether there is one that somebody may not see is never told. `runs`: who knows, and of which CS workspace.
    """
    text = words("No client “{asked}”.", asked=_asked(asked))
    if runs is not None and not nearest:
        text = words("No client “{asked}” that you can see.", asked=_asked(asked))
    if key := strange(asked):
        filters = ", ".join(FIELDS)
        text += " " + words("{key}: is not a filter either. There are: {filters}.", key=_asked(key), filters=filters)
    if not nearest:
        text += " " + words("Try a part of the name, or the domain.")
        if runs is not None:
            admin, workspace = (kit.name(one, 60) for one in runs)
            text += " " + words("Or ask {name}, who runs {workspace}.", name=admin, workspace=workspace)
        return kit.message(text, [kit.section(text)])
    text += " " + words("Did you mean {name}?", name=kit.name(nearest[0][1]))
    return kit.message(text, [kit.section(text), _choices(nearest)])


def _asked(text: str) -> str:
    return kit.name(text, 60)


def _choices(hits: Sequence[Choice]) -> Block:
    """Buttons rather than a menu: one tap on a phone. Clients of the same name are told apart by their domain."""
    names = Counter(name for _, name, _ in hits)
    labels = [f"{name} ({domain or id_})" if names[name] > 1 else name for id_, name, domain in hits[:10]]
    return kit.actions(
        *(kit.button(label, f"{ids.OPEN_CLIENT}:{place}", str(hits[place][0])) for place, label in enumerate(labels))
    )


def no_clients(command: str, words: Words) -> Message:
    """`command`: that of the data page."""
    text = words("No clients yet. An admin can load them: `{command}`", command=command)
    return kit.message(text.replace("`", ""), [kit.section(text)])
