"""First steps, before and after clients are loaded."""

from __future__ import annotations

from datetime import date

from bot.blocks import first_steps as show
from bot.blocks import kit
from bot.blocks.words import speak
from bot.domain.first_steps import Steps
from tests.blocks.conftest import Golden

WORDS = speak()
TODAY = date(2026, 11, 20)


def test_the_steps_of_a_new_installation_and_of_one_with_clients(golden: Golden) -> None:
    golden("steps_new", show.steps(Steps(0, None, 0, 36, 0, 0, 0, True), TODAY, "/engagement", WORDS))
    golden("steps", show.steps(Steps(600, TODAY, 22, 36, 9, 12, 0, False), TODAY, "/engagement", WORDS))


def test_what_is_offered_to_an_admin_of_slack_stands_above_the_list(golden: Golden) -> None:
    listed = kit.message("The list.", [kit.section("The list."), kit.section("More of it.")])
    golden("first_offer", show.above(listed, show.offer_first(WORDS), show.no_seat(WORDS)))
