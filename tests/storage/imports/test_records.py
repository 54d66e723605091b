"""Clients and their properties, services and deals: what is kept, and what a second import changes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from bot.domain import names
from storage import standing as scores
from storage.schema import client_word, field, person, record, record_date, record_person, stale, standing
from tests.storage.imports.conftest import Desk

HEADER = "id,name,domain,csm_email,renewal_date,mrr,Segment,Staff,Founded,Partner\n"
ROWS = (
    "A,Acme AS,https://www.acme.example/x,Anna@Example.com,2027-01-31,99.5,SMB,9,1999-05-01,ola@example.com\n"
    "B,Globex,,,,,,,,\n"
)


def test_further_columns_are_properties_with_a_guessed_type(desk: Desk) -> None:
    desk.load({"clients.csv": HEADER + ROWS})
    types = dict(desk.rows(select(field.c.name, field.c.type)))
    assert types == {"csm_email": "user", "renewal_date": "date", "Segment": "text", "Staff": "number",
                     "Founded": "date", "Partner": "user"}  # fmt: skip
    kept = desk.rows(select(record.c.name, record.c.name_key, record.c.domain, record.c.mrr, record.c.properties))
    assert kept[0][:4] == ("Acme AS", names.key("Acme AS"), "acme.example", 99.5)
    assert kept[0][4] == {"csm_email": "anna@example.com", "renewal_date": "2027-01-31", "Segment": "SMB", "Staff": 9,
                          "Founded": "1999-05-01", "Partner": "ola@example.com"}  # fmt: skip
    assert kept[1][4] == {}


def test_user_and_date_values_stand_in_typed_rows_too(desk: Desk) -> None:
    desk.load({"clients.csv": HEADER + ROWS})
    people = select(field.c.name, person.c.email).select_from(record_person)
    people = people.join(field, field.c.id == record_person.c.property_id).join(
        person, person.c.id == record_person.c.person_id
    )
    assert sorted(desk.rows(people)) == [("Partner", "ola@example.com"), ("csm_email", "anna@example.com")]
    days = select(field.c.name, record_date.c.day).join(field, field.c.id == record_date.c.property_id)
    assert sorted(desk.rows(days)) == [("Founded", date(1999, 5, 1)), ("renewal_date", date(2027, 1, 31))]


def test_a_changed_row_changes_only_what_it_says(desk: Desk) -> None:
    desk.load({"clients.csv": HEADER + ROWS})
    report = desk.load({"clients.csv": "id,name,csm_email,Staff\nA,Acme Nordic AS,bo@example.com,\nB,Globex,,\n"})
    assert (report.facts["company"].changed, report.facts["company"].unchanged) == (1, 1)
    name, domain, mrr, kept = desk.rows(
        select(record.c.name, record.c.domain, record.c.mrr, record.c.properties).where(record.c.external_id == "A")
    )[0]
    assert (name, domain, mrr) == ("Acme Nordic AS", "acme.example", 99.5)
    assert kept["csm_email"] == "bo@example.com"
    assert "Staff" not in kept
    assert kept["Segment"] == "SMB"
    emails = select(person.c.email).join(record_person, record_person.c.person_id == person.c.id)
    assert sorted(email for (email,) in desk.rows(emails)) == ["bo@example.com", "ola@example.com"]


def test_a_renamed_client_is_found_by_its_new_name_only(desk: Desk) -> None:
    desk.load({"clients.csv": "id,name\nA,Acme AS\n"})
    desk.load({"clients.csv": "id,name\nA,Hooli AS\n"})
    assert desk.rows(select(client_word.c.word)) == [("hooli",)]


def test_a_renamed_client_is_found_by_its_new_name_before_its_score_is_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.load({"clients.csv": "id,name\nA,Acme AS\nB,Globex\n"})
    names_of = select(standing.c.name_key).order_by(standing.c.client_id)
    assert desk.rows(names_of) == [("acme",), ("globex",)]
    monkeypatch.setattr(scores, "settle", lambda *_args, **_options: 0)
    desk.load({"clients.csv": "id,name\nA,Hooli AS\nB,Globex\n"})
    assert desk.rows(names_of) == [("hooli",), ("globex",)]


def test_a_persons_row_is_made_once_for_an_address_in_any_case(desk: Desk) -> None:
    desk.load({"clients.csv": "id,name,csm_email\nA,Acme,Anna@example.com\nB,Globex,anna@EXAMPLE.com\n"})
    assert desk.rows(select(person.c.email)) == [("anna@example.com",)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "2.5", ""], "number"),
        (["007", "12"], "text"),
        (["2026-01-01", ""], "date"),
        (["a@example.com"], "user"),
        (["1", "one"], "text"),
        (["", ""], "text"),
        (["1"] * 39 + ["n/a"], "number"),
        (["True", "FALSE"], "text"),
    ],
)
def test_a_type_is_what_nearly_all_filled_cells_fit(one_desk: Desk, values: list[str], expected: str) -> None:
    rows = "".join(f"{i},Client {i},{value}\n" for i, value in enumerate(values))
    one_desk.load({"clients.csv": "id,name,x\n" + rows})
    assert one_desk.rows(select(field.c.type)) == [(expected,)]


def test_a_type_once_fixed_stays_and_misfits_are_left_empty(desk: Desk) -> None:
    desk.load({"clients.csv": "id,name,x\nA,Acme,1\n"})
    report = desk.load({"clients.csv": "id,name,x,renewal_date\nA,Acme,one,soon\nB,Globex,two,2027-01-01\n"})
    assert report.files[0].misfits == {("x", "number"): 2, ("renewal_date", "date"): 1}
    assert (report.files[0].read, report.files[0].refused) == (2, 0)
    assert desk.rows(select(record.c.properties).order_by(record.c.id)) == [({},), ({"renewal_date": "2027-01-01"},)]


def test_a_mapping_settles_a_type_even_later(desk: Desk) -> None:
    files = {"clients.csv": "id,name,since\nA,Acme,2024-05-01\n"}
    desk.load(files, "properties = { since = 'text' }")
    assert desk.rows(select(record_date)) == []
    desk.load(files, "properties = { Since = 'date' }")
    assert desk.rows(select(record_date.c.day)) == [(date(2024, 5, 1),)]
    desk.load(files, "properties = { since = 'text' }")
    assert desk.rows(select(record_date)) == []
    assert desk.rows(select(record.c.properties)) == [({"since": "2024-05-01"},)]


def test_true_and_false_are_kept_in_one_spelling(one_desk: Desk) -> None:
    one_desk.load({"clients.csv": "id,name,trial\nA,Acme,TRUE\nB,Globex,False\n"})
    assert one_desk.rows(select(record.c.properties).order_by(record.c.id)) == [
        ({"trial": "true"},),
        ({"trial": "false"},),
    ]


def test_services_and_deals_are_records_with_their_client(desk: Desk) -> None:
    files = {
        "clients.csv": "id,name\nA,Acme\n",
        "deals.csv": "id,client_id,name,stage,amount,Source\nD1,A,Renewal,won,1200,web\nD2,Z,Other,,,\n",
        "services.csv": "id,client_id,name,pipeline\nA,A,Onboarding,start\n",
    }
    report = desk.load(files)
    assert [(one.object, one.refused) for one in report.files] == [("clients", 0), ("services", 0), ("deals", 1)]
    kept = select(record.c.object, record.c.external_id, record.c.name_key, record.c.properties).order_by(
        record.c.object
    )
    assert desk.rows(kept) == [
        ("company", "A", "acme", {}),
        ("deal", "D1", "", {"client_id": "A", "stage": "won", "amount": 1200, "Source": "web"}),
        ("service", "A", "", {"client_id": "A", "pipeline": "start"}),
    ]
    assert desk.rows(
        select(standing.c.client_id, client_word.c.word).join(
            client_word, client_word.c.client_id == standing.c.client_id
        )
    ) == [(1, "acme")]
    assert {name: one.unchanged for name, one in desk.load(files).facts.items()} == {
        "company": 1,
        "service": 1,
        "deal": 1,
    }


def test_whose_a_service_is_follows_what_its_file_says(desk: Desk) -> None:
    kept = select(record.c.client_key).order_by(record.c.object, record.c.external_id)
    desk.load({"clients.csv": "id,name\nA,Acme\nB,Globex\n", "services.csv": "id,client_id,name\nS,A,Setup\n"})
    assert desk.rows(kept) == [(None,), (None,), ("A",)]
    desk.load({"services.csv": "id,client_id,name\nS,B,Setup\n"})
    assert desk.rows(kept) == [(None,), (None,), ("B",)]


def test_every_imported_client_has_a_standing_and_no_mark_is_left(desk: Desk) -> None:
    desk.load({"clients.csv": HEADER + ROWS})
    assert len(desk.rows(select(standing.c.client_id))) == 2
    assert desk.rows(select(stale)) == []
