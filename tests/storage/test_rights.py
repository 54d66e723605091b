"""Rights: who becomes a super admin, that one always stays, and that each change is audited."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from bot.domain.csms import ByHand
from bot.errors import UserError
from storage import audit, installations, rights
from storage.database import Database
from storage.installations import Installation
from storage.schema import person
from tests.conftest import NOW

ADA, BEA, CAT = 1, 2, 3
HOME = "T1"


@pytest.fixture
def here(database: Database, installation: Installation) -> int:
    with database.write() as connection:
        installations.bind(connection, installation.id, HOME)
        for number, name in ((ADA, "ada"), (BEA, "bea"), (CAT, "cat")):
            user = {"slack_user_id": f"U{number}", "slack_team_id": HOME, "email": f"{name}@example.com"}
            values = {"installation_id": installation.id, "id": number, "name": name, "is_admin": number != CAT}
            connection.execute(insert(person).values(values | user))
    return installation.id


def test_the_first_super_admins_are_those_that_the_setting_names(database: Database, here: int) -> None:
    with database.write() as connection:
        assert rights.name_first(connection, here, ["ada@example.com", "cat@example.com"], NOW) == [ADA, CAT]
        assert rights.name_first(connection, here, ["bea@example.com"], NOW) == []
        assert rights.super_admins(connection, here) == {ADA: "ada", CAT: "cat"}


def test_a_guest_with_a_named_address_becomes_none(database: Database, here: int) -> None:
    with database.write() as connection:
        connection.execute(update(person).where(person.c.id == ADA).values(is_guest=True))
        assert rights.name_first(connection, here, ["ada@example.com"], NOW) == []


def test_an_admin_of_slack_becomes_the_first_by_asking_and_only_the_first(database: Database, here: int) -> None:
    with database.write() as connection:
        with pytest.raises(UserError, match="no_slack_admin"):
            rights.become_first(connection, here, CAT, NOW)
        rights.become_first(connection, here, ADA, NOW)
        with pytest.raises(UserError, match="super_admin_taken"):
            rights.become_first(connection, here, BEA, NOW)


def test_the_last_super_admin_stays(database: Database, here: int) -> None:
    with database.write() as connection:
        for one in (ADA, BEA):
            rights.set_super_admin(connection, here, one, True, by=None, now=NOW)
        rights.set_super_admin(connection, here, ADA, False, by=BEA, now=NOW)
        with pytest.raises(UserError, match="last_super_admin"):
            rights.set_super_admin(connection, here, BEA, False, by=BEA, now=NOW)


@pytest.mark.parametrize("change", [{"is_deleted": True}, {"is_guest": True}, {"slack_team_id": "T0OTHER"}])
def test_who_is_no_full_member_by_now_is_not_the_super_admin_who_stays(
    database: Database, here: int, change: dict[str, object]
) -> None:
    with database.write() as connection:
        for one in (ADA, BEA):
            rights.set_super_admin(connection, here, one, True, by=None, now=NOW)
        connection.execute(update(person).where(person.c.id == ADA).values(change))
        with pytest.raises(UserError, match="last_super_admin"):
            rights.set_super_admin(connection, here, BEA, False, by=BEA, now=NOW)


def test_of_two_who_leave_at_once_one_stays(database: Database, here: int) -> None:
    def leave(one: int) -> bool:
        try:
            with database.write() as connection:
                rights.set_super_admin(connection, here, one, False, by=one, now=NOW)
        except UserError:
            return False
        return True

    for _ in range(200):
        with database.write() as connection:
            for one in (ADA, BEA):
                rights.set_super_admin(connection, here, one, True, by=None, now=NOW)
        with ThreadPoolExecutor() as pool:
            assert sorted(pool.map(leave, (ADA, BEA))) == [False, True]


def test_a_change_of_rights_is_audited_and_no_change_is_not(database: Database, here: int) -> None:
    with database.write() as connection:
        rights.set_seat(connection, here, CAT, "off", by=ADA, now=NOW)
        rights.set_seat(connection, here, CAT, "off", by=ADA, now=NOW)
        rights.set_manages(connection, here, CAT, True, by=None, now=NOW)
        newest, oldest = audit.read(connection, here)
        assert newest[2:] == (None, "right.changed", "cat", {"manages": False}, {"manages": True})
        assert oldest[1:] == (NOW, "ada", "right.changed", "cat", {"seat": None}, {"seat": "off"})
        assert audit.read(connection, here, before=newest.id) == [oldest]


def test_the_audit_keeps_what_differs(database: Database, here: int) -> None:
    with database.write() as connection:
        old, new = {"name": "A", "teams": ["x"]}, {"name": "A", "teams": ["x", "y"]}
        audit.record(connection, here, ADA, NOW, "workspace.changed", "A", old, new)
        (entry,) = audit.read(connection, here)
    assert (entry.before, entry.after) == ({"teams": ["x"]}, {"teams": ["x", "y"]})


def test_somebody_asks_for_a_seat_once_a_day(database: Database, here: int) -> None:
    with database.write() as connection:
        with pytest.raises(UserError, match="nobody_to_ask"):
            rights.ask_for_seat(connection, here, CAT, NOW)
        rights.set_super_admin(connection, here, BEA, True, by=None, now=NOW)
        assert rights.ask_for_seat(connection, here, CAT, NOW).slack_user_id == "U2"
        with pytest.raises(UserError, match="seat_asked"):
            rights.ask_for_seat(connection, here, CAT, NOW + timedelta(hours=23))
        assert rights.ask_for_seat(connection, here, CAT, NOW + timedelta(days=1)).name == "bea"
        rights.unask(connection, here, CAT)
        assert rights.ask_for_seat(connection, here, CAT, NOW).name == "bea"


def test_of_two_clicks_one_asks(database: Database, here: int) -> None:
    def ask(_: int) -> bool:
        try:
            with database.write() as connection:
                rights.ask_for_seat(connection, here, CAT, NOW)
        except UserError:
            return False
        return True

    with database.write() as connection:
        rights.set_super_admin(connection, here, BEA, True, by=None, now=NOW)
    for _ in range(20):
        with ThreadPoolExecutor() as pool:
            assert sorted(pool.map(ask, range(2))) == [False, True]
        with database.write() as connection:
            rights.unask(connection, here, CAT)


def test_seats_by_hand_are_switched_and_audited(database: Database, here: int) -> None:
    with database.write() as connection:
        for on in (True, True, False):
            rights.set_seats_by_hand(connection, here, on, by=ADA, now=NOW)
        entries = [(one.action, one.before, one.after) for one in audit.read(connection, here)]
    assert entries == [
        ("seats.changed", {"seats_by_hand": True}, {"seats_by_hand": False}),
        ("seats.changed", {"seats_by_hand": False}, {"seats_by_hand": True}),
    ]


def test_of_two_admins_of_slack_who_ask_at_once_one_becomes_the_first(database: Database, here: int) -> None:
    def become(one: int) -> bool:
        try:
            with database.write() as connection:
                rights.become_first(connection, here, one, NOW)
        except UserError:
            return False
        return True

    for _ in range(20):
        with ThreadPoolExecutor() as pool:
            assert sorted(pool.map(become, (ADA, BEA))) == [False, True]
        with database.write() as connection:
            connection.execute(update(person).values(is_super_admin=False))


def test_who_is_not_in_slack_is_granted_the_right_and_is_not_counted_until_they_are(
    database: Database, here: int
) -> None:
    with database.write() as connection:
        rights.grant(connection, here, "new@example.com", NOW)
        assert rights.super_admins(connection, here) == {}
        rights.become_first(connection, here, ADA, NOW)
        with pytest.raises(UserError, match="last_super_admin"):
            rights.set_super_admin(connection, here, ADA, False, by=ADA, now=NOW)


@pytest.mark.parametrize("one", [ADA, CAT])
def test_looking_as_somebody_is_audited_by_name(database: Database, here: int, one: int) -> None:
    with database.write() as connection:
        rights.look_as(connection, here, one, BEA, NOW)
        rights.look_as(connection, here, one, BEA, NOW)
        rights.look_as(connection, here, one, None, NOW)
        told = [(entry.action, entry.subject, entry.before, entry.after) for entry in audit.read(connection, here)]
    assert told == [
        ("right.looked", "bea", {"looks_as": "bea"}, {"looks_as": None}),
        ("right.looked", "bea", {"looks_as": None}, {"looks_as": "bea"}),
    ]


def test_who_may_do_more_or_less_than_the_rule_says_is_listed_by_name(database: Database, here: int) -> None:
    with database.write() as connection:
        assert rights.by_hand(connection, here) == []
        rights.set_seat(connection, here, CAT, "off", by=None, now=NOW)
        rights.set_manages(connection, here, BEA, True, by=None, now=NOW)
        rights.set_super_admin(connection, here, ADA, True, by=None, now=NOW)
        connection.execute(insert(person).values(installation_id=here, id=9, name="data", seat="on"))  # not in Slack
        found = rights.by_hand(connection, here)
    assert found == [
        ByHand("ada", True, False, None),
        ByHand("bea", False, True, None),
        ByHand("cat", False, False, "off"),
    ]
