"""Teams as a list and their modals, at their limits, too."""

from __future__ import annotations

import pytest

from bot.blocks import teams
from bot.blocks.forms import FormState, entered, opened
from bot.blocks.words import speak
from bot.domain.teams import Member, Team
from bot.playground.validation import check_blocks, view_problems
from bot.playground.values import state_values
from tests.blocks.conftest import Golden

WORDS = speak()
STATE = FormState("https://hooks.slack.example/actions/T0/1/x", 1_790_000_000, "7", 2)
ANNA = Member(1, "Anna Aas", "U0ANNACSM", True, True, True)
BO = Member(2, "Bo Berg", "U0BOCSM00", True, False, False)
OLA = Member(3, "ola@example.com", None, False, True, False)
NORDIC = Team(7, "CS Nordic", "NO", "Europe/Oslo", "C0CSNORDIC", 2, "Nordic", None, (ANNA, BO, OLA))
CENTRAL = Team(8, "CS <Central>", None, None, None, 1, None, "csv", ())
SAMPLE = Team(9, "CS Sample", "FI", None, None, 1, None, "sample", (BO,))


def test_teams_say_who_is_in_them_and_where_they_are_changed(golden: Golden) -> None:
    golden("teams", teams.page([NORDIC, CENTRAL, SAMPLE], 0, WORDS))


def test_no_teams_say_what_that_means(golden: Golden) -> None:
    golden("teams_none", teams.page([], 0, WORDS))


def test_the_modals_of_a_team(golden: Golden) -> None:
    golden("team_new", teams.create({teams.TIME_ZONE: "Europe/Oslo", teams.COUNTRY: "NO"}, STATE, WORDS))
    golden("team_edit", teams.edit(NORDIC, teams.fields_of(NORDIC), STATE, WORDS))
    golden("team_remove", teams.remove(NORDIC, 2, STATE, WORDS))


def test_a_team_that_changed_meanwhile_shows_what_and_keeps_the_input(golden: Golden) -> None:
    mine = teams.fields_of(NORDIC) | {teams.TEAM_NAME: "CS North"}
    changed = {teams.PEOPLE: "U0ANNACSM", teams.COUNTRY: "", teams.CHANNEL: "C0CSLEADS"}
    golden("team_changed", teams.edit(NORDIC, mine, STATE, WORDS, changed))


def test_what_stood_in_the_fields_is_read_as_what_is_entered() -> None:
    view = teams.edit(NORDIC, teams.fields_of(NORDIC), STATE, WORDS)
    assert opened(view["blocks"]) == teams.fields_of(NORDIC) == entered(state_values(view["blocks"], {}))


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_largest_teams_of_the_longest_names_keep_slacks_limits(letter: str) -> None:
    people = tuple(Member(n, letter * 255, f"U{n:010}", True, n > 0, n < 50) for n in range(150))
    large = [
        Team(n, letter * 255, "NO", "America/Argentina/ComodRivadavia", "C0CSNORDIC", 1, letter * 255, "csv", people)
        for n in range(20)
    ]  # fmt: skip
    check_blocks(teams.page(large, 8, WORDS)["blocks"], "message")
    fields = teams.fields_of(large[0])
    changed = fields | {teams.CHANNEL: ""}
    assert not view_problems(teams.edit(large[0], fields, STATE, WORDS, changed))
    assert not view_problems(teams.remove(large[0], 5, STATE, WORDS))
