"""First steps, before and after clients are loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.blocks import first_steps as show
from bot.blocks import kit
from bot.blocks.words import speak
from bot.domain.access import Person
from bot.domain.first_steps import Steps
from tests.blocks.conftest import Golden

WORDS = speak()
TODAY = date(2026, 11, 20)
DINA = Person(1, 1, 1, "U0DINADEMO", "Dina", "UTC", "en-US", has_seat=False, is_super_admin=True)
ANNA = Person(2, 1, 1, "U0ANNACSM", "Anna", "UTC", "en-US", has_seat=False)


def test_the_steps_of_a_new_installation_and_of_one_with_clients(golden: Golden) -> None:
    seated = replace(DINA, has_seat=True)
    golden("steps_new", show.steps(Steps(0, None, 0, 36, 0, 0, 0, True), DINA, TODAY, "/engagement", WORDS))
    golden("steps", show.steps(Steps(600, TODAY, 22, 36, 9, 12, 0, False), seated, TODAY, "/engagement", WORDS))
    golden(
        "steps_draft",
        show.steps(Steps(600, TODAY, 22, 36, 12, 12, 2, False, 0, 1), seated, TODAY, "/engagement", WORDS),
    )


def test_what_is_offered_to_an_admin_of_slack_stands_above_the_list(golden: Golden) -> None:
    listed = kit.message("The list.", [kit.section("The list."), kit.section("More of it.")])
    golden("first_offer", show.above(listed, show.offer_first(WORDS), show.no_seat(DINA, "Bo", WORDS)))


def test_who_has_no_seat_is_told_how_to_get_one(golden: Golden) -> None:
    golden("no_seat", show.no_seat(ANNA, "Dina", WORDS))
