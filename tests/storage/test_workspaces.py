"""Workspaces on each database: what is written, what is refused, and that of two at once exactly one wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from bot.domain.workspace_settings import ChangedError, Objects, Settings, Tab
from bot.domain.workspaces import EVERYTHING, MOST
from bot.errors import FieldError, UserError
from storage import audit, objects, schema, workspace_changes, workspace_choices, workspaces
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW

ADA, BEA = 1, 2
NORDIC, CENTRAL = 1, 2
PRIMARY = 1
RACES = 200


@pytest.fixture
def here(database: Database, installation: Installation) -> int:
    """Two admins, two free teams, and properties of companies and services."""
    mine = {"installation_id": installation.id}
    with database.write() as connection:
        people = [mine | {"id": i, "name": name} for i, name in ((ADA, "ada"), (BEA, "bea"))]
        connection.execute(insert(schema.person), people)
        teams = [mine | {"id": i, "name": f"Team {i}", "name_key": f"team{i}"} for i in (NORDIC, CENTRAL)]
        connection.execute(insert(schema.team), teams)
        fields = [("company", "csm_email", "user"), ("company", "ends_on", "date"), ("service", "lead", "user")]
        rows = [
            mine | {"id": i, "object": one, "name": name, "label": name.upper(), "type": type_}
            for i, (one, name, type_) in enumerate(fields)
        ]
        connection.execute(insert(schema.field), rows)
        chosen = {"service_object": "service", "revenue_objects": ["deal"]}
        connection.execute(update(schema.installation).values(**chosen))
    return installation.id


def make(database: Database, here: int, name: str, teams: Sequence[int] = (), by: int = ADA) -> int:
    with database.write() as connection:
        return workspace_changes.create(connection, here, by, name, "", teams, NOW)


def read(database: Database, here: int, number: int) -> Settings:
    with database.read() as connection:
        return workspaces.get(connection, here, number)


def save(database: Database, here: int, wanted: Settings, by: int = ADA) -> workspace_changes.Changed:
    with database.write() as connection:
        return workspace_changes.save(connection, here, by, wanted, NOW)


def entries(database: Database, here: int) -> list[audit.Entry]:
    with database.read() as connection:
        return audit.read(connection, here)


def test_what_is_saved_is_read_again_and_audited_by_names(database: Database, here: int) -> None:
    number = make(database, here, "Nordic", [NORDIC])
    found = read(database, here, number)
    tab = Tab(False, "lead", None, ("Onboarding", "Été"), "Été", "board")
    wanted = replace(found, name="North", teams={CENTRAL: ""}, renewal="ends_on", tabs={"service": tab})
    changed = save(database, here, wanted, BEA)
    again = read(database, here, number)
    assert (again.name, again.teams, again.renewal, again.version) == ("North", {CENTRAL: "Team 2"}, "ends_on", 2)
    assert again.tabs == {"service": tab}
    assert dict(changed.before)["teams"] == ["Team 1"]
    newest, oldest = entries(database, here)
    assert (newest.who, newest.action, newest.subject) == ("bea", "workspace.changed", "North")
    assert newest.after == {
        "name": "North", "teams": ["Team 2"], "renewal": "ENDS_ON", "service.shown": False, "service.csm": "LEAD",
        "service.pipelines": ["Onboarding", "Été"], "service.default": "Été", "service.layout": "board",
    }  # fmt: skip
    assert newest.before["teams"] == ["Team 1"]
    assert (oldest.action, oldest.after["teams"]) == ("workspace.created", ["Team 1"])


def test_a_tab_is_written_over(database: Database, here: int) -> None:
    for layout in ("board", "table"):
        found = read(database, here, PRIMARY)
        save(database, here, replace(found, tabs={"deal": Tab(layout=layout, pipelines=("New",))}))
    assert read(database, here, PRIMARY).tab("deal") == Tab(pipelines=("New",))


def test_nothing_changed_writes_nothing(database: Database, here: int) -> None:
    assert save(database, here, read(database, here, PRIMARY)) == ({}, {})
    assert (read(database, here, PRIMARY).version, entries(database, here)) == (1, [])


def test_who_saves_an_older_version_is_refused(database: Database, here: int) -> None:
    found = read(database, here, PRIMARY)
    save(database, here, replace(found, name="One"))
    with pytest.raises(ChangedError):
        save(database, here, replace(found, description="Two"))
    assert read(database, here, PRIMARY).description == ""


@pytest.mark.parametrize("name", ["nordic", " Nor-dic", "NORDIC"])
def test_a_name_that_folds_alike_is_taken(database: Database, here: int, name: str) -> None:
    number = make(database, here, "Nordic")
    with pytest.raises(FieldError, match="workspace_taken"):
        make(database, here, name)
    with pytest.raises(FieldError, match="workspace_taken"):
        save(database, here, replace(read(database, here, PRIMARY), name=name))
    save(database, here, replace(read(database, here, number), name=name))  # its own it may have


def test_a_team_of_another_workspace_is_refused_and_nothing_is_half_saved(database: Database, here: int) -> None:
    make(database, here, "Nordic", [NORDIC])
    with pytest.raises(FieldError, match="workspace_team_taken") as caught:
        make(database, here, "Central", [CENTRAL, NORDIC])
    assert caught.value.values == {"team": "Team 1", "workspace": "Nordic"}
    with database.read() as connection:
        assert [one.name for one in workspaces.every(connection, here)] == ["Customer success", "Nordic"]
        assert workspace_choices.free_teams(connection, here) == {CENTRAL: "Team 2"}


def test_a_team_that_is_not_there_is_refused(database: Database, here: int) -> None:
    with pytest.raises(FieldError, match="workspace_team_gone"):
        make(database, here, "Nordic", [NORDIC, 77])


def save_view(database: Database, here: int, number: int, name: str, team: int | None = None) -> None:
    values = {"workspace_id": number, "person_id": ADA, "team_id": team, "name": name, "name_key": name, "text": ""}
    made = {"id": len(views(database)) + 1, "version": 1, "updated_at": NOW}
    with database.write() as connection:
        connection.execute(insert(schema.saved_view).values(installation_id=here, **made, **values))


def views(database: Database) -> dict[str, int]:
    """The workspaces of all saved views."""
    with database.read() as connection:
        return dict(connection.execute(select(schema.saved_view.c.name, schema.saved_view.c.workspace_id)).all())


def test_a_deleted_one_takes_its_tabs_and_what_people_saved_for_themselves(database: Database, here: int) -> None:
    """Its teams return, and with them what was saved for them."""
    number = make(database, here, "Nordic", [NORDIC])
    save(database, here, replace(read(database, here, number), tabs={"deal": Tab(layout="board")}))
    save_view(database, here, number, "mine")
    save_view(database, here, number, "ours", NORDIC)
    with database.write() as connection:
        assert workspaces.saved_in(connection, here, number, 10) == (["mine"], 1)
        assert workspace_changes.remove(connection, here, ADA, number, 2, NOW) == "Nordic"
    assert views(database) == {"ours": PRIMARY}
    with database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.workspace_tab)) == 0
        assert workspaces.get(connection, here, PRIMARY).teams == {NORDIC: "Team 1", CENTRAL: "Team 2"}
    with pytest.raises(UserError, match="workspace_gone"):
        read(database, here, number)


def test_who_waits_for_a_file_of_a_deleted_one_still_waits(database: Database, here: int) -> None:
    number = make(database, here, "Nordic")
    asked = {"id": 1, "workspace_id": number, "person_id": ADA, "filter": "", "state": "waiting"}
    with database.write() as connection:
        values = {"installation_id": here, **asked, "lease_until": NOW, "made_at": NOW}
        connection.execute(insert(schema.export_request).values(**values))
        workspace_changes.remove(connection, here, ADA, number, 1, NOW)
        assert connection.scalar(select(schema.export_request.c.workspace_id)) == EVERYTHING


def test_what_is_saved_for_a_team_goes_with_it_and_what_people_saved_for_themselves_stays(
    database: Database, here: int
) -> None:
    for name, team in (("mine", None), ("ours", NORDIC), ("theirs", CENTRAL)):
        save_view(database, here, PRIMARY, name, team)
    nordic = make(database, here, "Nordic", [NORDIC])
    assert views(database) == {"mine": PRIMARY, "ours": nordic, "theirs": PRIMARY}
    south = make(database, here, "South", [CENTRAL])
    save(database, here, replace(read(database, here, nordic), teams={}))
    save(database, here, replace(read(database, here, south), teams={NORDIC: "", CENTRAL: ""}))
    assert views(database) == {"mine": PRIMARY, "ours": south, "theirs": south}


def test_the_primary_one_is_not_deleted_nor_one_that_was_changed_since(database: Database, here: int) -> None:
    number = make(database, here, "Nordic")
    with database.write() as connection:
        with pytest.raises(UserError, match="workspace_primary"):
            workspace_changes.remove(connection, here, ADA, PRIMARY, 1, NOW)
        with pytest.raises(ChangedError):
            workspace_changes.remove(connection, here, ADA, number, 9, NOW)


def test_the_id_of_a_deleted_one_is_never_that_of_another(database: Database, here: int) -> None:
    seen = set()
    for _ in range(MOST + 3):
        number = make(database, here, "Nordic")
        assert number not in seen
        seen.add(number)
        with database.write() as connection:
            workspace_changes.remove(connection, here, ADA, number, 1, NOW)


def test_another_installation_is_not_touched(database: Database, here: int) -> None:
    number = make(database, here, "Nordic", [NORDIC])
    with database.write() as connection:
        other = create(connection, NOW)
        with pytest.raises(UserError, match="workspace_gone"):
            workspaces.get(connection, other.id, number)
        assert workspace_choices.free_teams(connection, other.id) == {}
        values = {"installation_id": other.id, "id": 1, "name": "eve"}
        connection.execute(insert(schema.person).values(**values))
    with pytest.raises(FieldError, match="workspace_team_gone"):
        make(database, other.id, "Nordic", [NORDIC])
    make(database, other.id, "Nordic")
    assert len(entries(database, here)) == 1


def test_the_built_in_one_of_everything_is_in_no_list_and_not_counted(database: Database, here: int) -> None:
    with database.write() as connection:
        values = {"installation_id": here, "id": EVERYTHING, "name": "Everything", "is_primary": False}
        connection.execute(insert(schema.workspace).values(**values))
    for number in range(MOST):
        make(database, here, f"Number {number}")
    with pytest.raises(FieldError, match="workspace_too_many"):
        make(database, here, "Sixth")
    with database.read() as connection:
        assert len(workspaces.every(connection, here)) == MOST + 1
    with pytest.raises(UserError, match="workspace_gone"):
        read(database, here, EVERYTHING)


def add_records(connection: Connection, here: int, rows: Sequence[tuple[str, str | None]]) -> None:
    values = {"id": 1, "name": "s", "kind": "csv", "form": "events", "covers": "listed", "changed_at": NOW}
    connection.execute(insert(schema.source).values(installation_id=here, **values))
    made = [
        {"installation_id": here, "id": i, "object": one, "external_id": str(i), "name": "X", "name_key": "x",
         "properties": {} if pipeline is None else {"pipeline": pipeline}, "source_id": 1}
        for i, (one, pipeline) in enumerate(rows)
    ]  # fmt: skip
    connection.execute(insert(schema.record), made)


def test_objects_are_those_that_have_records_and_pipelines_their_values(database: Database, here: int) -> None:
    with database.write() as connection:
        rows = [("company", None), ("deal", "New"), ("deal", "Old"), ("deal", "New"), ("deal", ""), ("2-x", "Other")]
        add_records(connection, here, rows)
        mine = schema.record.c.object == "2-x"
        connection.execute(update(schema.record).where(mine).values(archived_at=NOW))
    with database.read() as connection:
        assert objects.read(connection, here) == Objects("company", "service", ("deal",), ("company", "deal"))
        assert workspace_choices.pipelines_of(connection, here, "deal") == ["New", "Old"]
        assert workspace_choices.pipelines_of(connection, here, "2-x") == []


def test_objects_change_from_what_they_were_seen_to_be(database: Database, here: int) -> None:
    with database.write() as connection:
        before = objects.read(connection, here)
        after = replace(before, client="contact", revenue=())
        objects.change(connection, here, ADA, before, after, NOW)
        with pytest.raises(ChangedError):
            objects.change(connection, here, BEA, before, replace(before, service=None), NOW)
        assert objects.read(connection, here) == after
        assert workspaces.get(connection, here, PRIMARY).version == 2
        (entry,) = audit.read(connection, here)
    assert (entry.before, entry.after) == (
        {"client": "company", "revenue": ["deal"]},
        {"client": "contact", "revenue": []},
    )


# Two at once


def race(*acts: Callable[[], object]) -> list[str]:
    """What becomes of acts that begin at the same time: "" where one went through, else its error."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        ready.wait()
        try:
            act()
        except FieldError as error:
            return error.key
        except ChangedError as error:
            return error.key
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_of_two_who_want_the_fifth_exactly_one_has_it(database: Database, here: int) -> None:
    for number in range(MOST - 1):
        make(database, here, f"Number {number}")
    for _ in range(RACES):
        acts = [lambda name=name, by=by: make(database, here, name, (), by) for name, by in (("A", ADA), ("B", BEA))]
        assert race(*acts) == ["", "workspace_too_many"]
        with database.write() as connection:
            created = workspaces.every(connection, here)[1:]
            assert len(created) == MOST
            connection.execute(delete(schema.workspace).where(schema.workspace.c.id == created[-1].id))


def test_of_two_who_want_a_team_exactly_one_has_it(database: Database, here: int) -> None:
    one, other = (make(database, here, name) for name in ("One", "Other"))
    for _ in range(RACES):
        found = [replace(read(database, here, number), teams={NORDIC: ""}) for number in (one, other)]
        acts = [
            lambda wanted=wanted, by=by: save(database, here, wanted, by)
            for wanted, by in zip(found, (ADA, BEA), strict=True)
        ]
        assert race(*acts) == ["", "workspace_team_taken"]
        assert sum(len(read(database, here, number).teams) for number in (one, other)) == 1
        with database.write() as connection:
            connection.execute(update(schema.team).values(workspace_id=None))


def test_of_two_who_save_the_same_settings_exactly_one_does(database: Database, here: int) -> None:
    for number in range(20):
        found = read(database, here, PRIMARY)
        acts = [
            lambda wanted=wanted: save(database, here, wanted)
            for wanted in (replace(found, name=f"A{number}"), replace(found, description=f"B{number}"))
        ]
        assert race(*acts) == ["", "workspace_changed"]
        assert read(database, here, PRIMARY).version == found.version + 1
