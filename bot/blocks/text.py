"""Text as Slack shows it: cut at words, escaped, and without anything in people's words that formats."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LINK = 2_000  # characters of a web address
ELLIPSIS = "…"
_MARKS = str.maketrans("*＊~`｀", "∗∗∼ˋˋ")  # of formatting, and what looks like them and formats nothing
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # at the edge of a word, where it formats
_QUOTE = re.compile(r"^[>＞]")


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut at a word where one ends in its last third, never inside a sign."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and _belongs(text[end], text[end - 1]):
        end -= 1
    head = text[:end]
    space = head.rfind(" ")
    return (head[:space] if space > limit * 2 // 3 else head).rstrip() + ELLIPSIS


def _belongs(letter: str, before: str) -> bool:
    """Whether both are of one sign: an accent of its letter, a part of an emoji."""
    joins = "\u200d" in {letter, before} or "\U0001f3fb" <= letter <= "\U0001f3ff"  # of families, of skins
    return joins or (not letter.isascii() and unicodedata.category(letter) in {"Mn", "Mc", "Me"})


def plain(text: str) -> str:
    """Text of a person or of the data as mrkdwn that cannot ping, link or format.

    Slack's three control characters are escaped. The marks of formatting become letters that look like them: mrkdwn has
    no escape for them, and an invisible character beside a mark lets it format where it would not, as inside a word.
    An underscore inside a word formats nothing and stays, as in "csm_email". What is written from the right stays where
    it is in the line: without the isolates around it, it would turn the score and the tier behind it round, too.
    """
    flat = _unmarked(" ".join(text.translate(_TURNING).split()))
    return escape(f"\u2068{flat}\u2069" if _is_from_the_right(flat) else flat)


def _unmarked(line: str) -> str:
    return _QUOTE.sub("›", _UNDERSCORE.sub("ˍ", line.translate(_MARKS)))


_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])  # marks that turn round what follows them


def _is_from_the_right(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)


def escape(text: str) -> str:
    """Text without Slack's three control characters, so that it can neither ping nor link; it may still format."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=4_096)  # the catalog's names stand on every card
def name(text: str, limit: int = 80) -> str:
    """A client's or person's name as mrkdwn. Cut before it is escaped, so that no entity is halved."""
    return plain(spoken(text, limit))


def spoken(text: str, limit: int) -> str:
    """The same before it is escaped, as what is read aloud begins with it."""
    return cut(" ".join(text.translate(_TURNING).split()), limit)


def link(url: str | None, label: str) -> str:
    """A link with an escaped label; the label alone without a web address, or with one that would fill a section."""
    if url is None or len(url) > LINK or not url.startswith(("https://", "http://")):
        return label
    return f"<{url.replace('|', '%7C').replace('>', '%3E').replace('<', '%3C').replace(' ', '%20')}|{label}>"


def bar(earned: float, possible: float) -> str:
    """Five cells. Something earned shows at least one, and something missing at least one empty."""
    cells = round(5 * earned / possible) if possible else 0
    if 0 < earned < possible:
        cells = min(max(cells, 1), 4)
    return "▰" * cells + "▱" * (5 - cells)
