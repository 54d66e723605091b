"""The settings of a workspace as a form has them: what is checked, and what counts as changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.workspace_settings import (
    Objects,
    Offered,
    Property,
    Settings,
    Tab,
    changed,
    checked,
    described,
    description,
    digests,
    fields,
    key,
    name,
    teams,
)
from bot.domain.workspaces import search
from bot.errors import FieldError

OBJECTS = Objects("company", "service", ("deal",), ("company", "service", "deal"))
NORDIC = Settings(3, 4, False, "Nordic", "", {5: "CS Nordic", 6: "CS Finland"}, "owner", None)
OFFERED = Offered(
    {("company", "user"): [Property("owner", "Owner"), Property("csm_email", "CSM")]},
    {"service": ["Onboarding", "Support"]},
)


@pytest.mark.parametrize(("typed", "kept"), [("  Nordic \n countries ", "Nordic countries"), ("x" * 80, "x" * 80)])
def test_a_name_is_kept_without_what_nobody_sees(typed: str, kept: str) -> None:
    assert name(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", "—", "\u200b", "x" * 81, "x" * 300])
def test_a_name_that_cannot_be_is_refused(typed: str) -> None:
    with pytest.raises(FieldError) as caught:
        name(typed)
    assert caught.value.field == "name"


def test_a_description_may_be_empty_and_not_too_long() -> None:
    assert description("") == ""
    with pytest.raises(FieldError):
        description("x" * 501)


@pytest.mark.parametrize("typed", ["x", "5,x", "-1", "9" * 30, "٣"])
def test_what_is_no_team_is_refused(typed: str) -> None:
    with pytest.raises(FieldError, match="workspace_team_gone"):
        teams(typed)


def test_fields_that_were_not_changed_leave_the_settings_as_they_are() -> None:
    assert checked(NORDIC, {}, OFFERED, OBJECTS).name == "Nordic"
    assert checked(NORDIC, fields(NORDIC, OBJECTS), OFFERED, OBJECTS).csm == "owner"


def test_no_csm_chosen_is_the_usual_one() -> None:
    assert checked(NORDIC, {"csm": ""}, OFFERED, OBJECTS).csm == "csm_email"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("csm", key("nothing"), "workspace_property_gone"),
        ("renewal", key("owner"), "workspace_property_gone"),
        ("service.csm", key("owner"), "workspace_property_gone"),
        ("service.pipelines", key("New"), "workspace_pipeline_gone"),
        ("service.default", key("New"), "workspace_pipeline_gone"),
    ],
)
def test_what_is_not_offered_for_an_object_is_refused(field: str, value: str, problem: str) -> None:
    with pytest.raises(FieldError, match=problem) as caught:
        checked(NORDIC, {field: value}, OFFERED, OBJECTS)
    assert caught.value.field == field


def test_the_pipeline_to_begin_with_is_one_of_those_shown() -> None:
    both = {"service.pipelines": key("Support"), "service.default": key("Support")}
    assert checked(NORDIC, both, OFFERED, OBJECTS).tab("service").default == "Support"
    with pytest.raises(FieldError, match="workspace_default_pipeline"):
        checked(NORDIC, both | {"service.default": key("Onboarding")}, OFFERED, OBJECTS)
    assert checked(NORDIC, {"service.default": key("Support")}, OFFERED, OBJECTS).tab("service").pipelines == ()


def test_an_object_without_records_has_nothing_to_set_up() -> None:
    not_loaded = replace(OBJECTS, loaded=("company", "deal"))
    values = {"service.layout": "board", "service.csm": key("owner"), "deal.layout": "board"}
    assert checked(NORDIC, values, OFFERED, not_loaded).tabs == {"deal": Tab(layout="board")}
    kept = replace(NORDIC, tabs={"service": Tab(layout="board")})
    assert checked(kept, {"service.layout": "table"}, OFFERED, not_loaded).tab("service") == Tab(layout="board")


def test_a_layout_that_there_is_not_is_a_table() -> None:
    assert checked(NORDIC, {"deal.layout": "board"}, OFFERED, OBJECTS).tab("deal") == Tab(layout="board")
    assert checked(NORDIC, {"deal.layout": "cloud"}, OFFERED, OBJECTS).tab("deal") == Tab()


def test_the_primary_one_is_described_without_teams() -> None:
    primary = Settings(1, 1, True, "Customer success", "", {5: "CS Nordic"}, "owner", None)
    assert "teams" not in described(primary, OFFERED, OBJECTS)
    assert described(NORDIC, OFFERED, OBJECTS)["teams"] == ["CS Finland", "CS Nordic"]
    assert described(NORDIC, OFFERED, OBJECTS)["csm"] == "Owner"


def test_a_field_is_changed_when_its_choices_are_others_and_not_when_their_order_is() -> None:
    began = digests(fields(NORDIC, OBJECTS))
    assert changed({"teams": "6,5", "name": "Nordic", "csm": "", "unknown": "x"}, began) == {"csm": ""}
    assert changed({"teams": "6", "name": "North"}, began) == {"teams": "6", "name": "North"}


def test_what_begins_as_typed_comes_first() -> None:
    offered = [("West Nordic", "1"), ("Nordic", "2"), ("South", "3")]
    assert search("nor", offered) == [("Nordic", "2"), ("West Nordic", "1")]
    assert search("", offered) == offered
