"""Addresses that are bound: all that named the one names the other, now and in later imports."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Table, func, insert, select, update

from bot.errors import UserError
from storage import addresses, audit, csms, people
from storage.database import Database
from storage.installations import Installation, bind
from storage.schema import field, metadata, person, record, record_person, saved_view, stale, team, team_member
from tests.conftest import NOW
from tests.storage import bases

ADA, OLA, GUS = 1, 2, 3
HOME = "T1"


@pytest.fixture
def here(database: Database, installation: Installation) -> int:
    """Ada in Slack, Ola only in the data, as CSM of clients 1 and 2; Ada of client 3."""
    with database.write() as connection:
        bind(connection, installation.id, HOME)
        add(connection, person, installation.id, id=ADA, name="ada", email="ada@x.example", slack_user_id="U1",
            slack_team_id=HOME)  # fmt: skip
        add(connection, person, installation.id, id=OLA, name="ola@y.example", email="ola@y.example")
        add(connection, person, installation.id, id=GUS, slack_user_id="U3", slack_team_id=HOME, is_guest=True)
        add(connection, field, installation.id, id=1, object="company", name="csm_email", label="CSM", type="user")
        add(connection, field, installation.id, id=2, object="company", name="boss", label="Boss", type="user")
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, 1, 2, 3)
        for client, who in ((1, OLA), (2, OLA), (3, ADA)):
            add(connection, record_person, installation.id, property_id=1, record_id=client, person_id=who)
        connection.execute(stale.delete())
    return installation.id


def add(connection: Connection, table: Table, here: int, **values: object) -> None:
    connection.execute(insert(table).values(installation_id=here, **values))


def bound(database: Database, here: int, who: str = "U1") -> None:
    with database.write() as connection:
        addresses.bind(connection, here, OLA, who, by=ADA, now=NOW)


def test_clients_follow_and_are_to_be_scored_again(database: Database, here: int) -> None:
    bound(database, here)
    with database.read() as connection:
        assert [(one.id, one.clients) for one in csms.every(connection, here)] == [(ADA, 3)]
        assert list(connection.scalars(select(stale.c.client_id).order_by(stale.c.client_id))) == [1, 2]


def test_a_later_import_finds_the_person_by_either_address(database: Database, here: int) -> None:
    bound(database, here)
    with database.write() as connection:
        both = ["ada@x.example", "ola@y.example"]
        assert people.named(connection, here, both) == dict.fromkeys(both, ADA)
        user = {"id": "U1", "team_id": HOME, "profile": {"email": "ada@x.example"}}
        assert people.keep(connection, here, user, NOW) == ADA
        assert people.named(connection, here, both) == dict.fromkeys(both, ADA)


def test_no_row_names_whom_the_data_named_any_more(database: Database, here: int) -> None:
    with database.write() as connection:
        add(connection, team, here, id=1, name="A", name_key="a")
        add(connection, team, here, id=2, name="B", name_key="b")
        for number, who, primary, lead in ((1, ADA, True, False), (1, OLA, False, True), (2, OLA, True, True)):
            add(connection, team_member, here, team_id=number, person_id=who, is_primary=primary, is_lead=lead)
        kept = {"workspace_id": 1, "name": "x", "name_key": "x", "text": "", "version": 1, "updated_at": NOW}
        add(connection, saved_view, here, id=5, person_id=ADA, csm_id=OLA, **kept)
        connection.execute(update(person).where(person.c.id == ADA).values(looks_as=OLA))
    bound(database, here)
    with database.read() as connection:
        for table in metadata.sorted_tables:
            for key in table.foreign_key_constraints:
                if key.referred_table is person:
                    column = table.c[key.column_keys[-1]]
                    assert connection.scalar(select(func.count()).select_from(table).where(column == OLA)) == 0
        one = team_member.c
        rows = connection.execute(select(one.team_id, one.person_id, one.is_primary, one.is_lead).order_by(one.team_id))
        assert rows.all() == [(1, ADA, True, False), (2, ADA, False, True)]
        assert connection.scalar(select(saved_view.c.csm_id)) == ADA


def test_binding_hands_over_no_rights(database: Database, here: int) -> None:
    with database.write() as connection:
        values = {"is_super_admin": True, "manages": True, "seat": "on"}
        connection.execute(update(person).where(person.c.id == OLA).values(values))
    bound(database, here)
    with database.read() as connection:
        columns = (person.c.is_super_admin, person.c.manages, person.c.seat)
        assert connection.execute(select(*columns).where(person.c.id == ADA)).one() == (False, False, None)


def test_binding_is_audited(database: Database, here: int) -> None:
    bound(database, here)
    with database.read() as connection:
        (entry,) = audit.read(connection, here)
    assert entry[2:] == ("ada", "address.bound", "ada", {}, {"address": "ola@y.example"})


def test_a_guest_does_not_become_a_csm_and_nobody_is_bound_twice(database: Database, here: int) -> None:
    with pytest.raises(UserError, match="address_stranger"):
        bound(database, here, "U3")
    bound(database, here)
    with pytest.raises(UserError, match="address_bound"):
        bound(database, here)


def test_who_is_not_found_comes_first_then_who_left_with_the_clients_that_are_left(
    database: Database, here: int
) -> None:
    with database.write() as connection:
        add(connection, person, here, id=9, name="bea", slack_user_id="U9", slack_team_id=HOME, is_deleted=True)
        connection.execute(update(record_person).where(record_person.c.record_id == 2).values(person_id=9))
        add(connection, record_person, here, property_id=2, record_id=3, person_id=GUS)  # no CSM property
        found = [(one.id, one.found.name, one.clients) for one in csms.every(connection, here)]
        assert found == [(OLA, "NOWHERE", 1), (9, "LEFT", 1), (ADA, "HERE", 1)]
        connection.execute(update(record).where(record.c.id == 2).values(archived_at=NOW))
        assert [one.id for one in csms.every(connection, here)] == [OLA, ADA]
