"""In which workspaces a client stands."""

from __future__ import annotations

import pytest

from bot.domain.workspaces import EVERYTHING, stands

PRIMARY, NORDIC, CENTRAL = 1, 2, 3
ANNA, CLEO, DAN = 10, 11, 12  # Anna's primary team is in Nordic, Cleo's in Central, Dan's in no created one
HOMES = {ANNA: NORDIC, CLEO: CENTRAL}


@pytest.mark.parametrize(
    ("workspace", "csm", "expected"),
    [
        pytest.param(NORDIC, ANNA, True, id="a created one has whose CSM works in it"),
        pytest.param(NORDIC, CLEO, False, id="… not whose CSM works in another"),
        pytest.param(NORDIC, DAN, False, id="… not whose CSM works in the primary one"),
        pytest.param(NORDIC, None, False, id="… and not those of nobody"),
        pytest.param(PRIMARY, DAN, True, id="the primary one has whose CSM is in no created one's team"),
        pytest.param(PRIMARY, None, True, id="… and those of nobody"),
        pytest.param(PRIMARY, ANNA, False, id="… not whose CSM works in a created one"),
        pytest.param(EVERYTHING, ANNA, True, id="everything has whose CSM works in a created one"),
        pytest.param(EVERYTHING, DAN, True, id="… whose CSM works in the primary one"),
        pytest.param(EVERYTHING, None, True, id="… and those of nobody"),
    ],
)
def test_a_client_stands_in(workspace: int, csm: int | None, expected: bool) -> None:
    assert stands(workspace, PRIMARY, csm, HOMES) is expected


def test_without_created_workspaces_all_clients_stand_in_the_primary_one() -> None:
    assert all(stands(PRIMARY, PRIMARY, csm, {}) for csm in (ANNA, None))


def test_a_client_stands_in_each_workspace_whose_own_property_names_somebody_of_it() -> None:
    csms = {PRIMARY: DAN, NORDIC: ANNA, CENTRAL: CLEO}
    assert [one for one, csm in csms.items() if stands(one, PRIMARY, csm, HOMES)] == [PRIMARY, NORDIC, CENTRAL]


def test_a_client_may_stand_in_no_workspace_but_everything() -> None:
    """Its CSM by the primary one's property works in Nordic, whose own property names somebody else."""
    csms = {EVERYTHING: ANNA, PRIMARY: ANNA, NORDIC: DAN}
    assert [one for one, csm in csms.items() if stands(one, PRIMARY, csm, HOMES)] == [EVERYTHING]
