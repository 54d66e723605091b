"""Who may give back a client that somebody has taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.access import Person
from bot.domain.claims import Claim

BO, NORDIC = 2, 7
CLAIM = Claim(BO, "Bo", NORDIC, datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
ANNA = Person(1, 1, 1, "U1", "Anna", "Europe/Oslo", "en-US", team_id=NORDIC, team="Nordic")


@pytest.mark.parametrize(
    ("asker", "team", "may"),
    [
        ({"id": BO}, NORDIC, True),
        ({}, NORDIC, False),
        ({"leads": True}, NORDIC, True),
        ({"leads": True}, 8, False),
        ({"leads": True}, None, False),
        ({"leads": True, "team_id": None}, None, False),
        ({"leads": True, "looks_as": 9}, NORDIC, False),  # rights stay one's own
        ({"is_super_admin": True}, None, True),
        ({"is_super_admin": True, "looks_as": 9}, NORDIC, True),
    ],
)
def test_who_took_it_gives_it_back_or_their_lead_or_a_super_admin(
    asker: dict[str, Any], team: int | None, may: bool
) -> None:
    assert replace(CLAIM, team_id=team).read_by(replace(ANNA, **asker)).may_end is may


def test_since_when_is_said_by_the_clock_of_who_reads_it() -> None:
    assert CLAIM.read_by(ANNA).at.date().isoformat() == "2026-11-23"
