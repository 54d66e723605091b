"""CS workspaces set up in modals: created, edited tab by tab, deleted; their objects, and the audit of it all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import delete, insert, select, update

from bot.blocks import audit as audit_blocks
from bot.blocks import forms, ids
from bot.blocks import workspace_form as form
from bot.domain.workspace_settings import Settings, key
from bot.domain.workspaces import EVERYTHING
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import audit, objects, workspaces
from storage import standing as standings
from storage.schema import (
    audit_entry,
    field,
    installation,
    person,
    record,
    saved_view,
    standing,
    submission,
    team,
    team_member,
    workspace,
    workspace_tab,
)
from tests.bots import Bot, texts

NORDIC, CENTRAL, SOUTH = 900, 901, 902
FRESH = forms.write(forms.FormState("", 0))  # what a modal carries that a command opened
TEAMS = {NORDIC: "CS Nordic", CENTRAL: "CS Central", SOUTH: "CS South"}


@pytest.fixture(autouse=True)
def settings(bot: Bot) -> Iterator[None]:
    """Dina and Bo may set up workspaces; three free teams; services and deals in pipelines."""
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        admins = person.c.slack_user_id.in_([cast.DINA, cast.BO])
        connection.execute(update(person).where(admins).values(is_super_admin=True))
        for number, name in TEAMS.items():
            values = {"id": number, "name": name, "name_key": name.lower().replace(" ", "")}
            connection.execute(insert(team).values(**here, **values))
        source_id = connection.scalar(select(record.c.source_id).limit(1))
        for number, (kind, pipeline) in enumerate([("service", "Onboarding"), ("service", "Support"), ("deal", "New")]):
            made = {"id": 9000 + number, "object": kind, "external_id": f"x{number}", "name": "X", "name_key": "x"}
            values = made | {"properties": {"pipeline": pipeline}, "source_id": source_id}
            connection.execute(insert(record).values(**here, **values))
        for number, (kind, name, type_) in enumerate(
            [("company", "cs_owner", "user"), ("company", "ends_on", "date"), ("service", "lead", "user")]
        ):
            values = {"id": 9000 + number, "object": kind, "name": name, "label": name.title(), "type": type_}
            connection.execute(insert(field).values(**here, **values))
    yield
    with bot.database.write() as connection:
        connection.execute(update(team).values(workspace_id=None))
        for table in (saved_view, submission, workspace_tab, team, audit_entry):
            connection.execute(delete(table))
        connection.execute(delete(workspace).where(~workspace.c.is_primary))
        as_before = {"name": "Customer success", "description": "", "version": 1, "csm_property": "csm_email"}
        connection.execute(update(workspace).values(**as_before, renewal_property=None))
        chosen: dict[str, Any] = {"client_object": "company", "service_object": None, "revenue_objects": []}
        connection.execute(update(installation).values(**chosen))
        connection.execute(update(person).values(is_super_admin=False, manages=False))
        connection.execute(delete(record).where(record.c.id >= 9000))
        connection.execute(delete(field).where(field.c.id >= 9000))
        standings.resettle(connection, bot.installation.id)  # who is still at it must not go on as before
    standings.catch_up(bot.database, bot.installation.id)


def fid(name: str, version: int = 1) -> str:
    return form.field_id(name, version)


def offered(bot: Bot, view: View, name: str, typed: str = "", who: str = cast.DINA) -> list[str]:
    """The labels that a field offers for what is typed."""
    found = bot.slack.actions.suggest(who, view.id, name, name, typed)
    return [one["text"]["text"] for one in found]


def send(bot: Bot, view: View, who: str = cast.DINA, **entered: Any) -> dict[str, str]:
    """Fill in fields by their names in settings, and submit; `object__field` for one of a tab."""
    version = 0 if view.callback_id == ids.CREATE_WORKSPACE else form.read_state(view.private_metadata).version
    values = {fid(name.replace("__", "."), version): raw for name, raw in entered.items()}
    for name in values:
        if any(each in name for each in ("teams", "csm", "renewal", "pipelines", "default")):
            offered(bot, view, name, who=who)
    errors = bot.submit(view, who=who, **values)
    return {form.field_name(name): text for name, text in errors.items()}


def create(bot: Bot, name: str, *teams: int, who: str = cast.DINA, description: str = "") -> View:
    """A new workspace; the modal of its settings, which follows."""
    bot.slack.actions.command(who, cast.CS_NORDIC, "/workspace create")
    view = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=who)
    chosen = {"teams": [str(one) for one in teams]} if teams else {}
    assert send(bot, view, who=who, name=name, description=description, **chosen) == {}
    return bot.modal(lambda view: view.callback_id == ids.EDIT_WORKSPACE, who=who)


def editing(bot: Bot, which: int = 1, who: str = cast.DINA) -> View:
    """The modal of a workspace's settings, opened from the list; what was open is closed."""
    if (before := bot.slack.actions.open_view(who)) is not None:
        bot.slack.actions.close(who, before.id)
    listed = bot.ask("/workspace", who=who)
    bot.press(listed, f"{ids.EDIT_WORKSPACE}:{which}", who=who)
    return bot.modal(lambda view: view.callback_id == ids.EDIT_WORKSPACE, who=who)


def turn(bot: Bot, view: View, tab: str, typed: Mapping[str, Any] | None = None, who: str = cast.DINA) -> View:
    """Another tab, after something was typed on this one."""
    version = form.read_state(view.private_metadata).version
    bot.slack.actions.fill(
        who, view.id, {fid(name, version): {fid(name, version): raw} for name, raw in (typed or {}).items()}
    )
    (block,) = [block for block in view.payload["blocks"] if block["type"] == "actions"]
    action = next(one["action_id"] for one in block["elements"] if one["value"] == tab)
    bot.slack.actions.press(who, view.id, block["block_id"], action)
    return bot.modal(lambda view: form.read_state(view.private_metadata).tab == tab, who=who)


def told(bot: Bot, who: str = cast.DINA) -> str:
    """What a modal says that has nothing to submit."""
    view = bot.modal(lambda view: "submit" not in view.payload, who=who)
    bot.slack.actions.close(who, view.id)
    return texts(view.payload["blocks"])


def stored(bot: Bot, name: str) -> Settings:
    with bot.database.read() as connection:
        found = next(one for one in workspaces.every(connection, bot.installation.id) if one.name == name)
        return workspaces.get(connection, bot.installation.id, found.id)


def choose_objects(bot: Bot, service: str | None = "service", revenue: tuple[str, ...] = ("deal",)) -> None:
    with bot.database.write() as connection:
        connection.execute(update(installation).values(service_object=service, revenue_objects=list(revenue)))


# Creating


def test_a_workspace_is_created_with_its_teams_and_leads_on_to_its_settings(bot: Bot) -> None:
    view = create(bot, "  Nordic   countries ", NORDIC, CENTRAL, description="Norway to Finland")
    assert form.read_state(view.private_metadata).tab == form.CUSTOMERS
    assert "*Nordic countries is created.* These are its settings" in texts(view.payload["blocks"])
    made = stored(bot, "Nordic countries")
    assert (made.description, made.teams) == ("Norway to Finland", {NORDIC: "CS Nordic", CENTRAL: "CS Central"})
    assert (made.csm, made.renewal, made.version) == ("csm_email", None, 1)


def test_the_list_shows_what_was_created_saved_and_deleted(bot: Bot) -> None:
    listed = bot.ask("/workspace", who=cast.DINA)
    bot.press(listed, ids.CREATE_WORKSPACE, who=cast.DINA)
    view = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=cast.DINA)
    assert send(bot, view, name="Nordic") == {}
    listed = bot.replaced(listed, "*Nordic*", who=cast.DINA)
    view = turn(bot, bot.modal(lambda view: view.callback_id == ids.EDIT_WORKSPACE, who=cast.DINA), "general")
    assert send(bot, view, name="North") == {}
    assert told(bot).startswith("Saved: *North*")
    listed = bot.replaced(listed, "*North*", who=cast.DINA)
    bot.press(listed, f"{ids.DELETE_WORKSPACE}:{stored(bot, 'North').id}", who=cast.DINA)
    view = bot.modal(lambda view: view.callback_id == ids.DELETE_WORKSPACE, who=cast.DINA)
    assert bot.submit(view, who=cast.DINA, understood=["yes"]) == {}
    assert "North" not in texts(bot.replaced(listed, "0 of 5", who=cast.DINA).blocks)


def test_what_took_the_place_of_the_list_leads_back_to_it(bot: Bot) -> None:
    listed = bot.ask("/workspace", who=cast.DINA)
    for button, says in ((f"{ids.SHOW_TEAMS}:list", "3 teams"), (f"{ids.SHOW_PEOPLE}:list", "CSMs that clients name"),
                         (f"{ids.SHOW_DATA}:list", "Look again"),
                         (f"{ids.SHOW_AUDIT}:new", "Nothing was changed yet.")):  # fmt: skip
        bot.press(listed, button, who=cast.DINA)
        shown = bot.replaced(listed, says, who=cast.DINA)
        bot.press(shown, ids.SHOW_WORKSPACES, who=cast.DINA)
        listed = bot.replaced(listed, "0 of 5 CS workspaces", who=cast.DINA)


def test_where_no_team_is_free_the_form_says_how_to_make_one(bot: Bot) -> None:
    create(bot, "All", *TEAMS)
    bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace create")
    view = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=cast.DINA)
    assert "No team is free for it: make one first" in texts(view.payload["blocks"])
    assert send(bot, view, name="None") == {}
    assert stored(bot, "None").teams == {}


def test_the_settings_that_follow_are_saved_in_the_same_modal(bot: Bot) -> None:
    view = create(bot, "Nordic")
    assert send(bot, view, csm=key("cs_owner")) == {}
    assert told(bot).startswith("Saved: *Nordic*")
    assert (stored(bot, "Nordic").csm, stored(bot, "Nordic").version) == ("cs_owner", 2)


def test_clients_move_to_the_workspace_of_their_csm_and_back(bot: Bot) -> None:
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        anna = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.ANNA))
        connection.execute(insert(team_member).values(**here, person_id=anna, team_id=NORDIC, is_primary=True))
    hers = select(standing.c.workspace_id).where(standing.c.person_id == anna, standing.c.workspace_id != EVERYTHING)

    def stand() -> set[int]:
        with bot.database.read() as connection:
            return set(connection.scalars(hers))

    assert stand() == {1}
    create(bot, "Nordic", NORDIC)
    made = stored(bot, "Nordic").id
    bot.wait(lambda: stand() == {made})
    assert bot.submit(deleting(bot, "Nordic"), who=cast.DINA, understood=["yes"]) == {}
    bot.wait(lambda: stand() == {1})
    with bot.database.write() as connection:
        connection.execute(delete(team_member))


def test_only_free_teams_are_offered_and_found_while_typing(bot: Bot) -> None:
    create(bot, "Nordic", NORDIC)
    bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace create")
    view = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=cast.DINA)
    assert offered(bot, view, fid("teams", 0)) == ["CS Central", "CS South"]
    assert offered(bot, view, fid("teams", 0), "cs so") == ["CS South"]
    assert offered(bot, view, fid("teams", 0), "zzz") == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("—", "Give it a name of letters or digits."),
        ("NORDIC ", "There is a CS workspace Nordic already. Choose another name."),
        ("customer-success", "There is a CS workspace Customer success already. Choose another name."),
    ],
)
def test_a_name_that_cannot_be_is_refused_beside_its_field(bot: Bot, name: str, says: str) -> None:
    create(bot, "Nordic")
    bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace create")
    view = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=cast.DINA)
    assert send(bot, view, name=name) == {"name": says}


def test_slack_itself_takes_no_empty_or_overlong_name(bot: Bot) -> None:
    bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace create")
    view = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=cast.DINA)
    assert send(bot, view, name="") == {"name": "Please complete this required field."}
    assert send(bot, view, name="x" * 300) == {"name": "Please enter no more than 80 characters."}


@pytest.mark.parametrize(
    ("name", "says"),
    [("", "Give it a name of letters or digits."), ("x" * 300, "300 characters are too many: at most 80.")],
)
def test_a_name_that_came_past_slack_is_refused_all_the_same(bot: Bot, name: str, says: str) -> None:
    answer = submitted(bot, cast.DINA, ids.CREATE_WORKSPACE, FRESH, {"name": name})
    assert answer == {"response_action": "errors", "errors": {fid("name", 0): says}}


def test_a_team_that_somebody_else_took_meanwhile_is_refused_and_says_who_has_it(bot: Bot) -> None:
    bot.slack.actions.command(cast.BO, cast.CS_NORDIC, "/workspace create")
    view = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=cast.BO)
    offered(bot, view, fid("teams", 0), who=cast.BO)
    create(bot, "Nordic", NORDIC)
    values = {fid("name", 0): "Mine", fid("teams", 0): [str(NORDIC)]}
    says = "CS Nordic is in Nordic by now, and a team can be in one CS workspace only."
    assert bot.submit(view, who=cast.BO, **values) == {fid("teams", 0): says}
    with bot.database.read() as connection:
        assert len(workspaces.every(connection, bot.installation.id)) == 2


def test_a_team_that_is_gone_while_the_modal_lists_it_is_refused(bot: Bot) -> None:
    bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace create")
    view = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=cast.DINA)
    offered(bot, view, fid("teams", 0))
    with bot.database.write() as connection:
        connection.execute(delete(team).where(team.c.id == SOUTH))
    values = {fid("name", 0): "South", fid("teams", 0): [str(SOUTH)]}
    says = "One of these teams is no longer there. Take it out, or choose again."
    assert bot.submit(view, who=cast.DINA, **values) == {fid("teams", 0): says}


def test_there_are_five_beside_the_primary_one_and_no_more(bot: Bot) -> None:
    bot.slack.actions.command(cast.BO, cast.CS_NORDIC, "/workspace create")
    late = bot.modal(lambda view: view.callback_id == ids.CREATE_WORKSPACE, who=cast.BO)
    for number in range(5):
        create(bot, f"Number {number}")
    says = "There are 5 CS workspaces beside the primary one, and more there cannot be."
    assert send(bot, late, who=cast.BO, name="Sixth") == {"name": says}
    bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace create")
    assert told(bot) == says
    assert ids.CREATE_WORKSPACE not in json.dumps(bot.ask("/workspace", who=cast.DINA).blocks)


def test_a_submission_that_is_sent_twice_creates_one(bot: Bot) -> None:
    answers = [submitted(bot, cast.DINA, ids.CREATE_WORKSPACE, FRESH, {"name": "Nordic"}) for _ in range(2)]
    assert [answer["response_action"] for answer in answers] == ["update", "update"]
    assert texts(answers[1]["view"]["blocks"]) == "Saved."
    assert stored(bot, "Nordic").version == 1


# Editing


def test_the_tabs_keep_what_was_entered_and_save_it_together(bot: Bot) -> None:
    choose_objects(bot)
    view = editing(bot)
    view = turn(bot, view, "customers", {"name": "All of it", "description": "Everybody"})
    offered(bot, view, fid("csm"))
    view = turn(bot, view, "services", {"csm": key("cs_owner")})
    offered(bot, view, fid("service.pipelines"))
    pipelines = {"service.pipelines": [key("Support")], "service.layout": "board"}
    view = turn(bot, view, "general", pipelines)
    assert send(bot, view) == {}
    said = told(bot)
    assert said.splitlines()[0] == "Saved: *All of it*"
    assert "Name: Customer success → All of it" in said
    assert "CSM: csm_email → Cs_Owner" in said
    assert "Services: Pipelines: none → Support" in said
    assert "Services: Layout: table → board" in said
    made = stored(bot, "All of it")
    assert (made.description, made.csm, made.version) == ("Everybody", "cs_owner", 2)
    assert (made.tab("service").pipelines, made.tab("service").layout) == (("Support",), "board")
    assert made.tab("deal").is_shown


def test_a_tab_shows_again_what_was_entered_on_it(bot: Bot) -> None:
    view = turn(bot, editing(bot), "customers", {"name": "Another"})
    view = turn(bot, view, "general")
    (name,) = [one["element"] for one in view.payload["blocks"] if one.get("block_id") == fid("name")]
    assert name["initial_value"] == "Another"


def test_properties_and_pipelines_are_found_while_typing(bot: Bot) -> None:
    choose_objects(bot)
    view = turn(bot, editing(bot), "customers")
    assert "Cs_Owner" in offered(bot, view, fid("csm"))
    assert offered(bot, view, fid("csm"), "owner") == ["Cs_Owner"]
    assert offered(bot, view, fid("renewal"), "ends") == ["Ends_On"]
    view = turn(bot, view, "services")
    assert offered(bot, view, fid("service.csm")) == ["Lead"]
    assert offered(bot, view, fid("service.pipelines")) == ["Onboarding", "Support"]
    view = turn(bot, view, "revenue")
    assert offered(bot, view, fid("deal.default"), "n") == ["New"]


def test_the_pipeline_to_begin_with_is_one_of_those_chosen(bot: Bot) -> None:
    choose_objects(bot)
    view = turn(bot, editing(bot), "services")
    errors = send(bot, view, service__pipelines=[key("Support")], service__default=key("Onboarding"))
    says = "Onboarding is not among the chosen pipelines. Choose one of them, or none."
    assert errors == {"service.default": says}


def test_what_is_wrong_on_another_tab_leads_to_it(bot: Bot) -> None:
    create(bot, "Nordic")
    view = turn(bot, editing(bot), "customers", {"name": "Nordic"})
    assert send(bot, view) == {}
    view = bot.modal(lambda view: form.read_state(view.private_metadata).tab == "general", who=cast.DINA)
    says = "*Nothing is saved yet.* Name: There is a CS workspace Nordic already. Choose another name."
    assert says in texts(view.payload["blocks"])


def test_services_can_be_set_up_once_they_are_chosen_and_loaded(bot: Bot) -> None:
    view = turn(bot, editing(bot), "services")
    assert "Nothing is chosen for this tab yet." in texts(view.payload["blocks"])
    choose_objects(bot, service="2-tickets")
    view = turn(bot, turn(bot, view, "general"), "services")
    assert "2-tickets are not loaded yet." in texts(view.payload["blocks"])


def test_teams_are_added_and_taken_out(bot: Bot) -> None:
    create(bot, "Nordic", NORDIC, CENTRAL)
    made = stored(bot, "Nordic")
    view = editing(bot, made.id)
    assert offered(bot, view, fid("teams")) == ["CS Central", "CS Nordic", "CS South"]
    assert send(bot, view, teams=[str(NORDIC), str(SOUTH)]) == {}
    assert "Teams: CS Central, CS Nordic → CS Nordic, CS South" in told(bot)
    assert stored(bot, "Nordic").teams == {NORDIC: "CS Nordic", SOUTH: "CS South"}
    with bot.database.read() as connection:
        assert connection.scalar(select(team.c.workspace_id).where(team.c.id == CENTRAL)) is None


def test_the_second_of_two_admins_sees_what_the_first_changed_and_keeps_their_own_input(bot: Bot) -> None:
    hers, his = editing(bot), editing(bot, who=cast.BO)
    assert send(bot, hers, name="Hers") == {}
    assert send(bot, his, who=cast.BO, description="His words") == {}
    again = bot.modal(lambda view: form.read_state(view.private_metadata).version == 2, who=cast.BO)
    said = texts(again.payload["blocks"]).splitlines()
    begun = said.index("This was changed while you had it open:")
    assert said[begun + 1].startswith("20 Nov 2026, ")
    assert said[begun + 1].endswith("· *Dina* changed CS workspace Hers")
    assert said[begun + 2 : begun + 4] == [
        "Name: Customer success → Hers",
        "What you entered is kept. Save again to have it so.",
    ]
    held = {one["block_id"]: one["element"].get("initial_value") for one in again.payload["blocks"] if "element" in one}
    assert held == {fid("name", 2): "Hers", fid("description", 2): "His words"}
    assert stored(bot, "Hers").description == ""
    assert send(bot, again, who=cast.BO) == {}
    assert stored(bot, "Hers").description == "His words"


def test_two_admins_who_change_the_same_field_the_second_decides_knowingly(bot: Bot) -> None:
    hers, his = editing(bot), editing(bot, who=cast.BO)
    assert send(bot, hers, name="Hers") == {}
    assert send(bot, his, who=cast.BO, name="His") == {}
    again = bot.modal(lambda view: form.read_state(view.private_metadata).version == 2, who=cast.BO)
    assert "Name: Customer success → Hers" in texts(again.payload["blocks"])
    assert send(bot, again, who=cast.BO) == {}
    assert stored(bot, "His").version == 3


def test_changes_of_other_workspaces_are_not_told(bot: Bot) -> None:
    """However alike their names, and whoever made them."""
    create(bot, "Nordic")
    view = editing(bot, who=cast.BO)
    assert send(bot, editing(bot, stored(bot, "Nordic").id), name="Customers' success") == {}
    assert send(bot, editing(bot), description="Hers") == {}
    assert send(bot, view, who=cast.BO, name="His") == {}
    again = bot.modal(lambda view: form.read_state(view.private_metadata).version == 2, who=cast.BO)
    said = texts(again.payload["blocks"])
    assert ("Description: none → Hers" in said, "Nordic" in said) == (True, False)


def test_several_changes_are_told_in_their_order(bot: Bot) -> None:
    his = editing(bot, who=cast.BO)
    for name in ("One", "Two"):
        assert send(bot, editing(bot), name=name) == {}
    assert send(bot, his, who=cast.BO, description="His words") == {}
    again = bot.modal(lambda view: form.read_state(view.private_metadata).version == 3, who=cast.BO)
    told = [one for one in texts(again.payload["blocks"]).splitlines() if one.startswith("Name: ")]
    assert told == ["Name: Customer success → One", "Name: One → Two"]


def test_nothing_changed_is_said_and_writes_nothing(bot: Bot) -> None:
    assert send(bot, editing(bot)) == {}
    assert told(bot) == "Nothing was changed."
    with bot.database.read() as connection:
        assert audit.read(connection, bot.installation.id) == []


def test_a_workspace_that_is_deleted_while_its_modal_is_open_says_so(bot: Bot) -> None:
    view = create(bot, "Nordic")
    with bot.database.write() as connection:
        connection.execute(delete(workspace).where(~workspace.c.is_primary))
    assert send(bot, view) == {}
    assert told(bot).startswith("This CS workspace was deleted meanwhile.")


def test_objects_that_change_while_settings_are_open_are_said_and_then_saved(bot: Bot) -> None:
    view = editing(bot)
    with bot.database.write() as connection:
        before = objects.read(connection, bot.installation.id)
        dina = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.DINA))
        assert dina is not None
        objects.change(connection, bot.installation.id, dina, before, replace(before, service="service"), bot.now)
    view = turn(bot, view, "services", {"description": "Mine"})
    shown = texts(view.payload["blocks"])
    assert "*Dina* changed which objects are clients, services and revenue\nServices: none → Services" in shown
    assert send(bot, view, service__layout="board") == {}
    assert "Services: Layout: table → board" in told(bot)
    assert stored(bot, "Customer success").description == "Mine"


# Deleting


def deleting(bot: Bot, name: str) -> View:
    listed = bot.ask("/workspace", who=cast.DINA)
    bot.press(listed, f"{ids.DELETE_WORKSPACE}:{stored(bot, name).id}", who=cast.DINA)
    return bot.modal(lambda view: view.callback_id == ids.DELETE_WORKSPACE, who=cast.DINA)


def test_deleting_says_what_goes_and_what_returns_and_takes_a_tick(bot: Bot) -> None:
    create(bot, "Nordic", NORDIC)
    with bot.database.write() as connection:
        anna = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.ANNA))
        made = {"installation_id": bot.installation.id, "id": 5, "workspace_id": stored(bot, "Nordic").id, "version": 1}
        named = {"person_id": anna, "name": "Falling", "name_key": "falling", "text": "", "updated_at": bot.now}
        connection.execute(insert(saved_view).values(**made, **named))
    view = deleting(bot, "Nordic")
    said = texts(view.payload["blocks"])
    assert "views that people saved there for themselves: Falling" in said
    assert "teams, with the views saved for them: CS Nordic" in said
    assert bot.submit(view, who=cast.DINA) == {"understood": "Please complete this required field."}
    assert bot.submit(view, who=cast.DINA, understood=["yes"]) == {}
    assert told(bot).startswith("Nordic is deleted.")
    with bot.database.read() as connection:
        assert len(workspaces.every(connection, bot.installation.id)) == 1
        assert connection.scalar(select(team.c.workspace_id).where(team.c.id == NORDIC)) is None
        assert connection.scalar(select(saved_view.c.id)) is None


def test_without_the_tick_nothing_is_deleted_however_it_was_sent(bot: Bot) -> None:
    view = create(bot, "Nordic") and deleting(bot, "Nordic")
    answer = submitted(bot, cast.DINA, ids.DELETE_WORKSPACE, view.private_metadata, {})
    assert answer["errors"] == {"understood": "Tick the box: deleting a CS workspace cannot be undone."}
    assert stored(bot, "Nordic").version == 1


def test_the_primary_one_has_no_delete_and_cannot_be_deleted(bot: Bot) -> None:
    assert ids.DELETE_WORKSPACE not in json.dumps(bot.ask("/workspace", who=cast.DINA).blocks)
    state = json.dumps(["", 0, "1", 1])
    answer = submitted(bot, cast.DINA, ids.DELETE_WORKSPACE, state, {}, {"understood": ["yes"]})
    assert texts(answer["view"]["blocks"]).startswith("The primary CS workspace always stays.")


# Objects


def choosing(bot: Bot, **chosen: Any) -> dict[str, str]:
    bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace objects")
    view = bot.modal(lambda view: view.callback_id == ids.SET_OBJECTS, who=cast.DINA)
    return bot.submit(view, who=cast.DINA, **chosen)


def test_changing_an_object_says_what_changes_and_asks_first(bot: Bot) -> None:
    assert choosing(bot, service="service", revenue=["deal"]) == {}
    asked = bot.modal(lambda view: view.callback_id == ids.CONFIRM_OBJECTS, who=cast.DINA)
    assert "*Services: none → Services*" in texts(asked.payload["blocks"])
    with bot.database.read() as connection:
        assert objects.read(connection, bot.installation.id).service is None
    assert bot.submit(asked, who=cast.DINA) == {}
    assert told(bot) == "The objects are changed."
    assert bot.slack.actions.open_view(cast.DINA) is None  # nor the first step below it
    with bot.database.read() as connection:
        found = objects.read(connection, bot.installation.id)
    assert (found.client, found.service, found.revenue) == ("company", "service", ("deal",))


def test_the_way_back_leads_to_what_was_chosen(bot: Bot) -> None:
    assert choosing(bot, service="service", revenue=["deal"]) == {}
    asked = bot.modal(lambda view: view.callback_id == ids.CONFIRM_OBJECTS, who=cast.DINA)
    bot.slack.actions.close(cast.DINA, asked.id)
    below = bot.modal(lambda view: view.callback_id == ids.SET_OBJECTS, who=cast.DINA)
    assert bot.submit(below, who=cast.DINA, service=None) == {}  # the rest is as it was chosen
    asked = bot.modal(lambda view: view.callback_id == ids.CONFIRM_OBJECTS, who=cast.DINA)
    assert texts(asked.payload["blocks"]).splitlines()[0] == "*Revenue: none → Deals*"
    bot.slack.actions.close(cast.DINA, asked.id, everything=True)


def test_objects_that_stay_as_they_are_ask_nothing(bot: Bot) -> None:
    assert choosing(bot) == {}
    assert told(bot) == "Nothing was changed."


def test_one_object_cannot_stand_for_two_things(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(record).where(record.c.id == 9002).values(object="2-projects"))
    assert choosing(bot, client="2-projects", revenue=["2-projects"]) == {
        "revenue": "An object can stand for one thing only."
    }
    bot.slack.actions.reload(cast.DINA)


def test_objects_that_somebody_else_changed_meanwhile_are_not_changed(bot: Bot) -> None:
    assert choosing(bot, service="service") == {}
    asked = bot.modal(lambda view: view.callback_id == ids.CONFIRM_OBJECTS, who=cast.DINA)
    choose_objects(bot, service=None, revenue=("deal",))
    assert bot.submit(asked, who=cast.DINA) == {}
    assert told(bot).startswith("Somebody else changed the objects meanwhile.")
    with bot.database.read() as connection:
        assert objects.read(connection, bot.installation.id).service is None


# The audit


def test_the_history_says_who_changed_what_from_what_to_what(bot: Bot) -> None:
    create(bot, "Nordic", NORDIC)
    assert send(bot, editing(bot, stored(bot, "Nordic").id), name="North", teams=[]) == {}
    found = bot.ask("/workspace history", who=cast.DINA)
    lines = texts(found.blocks).splitlines()
    assert lines[0] == "*Changes of settings, newest first*"
    assert lines[1].endswith("· *Dina* changed CS workspace North")
    assert lines[2:4] == ["Name: Nordic → North", "Teams: CS Nordic → none"]
    assert lines[4].endswith("· *Dina* created CS workspace Nordic")
    assert lines[5:-1] == ["Name: Nordic", "Teams: CS Nordic"]


def test_the_history_is_turned_from_entry_to_entry(bot: Bot) -> None:
    with bot.database.write() as connection:
        for number in range(25):
            audit.record(connection, bot.installation.id, None, bot.now, "workspace.changed", f"N{number}")
    page = bot.ask("/workspace history", who=cast.DINA)
    assert "N24" in texts(page.blocks)
    assert f"N{24 - audit_blocks.PAGE}" not in texts(page.blocks)
    bot.press(page, f"{ids.SHOW_AUDIT}:old", who=cast.DINA)
    older = bot.replaced(page, f"N{24 - audit_blocks.PAGE}", who=cast.DINA)
    bot.press(older, f"{ids.SHOW_AUDIT}:old", who=cast.DINA)
    last = bot.replaced(page, "N0", who=cast.DINA)
    assert f"{ids.SHOW_AUDIT}:old" not in json.dumps(last.blocks)
    bot.press(last, f"{ids.SHOW_AUDIT}:new", who=cast.DINA)
    bot.replaced(page, "N24", who=cast.DINA)


# Who may


def submitted(
    bot: Bot, who: str, callback: str, metadata: str, typed: dict[str, str], ticked: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """What is answered to a submission of a modal that nobody opened."""
    values: dict[str, Any] = {
        fid(name, 0): {fid(name, 0): {"type": "plain_text_input", "value": text}} for name, text in typed.items()
    }
    for name, chosen in (ticked or {}).items():
        options = [{"value": one} for one in chosen]
        values[name] = {name: {"type": "checkboxes", "selected_options": options}}
    view = {"type": "modal", "id": "V0FORGED", "callback_id": callback, "private_metadata": metadata}
    user = {"id": who, "team_id": cast.TEAM.id}
    body = {"type": "view_submission", "team": {"id": cast.TEAM.id}, "user": user}
    response = bot.app.dispatch(
        BoltRequest(mode="socket_mode", body=body | {"view": view | {"state": {"values": values}}})
    )
    return dict(json.loads(response.body)) if response.body else {}


@pytest.mark.parametrize("word", ["create", "objects", "history"])
def test_who_may_not_set_up_workspaces_is_told_whom_to_ask(bot: Bot, word: str) -> None:
    says = "That takes the right to manage customer success settings, and a seat. Ask Bo, Dina."
    assert bot.ask(f"/workspace {word}").text == says
    assert bot.slack.actions.open_view(cast.ANNA) is None


@pytest.mark.parametrize(
    "callback",
    [
        ids.CREATE_WORKSPACE,
        ids.EDIT_WORKSPACE,
        ids.DELETE_WORKSPACE,
        ids.SET_OBJECTS,
        ids.CONFIRM_OBJECTS,
    ],
)
def test_a_forged_submission_of_somebody_without_rights_writes_nothing(bot: Bot, callback: str) -> None:
    answer = submitted(bot, cast.ANNA, callback, json.dumps(["", 0, "1", 1]), {"name": "Mine"})
    assert "That takes the right to manage" in texts(answer["view"]["blocks"])
    with bot.database.read() as connection:
        assert len(workspaces.every(connection, bot.installation.id)) == 1
        assert audit.read(connection, bot.installation.id) == []


@pytest.mark.parametrize("callback", [ids.EDIT_WORKSPACE, ids.DELETE_WORKSPACE, ids.CONFIRM_OBJECTS, ids.SET_OBJECTS])
@pytest.mark.parametrize("metadata", ["", "{}", "[1]", "null", '["x",1,"general",{},{}]'])
def test_a_modal_that_carries_nothing_readable_says_so(bot: Bot, callback: str, metadata: str) -> None:
    answer = submitted(bot, cast.DINA, callback, metadata, {}, {"understood": ["yes"]})
    assert texts(answer["view"]["blocks"]).startswith("This form is of an earlier version")


def test_rights_lost_while_a_modal_is_open_count_when_it_is_sent(bot: Bot) -> None:
    view = editing(bot)
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.DINA).values(is_super_admin=False))
    assert send(bot, view, name="Mine") == {}
    assert "That takes the right to manage" in told(bot)
    assert stored(bot, "Customer success").version == 1


def test_a_message_of_all_workspaces_has_their_buttons(bot: Bot) -> None:
    create(bot, "Nordic", NORDIC)
    found: Message = bot.ask("/workspace", who=cast.DINA)
    assert "*Nordic*\nTeams: CS Nordic" in texts(found.blocks)
    shown = json.dumps(found.blocks)
    assert all(one in shown for one in (ids.CREATE_WORKSPACE, ids.EDIT_WORKSPACE, ids.SET_OBJECTS, ids.SHOW_AUDIT))


def test_what_is_typed_too_long_is_kept_from_tab_to_tab_and_refused_beside_its_field(bot: Bot) -> None:
    view = turn(bot, create(bot, "Nordic"), "general")
    view = turn(bot, view, "customers", {"name": "x" * 300, "description": "y" * 600})
    assert send(bot, view) == {}
    view = bot.modal(lambda view: form.read_state(view.private_metadata).tab == "general", who=cast.DINA)
    assert "*Nothing is saved yet.* Name: 300 characters are too many: at most 80." in texts(view.payload["blocks"])
    shown = {one["element"]["action_id"]: one["element"] for one in view.payload["blocks"] if one["type"] == "input"}
    assert shown[fid("name", 1)]["initial_value"] == "x" * 300
    assert send(bot, view, name="North", description="All of it") == {}
    assert told(bot).startswith("Saved: *North*")
