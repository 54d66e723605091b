"""Who covers sees the clients of whom they cover, on each database, in whichever CS workspace these stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.domain.absences import Covered, Meanwhile, Moved, Said
from bot.domain.access import Person
from bot.domain.activity import Kind, Note, Priority, Task
from bot.domain.filters import Filter, Sort
from bot.domain.listing import Listing
from bot.domain.tasks import Place
from bot.domain.workspaces import EVERYTHING
from storage import (
    activity,
    audit,
    clients,
    export_rows,
    facts,
    listing,
    lookup,
    meanwhile,
    mentions,
    offers,
    overview,
    people,
    schema,
    scopes,
    tasks,
)
from tests.conftest import NOW
from tests.storage.test_visibility import ANNA, CENTRAL, CLEO, NORDIC, START, Spaces, spaces

__all__ = ["spaces"]
CALL = Task(2, None, "Call", "", START, Priority.LOW, "U1")
ANNAS = Filter(csm="anna@example.com", sort=Sort.NAME)


@pytest.fixture
def cleo(spaces: Spaces) -> Person:
    """Anna's clients 1, 2 and 3 stand in Nordic by its own property; 3 and 90 in Cleo's Central, where 3 is Cleo's."""
    spaces.everything()
    spaces.workspace(NORDIC, csm_property="second_csm")
    spaces.workspace(CENTRAL)
    spaces.team(1, NORDIC, ANNA)
    spaces.team(2, CENTRAL, CLEO)
    for client in (1, 2, 3):
        spaces.name(client, ANNA, of=2)
    spaces.settle()
    with spaces.database.write() as connection:
        days = {"from_on": NOW.date(), "to_on": NOW.date(), "cover_id": CLEO, "made_by": ANNA, "made_at": NOW}
        connection.execute(insert(schema.absence).values(installation_id=spaces.id, id=1, person_id=ANNA, **days))
        found = people.by_id(connection, spaces.id, CLEO, NOW)
    assert found is not None
    return found


def listed(spaces: Spaces, asker: Person, wanted: Filter = ANNAS) -> Listing:
    with spaces.database.read() as connection:
        scope = scopes.resolve(connection, asker, wanted)
    return Listing(spaces.id, asker.workspace_id, scope, wanted, START, None)


def page(spaces: Spaces, asker: Person, wanted: Filter = ANNAS) -> list[int]:
    asked = listed(spaces, asker, wanted)
    with spaces.database.read() as connection:
        return [line.id for line in listing.page(connection, spaces.rules, lambda _: None, asked).lines]


def test_the_places_are_as_said(spaces: Spaces, cleo: Person) -> None:
    assert spaces.places()[NORDIC] == {1: ANNA, 2: ANNA, 3: ANNA}
    assert spaces.places()[CENTRAL] == {3: CLEO}
    assert cleo.covers == (Covered(ANNA, "anna", "U1", "anna@example.com", NORDIC, NOW.date()),)


def test_a_list_has_all_clients_of_whom_one_covers_and_own_lists_have_none(spaces: Spaces, cleo: Person) -> None:
    assert page(spaces, cleo) == [1, 2, 3]
    assert page(spaces, cleo, Filter(team="all", sort=Sort.NAME)) == [3]
    assert page(spaces, replace(cleo, covers=())) == []
    asked = listed(spaces, cleo)
    with spaces.database.snapshot() as connection:
        assert [one.line.id for one in export_rows.entries(connection, spaces.rules, asked)] == [1, 2, 3]
        assert offers.count(connection, spaces.rules, asked).clients == 3
        assert overview.read(connection, spaces.rules, lambda _: None, asked, by_csm=False).clients == 3


def test_a_client_of_both_is_found_once_and_as_it_stands_with_oneself(spaces: Spaces, cleo: Person) -> None:
    here = (spaces.id, cleo.workspace_id)
    with spaces.database.read() as connection:
        assert clients.count(connection, *here, cleo.covered) == 3
        found = lookup.find(connection, *here, "client", covered=cleo.covered)
        assert sorted(hit.client_id for hit in found.hits) == [1, 2, 3]
        values = {"client": 3}
        (first, *_) = facts.client(connection, *here, spaces.rules, lambda _: None, facts.BY_ID, values, cleo.covered)
        assert first.csm_id == CLEO


@pytest.mark.parametrize(("client", "is_seen"), [(1, True), (2, True), (3, True), (90, False)])
def test_a_client_is_seen_by_every_question_or_by_none(
    spaces: Spaces, cleo: Person, client: int, is_seen: bool
) -> None:
    here = (spaces.id, cleo.workspace_id)
    with spaces.database.read() as connection:
        stand = clients.stand(connection, spaces.id, client)
        named = lookup.find(connection, *here, f"Client {client}", covered=cleo.covered)
        shown = facts.client(
            connection, *here, spaces.rules, lambda _: None, facts.BY_ID, {"client": client}, cleo.covered
        )
        told = [
            stand is not None and cleo.sees(stand.workspaces),
            clients.name(connection, cleo, client) is not None,
            client in {hit.client_id for hit in named.hits},
            bool(shown),
        ]
    assert told == [is_seen] * 4


def test_a_text_names_clients_of_whom_one_covers_too(spaces: Spaces, cleo: Person) -> None:
    """Also the one that is seen in two places: it is still one."""
    with spaces.database.read() as connection:
        for client in (2, 3):
            named = mentions.client(connection, cleo, f"client {client} called")
            assert named is not None
            assert named.id == client
        assert mentions.client(connection, replace(cleo, covers=()), "client 2 called") is None


def test_who_covers_does_the_tasks_that_are_seen_and_given_to_whom_they_cover(spaces: Spaces, cleo: Person) -> None:
    with spaces.database.write() as connection:
        anna = people.by_id(connection, spaces.id, ANNA, NOW)
        assert anna is not None
        assert activity.log_task(connection, anna, CALL, "V1", NOW)
        (one,) = tasks.open_of(connection, cleo, Place(is_covered=True), 9)
        assert tasks.open_of(connection, cleo, Place(), 9) == []
        assert activity.of_client(connection, cleo, 2)
        assert not tasks.finish(connection, replace(cleo, covers=()), one.id, NOW)
        assert not tasks.finish(connection, replace(cleo, looks_as=ANNA), one.id, NOW)
        assert tasks.finish(connection, cleo, one.id, NOW)


def test_what_a_cover_sends_to_the_crm_again_is_audited(spaces: Spaces, cleo: Person) -> None:
    with spaces.database.write() as connection:
        pushing = replace(cleo, crm="CRM")
        assert activity.leave_note(connection, pushing, Note(2, None, "They moved"), "V1", NOW)
        connection.execute(update(schema.outbox).values(state="refused"))
        number = connection.execute(select(schema.note.c.id)).scalar_one()
        for asker in (pushing, pushing):  # of two clicks one does something
            activity.push_again(connection, asker, Kind.NOTE, number, NOW)
        told = audit.read(connection, spaces.id)
    assert [(one.action, one.after["did"]) for one in told if one.action == "cover.acted"] == [
        ("cover.acted", "push.again"), ("cover.acted", "note.left")
    ]  # fmt: skip


def test_who_is_back_is_told_what_others_did_in_their_clients(spaces: Spaces, cleo: Person) -> None:
    """Not what they did themselves, nor what happened to clients of others; and nothing of another absence."""
    with spaces.database.write() as connection:
        anna = people.by_id(connection, spaces.id, ANNA, NOW)
        assert anna is not None
        for number, client in enumerate((1, 2, 3)):
            assert activity.log_task(connection, anna, replace(CALL, client_id=client), f"V{number}", NOW)
        first, second, _ = tasks.open_of(connection, anna, Place(), 9)
        assert tasks.finish(connection, cleo, first.id, NOW)
        assert tasks.finish(connection, anna, second.id, NOW)
        assert activity.leave_note(connection, cleo, Note(2, None, "They moved"), "V8", NOW)
        assert activity.leave_note(connection, anna, Note(2, None, "So they did"), "V9", NOW)
        at, day = {"installation_id": spaces.id, "client_id": 1}, NOW.date() - timedelta(days=1)
        row = {"day": day, "tier": "high", "score": 8, "earned": 8, "possible": 10, "catalog_hash": "", **at}
        connection.execute(insert(schema.change).values(**row, from_import=False))
        connection.execute(update(schema.standing).where(schema.standing.c.client_id == 1).values(score=3))
        found = meanwhile.read(connection, anna, 1, 1)
        assert meanwhile.read(connection, anna, 1, 2) is None
        assert meanwhile.read(connection, cleo, 1, 1) is None
    assert found == Meanwhile(
        NOW.date(), NOW.date(), "cleo",
        (Said(first.client, "Call", "cleo"),), (Said("Client 2", "They moved", "cleo"),), (Moved("Client 1", 8, 3),),
    )  # fmt: skip


def test_who_sees_all_sees_a_covered_client_once(spaces: Spaces, cleo: Person) -> None:
    dina = replace(cleo, workspace_id=EVERYTHING, is_super_admin=True)
    assert dina.covered == ()
    assert dina.acts_for == (ANNA,)
    assert page(spaces, dina) == [1, 2]  # by the property of the primary workspace, as all that they see
