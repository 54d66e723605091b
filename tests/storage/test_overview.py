"""The overview of a team on each database: by CSM, low clients and those of them that somebody has taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from bot.domain.filters import Filter
from bot.domain.listing import Colleague, Listing, Scope, Whose
from storage import overview, schema
from storage.database import Database
from storage.installations import Installation
from tests.conftest import NOW, TODAY
from tests.storage import bases

RULES = bases.small()
ACME, GLOBEX, WONKA = 1, 2, 3
ANNA, BO = 1, 2


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Three clients that are low."""
    mine = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, ACME, GLOBEX, WONKA)
        connection.execute(insert(schema.person), [mine | {"id": n, "name": f"Person {n}"} for n in (ANNA, BO)])
        stands = [
            mine | {"client_id": n, "workspace_id": installation.workspace_id, "tier": "low"}
            for n in (ACME, GLOBEX, WONKA)
        ]
        connection.execute(insert(schema.standing), stands)
    return installation


def colleagues(database: Database, here: Installation) -> Sequence[Colleague]:
    asked = Listing(here.id, here.workspace_id, Scope(Whose.ALL), Filter(), TODAY, TODAY)
    with database.read() as connection:
        return overview.read(connection, RULES, lambda _: None, asked, by_csm=True).colleagues


def test_the_clients_of_each_csm_say_how_many_low_ones_are_taken_and_who_is_away(
    database: Database, here: Installation
) -> None:
    at, mine = schema.standing.c, {"installation_id": here.id, "made_by": ANNA, "made_at": NOW}
    with database.write() as connection:
        connection.execute(update(schema.standing).where(at.client_id <= GLOBEX).values(person_id=ANNA))
        days = [(ANNA, -3, 0), (ANNA, 2, 9), (BO, -9, -1)]
        rows = [
            mine | {"id": n, "person_id": who, "from_on": TODAY + timedelta(first), "to_on": TODAY + timedelta(last)}
            for n, (who, first, last) in enumerate(days)
        ]
        connection.execute(insert(schema.absence), rows)
        taken = [
            {"installation_id": here.id, "client_id": one, "person_id": BO, "taken_at": NOW} for one in (ACME, WONKA)
        ]
        connection.execute(insert(schema.claim), taken)
    assert colleagues(database, here) == (
        Colleague("Person 1", 2, 2, taken=1, away_to=TODAY),
        Colleague(None, 1, 1, taken=1),
    )
    with database.write() as connection:
        connection.execute(update(schema.standing).where(at.client_id == WONKA).values(person_id=BO))
        connection.execute(update(schema.standing).where(at.client_id == ACME).values(tier="medium"))
    assert colleagues(database, here) == (
        Colleague("Person 1", 2, 1, away_to=TODAY),
        Colleague("Person 2", 1, 1, taken=1),
    )
