"""How many of some typos anybody could find: other names may be as near to what was typed as the one meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from benchmarks.names import spoken

Texts = Sequence[str]


class Reference:
    """Looks at all names, and is told what kind of typo was made."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._of = cache(self._made)

    def chance(self, kind: str, at: int, typed: str, shown: int = 10) -> float:
        """That the name is among those shown, where names come by their distance and in no order at the same one."""
        make = _without_spaces if kind == "joined or split" else _less_a_word if "left out" in kind else _whole
        texts, owners = self._of(make)
        meant = typed.casefold() if make is not _without_spaces else typed.casefold().replace(" ", "")
        own = min(OSA.distance(meant, text) for text in make(self._names[at]))
        near: dict[int, int] = {}
        found = process.extract(meant, texts, scorer=OSA.distance, processor=None, score_cutoff=own, limit=None)
        for _, distance, i in found:
            near[owners[i]] = min(distance, near.get(owners[i], own))
        nearer = sum(distance < own for distance in near.values())
        return min(1.0, max(0.0, (shown - nearer) / (len(near) - nearer)))

    def _made(self, make: Callable[[str], Texts]) -> tuple[list[str], list[int]]:
        """What all names would be with that kind of typo and no other, and whose each is."""
        pairs = [(text, i) for i, name in enumerate(self._names) for text in make(name)]
        return [text for text, _ in pairs], [i for _, i in pairs]


def _whole(name: str) -> Texts:
    return (name.casefold(),)


def _without_spaces(name: str) -> Texts:
    return (name.casefold().replace(" ", ""),)


def _less_a_word(name: str) -> Texts:
    words = [word.casefold() for word in spoken(name)]
    return [" ".join([*words[:at], *words[at + 1 :]]) for at in range(len(words))]
