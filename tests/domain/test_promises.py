"""Which promise holds for posts, by the scopes that the bot was granted."""

from __future__ import annotations

import pytest

from bot.domain.promises import Promise, promise

BOTH = ["channels:history", "groups:history", "chat:write"]


@pytest.mark.parametrize(
    ("scopes", "public", "private", "all_channels"),
    [
        (BOTH, True, True, True),
        (["channels:history"], True, False, False),
        (["groups:history"], False, True, False),
        (["im:history"], False, False, False),
    ],
)
def test_a_post_is_there_exactly_once_where_it_can_be_looked_for(
    scopes: list[str], public: bool, private: bool, all_channels: bool
) -> None:
    held = [promise(scopes, is_private=kind) is Promise.EXACTLY_ONCE for kind in (False, True, None)]
    assert held == [public, private, all_channels]
