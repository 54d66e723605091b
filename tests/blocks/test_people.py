"""People, their rights, and the ways to a seat, at their limits, too."""

from __future__ import annotations

import pytest

from bot.blocks import people, seats
from bot.blocks.forms import FormState
from bot.blocks.words import speak
from bot.domain.access import Person
from bot.domain.csms import ByHand, Csm, Found, Rights
from bot.playground.validation import check_blocks, view_problems
from tests.blocks.conftest import Golden

WORDS = speak()
STATE = FormState("https://hooks.slack.example/actions/T0/1/x", 1_790_000_000, "3")
DINA = Person(1, 1, 1, "U0DINADEMO", "Dina", "UTC", "en-US", is_super_admin=True)
BO = Person(2, 1, 1, "U0BOCSM00", "Bo", "UTC", "en-US", manages=True)
SEATS = people.Seats(False)
GIVEN = [ByHand("Bo", False, True, "off"), ByHand("Dina & Co", True, False, "on")]
FOUND = [
    Csm(7, "ola@old.example", "ola@old.example", None, Found.NOWHERE, 12),
    Csm(8, "Cleo <Clas>", "cleo@example.com", "U0CLEOCSM", Found.LEFT, 1),
    Csm(3, "Anna Aas", "anna@example.com", "U0ANNACSM", Found.HERE, 52, ("a.aas@old.example", "aas@x.example")),
    Csm(4, "Bo", "bo@example.com", "U0BOCSM00", Found.HERE, 0, ("b@old.example",)),
]


def test_people_as_a_super_admin_and_as_a_manager_see_them(golden: Golden) -> None:
    golden("people", people.page(FOUND, 0, DINA, people.Seats(False, held=9, given=GIVEN), WORDS))
    golden("people_manager", people.page(FOUND, 0, BO, people.Seats(True, held=9), WORDS))
    golden("people_none", people.page([], 0, BO, people.Seats(False, everybody=True), WORDS))


def test_the_modal_of_rights(golden: Golden) -> None:
    golden(
        "rights",
        people.rights(Rights(3, "Anna Aas", False, True, None, True, "CS Nordic", 52), DINA, SEATS, STATE, WORDS),
    )


def test_the_ways_to_a_seat(golden: Golden) -> None:
    golden("seat_question", seats.question(BO, WORDS))
    golden("seat_given", seats.given("Bo", WORDS))
    assert seats.ways_in(BO, None, WORDS) == []


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_longest_names_keep_slacks_limits(letter: str) -> None:
    bound = (letter * 320,) * 7
    many = [Csm(n, letter * 255, letter * 320, None, Found(n % 3), 10**6, bound) for n in range(25)]
    asker = Person(1, 1, 1, "U1", letter * 255, "UTC", "en-US", is_super_admin=True)
    rule = people.Seats(False, held=10**6, given=[ByHand(letter * 255, True, True, "off")] * 25)
    for first in (0, 10, 20):
        check_blocks(people.page(many, first, asker, rule, WORDS)["blocks"], "message")
    one = Rights(2**62, letter * 255, True, True, "on", True, letter * 255, 10**6)
    assert not view_problems(people.rights(one, asker, rule, STATE, WORDS))
    check_blocks(seats.question(asker, WORDS)["blocks"], "message")
    assert seats.ways_in(BO, letter * 255, WORDS)
