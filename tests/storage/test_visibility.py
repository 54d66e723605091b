"""Who sees what: in which workspaces clients stand, and that a change of settings moves them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from bot.domain.engagement import assess
from bot.domain.subscriptions import Subscription
from bot.domain.workspaces import EVERYTHING
from bot.jobs.scores import Scores
from storage import basis as bases
from storage import catalog, everything, facts, people, schema, stale, standing, workspace_changes, workspaces
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.storage import bases as made
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
            made.add_source(connection, self.id, 1, "all")
            made.add_clients(connection, self.id, *CLIENTS)
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

    def everything(self) -> None:
        with self.database.write() as connection:
            everything.make(connection, self.id)
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


def test_a_workspace_goes_by_its_own_csm_property_and_the_primary_one_by_its_own(spaces: Spaces) -> None:
    spaces.name(1, DAN, OTHER_CSM)
    spaces.name(3, ANNA, OTHER_CSM)
    spaces.name(90, ANNA, OTHER_CSM)
    spaces.workspace(NORDIC, "second_csm")
    spaces.team(1, NORDIC, ANNA)
    spaces.settle()
    # 3 and 90 stand in both, each with its own person; 1 and 2, whose CSM moved, in neither.
    assert spaces.places() == {NORDIC: {3: ANNA, 90: ANNA}, PRIMARY: {3: CLEO, 90: None}}


def test_a_client_has_in_each_workspace_its_own_renewal_date_and_team(spaces: Spaces) -> None:
    spaces.name(1, CLEO, OTHER_CSM)
    spaces.renew(1, 30)
    spaces.renew(1, 60, OTHER_RENEWAL)
    spaces.renew(3, 40)
    spaces.workspace(NORDIC, renewal_property="ends_on")
    spaces.workspace(CENTRAL, "second_csm")
    spaces.team(1, NORDIC, ANNA)
    spaces.team(2, CENTRAL, CLEO)
    spaces.settle()
    found = {(row.client_id, row.workspace_id): (row.team_id, row.renews_on) for row in spaces.rows()}
    assert found == {
        (1, NORDIC): (1, START + timedelta(60)),
        (1, CENTRAL): (2, START + timedelta(30)),  # it chose none, and `renewal_date` is loaded
        (2, NORDIC): (1, None),
        (90, PRIMARY): (None, None),
    }


def test_a_team_that_a_client_names_counts_in_the_workspace_that_it_is_in(spaces: Spaces) -> None:
    spaces.workspace(NORDIC)
    spaces.workspace(CENTRAL, "second_csm")
    spaces.team(1, NORDIC, ANNA)
    spaces.team(2, CENTRAL, CLEO)
    spaces.team(3, NORDIC)
    spaces.name(1, CLEO, OTHER_CSM)
    with spaces.database.write() as connection:
        label = {"object": "company", "name": "team", "label": "team", "type": "text"}
        connection.execute(insert(schema.field).values(installation_id=spaces.id, id=9, **label))
        mine = (schema.record.c.installation_id == spaces.id, schema.record.c.id == 1)
        connection.execute(update(schema.record).where(*mine).values(properties={"team": "T3"}))
    spaces.settle()
    teams = {row.workspace_id: row.team_id for row in spaces.rows() if row.client_id == 1}
    assert teams == {NORDIC: 3, CENTRAL: 2}


def test_with_a_created_workspace_every_client_stands_in_everything_by_the_primary_ones_properties(
    spaces: Spaces,
) -> None:
    spaces.name(3, ANNA, OTHER_CSM)
    spaces.workspace(NORDIC, "second_csm")
    spaces.everything()
    spaces.team(1, NORDIC, ANNA)
    spaces.settle()
    assert spaces.places() == {
        EVERYTHING: {1: ANNA, 2: ANNA, 3: CLEO, 90: None}, NORDIC: {3: ANNA}, PRIMARY: {3: CLEO, 90: None},
    }  # fmt: skip


def test_everything_is_made_once_and_stands_in_no_list(spaces: Spaces) -> None:
    with spaces.database.read() as connection:
        assert everything.widest(connection, spaces.id) == PRIMARY
    spaces.everything()
    spaces.everything()
    with spaces.database.read() as connection:
        assert [one.id for one in workspaces.every(connection, spaces.id)] == [PRIMARY]
        assert everything.widest(connection, spaces.id) == PRIMARY  # it has nobody yet
    spaces.catch_up()
    made.check_areas(spaces.database, spaces.id)
    with spaces.database.read() as connection:
        assert everything.widest(connection, spaces.id) == EVERYTHING


def test_who_sees_all_sees_all_of_them_at_every_moment_from_the_first_created_workspace_on(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though their own team is in it, and before the job has settled anything; every step is a transaction."""
    for where, name in ((standing, "FIRST"), (standing, "MOST"), (everything, "SLICE")):
        monkeypatch.setattr(where, name, 1)
    mine = (schema.person.c.installation_id == spaces.id, schema.person.c.id == ANNA)
    with spaces.database.write() as connection:
        connection.execute(update(schema.person).where(*mine).values(is_super_admin=True))
    spaces.everything()
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    steps = []
    while is_waiting(spaces):
        steps.append((seen_by(spaces, ANNA), set(spaces.places()[seen_by(spaces, ANNA)]), owns(spaces, ANNA)))
        standing.catch_up(spaces.database, spaces.id, seconds=0)
    assert [where for where, _, _ in steps] == [PRIMARY] * 5 + [EVERYTHING] * 5
    assert all(found == set(CLIENTS) and hers for _, found, hers in steps)
    assert spaces.places()[NORDIC] == {1: ANNA, 2: ANNA}


def test_an_archived_client_stands_nowhere(spaces: Spaces) -> None:
    spaces.everything()
    spaces.settle()
    mine = (schema.record.c.installation_id == spaces.id, schema.record.c.id == 1)
    with spaces.database.write() as connection:
        connection.execute(update(schema.record).where(*mine).values(archived_at=NOW))
        stale.mark(connection, spaces.id, [1])
    spaces.settle()
    assert 1 not in {row.client_id for row in spaces.rows()}


def seen_by(spaces: Spaces, person: int) -> int:
    """The workspace whose clients a person sees."""
    with spaces.database.read() as connection:
        found = people.by_id(connection, spaces.id, person)
    assert found is not None
    return found.workspace_id


def owns(spaces: Spaces, person: int) -> bool:
    with spaces.database.read() as connection:
        found = people.by_id(connection, spaces.id, person)
    return found is not None and found.owns


def is_waiting(spaces: Spaces) -> bool:
    with spaces.database.read() as connection:
        return bool(standing.waiting(connection))


def test_a_person_sees_the_workspace_of_their_primary_team_from_the_moment_that_it_changes(spaces: Spaces) -> None:
    """Before any standing is made again: who loses a workspace sees nothing of it any more."""
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    assert (seen_by(spaces, ANNA), seen_by(spaces, DAN)) == (NORDIC, PRIMARY)
    with spaces.database.write() as connection:
        connection.execute(delete(schema.team_member).where(schema.team_member.c.person_id == ANNA))
    assert seen_by(spaces, ANNA) == PRIMARY


def test_a_super_admin_with_a_seat_sees_everything_where_it_is_there(spaces: Spaces) -> None:
    mine = (schema.person.c.installation_id == spaces.id, schema.person.c.id == ANNA)
    with spaces.database.write() as connection:
        connection.execute(update(schema.person).where(*mine).values(is_super_admin=True))
    assert seen_by(spaces, ANNA) == PRIMARY
    spaces.workspace(NORDIC)
    spaces.everything()
    spaces.team(1, NORDIC, ANNA)
    spaces.catch_up()
    assert (seen_by(spaces, ANNA), seen_by(spaces, DAN)) == (EVERYTHING, PRIMARY)
    with spaces.database.write() as connection:
        found = people.by_id(connection, spaces.id, ANNA)
        assert found is not None
        assert (found.owns, found.home, found.team_id) == (True, NORDIC, 1)
        connection.execute(update(schema.person).where(*mine).values(seat="off"))
    assert seen_by(spaces, ANNA) == NORDIC


def test_an_import_and_the_job_have_the_same_basis(spaces: Spaces) -> None:
    spaces.workspace(NORDIC, "second_csm", "ends_on")
    spaces.everything()
    spaces.team(1, NORDIC, ANNA)
    assert standing.settle(spaces.database, spaces.id, spaces.rules) == len(CLIENTS)
    assert spaces.settle() == 0
    with spaces.database.write() as connection:
        assert not standing.resettle(connection, spaces.id)


def test_settings_that_change_while_an_import_ends_are_not_undone(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the import's look at the base and its last word, a team is moved and everything is settled."""
    spaces.workspace(NORDIC)
    spaces.team(1, None, ANNA)
    spaces.settle()

    def mark_all(*_: object) -> None:
        spaces.move(1, NORDIC)
        spaces.catch_up()

    monkeypatch.setattr(stale, "mark_all", mark_all)
    standing.advance(spaces.database, spaces.id, spaces.rules, {1: START + timedelta(5)}, NOW)
    standing.settle(spaces.database, spaces.id, spaces.rules)
    assert spaces.places() == {NORDIC: {1: ANNA, 2: ANNA}, PRIMARY: {3: CLEO, 90: None}}
    with spaces.database.write() as connection:
        assert not standing.resettle(connection, spaces.id)


def test_an_import_with_another_catalog_is_not_undone_by_who_settles_beside_it(spaces: Spaces) -> None:
    other = catalog.parse(CATALOG.replace("grace = 10", "grace = 25"), "b")
    with spaces.database.write() as connection:
        catalog.remember(connection, spaces.id, other, CATALOG.replace("grace = 10", "grace = 25"), NOW)
    standing.advance(spaces.database, spaces.id, other, {}, NOW)
    standing.settle(spaces.database, spaces.id, spaces.rules)  # began before, with the catalog of then
    one = schema.change.c
    with spaces.database.read() as connection:
        hashes = connection.scalars(select(one.catalog_hash).where(one.installation_id == spaces.id)).all()
    assert set(hashes) == {other.hash}


def test_before_the_first_import_a_change_of_settings_waits_for_nobody(database: Database) -> None:
    one = Spaces(database)
    with database.write() as connection:
        assert not standing.resettle(connection, one.id)
    assert one.catch_up() == 0


def test_who_catches_up_leaves_marked_clients_to_the_import_that_marked_them(spaces: Spaces) -> None:
    spaces.name(1, CLEO)
    assert spaces.catch_up() == 0
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    spaces.catch_up()
    spaces.name(2, CLEO)
    assert spaces.catch_up() == 0
    assert spaces.places()[NORDIC] == {2: ANNA}
    spaces.settle()
    assert spaces.places() == {PRIMARY: {1: CLEO, 2: CLEO, 3: CLEO, 90: None}}


def test_who_has_no_more_time_leaves_the_rest_to_the_job(spaces: Spaces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "FIRST", 1)
    monkeypatch.setattr(standing, "MOST", 1)
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    assert standing.catch_up(spaces.database, spaces.id, seconds=0) == 1
    job = Scores(spaces.database)
    assert job.run() == 0  # somebody may be at it
    assert job.run() == len(CLIENTS) - 1  # nobody was
    assert job.run() == 0
    assert spaces.places() == {NORDIC: {1: ANNA, 2: ANNA}, PRIMARY: {3: CLEO, 90: None}}


def test_the_job_leaves_to_others_what_they_are_at(spaces: Spaces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "FIRST", 1)
    monkeypatch.setattr(standing, "MOST", 1)
    spaces.workspace(NORDIC)
    job = Scores(spaces.database)
    for _ in range(3):
        assert job.run() == 0
        assert standing.catch_up(spaces.database, spaces.id, seconds=0) == 1


def test_two_processes_settle_one_change_together(spaces: Spaces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "FIRST", 1)
    monkeypatch.setattr(standing, "MOST", 1)
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    with ThreadPoolExecutor() as pool:
        done = pool.map(lambda _: standing.catch_up(spaces.database, spaces.id), range(2))
        assert sum(done) == len(CLIENTS)
    assert spaces.places() == {NORDIC: {1: ANNA, 2: ANNA}, PRIMARY: {3: CLEO, 90: None}}


def test_a_renewal_that_goes_by_is_noticed_in_every_workspace(spaces: Spaces) -> None:
    """Only the created workspace goes by the next subscription's renewal; the primary one chose a property."""
    mine = (schema.workspace.c.installation_id == spaces.id, schema.workspace.c.id == PRIMARY)
    with spaces.database.write() as connection:
        connection.execute(update(schema.workspace).where(*mine).values(renewal_property="ends_on"))
        for number, renews in ((1, 2), (2, 90)):
            one = Subscription("mail", "starter", renews_on=START + timedelta(renews))
            made.add_subscription(connection, spaces.id, number, 1, one)
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    spaces.settle()
    standing.advance(spaces.database, spaces.id, spaces.rules, {1: START + timedelta(4)}, NOW)
    standing.settle(spaces.database, spaces.id, spaces.rules)
    renewals = {row.workspace_id: row.renews_on for row in spaces.rows() if row.client_id == 1}
    assert renewals == {NORDIC: START + timedelta(90)}


def test_what_an_answer_changes_is_noticed_in_every_workspace(spaces: Spaces) -> None:
    spaces.everything()
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    spaces.settle()
    known = {spaces.rules.hash: spaces.rules}.get
    with spaces.database.write() as connection:
        (one,) = facts.client(connection, spaces.id, NORDIC, spaces.rules, known, facts.BY_ID, {"client": 1})
        engagement = assess(spaces.rules, one, START)
        connection.execute(update(schema.standing).values(signs=31))
        standing.notice_again(connection, spaces.id, engagement, {})
    signs = {row.workspace_id: row.signs for row in spaces.rows() if row.client_id == 1}
    assert set(signs) == {EVERYTHING, NORDIC}
    assert 31 not in signs.values()
    assert len(set(signs.values())) == 1


def test_the_last_workspace_gone_takes_its_standings_with_it(spaces: Spaces) -> None:
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    spaces.catch_up()
    spaces.move(1, None)
    with spaces.database.write() as connection:
        mine = (schema.workspace.c.installation_id == spaces.id, schema.workspace.c.id == NORDIC)
        connection.execute(delete(schema.workspace).where(*mine))
        standing.resettle(connection, spaces.id)
    spaces.catch_up()
    assert spaces.places() == {PRIMARY: {1: ANNA, 2: ANNA, 3: CLEO, 90: None}}


def test_a_deleted_workspace_is_seen_by_nobody_at_once_and_its_standings_go_in_slices(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "FIRST", 1)
    monkeypatch.setattr(standing, "MOST", 1)
    spaces.workspace(NORDIC)
    spaces.team(1, NORDIC, ANNA)
    spaces.catch_up()
    with spaces.database.write() as connection:
        workspace_changes.remove(connection, spaces.id, ANNA, NORDIC, 1, NOW)
    assert spaces.places()[NORDIC] == {1: ANNA, 2: ANNA}  # so many are not taken out while others wait to write
    with spaces.database.read() as connection:
        assert [one.id for one in workspaces.every(connection, spaces.id)] == [PRIMARY]
    assert seen_by(spaces, ANNA) == PRIMARY
    left = []
    while standing.catch_up(spaces.database, spaces.id, seconds=0):
        left.append(len(spaces.places().get(NORDIC, {})))
    assert left == [1, 0, 0, 0]
    assert spaces.places() == {PRIMARY: {1: ANNA, 2: ANNA, 3: CLEO, 90: None}}


def test_a_workspace_that_comes_and_goes_while_somebody_begins_to_settle_leaves_nothing(
    spaces: Spaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks of who begins, the settings change and are changed back: what is known of them looks the same.

    Both are transactions of their own, which end before it goes on.
    """
    read = bases.read
    turns = iter([True])

    def reading(connection: Connection, *rest: Any) -> Any:
        if not next(turns, False):
            return read(connection, *rest)
        spaces.workspace(NORDIC)
        spaces.team(1, NORDIC, ANNA)
        found = read(connection, *rest)
        spaces.move(1, None)
        with spaces.database.write() as writing:
            mine = (schema.workspace.c.installation_id == spaces.id, schema.workspace.c.id == NORDIC)
            writing.execute(delete(schema.team_member).where(schema.team_member.c.team_id == 1))
            writing.execute(delete(schema.workspace).where(*mine))
            standing.resettle(writing, spaces.id)
        return found

    spaces.name(1, CLEO)
    monkeypatch.setattr(bases, "read", reading)
    standing.settle(spaces.database, spaces.id, spaces.rules)
    assert next(turns, None) is None
    assert spaces.places() == {PRIMARY: {1: CLEO, 2: ANNA, 3: CLEO, 90: None}}


def test_a_change_that_no_standing_depends_on_makes_no_score_again(spaces: Spaces) -> None:
    with spaces.database.write() as connection:
        assert not standing.resettle(connection, spaces.id)
    assert spaces.catch_up() == 0
