"""First steps as they are read: from nothing to all that can be done."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, update

from bot.domain.first_steps import Steps
from bot.playground.people import ANNA, TEAM, cast
from storage import first_steps, imports, installations, people
from storage.database import Database
from storage.installations import Installation
from storage.schema import installation as homes
from storage.schema import team
from tests.bots import BASE, CATALOG
from tests.conftest import NOW, TODAY


def read(database: Database, here: int) -> Steps:
    with database.read() as connection:
        return first_steps.read(connection, here, CATALOG)


def test_steps_are_done_one_by_one(database: Database, installation: Installation) -> None:
    here, tools = installation.id, len(CATALOG.tools)
    assert read(database, here) == Steps(0, None, 0, tools, 0, 0, 0, False)
    with database.write() as connection:
        installations.bind(connection, here, TEAM.id)
    imports.run(database, here, [BASE], catalog=CATALOG, today=TODAY, now=NOW, as_of=TODAY)
    assert read(database, here) == Steps(7, date(2026, 11, 20), 14, tools, 0, 3, 0, False)
    with database.write() as connection:
        anna = next(one for one in cast() if one.id == ANNA)
        user = {"id": anna.id, "team_id": anna.team_id, "profile": {"email": anna.email}}
        people.keep(connection, here, user, NOW)
        connection.execute(insert(team).values(installation_id=here, id=1, name="A", name_key="a"))
        connection.execute(update(homes).values(seats_by_hand=True))
    found = read(database, here)
    assert (found.found, found.teams, found.seats_by_hand) == (1, 1, True)
    assert found.done == (True, True, False, True, False)
