"""Who sees what: in which workspaces clients stand, and that a change of settings moves them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from storage import catalog, schema, stale, standing
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.storage import bases
from tests.storage.bases import CATALOG, small

START = date(2026, 6, 1)
PRIMARY, NORDIC, CENTRAL = 1, 2, 3
CSM, OTHER_CSM, RENEWAL, OTHER_RENEWAL = 1, 2, 3, 4  # properties
ANNA, CLEO, DAN = 1, 2, 3
CLIENTS = (1, 2, 3, 90)


class Spaces:
    """A base of four clients and three people, whose teams and workspaces change as an admin changes them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rules = small()
        with database.write() as connection:
            self.home: Installation = create(connection, NOW)
            self.id = self.home.id
            catalog.remember(connection, self.id, self.rules, CATALOG, NOW)
            bases.add_source(connection, self.id, 1, "all")
            bases.add_clients(connection, self.id, *CLIENTS)
            for number, name in ((ANNA, "anna"), (CLEO, "cleo"), (DAN, "dan")):
                values = {"slack_user_id": f"U{number}", "email": f"{name}@example.com", "name": name}
                self._add(connection, schema.person, id=number, **values)
            for number, (name, kind) in enumerate(
                (("csm_email", "user"), ("second_csm", "user"), ("renewal_date", "date"), ("ends_on", "date")), start=1
            ):
                self._add(connection, schema.field, id=number, object="company", name=name, label=name, type=kind)

    def _add(self, connection: Any, table: Any, **values: Any) -> None:
        connection.execute(insert(table).values(installation_id=self.id, **values))

    def name(self, client: int, csm: int | None, of: int = CSM) -> None:
        """Say who is a client's CSM by a property, as an import does."""
        one = schema.record_person
        mine = (one.c.installation_id == self.id, one.c.property_id == of, one.c.record_id == client)
        with self.database.write() as connection:
            connection.execute(delete(one).where(*mine))
            if csm is not None:
                self._add(connection, one, property_id=of, record_id=client, person_id=csm)
            stale.mark(connection, self.id, [client])

    def renew(self, client: int, day: int, of: int = RENEWAL) -> None:
        with self.database.write() as connection:
            values = {"property_id": of, "record_id": client, "day": START + timedelta(day)}
            self._add(connection, schema.record_date, **values)
            stale.mark(connection, self.id, [client])

    def workspace(self, number: int, csm_property: str = "csm_email", renewal_property: str | None = None) -> None:
        with self.database.write() as connection:
            values = {"csm_property": csm_property, "renewal_property": renewal_property}
            self._add(connection, schema.workspace, id=number, name=f"W{number}", is_primary=False, **values)
            standing.resettle(connection, self.id)

    def team(self, number: int, workspace: int | None, *people: int) -> None:
        """A team, whose primary one these people's is."""
        with self.database.write() as connection:
            values = {"name": f"T{number}", "name_key": f"t{number}", "workspace_id": workspace}
            self._add(connection, schema.team, id=number, **values)
            for person in people:
                self._add(connection, schema.team_member, person_id=person, team_id=number, is_primary=True)
            standing.resettle(connection, self.id)

    def move(self, team: int, workspace: int | None) -> None:
        mine = (schema.team.c.installation_id == self.id, schema.team.c.id == team)
        with self.database.write() as connection:
            connection.execute(update(schema.team).where(*mine).values(workspace_id=workspace))
            standing.resettle(connection, self.id)

    def settle(self) -> int:
        """What an import does at its end."""
        standing.advance(self.database, self.id, self.rules, {1: START}, NOW)
        return standing.settle(self.database, self.id, self.rules)

    def catch_up(self) -> int:
        return standing.catch_up(self.database, self.id)

    def rows(self) -> Sequence[Any]:
        one = schema.standing.c
        query = select(schema.standing).where(one.installation_id == self.id).order_by(one.client_id, one.workspace_id)
        with self.database.read() as connection:
            return list(connection.execute(query))

    def places(self) -> dict[int, dict[int, int | None]]:
        """The CSM of each client in each workspace where it stands."""
        found: dict[int, dict[int, int | None]] = {}
        for row in self.rows():
            found.setdefault(row.workspace_id, {})[row.client_id] = row.person_id
        return found


@pytest.fixture
def spaces(database: Database) -> Spaces:
    """Anna has clients 1 and 2, Cleo has 3, nobody has 90; all stand in the primary workspace."""
    one = Spaces(database)
    for client, csm in ((1, ANNA), (2, ANNA), (3, CLEO)):
        one.name(client, csm)
    one.settle()
    return one


def test_without_created_workspaces_all_clients_stand_in_the_primary_one(spaces: Spaces) -> None:
    assert spaces.places() == {PRIMARY: {1: ANNA, 2: ANNA, 3: CLEO, 90: None}}


def test_a_team_that_is_put_into_a_workspace_takes_its_clients_with_it_and_back(spaces: Spaces) -> None:
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    assert spaces.catch_up() == len(CLIENTS)
    assert spaces.places() == {NORDIC: {1: ANNA, 2: ANNA}, PRIMARY: {3: CLEO, 90: None}}
    spaces.move(1, None)
    spaces.catch_up()
    assert spaces.places() == {PRIMARY: {1: ANNA, 2: ANNA, 3: CLEO, 90: None}}


def test_a_change_that_no_standing_depends_on_makes_no_score_again(spaces: Spaces) -> None:
    with spaces.database.write() as connection:
        assert not standing.resettle(connection, spaces.id)
    assert spaces.catch_up() == 0
