"""Clients that a text names, and the address of a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bot.domain import names
from bot.domain.activity import NAME

SHORTEST = 2  # letters of a name that is looked for


class Named(NamedTuple):
    """A client, and the key of its name."""

    id: int
    name: str
    key: str

    @property
    def words(self) -> int:
        return len(self.key.split())


def runs(text: str) -> set[str]:
    """The keys of all runs of a few words: what may be a client's name."""
    words = text.replace("-", " ").split()
    found = (
        names.key(" ".join(words[first:end]))
        for first in range(len(words))
        for end in range(first + 1, min(first + NAME, len(words)) + 1)
    )
    return {key for key in found if len(key) >= SHORTEST}


def domains(text: str) -> set[str]:
    """Those of addresses in the text."""
    found = (names.domain(word.strip("()[]<>,;.!?\"'")) for word in text.split())
    return {domain for domain in found if domain is not None}


def clearest(found: Iterable[Named]) -> Named | None:
    """The client with the longest name, by words; None where there is another one as long."""
    every = list(found)
    longest = max((one.words for one in every), default=0)
    best = [one for one in every if one.words == longest]
    return best[0] if len(best) == 1 else None


def permalink(domain: str | None, channel: str, ts: str, thread_ts: str | None = None) -> str:
    """Slack's address of a message, as it would give it itself; empty where the team's domain is not known."""
    if not domain:
        return ""
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return link if thread_ts in (None, ts) else f"{link}?thread_ts={thread_ts}&cid={channel}"
