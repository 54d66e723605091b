"""Who may preview a digest, and post it at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access import Person
from bot.domain.digest_settings import may_preview, may_send
from bot.domain.digests import Content, Digest, Pause
from bot.domain.workspaces import EVERYTHING

ONE = Digest(1, 7, 1, "Nordic", Content.BOTH, "UTC", made_by=1, channel_id="C1")
ANNA = Person(1, 1, 1, "U1", "Anna", "UTC", "en-US")


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"workspace_id": EVERYTHING}, True),
        ({"workspace_id": 2}, False),
        ({"workspace_id": 2, "is_super_admin": True}, False),  # who sets it up need not see its clients
        ({"has_seat": False, "is_super_admin": True}, False),
    ],
)
def test_who_sees_its_clients_previews_it(changes: dict[str, Any], may: bool) -> None:
    assert may_preview(replace(ANNA, **changes), ONE) is may


@pytest.mark.parametrize("paused", [None, *Pause])
def test_it_is_posted_at_once_also_while_somebody_paused_it_but_not_where_it_may_not_be(paused: Pause | None) -> None:
    assert may_send(replace(ONE, paused=paused)) is (paused in {None, Pause.PERSON})
    assert not may_send(replace(ONE, paused=paused, channel_id=None))
