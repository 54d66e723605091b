"""Who has a seat, and what each right asks for."""

from __future__ import annotations

from itertools import product

import pytest

from bot.domain.access import Person, Refusal, Right, has_seat

SEATS = [
    # by hand, choice, owns clients, in a team, there are teams → has a seat
    (False, None, False, False, False, True),
    (False, None, False, False, True, False),
    (False, None, True, False, True, True),
    (False, None, False, True, True, True),
    (True, None, True, True, True, False),
    (True, None, False, False, False, False),
]


@pytest.mark.parametrize(("by_hand", "choice", "owns", "in_team", "any_team", "has"), SEATS)
def test_a_seat_comes_with_clients_or_a_team_and_to_all_until_there_is_a_team(
    by_hand: bool, choice: str | None, owns: bool, in_team: bool, any_team: bool, has: bool
) -> None:
    found = has_seat(by_hand=by_hand, choice=choice, owns=owns, in_team=in_team, any_team=any_team)
    assert found is has


@pytest.mark.parametrize(("by_hand", "owns", "in_team", "any_team"), list(product([False, True], repeat=4)))
def test_what_somebody_decided_on_a_seat_goes_before_every_rule(
    by_hand: bool, owns: bool, in_team: bool, any_team: bool
) -> None:
    assert has_seat(by_hand=by_hand, choice="on", owns=owns, in_team=in_team, any_team=any_team)
    assert not has_seat(by_hand=by_hand, choice="off", owns=owns, in_team=in_team, any_team=any_team)


def somebody(*, seat: bool = False, manages: bool = False, super_admin: bool = False, admin: bool = False) -> Person:
    return Person(
        1, 1, 1, "U1", "Ada", "UTC", "en-US",
        has_seat=seat, manages=manages, is_super_admin=super_admin, is_slack_admin=admin,
    )  # fmt: skip


RIGHTS = [
    (somebody(), {Right.MEMBER}),
    (somebody(admin=True), {Right.MEMBER}),  # rank in Slack gives nothing
    (somebody(seat=True), {Right.MEMBER, Right.SEAT}),
    (somebody(manages=True), {Right.MEMBER}),  # managers need a seat
    (somebody(manages=True, seat=True), {Right.MEMBER, Right.SEAT, Right.SETTINGS}),
    (somebody(super_admin=True), {Right.MEMBER, Right.SETTINGS, Right.SUPER_ADMIN}),
    (somebody(super_admin=True, seat=True), {Right.MEMBER, Right.SEAT, Right.SETTINGS, Right.SUPER_ADMIN}),
]


@pytest.mark.parametrize(("person", "rights"), RIGHTS)
def test_each_right_asks_for_its_own(person: Person, rights: set[Right]) -> None:
    assert {right for right in Right if person.lacks(right) is None} - {Right.SLACK} == rights


def test_who_is_refused_may_do_nothing_whatever_their_rights() -> None:
    guest = Person(1, 1, 1, "U1", "Ada", "UTC", "en-US", is_super_admin=True, refusal=Refusal.GUEST)
    assert {guest.lacks(right) for right in Right} == {Refusal.GUEST}
