"""Teams that are set up in Slack: one primary team each, no name twice, held to a version, audited."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from bot.domain.teams import Entered
from bot.errors import FieldError, UserError
from storage import audit
from storage import team_settings as teams
from storage.database import Database
from storage.installations import Installation, bind
from storage.schema import field, person, record, source, team, team_member
from storage.schema import installation as installations
from tests.conftest import NOW

ADA, BEA, CAT, GUS = 1, 2, 3, 4
HOME = "T1"
U = {ADA: "U1", BEA: "U2", CAT: "U3", GUS: "U4"}


@pytest.fixture
def here(database: Database, installation: Installation) -> int:
    with database.write() as connection:
        bind(connection, installation.id, HOME)
        for number, name in ((ADA, "ada"), (BEA, "bea"), (CAT, "cat"), (GUS, "gus")):
            values = {"slack_user_id": U[number], "slack_team_id": HOME, "name": name, "is_guest": number == GUS}
            connection.execute(insert(person).values(installation_id=installation.id, id=number, **values))
    return installation.id


def made(database: Database, here: int, name: str, *people: int, leads: tuple[int, ...] = ()) -> int:
    wanted = Entered(name, "NO", "Europe/Oslo", None, slack(*people), slack(*leads))
    with database.write() as connection:
        return teams.create(connection, here, wanted, by=ADA, now=NOW)


def slack(*people: int) -> frozenset[str]:
    return frozenset(U[one] for one in people)


def changed(database: Database, here: int, number: int, **fields: object) -> None:
    """Change some fields of a team and leave the others as they are."""
    with database.write() as connection:
        one = teams.get(connection, here, number)
        members = [(member, member.slack_user_id or "") for member in one.shown]
        stands = Entered(
            one.name,
            one.country,
            one.time_zone,
            one.channel_id,
            frozenset(who for _, who in members),
            frozenset(who for member, who in members if member.is_lead),
            frozenset(who for member, who in members if member.is_primary),
        )
        wanted = replace(stands, **fields)  # type: ignore[arg-type]
        teams.change(connection, here, number, one.version, wanted, by=BEA, now=NOW)


def primary(database: Database, here: int) -> dict[int, int]:
    one = team_member.c
    with database.read() as connection:
        rows = connection.execute(select(one.person_id, one.team_id).where(one.installation_id == here, one.is_primary))
        return dict(rows.all())


def test_a_first_team_is_the_primary_one_and_a_second_is_not(database: Database, here: int) -> None:
    nordic, central = made(database, here, "Nordic", ADA, BEA), made(database, here, "Central", BEA, CAT)
    assert primary(database, here) == {ADA: nordic, BEA: nordic, CAT: central}


def test_a_second_team_becomes_the_primary_one_where_it_is_said(database: Database, here: int) -> None:
    nordic, central = made(database, here, "Nordic", ADA, BEA), made(database, here, "Central", BEA)
    changed(database, here, central, primary=slack(BEA))
    assert primary(database, here) == {ADA: nordic, BEA: central}
    changed(database, here, central, primary=frozenset())
    assert primary(database, here) == {ADA: nordic, BEA: nordic}


def test_who_is_in_one_team_only_has_it_as_the_primary_one_whatever_is_said(database: Database, here: int) -> None:
    nordic = made(database, here, "Nordic", ADA)
    changed(database, here, nordic, primary=frozenset())
    assert primary(database, here) == {ADA: nordic}


def test_who_leaves_their_primary_team_has_another_of_theirs(database: Database, here: int) -> None:
    nordic, central = made(database, here, "Nordic", ADA, BEA), made(database, here, "Central", BEA)
    changed(database, here, nordic, people=slack(ADA), primary=slack(ADA))
    assert primary(database, here) == {ADA: nordic, BEA: central}


def test_a_team_that_is_removed_leaves_its_people_their_other_teams(database: Database, here: int) -> None:
    nordic, central = made(database, here, "Nordic", ADA, BEA), made(database, here, "Central", BEA)
    with database.write() as connection:
        teams.remove(connection, here, nordic, teams.get(connection, here, nordic).version, by=ADA, now=NOW)
        assert [one.name for one in teams.every(connection, here)] == ["Central"]
    assert primary(database, here) == {BEA: central}


def test_a_name_is_there_once_however_it_is_written(database: Database, here: int) -> None:
    nordic, central = made(database, here, "CS Nordic"), made(database, here, "Central")
    with pytest.raises(FieldError, match="team_taken"):
        made(database, here, "cs-nordic")
    with pytest.raises(FieldError, match="team_taken"):
        changed(database, here, central, name="CSNordic")
    changed(database, here, nordic, name="CS-Nordic")


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"name": " - "}, "team_no_name"),
        ({"name": "x" * 300}, "team_long_name"),
        ({"leads": slack(CAT)}, "team_leads_outside"),
        ({"primary": slack(CAT)}, "team_primary_outside"),
        ({"people": slack(ADA, GUS)}, "team_stranger"),
        ({"people": frozenset({"U0NOBODY"})}, "team_stranger"),
        ({"people": frozenset(f"U{n}" for n in range(101))}, "team_too_many"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    database: Database, here: int, fields: dict[str, object], key: str
) -> None:
    nordic = made(database, here, "Nordic", ADA)
    with database.read() as connection:
        before = teams.get(connection, here, nordic)
    with pytest.raises(FieldError, match=key):
        changed(database, here, nordic, **({"leads": frozenset(), "primary": frozenset()} | fields))
    with database.read() as connection:
        assert teams.get(connection, here, nordic) == before


def test_people_whom_a_form_cannot_show_stay(database: Database, here: int) -> None:
    nordic = made(database, here, "Nordic", ADA, BEA, leads=(BEA,))
    with database.write() as connection:
        connection.execute(update(person).where(person.c.id == BEA).values(is_deleted=True))
    changed(database, here, nordic, people=slack(CAT), primary=slack(CAT))
    with database.read() as connection:
        members = {one.id: one.is_lead for one in teams.get(connection, here, nordic).members}
    assert members == {BEA: True, CAT: False}
    assert primary(database, here) == {BEA: nordic, CAT: nordic}


@pytest.mark.parametrize("kind", ["csv", "hubspot"])
def test_a_team_of_a_file_is_changed_there_and_not_here(database: Database, here: int, kind: str) -> None:
    nordic = made(database, here, "Nordic", ADA)
    with database.write() as connection:
        values = {"id": 1, "name": "teams.csv", "kind": kind, "form": "events", "covers": "all", "changed_at": NOW}
        connection.execute(insert(source).values(installation_id=here, **values))
        connection.execute(update(team).values(source_id=1))
    with pytest.raises(UserError, match="team_read_only"):
        changed(database, here, nordic, name="Other")
    with database.write() as connection, pytest.raises(UserError, match="team_read_only"):
        teams.remove(connection, here, nordic, teams.get(connection, here, nordic).version, by=ADA, now=NOW)


def test_a_team_that_clients_name_in_their_data_keeps_its_name(database: Database, here: int) -> None:
    nordic = made(database, here, "CS Nordic", ADA)
    with database.write() as connection:
        values = {"id": 1, "name": "clients.csv", "kind": "csv", "form": "events", "covers": "all", "changed_at": NOW}
        connection.execute(insert(source).values(installation_id=here, **values))
        named = {"id": 1, "object": "company", "name": "team", "label": "Team", "type": "text"}
        connection.execute(insert(field).values(installation_id=here, **named))
        client = {"id": 1, "object": "company", "external_id": "1", "name": "Acme", "name_key": "acme", "source_id": 1}
        connection.execute(insert(record).values(installation_id=here, **client, properties={"team": "cs-nordic"}))
    with pytest.raises(FieldError, match="team_in_data"):
        changed(database, here, nordic, name="Other")
    with database.write() as connection, pytest.raises(UserError, match="team_in_data"):
        teams.remove(connection, here, nordic, teams.get(connection, here, nordic).version, by=ADA, now=NOW)
    changed(database, here, nordic, people=slack(ADA, BEA))
    with database.write() as connection:  # contacts are the clients: companies name nothing now
        connection.execute(update(installations).values(client_object="contact"))
        assert teams.removable(connection, here, nordic).name == "CS Nordic"


def test_changes_are_audited_with_what_was_and_what_is(database: Database, here: int) -> None:
    nordic = made(database, here, "Nordic", ADA)
    changed(database, here, nordic, people=slack(ADA, BEA))
    changed(database, here, nordic)
    with database.read() as connection:
        newest, oldest = audit.read(connection, here)
    assert (newest.who, newest.action, newest.before, newest.after) == (
        "bea",
        "team.changed",
        {"people": ["ada"], "primary": ["ada"]},
        {"people": ["ada", "bea"], "primary": ["ada", "bea"]},
    )
    assert (oldest.who, oldest.action) == ("ada", "team.created")


def test_a_form_about_a_team_that_changed_meanwhile_changes_nothing(database: Database, here: int) -> None:
    nordic, central = made(database, here, "Nordic", ADA, BEA), made(database, here, "Central", BEA)
    with database.read() as connection:
        versions = {one: teams.get(connection, here, one).version for one in (nordic, central)}
    changed(database, here, central, primary=slack(BEA))  # a change of the other team, too
    for number in (nordic, central):
        with database.write() as connection, pytest.raises(UserError, match="team_changed"):
            teams.change(connection, here, number, versions[number], Entered("Other"), by=ADA, now=NOW)


def test_a_form_about_a_removed_team_means_no_team_that_has_its_number(database: Database, here: int) -> None:
    nordic = made(database, here, "Nordic", ADA)
    with database.write() as connection:
        version = teams.get(connection, here, nordic).version
        teams.remove(connection, here, nordic, version, by=ADA, now=NOW)
    assert made(database, here, "Other") == nordic
    with database.write() as connection, pytest.raises(UserError, match="team_changed"):
        teams.change(connection, here, nordic, version, Entered("Nordic"), by=ADA, now=NOW)


def test_of_two_admins_who_save_at_once_the_second_is_told(database: Database, here: int) -> None:
    def save(name: str) -> bool:
        try:
            with database.write() as connection:
                teams.change(connection, here, nordic, version, Entered(name), by=ADA, now=NOW)
        except UserError:
            return False
        return True

    nordic = made(database, here, "Nordic", ADA)
    for turn in range(20):
        with database.read() as connection:
            version = teams.get(connection, here, nordic).version
        with ThreadPoolExecutor() as pool:
            assert sorted(pool.map(save, (f"A{turn}", f"B{turn}"))) == [False, True]


def test_of_two_teams_of_one_name_that_are_made_at_once_one_is(database: Database, here: int) -> None:
    def make(name: str) -> bool:
        try:
            made(database, here, name)
        except FieldError:
            return False
        return True

    for turn in range(20):
        with ThreadPoolExecutor() as pool:
            assert sorted(pool.map(make, (f"Team {turn}", f"team-{turn}"))) == [False, True]
