"""Who is away, as it is shown; at its limits, too."""

from __future__ import annotations

from datetime import date

import pytest

from bot.blocks import absences
from bot.blocks.forms import FormState
from bot.blocks.words import speak
from bot.domain.absences import Absence, Covered, Meanwhile, Moved, Said
from bot.playground.validation import check_blocks
from tests.blocks.conftest import Golden

WORDS = speak()
TODAY = date(2026, 11, 20)
STATE = FormState("https://slack.example/1", 1)
MINE = Absence(1, 7, "Anna", TODAY, date(2026, 12, 4), 8, "U0ANNACSM", "Bo <b>", "U0BOCSM00", 1)
THEIRS = Absence(2, 9, "Cleo *c*", date(2026, 12, 24), date(2026, 12, 24), None, None, "", "", 1)


def test_who_is_away(golden: Golden) -> None:
    golden("absences", absences.page([MINE, THEIRS], 7, TODAY, WORDS))
    golden("absences_none", absences.page([], 7, TODAY, WORDS, absences.ended(THEIRS, TODAY, WORDS)))
    golden("absence_form", absences.form(absences.proposed(TODAY), STATE, WORDS, for_others=False))
    golden("absence_form_of_others", absences.form(absences.proposed(TODAY), STATE, WORDS, for_others=True))
    golden("absence_change", absences.change(THEIRS, absences.fields_of(THEIRS), STATE, WORDS))


def test_who_is_back_is_told_what_happened(golden: Golden) -> None:
    done, notes = Said("Acme <AS>", "Call *them*", "Bo"), [Said("Acme", f"Note {n}", "Bo") for n in range(9)]
    found = Meanwhile(TODAY, date(2026, 12, 4), "Bo <b>", (done,), tuple(notes), (Moved("Acme", 6, 4),))
    golden("absence_meanwhile", absences.meanwhile(found, TODAY, WORDS))
    assert not Meanwhile(TODAY, TODAY, "Bo").is_news


def test_who_covers_is_told(golden: Golden) -> None:
    golden("absence_covers", absences.covers(MINE, TODAY, WORDS, is_cover=True))
    golden("absence_covers_no_longer", absences.covers(THEIRS, TODAY, WORDS, is_cover=False))


def test_what_is_covered_is_marked() -> None:
    cleo = Covered(9, "Cleo *c*", "U0CLEOCSM", "", 1, date(2026, 12, 4))
    assert absences.mark(cleo, TODAY, WORDS) == "For Cleo ∗c∗, away to 4 Dec"


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_longest_names_keep_slacks_limits(letter: str) -> None:
    one = MINE._replace(person=letter * 255, cover=letter * 255)
    made = absences.page([one._replace(id=n) for n in range(absences.PAGE + 1)], 1, TODAY, WORDS)
    check_blocks(made["blocks"], "message")
    assert len(made["text"]) <= 4_000
    said = (Said(letter * 255, letter * 3_000, letter * 255),) * 9
    told = absences.meanwhile(Meanwhile(TODAY, TODAY, letter * 255, said, said, ()), TODAY, WORDS)
    check_blocks(told["blocks"], "message")
    assert len(told["text"]) <= 4_000
