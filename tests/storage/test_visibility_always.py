"""Whatever imports and admins do one after the other: every client with a CSM is seen by that CSM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from bot.domain.workspaces import EVERYTHING
from storage import catalog, everything, people, schema, stale, standing
from storage.database import Database
from tests.conftest import NOW
from tests.storage import bases
from tests.storage.bases import CATALOG, small
from tests.storage.test_standing import CLIENTS, Base, Step, change, use

PRIMARY, CREATED, TEAMS, PERSONS, PROPERTIES = 1, (2, 3), (1, 2, 3), (1, 2, 3), {1: "csm_email", 2: "second_csm"}


class Spaces(Base):
    """A base whose people, teams and workspaces an admin changes."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        mine = {"installation_id": self.id}
        with database.write() as connection:
            catalog.remember(connection, self.id, small(), CATALOG, NOW)
            for number in PERSONS:
                connection.execute(insert(schema.person).values(**mine, id=number, slack_user_id=f"U{number}"))
            for number, name in PROPERTIES.items():
                values = {"id": number, "object": "company", "name": name, "label": name, "type": "user"}
                connection.execute(insert(schema.field).values(**mine, **values))
            for number in TEAMS:
                values = {"id": number, "name": f"T{number}", "name_key": f"t{number}"}
                connection.execute(insert(schema.team).values(**mine, **values))

    def name(self, client: int, csm: int | None, of: int) -> None:
        one = schema.record_person
        mine = (one.c.installation_id == self.id, one.c.property_id == of, one.c.record_id == client)
        with self.database.write() as connection:
            connection.execute(delete(one).where(*mine))
            if csm is not None:
                values = {"property_id": of, "record_id": client, "person_id": csm}
                connection.execute(insert(one).values(installation_id=self.id, **values))
            stale.mark(connection, self.id, [client])

    def create(self, number: int, csm_property: str) -> None:
        """Create a workspace, or have it go by another property."""
        one = schema.workspace
        mine = (one.c.installation_id == self.id, one.c.id == number)
        with self.database.write() as connection:
            everything.make(connection, self.id)
            if not connection.execute(update(one).where(*mine).values(csm_property=csm_property)).rowcount:
                values = {"id": number, "name": "", "is_primary": False, "csm_property": csm_property}
                connection.execute(insert(one).values(installation_id=self.id, **values))
            standing.resettle(connection, self.id)

    def drop(self, number: int) -> None:
        one, of_it = schema.workspace.c, schema.team.c
        with self.database.write() as connection:
            its = (of_it.installation_id == self.id, of_it.workspace_id == number)
            connection.execute(update(schema.team).where(*its).values(workspace_id=None))
            connection.execute(delete(schema.workspace).where(one.installation_id == self.id, one.id == number))
            standing.resettle(connection, self.id)

    def move(self, team: int, number: int | None) -> None:
        """Put a team into a workspace, where there is that one."""
        one, of = schema.workspace.c, schema.team.c
        with self.database.write() as connection:
            there = connection.scalar(select(one.id).where(one.installation_id == self.id, one.id == number))
            mine = (of.installation_id == self.id, of.id == team)
            connection.execute(update(schema.team).where(*mine).values(workspace_id=there))
            standing.resettle(connection, self.id)

    def join(self, person: int, team: int | None) -> None:
        one = schema.team_member
        with self.database.write() as connection:
            connection.execute(delete(one).where(one.c.installation_id == self.id, one.c.person_id == person))
            if team is not None:
                values = {"person_id": person, "team_id": team, "is_primary": True}
                connection.execute(insert(one).values(installation_id=self.id, **values))
            standing.resettle(connection, self.id)

    def catch_up(self) -> None:
        standing.catch_up(self.database, self.id)

    def live(self) -> set[int]:
        """The clients that are not archived."""
        one = schema.record.c
        with self.database.read() as connection:
            query = select(one.id).where(one.installation_id == self.id, one.archived_at.is_(None))
            return set(connection.scalars(query))

    def named(self) -> list[Any]:
        """(client, person, property) of each of them."""
        one = schema.record_person.c
        query = select(one.record_id, one.person_id, one.property_id).where(one.installation_id == self.id)
        with self.database.read() as connection:
            found = connection.execute(query).all()
        return [row for row in found if row.record_id in self.live()]

    def property_of(self) -> dict[int, str]:
        one = schema.workspace.c
        with self.database.read() as connection:
            found = connection.execute(select(one.id, one.csm_property).where(one.installation_id == self.id))
            return dict(found.all())

    def sees(self, person: int) -> int:
        with self.database.read() as connection:
            found = people.by_id(connection, self.id, person)
        assert found is not None
        return found.workspace_id

    def settled(self) -> Sequence[Any]:
        one = schema.standing.c
        query = select(schema.standing).where(one.installation_id == self.id).order_by(one.client_id, one.workspace_id)
        with self.database.read() as connection:
            return list(connection.execute(query))


clients, persons, teams = st.sampled_from(CLIENTS), st.sampled_from(PERSONS), st.sampled_from(TEAMS)
name = st.tuples(st.just("name"), clients, st.none() | persons, st.sampled_from(list(PROPERTIES)))
admin = st.one_of(
    st.tuples(st.just("create"), st.sampled_from(CREATED), st.sampled_from(list(PROPERTIES.values()))),
    st.tuples(st.just("drop"), st.sampled_from(CREATED)),
    st.tuples(st.just("move"), teams, st.sampled_from([*CREATED, *CREATED, None])),
    st.tuples(st.just("join"), persons, st.sampled_from([*TEAMS, None])),
    st.tuples(st.just("catch_up")),
)
step = st.one_of(name, admin, admin, change.filter(lambda one: one[0] != "change_catalog"))
start: list[Step] = [
    *(("name", client, person, of) for client, person, of in ((1, 1, 1), (2, 2, 1), (3, 3, 1), (4, 2, 2), (2, 1, 2))),
    ("create", 2, "csm_email"), ("create", 3, "second_csm"), ("move", 1, 2), ("move", 2, 3),
    ("join", 1, 1), ("join", 2, 2), ("join", 3, 3),
]  # fmt: skip
first = st.tuples(st.sampled_from([start, []]), st.lists(name, max_size=5), st.lists(use, max_size=4))
rounds = st.lists(st.tuples(st.lists(step, max_size=5), st.integers(0, 9), st.booleans()), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first, rounds)
def test_every_client_is_seen_by_its_csm_and_the_stored_standings_equal_a_whole_rescoring(
    database: Database, begun: tuple[list[Step], ...], after: list[tuple[list[Step], int, bool]]
) -> None:
    """Rounds end with an import, or with the job that goes on with what settings changed."""
    base, day = Spaces(database), 20
    for changes, days, imports in [([one for some in begun for one in some], 0, True), *after, ([], 0, True)]:
        for name_, *values in changes:
            getattr(base, name_)(*values)
        day += days
        base.reach(1, day)
        base.settle() if imports else base.catch_up()
        bases.check_areas(database, base.id)
    rows, history = base.settled(), base.changes()
    _check_who_sees_what(base, rows)
    standing.rescore(database, base.id, base.rules)
    assert base.settled() == rows
    assert base.changes() == history


def _check_who_sees_what(base: Spaces, rows: Sequence[Any]) -> None:
    """Worked out another way round than the standings are: from each person and what they see."""
    stands = {(row.workspace_id, row.client_id): row.person_id for row in rows}
    properties, named = base.property_of(), base.named()
    homes = {person: base.sees(person) for person in PERSONS}
    mine = {
        (homes[person], client): person
        for client, person, property_id in named
        if properties[homes[person]] == PROPERTIES[property_id]
    }
    assert {place: csm for place, csm in stands.items() if csm is not None and place[0] != EVERYTHING} == mine
    live = base.live()
    owned = {client for client, _, property_id in named if PROPERTIES[property_id] == properties[PRIMARY]}
    nobodys = {client for (number, client), csm in stands.items() if number == PRIMARY and csm is None}
    assert nobodys == live - owned
    if EVERYTHING in properties:
        assert {client for number, client in stands if number == EVERYTHING} == live
