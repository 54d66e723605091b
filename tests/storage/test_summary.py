"""The Summary of the Home tab on each database: whose tasks and clients it has, and how much of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.domain.access import Person
from bot.domain.home import Summary
from bot.domain.key_accounts import Owner
from storage import key_accounts, schema, summary
from storage.database import Database
from storage.installations import Installation
from tests.conftest import NOW
from tests.storage import bases
from tests.storage.test_tasks import TODAY, add

ANNA, BO = 1, 2
OTHER = 9  # another CS workspace


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Ten clients of Anna's and one of Bo's, which fell and renew by their numbers, and one in another workspace."""
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, *range(1, 13))
        people = [{"id": n, "slack_user_id": f"U{n}", "name": f"Person {n}"} for n in (ANNA, BO)]
        connection.execute(insert(schema.person), [mine | one for one in people])
        for number in range(1, 13):
            stands = {"client_id": number, "person_id": BO if number == 11 else ANNA, "tier": "low", "share": 0.2}
            stands |= {"score": 2, "workspace_id": OTHER if number == 12 else installation.workspace_id}
            stands |= {"change_7": (number - 5) / 10, "renews_on": TODAY + timedelta(days=20 * number)}
            connection.execute(insert(schema.standing).values(**mine, **stands))
        for number in range(1, 13):
            add(connection, installation, number, ANNA, TODAY + timedelta(days=number - 10))
    return installation


def person(here: Installation, **changes: Any) -> Person:
    one = Person(ANNA, here.id, here.workspace_id, f"U{ANNA}", "", "UTC", "en-US", as_of=TODAY, owns=True)
    return replace(one, **changes)


def read(database: Database, asker: Person) -> Summary:
    with database.read() as connection:
        return summary.read(connection, asker, bases.small(), lambda _: None, TODAY)


def test_it_has_the_first_of_ones_own_tasks_and_clients(database: Database, here: Installation) -> None:
    found = read(database, person(here))
    assert [one.id for one in found.due] == list(range(1, 9))
    assert found.has_more
    assert {tier: group.clients for tier, group in found.tiers.items()} == {"low": 10}
    assert [one.id for one in found.fell] == [1, 2, 3, 4]  # not who did not
    assert [one.id for one in found.renewals] == [1, 2, 3, 4]  # within ninety days
    assert found.followed == ()
    assert found.steps is None


def test_what_is_due_on_a_day_off_waits_for_the_next_working_day(database: Database, here: Installation) -> None:
    days = {"id": 1, "person_id": ANNA, "from_on": TODAY - timedelta(days=9), "to_on": TODAY, "made_by": ANNA}
    with database.write() as connection:
        connection.execute(insert(schema.absence).values(installation_id=here.id, **days, made_at=NOW))
    found = read(database, person(here))
    assert found.due == []
    assert found.next is not None
    assert found.next.id == 1


def test_key_accounts_may_be_others_clients_but_none_of_another_workspace(
    database: Database, here: Installation
) -> None:
    with database.write() as connection:
        for client in (3, 11, 12):
            key_accounts.keep(connection, person(here), client, {Owner.ME}, NOW)
    assert [one.id for one in read(database, person(here)).followed] == [3, 11]


def test_late_data_tells_of_no_fall(database: Database, here: Installation) -> None:
    late = read(database, person(here, as_of=TODAY - timedelta(days=30)))
    assert late.fell == []
    assert late.renewals != ()


def test_without_a_seat_there_is_nothing_but_what_is_to_be_set_up(database: Database, here: Installation) -> None:
    assert read(database, person(here, has_seat=False)) == Summary()
    found = read(database, person(here, has_seat=False, is_super_admin=True))
    assert found.steps is not None
    assert replace(found, steps=None) == Summary()
    assert read(database, person(here, is_super_admin=True, looks_as=BO)).steps is None
