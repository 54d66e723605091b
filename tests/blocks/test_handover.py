"""The message to a new CSM, at its limits, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.blocks import handover
from bot.blocks.handover import Reader
from bot.blocks.kit import Message
from bot.blocks.words import speak
from bot.domain.absences import Covered
from bot.domain.activity import Entry, Kind, Priority
from bot.domain.handovers import MOST, Handed, Handover, cards
from bot.domain.tasks import Given
from bot.playground.validation import check_blocks
from tests.base import CATALOG, TODAY, client
from tests.blocks.conftest import Golden
from tests.blocks.test_engagement import ACME

WORDS = speak()
TO = Reader(TODAY, UTC, WORDS)
MADE = datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
CALL = Given(1, 7, "Acme AS", "Call *them*", TODAY, Priority.HIGH, "Anna <A>")
NOTE = Entry(Kind.NOTE, 2, MADE, "Bo", None, "", "They moved to Oslo")
FULL = Handover(5, ACME, "Anna", 4, [("activation/campaigns", date(2027, 1, 1)), ("gone", TODAY)], [CALL] * 5, [NOTE])
BARE = Handover(6, replace(client(), id=8, name="Globex"), "anna@example.com", 0)


def shown(handed: Handed) -> Message:
    return handover.message(CATALOG, handed, cards(CATALOG, handed, TODAY), TO)


def test_the_message(golden: Golden) -> None:
    golden("handover", shown(Handed("9", 12, 5, [FULL, BARE])))
    golden("handover_of_one", shown(Handed("9", 1, 4, [FULL])))
    bo = Covered(3, "Bo <b>", "U0BO", "bo@example.com", 1, TODAY)
    golden("handover_covered", shown(Handed("9", 12, 5, [FULL, BARE], bo)))


def test_what_moved(golden: Golden) -> None:
    golden("handover_moved", handover.moved(2, WORDS))
    golden("handover_nothing_moved", handover.moved(0, WORDS))


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_longest_texts_keep_slacks_limits(letter: str) -> None:
    long = letter * 255
    task, note = replace(CALL, title=long, assignee=long), replace(NOTE, author=long, body=letter * 3_000)
    one = replace(FULL, client=replace(ACME, name=long), before=long, tasks=[task] * 9, notes=[note] * 3)
    made = shown(Handed(str(2**62), 99_999, 99_999, [replace(one, id=2**62)] * MOST))
    check_blocks(made["blocks"], "message")
    assert sum(len(block["text"]["text"]) for block in made["blocks"] if "text" in block) <= 12_000
    assert "more" in made["blocks"][-1]["text"]["text"]
    assert len(made["text"]) <= 4_000


def test_what_there_is_no_room_for_is_counted() -> None:
    said = shown(Handed("9", MOST, 0, [replace(BARE, id=number) for number in range(MOST)]))
    assert "more" not in said["text"]
    assert len(said["blocks"]) == 1 + 2 * MOST
