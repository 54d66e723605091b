"""What is answered to the menu of a digest's line, the form of a snooze, and what leads are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.blocks import digest_menu, escalation, snooze_form
from bot.blocks.forms import FormState
from bot.blocks.words import speak
from bot.domain.escalation import Told
from bot.errors import FieldError
from tests.base import TODAY
from tests.blocks.conftest import Golden

WORDS = speak()
NAME = "Acme *AS* <!here>"


def test_what_is_said_to_who_chose_word_for_word(golden: Golden) -> None:
    golden("digest_menu_taken", digest_menu.taken(NAME, WORDS))
    golden("digest_menu_not_useful", digest_menu.not_useful(NAME, WORDS))
    golden("digest_menu_snoozed", digest_menu.snoozed(7, NAME, "Fri 4 Dec", WORDS))


def test_the_form_word_for_word(golden: Golden) -> None:
    golden("snooze_form", snooze_form.form(NAME, TODAY + timedelta(days=14), FormState("", 0, "7 digest"), WORDS))


def test_what_leads_are_told_word_for_word(golden: Golden) -> None:
    golden("escalation", escalation.message(Told(7, NAME, 3, "CS Nordic", TODAY, 4), TODAY, WORDS))
    golden("escalation_unscored", escalation.message(Told(7, NAME, None, "CS Nordic", TODAY, 1), TODAY, WORDS))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"reason": "So"}, "snooze_no_day"),
        ({"until": "2026-12-04"}, "snooze_no_reason"),
        ({"until": "2026-11-20", "reason": "So"}, "snooze_day"),
        ({"until": "2027-11-21", "reason": "So"}, "snooze_day"),
    ],
)
def test_a_snooze_takes_a_day_within_a_year_and_a_reason(fields: dict[str, str], wrong: str) -> None:
    with pytest.raises(FieldError) as error:
        snooze_form.read(fields, TODAY)
    assert error.value.key == wrong


@pytest.mark.parametrize("value", ["", "take", "take:7", "take:7:low:9:more"])
def test_whatever_a_menu_carries_is_read(value: str) -> None:
    assert digest_menu.read(value).client in {"", "7"}
