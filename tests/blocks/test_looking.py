"""What stands above an answer while a super admin looks as somebody else."""

from __future__ import annotations

import pytest

from bot.blocks import kit, looking
from bot.blocks.notices import notice
from bot.blocks.words import speak
from bot.playground.validation import check_blocks, view_problems
from tests.blocks.conftest import Golden

WORDS = speak()


def test_an_answer_and_a_modal_say_as_whom_one_looks(golden: Golden) -> None:
    golden("looking", looking.message(kit.message("Acme AS.", [kit.section("*Acme AS*")]), "Bo <b>", WORDS))
    golden("looking_modal", looking.modal(notice("Acme AS", WORDS), "Bo", WORDS))
    golden("looking_ended", looking.ended("/engagement", WORDS))


def test_what_is_no_answer_stays_as_it_is() -> None:
    assert looking.message({"text": "", "blocks": None}, "Bo", WORDS) == {"text": "", "blocks": None}


@pytest.mark.parametrize("letter", ["x", "&", "*"])
def test_the_largest_answers_keep_slacks_limits(letter: str) -> None:
    large = kit.message("x" * 4_000, [kit.section("x") for _ in range(50)])
    made = looking.message(large, letter * 255, WORDS)
    check_blocks(made["blocks"], "message")
    assert len(made["text"]) <= 4_000
    assert not view_problems(looking.modal(kit.modal("x", large["blocks"] * 2, close="x") | {
        "blocks": [kit.section("x") for _ in range(100)]}, letter * 255, WORDS))  # fmt: skip
