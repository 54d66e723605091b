"""Whatever two admins do to workspaces, teams, rights and properties, with forms however old: the rules hold."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, insert

from bot.domain.catalog import fold
from bot.domain.teams import Entered, Team
from bot.domain.workspace_settings import Settings
from bot.domain.workspaces import EVERYTHING, MOST
from bot.errors import UserError
from storage import (
    catalog,
    installations,
    people,
    rights,
    schema,
    stale,
    standing,
    team_settings,
    workspace_changes,
    workspaces,
)
from storage.database import Database
from storage.schema import person, record_person
from tests.conftest import NOW, TODAY
from tests.storage import bases
from tests.storage.bases import CATALOG
from tests.storage.there import ADMINS, CLIENTS, CSMS, PEOPLE, PRIMARY, PROPERTIES, RULES, There

EXPECTED = {
    "", "workspace_too_many", "workspace_taken", "workspace_team_taken", "workspace_team_gone", "workspace_changed",
    "workspace_gone", "workspace_primary", "team_taken", "team_changed", "team_gone", "team_stranger",
    "last_super_admin",
}  # fmt: skip

Opened = MultipleResults[Team] | Team
admin, somebody = st.sampled_from(ADMINS), st.sampled_from(PEOPLE)
names = st.sampled_from(["North", "NORTH ", "South", "East", "West", "Up", "Down", "Customer success"])
which, properties = st.integers(0, MOST), st.sampled_from(list(PROPERTIES.values()))
numbers = st.sets(st.integers(1, 4), max_size=2)
crew = st.sets(st.sampled_from([f"U{one}" for one in PEOPLE]), max_size=4)


class Admins(There, RuleBasedStateMachine):
    """Two admins at one installation, each with modals that they opened a while ago."""

    modals: Bundle[Settings] = Bundle("modals")  # of workspaces
    forms: Bundle[Team] = Bundle("forms")  # of teams

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        with database.write() as connection:
            self.id = installations.create(connection, NOW).id
            catalog.remember(connection, self.id, RULES, CATALOG, NOW)
            bases.add_source(connection, self.id, 1, "all")
            bases.add_clients(connection, self.id, *CLIENTS)
            mine = {"installation_id": self.id}
            installations.bind(connection, self.id, f"T{self.id}")
            for one in PEOPLE:
                values = {"id": one, "slack_user_id": f"U{one}", "slack_team_id": f"T{self.id}", "name": f"P{one}"}
                connection.execute(insert(person).values(**mine, **values))
            for number, name in PROPERTIES.items():
                values = {"id": number, "object": "company", "name": name, "label": name, "type": "user"}
                connection.execute(insert(schema.field).values(**mine, **values))
            for one in ADMINS:
                rights.set_super_admin(connection, self.id, one, True, by=None, now=NOW)

    def attempt(self, act: Callable[..., object], *values: object, **named: object) -> str:
        """Write something; the key of the error with which it is refused."""
        try:
            with self.database.write() as connection:
                act(connection, self.id, *values, **named, now=NOW)
        except UserError as error:
            refused = error.key
        else:
            refused = ""
        assert refused in EXPECTED
        return refused

    # What is done

    @initialize(target=forms, spaces=st.integers(0, MOST), csms=st.lists(somebody, min_size=3, max_size=3))
    def begin(self, spaces: int, csms: list[int]) -> Opened:
        """A team of each CSM, up to five workspaces of which the first have a team, and clients by both properties."""
        for number in CSMS:
            people = frozenset({f"U{number}"})
            assert not self.attempt(team_settings.create, Entered(f"Crew {number}", people=people), by=1)
        for number in range(spaces):
            teams = [number + 1] if number < len(CSMS) else []
            assert not self.attempt(workspace_changes.create, 1, f"Number {number}", "", teams)
        named = [(CLIENTS[i], csm, of) for of, some in ((1, CSMS), (2, csms)) for i, csm in enumerate(some)]
        self.name_csms(*named)
        return self.open_teams()

    @rule(by=admin, name=names, teams=numbers)
    def create_workspace(self, by: int, name: str, teams: Collection[int]) -> None:
        created, known, homes = self.created(), self.names(), self.homes()
        refused = self.attempt(workspace_changes.create, by, name.strip(), "", teams)
        if len(created) == MOST:
            assert refused == "workspace_too_many"
        elif fold(name) in known:
            assert refused == "workspace_taken"
        elif set(teams) - homes.keys():
            assert refused == "workspace_team_gone"
        elif any(homes[one] for one in teams):
            assert refused == "workspace_team_taken"
        else:
            assert refused == ""

    @rule(target=modals)
    def open_settings(self) -> MultipleResults[Settings] | Settings:
        """Modals that are sent later, if at all."""
        return multiple(*self.settings())

    @rule(which=which, name=st.none() | names, teams=st.none() | numbers, csm=st.none() | properties)
    def save_settings(self, which: int, name: str | None, teams: Collection[int] | None, csm: str | None) -> None:
        """Both admins have the same modal open, and one is faster."""
        found = self.settings()
        for by in ADMINS:
            self.save(by, found[which % len(found)], name, teams, csm)

    @rule(by=admin, modal=modals, name=st.none() | names, teams=st.none() | numbers, csm=st.none() | properties)
    def save(self, by: int, modal: Settings, name: str | None, teams: Collection[int] | None, csm: str | None) -> None:
        chosen = modal.teams if teams is None or modal.is_primary else dict.fromkeys(teams, "")
        wanted = replace(modal, name=(name or modal.name).strip(), teams=chosen, csm=csm or modal.csm)
        version = self.version(modal.id)
        refused = self.attempt(workspace_changes.save, by, wanted)
        if version is None:
            assert refused == "workspace_gone"
        elif version != modal.version:
            assert refused == "workspace_changed"

    @rule(by=admin, which=which)
    def delete_workspace(self, by: int, which: int) -> None:
        if created := self.settings()[1:]:
            self.delete(by, created[which % len(created)])

    @rule(by=admin, modal=modals)
    def delete(self, by: int, modal: Settings) -> None:
        version, homes = self.version(modal.id), self.homes()
        refused = self.attempt(workspace_changes.remove, by, modal.id, modal.version)
        if version is None:
            assert refused == "workspace_gone"
        elif modal.is_primary:
            assert refused == "workspace_primary"
        elif version != modal.version:
            assert refused == "workspace_changed"
        else:
            assert refused == ""
            back = {one for one, home in homes.items() if home == modal.id}
            assert {self.homes()[one] for one in back} <= {None}

    @rule(target=forms, by=admin, name=names, people=crew)
    def create_team(self, by: int, name: str, people: Collection[str]) -> Opened:
        self.attempt(team_settings.create, Entered(name, people=frozenset(people)), by=by)
        return self.open_teams()

    @rule(target=forms)
    def open_teams(self) -> Opened:
        with self.database.read() as connection:
            return multiple(*team_settings.every(connection, self.id))

    @rule(by=admin, form=forms, people=crew, primary=crew, is_old=st.booleans())
    def change_team(self, by: int, form: Team, people: Collection[str], primary: Collection[str], is_old: bool) -> None:
        form = form if is_old else self.current(form)
        wanted = Entered(form.name, people=frozenset(people), primary=frozenset(primary) & frozenset(people))
        self.attempt(team_settings.change, form.id, form.version, wanted, by=by)

    @rule(by=admin, form=forms, is_old=st.booleans())
    def remove_team(self, by: int, form: Team, is_old: bool) -> None:
        form = form if is_old else self.current(form)
        self.attempt(team_settings.remove, form.id, form.version, by=by)

    @rule(by=admin, who=somebody, all_others=st.booleans())
    def change_super_admins(self, by: int, who: int, all_others: bool) -> None:
        """Give somebody the right, or take that of all: the last of them keeps it."""
        taken = PEOPLE if all_others else ()
        assert not self.attempt(rights.set_super_admin, who, True, by=by)
        for one in taken:
            alone = self.super_admins() == {one}
            refused = self.attempt(rights.set_super_admin, one, False, by=by)
            assert refused == ("last_super_admin" if alone else "")

    @rule(by=admin, who=somebody, choice=st.sampled_from(["on", "off", None]), by_hand=st.booleans())
    def change_seats(self, by: int, who: int, choice: str | None, by_hand: bool) -> None:
        assert not self.attempt(rights.set_seat, who, choice, by=by)
        assert not self.attempt(rights.set_seats_by_hand, by_hand, by=by)

    @rule(who=somebody, leaves=st.booleans())
    def leave_or_return(self, who: int, leaves: bool) -> None:
        """As Slack tells it; the last super admin is still there."""
        if not self.super_admins() <= {who}:
            user = {"id": f"U{who}", "team_id": f"T{self.id}", "deleted": leaves}
            with self.database.write() as connection:
                people.keep(connection, self.id, user, NOW)

    @rule(client=st.sampled_from(CLIENTS), csm=st.none() | somebody, of=st.sampled_from(list(PROPERTIES)))
    def name_csm(self, client: int, csm: int | None, of: int) -> None:
        self.name_csms((client, csm, of))

    def name_csms(self, *named: tuple[int, int | None, int]) -> None:
        """As an import does."""
        one = record_person.c
        with self.database.write() as connection:
            for client, csm, of in named:
                mine = (one.installation_id == self.id, one.property_id == of, one.record_id == client)
                connection.execute(delete(record_person).where(*mine))
                if csm is not None:
                    values = {"installation_id": self.id, "property_id": of, "record_id": client, "person_id": csm}
                    connection.execute(insert(record_person).values(**values))
            stale.mark(connection, self.id, sorted({client for client, _, _ in named}))
        standing.advance(self.database, self.id, RULES, {1: TODAY}, NOW)
        standing.settle(self.database, self.id, RULES)

    # What holds

    @invariant()
    def at_most_five_are_created(self) -> None:
        assert len(self.created()) <= MOST
        with self.database.read() as connection:
            first, *rest = workspaces.every(connection, self.id)
        assert (first.id, first.is_primary) == (PRIMARY, True)
        assert {one.id for one in rest} == self.created().keys()

    @invariant()
    def a_team_is_in_one_workspace(self) -> None:
        with self.database.read() as connection:
            places = [number for one in workspaces.every(connection, self.id) for number in one.teams]
        assert sorted(places) == sorted(self.homes())

    @invariant()
    def somebody_is_super_admin(self) -> None:
        assert self.super_admins()

    @invariant()
    def each_sees_their_workspace_and_nothing_else(self) -> None:
        """A CSM their clients; nobody those of another created workspace; the primary one has the rest."""
        standing.catch_up(self.database, self.id)
        works_in, csms = self.works_in(), self.csms()
        chosen = self.created() | {PRIMARY: self.property_of_primary()}
        for who in PEOPLE:
            with self.database.read() as connection:
                one = people.by_id(connection, self.id, who)
            assert one is not None
            if one.refusal is not None:
                continue
            if one.is_super_admin and one.has_seat and self.version(EVERYTHING) is not None:
                assert self.seen_by(one) == set(CLIENTS)
                continue
            here = works_in[who]
            named = {client: csms.get((client, chosen[here])) for client in CLIENTS}
            theirs = {client for client, csm in named.items() if (PRIMARY if csm is None else works_in[csm]) == here}
            assert {client for client, csm in named.items() if csm == who} <= theirs
            assert self.seen_by(one) == theirs


EXAMPLES = {"sqlite": (20, 25), "postgres-debian": (4, 12), "postgres-wheel": (4, 12)}  # and steps in each


def test_the_rules_hold_after_whatever_two_admins_do(request: pytest.FixtureRequest, database: Database) -> None:
    class Here(Admins):
        def __init__(self) -> None:
            super().__init__(database)

    examples, steps = EXAMPLES[request.node.callspec.params["database"]]
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
