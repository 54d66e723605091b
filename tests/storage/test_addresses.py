"""Addresses that are bound: all that named the one names the other, now and in later imports."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Table, func, insert, select, update

from bot.domain.csms import Found
from bot.errors import UserError
from storage import addresses, audit, csms, people
from storage.database import Database
from storage.installations import Installation, bind, create
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
        assert sorted(Found(one).name for one in connection.scalars(csms.named(here))) == ["HERE", "LEFT", "NOWHERE"]
        connection.execute(update(record).where(record.c.id == 2).values(archived_at=NOW))
        assert [one.id for one in csms.every(connection, here)] == [OLA, ADA]
        assert sorted(Found(one).name for one in connection.scalars(csms.named(here))) == ["HERE", "NOWHERE"]


# Unbound


def unbound(database: Database, here: int, email: str = "ola@y.example") -> None:
    with database.write() as connection:
        addresses.unbind(connection, here, email, by=ADA, now=NOW)


def say(database: Database, here: int, client: int, **emails: str) -> None:
    """What the data says of a client, as the import keeps it beside the rows."""
    mine = (record.c.installation_id == here, record.c.id == client)
    with database.write() as connection:
        connection.execute(update(record).where(*mine).values(properties=emails))


@pytest.fixture
def told(database: Database, here: int) -> int:
    """Clients 1 and 2 name Ola's address, client 3 Ada's, and as its boss Ola's."""
    for client in (1, 2):
        say(database, here, client, csm_email="ola@y.example")
    say(database, here, 3, csm_email="ada@x.example", boss="ola@y.example")
    with database.write() as connection:
        add(connection, record_person, here, property_id=2, record_id=3, person_id=OLA)
    return here


def named(database: Database) -> list[tuple[int, int, str]]:
    """(client, property, address of the person) of each that clients name."""
    one = record_person.c
    query = select(one.record_id, one.property_id, person.c.email).join(person, person.c.id == one.person_id)
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(one.record_id, one.property_id))]


def test_unbinding_gives_back_what_names_the_address_and_nothing_else(database: Database, told: int) -> None:
    before = named(database)
    bound(database, told)
    assert {email for _, _, email in named(database)} == {"ada@x.example"}
    with database.write() as connection:
        connection.execute(stale.delete())
    unbound(database, told)
    assert named(database) == before
    with database.read() as connection:
        assert list(connection.scalars(select(stale.c.client_id).order_by(stale.c.client_id))) == [1, 2, 3]
        assert [(one.email, one.clients, one.addresses) for one in csms.every(connection, told)] == [
            ("ola@y.example", 2, ()),
            ("ada@x.example", 1, ()),
        ]


def test_what_a_later_import_names_by_the_address_follows_too_and_is_not_bound_again(
    database: Database, told: int
) -> None:
    bound(database, told)
    say(database, told, 3, csm_email="ola@y.example")
    unbound(database, told)
    assert named(database)[2] == (3, 1, "ola@y.example")
    with database.write() as connection:
        ola = people.named(connection, told, ["ola@y.example"])["ola@y.example"]
        user = {"id": "U1", "team_id": HOME, "profile": {"email": "ada@x.example"}}
        assert people.keep(connection, told, user, NOW) == ADA
        assert people.named(connection, told, ["ola@y.example"]) == {"ola@y.example": ola}
    assert ola != ADA


def test_teams_that_came_with_an_address_go_with_it(database: Database, told: int) -> None:
    with database.write() as connection:
        for number in (1, 2, 3):
            add(connection, team, told, id=number, name=f"T{number}", name_key=f"t{number}")
        for number, who, primary, lead in ((1, ADA, False, False), (1, OLA, False, True), (2, OLA, True, False)):
            add(connection, team_member, told, team_id=number, person_id=who, is_primary=primary, is_lead=lead)
    bound(database, told)
    with database.write() as connection:
        add(connection, team_member, told, team_id=3, person_id=ADA)  # she was put into another one since
    unbound(database, told)
    one = team_member.c
    query = select(one.team_id, person.c.email, one.is_primary, one.is_lead).join(person, person.c.id == one.person_id)
    with database.read() as connection:
        rows = connection.execute(query.order_by(one.team_id, person.c.email)).all()
    assert rows == [
        (1, "ada@x.example", True, False),
        (1, "ola@y.example", False, True),
        (2, "ola@y.example", True, False),
        (3, "ada@x.example", False, False),
    ]


def test_a_team_that_is_gone_by_then_is_not_given_back(database: Database, told: int) -> None:
    with database.write() as connection:
        add(connection, team, told, id=1, name="A", name_key="a")
        add(connection, team_member, told, team_id=1, person_id=OLA, is_primary=True)
    bound(database, told)
    with database.write() as connection:
        connection.execute(team.delete())
    with database.write() as connection:  # whose number becomes that of another, where Ada is
        add(connection, team, told, id=1, name="B", name_key="b")
        add(connection, team_member, told, team_id=1, person_id=ADA, is_primary=True)
    unbound(database, told)
    with database.read() as connection:
        assert list(connection.scalars(select(team_member.c.person_id))) == [ADA]


def test_saved_views_that_name_the_address_follow_and_others_stay(database: Database, told: int) -> None:
    bound(database, told)
    kept = {"workspace_id": 1, "version": 1, "updated_at": NOW, "person_id": ADA, "csm_id": ADA}
    texts = ["tier:low csm:ola@y.example", "csm:ada@x.example", "csm:ola@y.example.org"]
    with database.write() as connection:
        for number, text in enumerate(texts):
            add(connection, saved_view, told, id=number, name=text[:9], name_key=str(number), text=text, **kept)
    unbound(database, told)
    query = select(person.c.email).join(saved_view, saved_view.c.csm_id == person.c.id).order_by(saved_view.c.id)
    with database.read() as connection:
        assert list(connection.scalars(query)) == ["ola@y.example", "ada@x.example", "ada@x.example"]


def test_an_address_that_slack_knows_by_then_is_that_persons(database: Database, told: int) -> None:
    bound(database, told)
    with database.write() as connection:
        user = {"id": "U9", "team_id": HOME, "profile": {"email": "ola@y.example"}}
        ola = people.keep(connection, told, user, NOW)
        assert people.known(connection, told, ["ola@y.example"]) == {"ola@y.example": ADA}
    unbound(database, told)
    with database.read() as connection:
        assert people.known(connection, told, ["ola@y.example"]) == {"ola@y.example": ola}
        assert {one.id: one.clients for one in csms.every(connection, told)} == {ADA: 1, ola: 2}


def test_unbinding_is_audited_and_done_once(database: Database, told: int) -> None:
    bound(database, told)
    unbound(database, told)
    with database.read() as connection:
        newest, _ = audit.read(connection, told)
    assert newest[2:] == ("ada", "address.unbound", "ada", {"address": "ola@y.example"}, {})
    with pytest.raises(UserError, match="address_free"):
        unbound(database, told)


def test_another_installation_keeps_its_own_binding(database: Database, told: int) -> None:
    bound(database, told)
    with database.write() as connection:
        other = create(connection, NOW)
        with pytest.raises(UserError, match="address_free"):
            addresses.unbind(connection, other.id, "ola@y.example", by=ADA, now=NOW)


def test_who_has_an_address_bound_is_listed_even_where_no_client_names_them(database: Database, told: int) -> None:
    bound(database, told)
    with database.write() as connection:
        connection.execute(record_person.delete())
        assert [(one.id, one.clients, one.addresses) for one in csms.every(connection, told)] == [
            (ADA, 0, ("ola@y.example",))
        ]
