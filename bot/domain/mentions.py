"""Clients that a text names, and the address of a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bot.domain import names
from bot.domain.activity import NAME

SHORTEST = 2  # letters of a name that is looked for
LIKELY = 4  # of the beginning of one
MOST = 5  # beginnings that are looked up


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


def proper(text: str) -> list[str]:
    """Runs of words that are written like names, the longest first: what may be the beginning of a client's."""
    found: list[list[str]] = [[]]
    for word in text.split():
        if word[0].isupper():
            found[-1].append(word)
        if not word[0].isupper() or not word[-1].isalnum():  # it ends with what ends a sentence
            found.append([])
    likely = dict.fromkeys(" ".join(run) for run in found if len(names.key(" ".join(run))) >= LIKELY)
    return sorted(likely, key=lambda run: len(run.split()), reverse=True)[:MOST]


def begins(name: str, run: str) -> bool:
    """Whether a client's name begins with these words."""
    return f"{names.key(name)} ".startswith(f"{names.key(run)} ")


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
