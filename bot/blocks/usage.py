"""What can be typed after `/engagement`, and buttons to the other commands, whose names another app may have."""

from __future__ import annotations

from collections.abc import Iterator

from bot.blocks import ids, kit
from bot.blocks.kit import Element, Message
from bot.blocks.words import Words
from bot.domain.tasks import Place


def more(words: Words) -> Element:
    """The button that leads here."""
    return kit.button(words("More"), ids.SHOW_USAGE, "")


def usage(command: str, clients: int, words: Words) -> Message:
    """`/engagement help`."""
    lines = [
        words.count("*{n} client* can be looked up.", "*{n} clients* can be looked up.", clients),
        words("`{command} acme` shows a client: score, what it is made of, what to do next", command=command),
        words("A part of the name, the domain or a typo will do. Answers are private."),
        words("Writing me a client's name in a direct message does the same."),
        words("`{command}` alone shows your clients by tier, and `{command} views` your saved views.", command=command),
        words("Filters make a list, *Filter* has them all as fields:"),
        words("`{command} tier:low renews:60` is low and renews within 60 days", command=command),
        words("`{command} csm:me sort:drop` is yours, who fell most first", command=command),
        words("`{command} view:falling` is a saved view, `{command} key:me` your key accounts", command=command),
    ]
    text = " ".join(lines).replace("*", "").replace("`", "")
    return kit.message(text, [kit.section(*lines), kit.actions(*_ways(words))])


def _ways(words: Words) -> Iterator[Element]:
    """One for each command: Slack gives a name to the app that was installed last."""
    yield kit.button(words("My tasks"), f"{ids.SHOW_TASKS}:first", str(Place()))
    yield kit.button(words("Log task"), ids.LOG_TASK, "")
    yield kit.button(words("Leave a note"), ids.LEAVE_NOTE, "")
    yield kit.button(words("Opportunities"), f"{ids.SHOW_BASE}:first", "")
    yield kit.button(words("Renewals"), f"{ids.SHOW_RENEWALS}:first", "")
    yield kit.button(words("Digests"), f"{ids.SHOW_DIGESTS}:first", "0")
    yield workspaces(words)


def workspaces(words: Words) -> Element:
    return kit.button(words("CS workspaces"), ids.SHOW_WORKSPACES, "")
