"""Clients are the records of one object, as the admin chose: what is loaded of others is kept, and seen nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select, update

from storage import audit, catalog, clients, csms, facts, lookup, objects, standing
from storage.schema import change, installation, person, workspace
from storage.schema import standing as standings
from tests.conftest import NOW, TODAY
from tests.storage.imports.conftest import Desk

PRIMARY, ADA = 1, 77
COMPANIES = {
    "clients.csv": "id,name,domain,csm_email,renewal_date\n1,Acme,acme.example,anna@x.io,2027-01-01\n2,Globex,,,\n",
    "subscriptions.csv": "client_id,product,edition\n1,Marketing Hub,Starter\n2,Sales Hub,Starter\n",
    "usage.csv": "client_id,tool,used_on,count\n1,forms,2026-11-19,5\n2,forms,2026-11-19,5\n",
}
CONTACTS = {"clients.csv": "id,name,domain,csm_email\n1,Kari Acmeson,kari.example,bo@x.example\n7,Ola Nordmann,,\n"}
OF_CONTACTS = "source = 'people'\nrecord = 'contact'"


@pytest.fixture
def both(desk: Desk) -> Desk:
    """Two companies, which are the clients, and two contacts, of which one has the same id and other properties."""
    desk.load(COMPANIES)
    desk.load(CONTACTS, OF_CONTACTS)
    with desk.database.write() as connection:
        values = {"installation_id": desk.installation_id, "id": ADA, "slack_user_id": "U1", "name": "ada"}
        connection.execute(insert(person).values(values))
    return desk


def choose(desk: Desk, client: str) -> None:
    """As an admin does, with the job that follows."""
    here = desk.installation_id
    with desk.database.write() as connection:
        catalog.remember(connection, here, desk.catalog, catalog.read(None), NOW)
        before = objects.read(connection, here)
        objects.change(connection, here, ADA, before, replace(before, client=client), NOW)
    standing.catch_up(desk.database, here)


def seen(desk: Desk) -> set[str]:
    """The clients that can be found by their exact names."""
    found = set()
    with desk.database.read() as connection:
        for name in ("Acme", "Globex", "Kari Acmeson", "Ola Nordmann"):
            named = (lookup.IS_EXACT, lookup.exact_parameters(name))
            its = facts.client(connection, desk.installation_id, PRIMARY, desk.catalog, lambda _: None, *named)
            found |= {one.name for one in its}
    return found


def near(desk: Desk, text: str) -> set[str]:
    """All names that a look-up shows for a text, as hits or as "did you mean"."""
    with desk.database.read() as connection:
        found = lookup.find(connection, desk.installation_id, PRIMARY, text)
    return {one.name for one in (*found.hits, *found.nearest)}


def count(desk: Desk) -> int:
    with desk.database.read() as connection:
        return clients.count(connection, desk.installation_id, PRIMARY)


def rows(desk: Desk) -> list[tuple[object, ...]]:
    """All standings."""
    return desk.rows(select(standings).order_by(standings.c.client_id, standings.c.workspace_id))


def named(desk: Desk) -> dict[str | None, int]:
    """The CSMs with the number of their clients."""
    with desk.database.read() as connection:
        return {one.email: one.clients for one in csms.every(connection, desk.installation_id)}


def test_records_of_another_object_are_no_clients(both: Desk) -> None:
    assert seen(both) == {"Acme", "Globex"}
    assert (count(both), named(both)) == (2, {"anna@x.io": 1})
    assert near(both, "ola nordman") == near(both, "kari") == near(both, "kari.example") == set()
    assert near(both, "acm") == near(both, "acmee") == {"Acme"}


def test_another_object_that_is_chosen_takes_their_place_everywhere(both: Desk) -> None:
    choose(both, "contact")
    assert seen(both) == {"Kari Acmeson", "Ola Nordmann"}
    assert (count(both), named(both)) == (2, {"bo@x.example": 1})
    assert near(both, "globx") == near(both, "acme.example") == set()
    assert near(both, "acm") == near(both, "acmesonn") == {"Kari Acmeson"}
    (kari, ola) = rows(both)
    assert (kari[3] is not None, ola[3]) == (True, None)  # Bo, by the property of the same name


def test_the_clients_come_back_as_they_were_with_their_history(both: Desk) -> None:
    history = select(change).order_by(change.c.client_id, change.c.day)
    before, past = rows(both), set(both.rows(history))
    choose(both, "contact")
    choose(both, "company")
    assert rows(both) == before
    assert past <= set(both.rows(history))


def test_a_large_base_is_moved_in_slices_by_the_job(both: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "FIRST", 1)
    monkeypatch.setattr(standing, "MOST", 1)
    with both.database.write() as connection:
        before = objects.read(connection, both.installation_id)
        objects.change(connection, both.installation_id, ADA, before, replace(before, client="contact"), NOW)
    steps = []
    while standing.catch_up(both.database, both.installation_id, seconds=0):
        steps.append(count(both))
    assert steps == [1, 0, 1, 2]


def test_properties_are_looked_for_by_name_on_the_chosen_object_alone(both: Desk) -> None:
    """Contacts have no renewal date: that of companies is none of theirs."""
    choose(both, "contact")
    assert [row[5] for row in rows(both)] == [None, None]
    with both.database.write() as connection:
        connection.execute(update(workspace).values(renewal_property="birthday"))
    contacts = {"clients.csv": "id,name,csm_email,birthday\n1,Kari Acmeson,bo@x.example,2027-02-03\n"}
    both.load(contacts, OF_CONTACTS)
    assert [row[5] for row in rows(both)] == [date(2027, 2, 3), None]


def test_what_is_imported_of_another_object_is_kept_and_told_to_be_no_clients(both: Desk) -> None:
    choose(both, "contact")
    report = both.load({"clients.csv": "id,name\n3,Initech\n"})
    assert (report.clients_are, report.facts["company"].added) == ("contact", 1)
    assert near(both, "Initech") == set()
    assert both.load(CONTACTS, OF_CONTACTS).clients_are is None
    choose(both, "company")
    assert near(both, "Initech") == {"Initech"}


def test_a_later_import_of_either_object_changes_what_it_names_and_shows_the_clients(both: Desk) -> None:
    choose(both, "contact")
    both.load({"clients.csv": "id,name\n1,Acme Holding\n"})
    assert seen(both) == {"Kari Acmeson", "Ola Nordmann"}
    both.load({"clients.csv": "id,name\n1,Kari Holding\n"}, OF_CONTACTS)
    assert near(both, "holding") == {"Kari Holding"}
    choose(both, "company")
    assert near(both, "holding") == {"Acme Holding"}


def test_the_first_clients_that_are_loaded_decide_what_clients_are(desk: Desk) -> None:
    assert desk.load(CONTACTS, OF_CONTACTS, dry_run=True).clients_are is None
    assert desk.rows(select(installation.c.client_object)) == [("company",)]
    assert desk.load(CONTACTS, OF_CONTACTS).clients_are is None
    assert desk.rows(select(installation.c.client_object)) == [("contact",)]
    assert (count(desk), near(desk, "ola")) == (2, {"Ola Nordmann"})
    with desk.database.read() as connection:
        (entry,) = audit.read(connection, desk.installation_id)
    assert (entry.who, entry.action, entry.after) == (None, "objects.changed", {"client": "contact"})
    assert desk.load(COMPANIES).clients_are == "contact"


def test_deals_are_no_clients_whatever_a_mapping_calls_them(desk: Desk) -> None:
    assert desk.load({"clients.csv": "id,name\n1,Acme\n"}, "record = 'deal'").clients_are is None
    assert desk.rows(select(installation.c.client_object)) == [("company",)]
    assert count(desk) == 0


def test_a_sample_that_leaves_decides_nothing(desk: Desk) -> None:
    desk.load(COMPANIES, kind="sample")
    assert desk.load(CONTACTS, OF_CONTACTS, dry_run=True).clients_are is None
    desk.load(CONTACTS, OF_CONTACTS)
    assert seen(desk) == {"Kari Acmeson", "Ola Nordmann"}


def test_what_came_of_clients_while_others_were_chosen_is_scored_when_they_are_again(both: Desk) -> None:
    choose(both, "contact")
    later = TODAY + timedelta(3)
    usage = f"client_id,tool,used_on,count\n1,ads,{later},9\n2,ads,{later},9\n"
    both.load({"usage.csv": usage}, today=later, as_of=later)
    choose(both, "company")
    both_ways = rows(both)
    standing.rescore(both.database, both.installation_id, both.catalog)
    assert rows(both) == both_ways
    assert near(both, "globex") == {"Globex"}
