"""Whom no client names as CSM, as they see it, and what a super admin is told."""

from __future__ import annotations

from bot.blocks import unowned as show
from bot.blocks.words import speak
from bot.domain.access import Person
from tests.blocks.conftest import Golden

WORDS = speak()
ANNA = Person(1, 1, 1, "U1", "Anna <b>", "UTC", "en", team_id=3, team="CS Nordic")


def test_which_addresses_were_looked_for(golden: Golden) -> None:
    golden("unowned", show.nothing(["anna@example.com"], ANNA, WORDS))


def test_without_an_address_and_a_team(golden: Golden) -> None:
    golden("unowned_at_all", show.nothing([], Person(1, 1, 1, "U1", "Anna", "UTC", "en"), WORDS))


def test_what_a_super_admin_is_told(golden: Golden) -> None:
    golden("unowned_question", show.question(ANNA, [f"anna{number}@example.com" for number in range(9)], WORDS))
    golden("unowned_asked", show.asked("Dina", WORDS))
