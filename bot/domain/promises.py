"""What can be promised of a post: that it is there once, or at most once."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

HISTORY = ("channels:history", "groups:history")  # scopes by which a doubtful post is looked up


class Promise(StrEnum):
    EXACTLY_ONCE = "exactly_once"
    AT_MOST_ONCE = "at_most_once"  # where Slack does not say whether it arrived, its maker is told


def promise(scopes: Collection[str], *, is_private: bool | None = None) -> Promise:
    """What holds in a private or a public channel, or in all, with the scopes that the bot was granted."""
    needed = {None: HISTORY, False: HISTORY[:1], True: HISTORY[1:]}[is_private]
    return Promise.EXACTLY_ONCE if set(needed) <= set(scopes) else Promise.AT_MOST_ONCE
