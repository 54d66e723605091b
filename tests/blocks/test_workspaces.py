"""CS workspaces: the list, the modals of their settings, objects, deletion; the audit. At their limits, too."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.blocks import audit, objects, workspace_form, workspaces
from bot.blocks.forms import FormState
from bot.blocks.words import speak
from bot.domain.access import Person
from bot.domain.workspace_settings import (
    Objects,
    Offered,
    Property,
    Settings,
    Tab,
    key,
)
from bot.domain.workspaces import Workspace
from bot.errors import FieldError, UserError
from bot.playground.validation import block_problems, view_problems
from storage.audit import Entry
from tests.blocks.conftest import Golden

WORDS = speak()
DINA = Person(4, 1, 1, "U0DINALEAD", "Dina Dahl", "Europe/Oslo", "en-US", is_super_admin=True)
OBJECTS = Objects("company", "service", ("deal", "2-projects"), ("company", "service", "deal"))
PRIMARY = Settings(1, 1, True, "Customer success", "", {}, "csm_email", None)
NORDIC = Settings(
    3, 4, False, "Nordic", "Norway to Finland", {5: "CS Nordic", 6: "CS <Finland>"}, "csm_email", "ends_on",
    {"service": Tab(True, "lead", None, ("Onboarding",), "Onboarding", "board")},
)  # fmt: skip
OFFERED = Offered(
    {
        ("company", "user"): [Property("csm_email", "CSM e-mail"), Property("owner", "Owner")],
        ("company", "date"): [Property("ends_on", "Ends on")],
        ("service", "user"): [Property("lead", "Lead")],
    },
    {"service": ["Onboarding", "Support"], "deal": ["New"]},
    {5: "CS Nordic", 6: "CS <Finland>", 7: "CS South"},
)
STATE = FormState("https://hooks.slack.example/actions/T0/1/x", 1_790_000_000, "3", 4)
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def edit(settings: Settings, tab: str, **draft: str) -> dict[str, Any]:
    state = replace(workspace_form.begin(settings, OBJECTS, tab, STATE), draft=draft)
    return workspace_form.edit(settings, state, OFFERED, OBJECTS, WORDS)


def test_the_list_of_workspaces(golden: Golden) -> None:
    primary = Workspace(1, "Customer success", "", True, 1, {7: "CS South"})
    nordic = Workspace(3, "Nordic", "Norway to *Finland*", False, 4, {5: "CS Nordic", 6: "CS <Finland>"})
    golden("workspaces", workspaces.listed([primary, nordic], DINA, [], WORDS))


def test_the_modals_of_a_workspace(golden: Golden) -> None:
    golden("workspace_create", workspace_form.create(STATE, WORDS, is_free=True))
    golden("workspace_create_no_team", workspace_form.create(STATE, WORDS, is_free=False))
    golden("workspace_general", edit(NORDIC, "general", name="North"))
    golden("workspace_primary", edit(PRIMARY, "general"))
    golden("workspace_customers", edit(NORDIC, "customers"))
    golden("workspace_services", edit(NORDIC, "services"))
    golden("workspace_revenue_not_loaded", edit(NORDIC, "revenue2"))
    golden("workspace_delete", workspaces.delete(NORDIC, ["Falling", "Rich"], 12, 2, STATE, WORDS))
    before, after = {"name": "Nordic", "teams": ["CS Nordic"]}, {"name": "North", "teams": []}
    golden("workspace_saved", workspace_form.saved("North", before, after, WORDS))


def test_what_somebody_else_changed_stands_above_the_fields(golden: Golden) -> None:
    state = workspace_form.begin(NORDIC, OBJECTS, "general", STATE)
    now = replace(NORDIC, version=7, name="North", renewal=None, teams={5: "CS Nordic"})
    objects_changed = Entry(9, AT, "Bo", "objects.changed", "", {"service": None}, {"service": "service"})
    before, after = {"name": "Nordic", "renewal": "Ends on"}, {"name": "North", "renewal": None}
    saved = Entry(8, AT - timedelta(minutes=7), "Dana <Demo>", "workspace.changed", "North", before, after)
    told = workspace_form.meanwhile([objects_changed, saved], 3, DINA.zone, WORDS)
    state = workspace_form.begin(now, OBJECTS, "general", STATE)
    golden("workspace_meanwhile", workspace_form.edit(now, state, OFFERED, OBJECTS, WORDS, told))


@pytest.mark.parametrize(
    ("field", "chosen"),
    [("client", "deal"), ("client", "service"), ("client", "pets"), ("service", "contact"), ("revenue", "service")],
)
def test_an_object_that_is_not_offered_for_something_is_refused_however_it_was_sent(field: str, chosen: str) -> None:
    loaded = Objects("company", None, (), ("company", "contact", "service", "deal"))
    kind = "selected_options" if field == "revenue" else "selected_option"
    value = {"value": chosen}
    values = {field: {field: {kind: [value] if field == "revenue" else value}}}
    with pytest.raises(FieldError, match="object_gone") as caught:
        objects.read(values, loaded)
    assert caught.value.field == field


def test_the_modals_of_objects(golden: Golden) -> None:
    bare = Objects("company", loaded=("company",))
    golden("objects_none_loaded", objects.form(bare, WORDS))
    golden("objects", objects.form(OBJECTS, WORDS))
    golden("objects_confirm", objects.confirm(bare, Objects("contact", "service", ("deal",)), WORDS))


ENTRIES = [
    Entry(9, AT, "Dina", "workspace.changed", "North", {"name": "Nordic", "service.shown": True},
          {"name": "North", "service.shown": False}),
    Entry(8, AT - timedelta(days=1), None, "right.changed", "Bo", {"is_super_admin": False}, {"is_super_admin": True}),
    Entry(7, AT - timedelta(days=2), "Dina", "objects.changed", "", {"client": "company", "revenue": []},
          {"client": "contact", "revenue": ["deal", "2-projects"]}),
    Entry(6, AT - timedelta(days=3), "Dina", "workspace.deleted", "South", {"name": "South", "teams": []}, {}),
    Entry(5, AT - timedelta(days=4), "Dina", "team.renamed", "CS <South>", {"name": "A"}, {"name": "B"}),
    Entry(4, AT - timedelta(days=5), "Dina", "right.looked", "Bo", {"looks_as": "Bo"}, {"looks_as": None}),
    Entry(3, AT - timedelta(days=6), "Dina", "right.looked", "Bo", {"looks_as": None}, {"looks_as": "Bo"}),
    Entry(2, AT - timedelta(days=7), "Dina", "right.changed", "Bo", {"seat": None}, {"seat": "off"}),
]  # fmt: skip


def test_the_audit(golden: Golden) -> None:
    golden("audit", audit.page(ENTRIES, 10, DINA.zone, WORDS))
    golden("audit_none", audit.page([], None, DINA.zone, WORDS))


def test_the_audit_as_csv_has_a_row_for_each_setting_and_no_formula() -> None:
    file = io.StringIO(newline="")
    entry = Entry(1, AT, "=Dina", "workspace.changed", "+North", {"teams": ["A", "B"]}, {"teams": [], "name": "@x"})
    assert audit.fill(file, [entry, replace_subject(ENTRIES[2])], WORDS) == 4
    rows = list(csv.reader(io.StringIO(file.getvalue().removeprefix("\ufeff"))))
    assert rows[0] == ["When (UTC)", "Who", "Action", "Subject", "Setting", "Before", "After"]
    assert rows[1][1:] == ["'=Dina", "workspace.changed", "'+North", "teams", "A; B", ""]
    assert rows[2][4:] == ["name", "", "'@x"]
    assert rows[4][4:] == ["revenue", "", "deal; 2-projects"]


def replace_subject(entry: Entry) -> Entry:
    return entry._replace(subject="")


@pytest.mark.parametrize("letter", ["x", "&", "*", "`", '"', "株"])
def test_the_longest_names_keep_slacks_limits(letter: str) -> None:
    teams = dict.fromkeys(range(1, 121), letter * 255)
    tab = Tab(True, letter * 255, None, tuple(letter * 200 + str(n) for n in range(100)), None, "table")
    long = Settings(2**40, 9, False, letter * 80, letter * 500, teams, letter * 255, None, {"service": tab})
    offered = Offered(
        {("company", "user"): [Property(letter * 255, letter * 255)]}, {"service": list(tab.pipelines)}, teams
    )
    made: list[dict[str, Any]] = [workspaces.delete(long, [letter * 60] * 10, 900, 10**6, STATE, WORDS)]
    for name in ("general", "customers", "services", "revenue", "revenue2"):
        state = workspace_form.begin(long, OBJECTS, name, STATE)
        values = {f"{n}.name": [letter * 255] * 30 for n in range(20)}
        entry = Entry(1, AT, letter * 255, "workspace.changed", letter * 255, values, values)
        told = workspace_form.meanwhile([entry] * workspace_form.TOLD, 900, DINA.zone, WORDS)
        made.append(workspace_form.edit(long, state, offered, OBJECTS, WORDS, told))
    for view in made:
        assert not view_problems(view)
        assert len(view["private_metadata"]) <= 3_000
    six = [Workspace(n, letter * 80, letter * 500, n == 1, 1, teams) for n in range(1, 7)]
    assert not block_problems(workspaces.listed(six, DINA, [], WORDS)["blocks"], "message")
    values = {f"{n}.name": [letter * 255] * 30 for n in range(20)}
    entries = [Entry(n, AT, letter * 255, "workspace.changed", letter * 255, values, values) for n in range(11)]
    assert not block_problems(audit.page(entries, 99, DINA.zone, WORDS)["blocks"], "message")


def test_more_teams_than_a_menu_holds_are_not_lost_by_saving() -> None:
    many = replace(NORDIC, teams={number: f"Team {number}" for number in range(101)})
    state = workspace_form.begin(many, OBJECTS, "general", STATE)
    blocks = workspace_form.edit(many, state, OFFERED, OBJECTS, WORDS)["blocks"]
    assert not [one for one in blocks if "teams" in one["block_id"]]
    assert blocks[-1]["elements"][0]["text"] == "Teams: 101 are chosen, too many to be changed here."


def test_more_than_a_modal_can_carry_says_to_save_first() -> None:
    with pytest.raises(UserError, match="workspace_form_full"):
        edit(NORDIC, "general", **{"service.pipelines": ",".join(key(str(n)) for n in range(400))})
