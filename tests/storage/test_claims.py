"""Claims on each database: of two takers one has the client, until it is low no more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from bot.domain.absences import Covered
from bot.domain.access import Person
from bot.errors import UserError
from storage import claims, schema, stale, standing
from storage.database import Database
from storage.installations import Installation
from tests.conftest import NOW, TODAY
from tests.storage import bases

RULES = bases.small()
ACME, GLOBEX, WONKA = 1, 2, 3
ANNA, BO = 1, 2
CONTACTS, FORMS = 1, 2


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Three clients that are low: nothing that is measured is used."""
    mine = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_tools(connection, installation.id, "contacts", "forms")
        bases.measure(connection, installation.id, 1, [CONTACTS, FORMS])
        bases.add_clients(connection, installation.id, ACME, GLOBEX, WONKA)
        connection.execute(insert(schema.person), [mine | {"id": n, "name": f"Person {n}"} for n in (ANNA, BO)])
    settle(database, installation)
    return installation


def settle(database: Database, here: Installation) -> None:
    standing.advance(database, here.id, RULES, {1: TODAY}, NOW)
    standing.settle(database, here.id, RULES)


def asker(here: Installation, number: int, **changes: Any) -> Person:
    made = Person(number, here.id, here.workspace_id, f"U{number}", f"Person {number}", "UTC", "en-US")
    return replace(made, **changes)


def take(database: Database, who: Person, client: int) -> str:
    """The key of what is said instead."""
    try:
        with database.write() as connection:
            claims.take(connection, who, client, NOW)
    except UserError as error:
        return error.key
    return ""


def taken(database: Database) -> dict[int, int]:
    with database.read() as connection:
        return dict(connection.execute(select(schema.claim.c.client_id, schema.claim.c.person_id)).all())


def test_of_two_at_once_one_has_it_and_the_other_is_told(database: Database, here: Installation) -> None:
    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(lambda number: take(database, asker(here, number), ACME), (ANNA, BO)))
    assert sorted(said) == ["", "claim_taken"]
    assert taken(database) == {ACME: (ANNA, BO)[said.index("")]}


def test_who_takes_it_twice_has_it_from_the_first_time(database: Database, here: Installation) -> None:
    assert [take(database, asker(here, ANNA), ACME) for _ in range(2)] == ["", ""]
    assert taken(database) == {ACME: ANNA}


def test_only_a_low_client_that_one_sees_is_taken(database: Database, here: Installation) -> None:
    with database.write() as connection:
        connection.execute(update(schema.standing).where(schema.standing.c.client_id == WONKA).values(tier="medium"))
        connection.execute(update(schema.standing).where(schema.standing.c.client_id == ACME).values(person_id=BO))
    elsewhere = asker(here, ANNA, workspace_id=7)
    covering = replace(elsewhere, covers=(Covered(BO, "Bo", "U2", "", here.workspace_id, TODAY),))
    assert take(database, asker(here, ANNA), WONKA) == "claim_not_low"
    assert take(database, elsewhere, ACME) == "claim_not_low"
    assert take(database, covering, ACME) == ""


def test_given_back_it_can_be_taken_by_another(database: Database, here: Installation) -> None:
    take(database, asker(here, ANNA), ACME)
    for whose, left in ((BO, {ACME: ANNA}), (ANNA, {})):  # that of somebody who has it no longer gives nothing back
        with database.write() as connection:
            claims.give_back(connection, asker(here, BO), ACME, whose, NOW)
        assert taken(database) == left
    assert take(database, asker(here, BO), ACME) == ""


def test_it_ends_when_the_client_is_low_no_more_or_archived(database: Database, here: Installation) -> None:
    for client in (ACME, GLOBEX, WONKA):
        take(database, asker(here, ANNA), client)
    with database.write() as connection:
        bases.add_usage(connection, here.id, ACME, FORMS, TODAY, 5)
        bases.add_usage(connection, here.id, ACME, CONTACTS, TODAY, 5)
        bases.add_usage(connection, here.id, GLOBEX, CONTACTS, TODAY, 1)  # too little to count
        connection.execute(update(schema.record).where(schema.record.c.id == WONKA).values(archived_at=NOW))
        stale.mark(connection, here.id, [WONKA])
    settle(database, here)
    assert taken(database) == {GLOBEX: ANNA}


def test_where_no_tier_changed_no_statement_is_about_claims(database: Database, here: Installation) -> None:
    take(database, asker(here, ANNA), ACME)
    said: list[str] = []
    with database.write() as connection:
        stale.mark(connection, here.id, [ACME, GLOBEX])
        event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
        standing.score(connection, here.id, RULES, ACME)
    assert said
    assert [one for one in said if "claim" in one] == []
