"""HubSpot's rules of CS workspaces, each by name, where no other test has it: rights, seats, objects, old modals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.blocks import ids
from bot.blocks import workspace_form as form
from bot.blocks.forms import FormState
from bot.blocks.objects import write
from bot.domain.workspace_settings import Objects, key
from bot.playground import people as cast
from storage import objects, rights
from storage.schema import field, person, record, team, team_member, workspace
from tests.admins import id_of, pick, said
from tests.bots import Bot, texts
from tests.commands.test_workspaces import (
    CENTRAL,
    NORDIC,
    SOUTH,
    choose_objects,
    choosing,
    create,
    deleting,
    editing,
    fid,
    offered,
    send,
    settings,
    stored,
    submitted,
    told,
    turn,
)

__all__ = ["settings"]  # the fixture: Dina and Bo are super admins, three teams are free

NO_SETTINGS = "That takes the right to manage customer success settings, and a seat."


def take_right(bot: Bot, *who: str) -> None:
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id.in_(who)).values(is_super_admin=False))


def join(bot: Bot, who: str, number: int, *, is_primary: bool) -> None:
    values = {"installation_id": bot.installation.id, "person_id": id_of(bot, who), "team_id": number}
    with bot.database.write() as connection:
        connection.execute(insert(team_member).values(**values, is_primary=is_primary))


# Who may, and who has a seat


def test_an_owner_of_slack_has_neither_right_nor_seat_by_rank(bot: Bot) -> None:
    take_right(bot, cast.DINA)
    assert bot.ask("/workspace create", who=cast.DINA).text == f"{NO_SETTINGS} Ask Bo."
    assert bot.ask("/engagement acme", who=cast.DINA).text.startswith("You need a seat to work with clients here.")


def test_who_is_granted_the_right_from_outside_is_the_way_back_in(bot: Bot) -> None:
    take_right(bot, cast.DINA, cast.BO)
    assert bot.ask("/workspace objects").text == f"{NO_SETTINGS} Ask an admin of this Slack workspace."
    with bot.database.write() as connection:
        rights.grant(connection, bot.installation.id, "anna@example.com", bot.now)
    assert "of 5 CS workspaces" in bot.ask("/workspace").text
    create(bot, "Central", CENTRAL, who=cast.ANNA)
    assert stored(bot, "Central").teams == {CENTRAL: "CS Central"}


def test_once_there_is_a_team_a_seat_takes_clients_or_a_team(bot: Bot) -> None:
    assert bot.ask("/engagement", who=cast.DAN, channel=cast.GENERAL).text.startswith("You need a seat")
    assert bot.ask("/engagement", who=cast.CLEO, channel=cast.GENERAL).text.startswith("Your 1 client")
    join(bot, cast.DAN, SOUTH, is_primary=True)
    assert not bot.ask("/engagement", who=cast.DAN, channel=cast.GENERAL).text.startswith("You need a seat")
    with bot.database.write() as connection:
        connection.execute(delete(team))
    assert not bot.ask("/engagement", who=cast.DAN, channel=cast.GENERAL).text.startswith("You need a seat")


def test_only_who_has_their_primary_team_in_a_workspace_works_in_it(bot: Bot) -> None:
    join(bot, cast.CLEO, NORDIC, is_primary=False)
    join(bot, cast.CLEO, CENTRAL, is_primary=True)
    create(bot, "Nordic", NORDIC)
    shown = bot.ask("/workspace", who=cast.CLEO, channel=cast.GENERAL).text
    assert shown.startswith("Your CS workspace is Customer success.")
    with bot.database.write() as connection:
        connection.execute(update(team).where(team.c.id == CENTRAL).values(workspace_id=stored(bot, "Nordic").id))
    shown = bot.ask("/workspace", who=cast.CLEO, channel=cast.GENERAL).text
    assert shown.startswith("Your CS workspace is Nordic.")


def test_somebody_of_another_company_is_given_nothing(bot: Bot) -> None:
    """In shared channels Slack offers them in every menu of people."""
    page = bot.ask("/workspace people", who=cast.DINA)
    pick(bot, page, ids.CHOOSE_PERSON, selected_user=cast.SAM)
    said(bot, "This person is not a full member of this Slack workspace.")
    bot.press(bot.ask("/workspace teams", who=cast.DINA), ids.NEW_TEAM, who=cast.DINA)
    view = bot.modal(lambda view: view.callback_id == ids.NEW_TEAM, who=cast.DINA)
    errors = bot.submit(view, who=cast.DINA, name="Mixed", people=[cast.ANNA, cast.SAM])
    assert errors == {"people": "Only full members of this Slack workspace can be in a team. That is not: Sam"}


# Objects


def test_a_custom_object_is_offered_where_it_has_records_and_at_most_two_are_revenue(bot: Bot) -> None:
    def choices(name: str) -> list[str]:
        bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace objects")
        view = bot.modal(lambda view: view.callback_id == ids.SET_OBJECTS, who=cast.DINA)
        (element,) = [block["element"] for block in view.payload["blocks"] if block.get("block_id") == name]
        return [one["value"] for one in element["options"]]

    assert choices("revenue") == ["deal"]
    with bot.database.write() as connection:
        connection.execute(update(record).where(record.c.id == 9000).values(object="2-projects"))
        connection.execute(update(record).where(record.c.id == 9001).values(object="2-licences"))
    assert choices("revenue") == ["2-licences", "2-projects", "deal"]
    assert choices("client") == ["company", "2-licences", "2-projects"]
    with bot.database.read() as connection:
        before = objects.read(connection, bot.installation.id)
    three = {"revenue": ["deal", "2-projects", "2-licences"]}
    answer = submitted(bot, cast.DINA, ids.SET_OBJECTS, write(before, before), {}, three)
    assert answer["errors"] == {"revenue": "Choose at most 2 objects."}
    bot.slack.actions.reload(cast.DINA)


def test_the_services_tab_says_how_to_load_them(bot: Bot) -> None:
    choose_objects(bot, service="2-tickets")
    shown = texts(turn(bot, editing(bot), "services").payload["blocks"])
    assert "2-tickets are not loaded yet.\nLoad them from CSV (`services.csv`" in shown


def forged(bot: Bot, **entered: str) -> dict[str, Any]:
    """What is answered to settings of the primary workspace that no field of the modal gave."""
    found, here = stored(bot, "Customer success"), read_objects(bot)
    state = form.begin(found, here, form.SERVICES, FormState("", 0))
    return submitted(bot, cast.DINA, ids.EDIT_WORKSPACE, state.write(), entered)


def read_objects(bot: Bot) -> Objects:
    with bot.database.read() as connection:
        return objects.read(connection, bot.installation.id)


@pytest.mark.parametrize("service", [None, "2-tickets"])
def test_services_that_are_not_loaded_cannot_be_set_up_however_it_is_sent(bot: Bot, service: str | None) -> None:
    choose_objects(bot, service=service)
    forged(bot, **{f"{service or 'service'}.layout": "board"})
    assert stored(bot, "Customer success").tabs == {}
    assert stored(bot, "Customer success").version == 1


def test_each_revenue_object_has_its_own_tab_and_settings_and_a_tab_can_be_hidden(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(record).where(record.c.id == 9000).values(object="2-projects"))
        values = {"id": 9100, "object": "2-projects", "name": "lead", "label": "Project lead", "type": "user"}
        connection.execute(insert(field).values(installation_id=bot.installation.id, **values))
    choose_objects(bot, revenue=("deal", "2-projects"))
    view = turn(bot, editing(bot), "revenue2")
    assert offered(bot, view, fid("2-projects.csm")) == ["Project lead"]
    view = turn(bot, view, "revenue", {"2-projects.csm": key("lead"), "2-projects.layout": "board"})
    assert offered(bot, view, fid("deal.csm")) == []
    view = turn(bot, view, "services", {"deal.shown": []})
    assert send(bot, view, service__shown=[]) == {}
    bot.modal(lambda view: "submit" not in view.payload, who=cast.DINA)
    kept = stored(bot, "Customer success")
    assert (kept.tab("2-projects").csm, kept.tab("2-projects").layout) == ("lead", "board")
    assert (kept.tab("deal").csm, kept.tab("deal").layout) == (None, "table")
    assert [kept.tab(one).is_shown for one in ("service", "deal", "2-projects")] == [False, False, True]


def test_pipelines_to_begin_with_and_to_choose_from_are_those_of_the_object(bot: Bot) -> None:
    choose_objects(bot)
    view = turn(bot, editing(bot), "revenue")
    assert offered(bot, view, fid("deal.pipelines")) == ["New"]
    assert send(bot, view, deal__pipelines=[key("New")], deal__default=key("New")) == {}
    assert "New" in told(bot)
    kept = stored(bot, "Customer success").tab("deal")
    assert (kept.pipelines, kept.default) == (("New",), "New")
    assert (stored(bot, "Customer success").tab("service").pipelines) == ()


# Modals that stayed open


@pytest.mark.parametrize(
    ("name", "says"),
    [("—", "Give it a name of letters or digits."), ("nordic", "There is a CS workspace Nordic already.")],
)
def test_a_name_that_cannot_be_is_refused_when_it_is_changed_too(bot: Bot, name: str, says: str) -> None:
    create(bot, "Nordic")
    assert send(bot, editing(bot), name=name)["name"].startswith(says)
    assert stored(bot, "Customer success").version == 1


@pytest.mark.parametrize(
    ("name", "says"), [("", "Give it a name"), ("x" * 300, "300 characters are too many: at most 80.")]
)
def test_a_changed_name_that_came_past_slack_is_refused_all_the_same(bot: Bot, name: str, says: str) -> None:
    answer = forged(bot, name=name)
    shown = json.dumps(answer)
    assert says in shown
    assert stored(bot, "Customer success").version == 1


def test_a_team_that_is_removed_while_settings_list_it_is_refused_and_nothing_is_half_saved(bot: Bot) -> None:
    create(bot, "Nordic", NORDIC)
    view = editing(bot, stored(bot, "Nordic").id)
    offered(bot, view, fid("teams"))
    with bot.database.write() as connection:
        connection.execute(delete(team).where(team.c.id == SOUTH))
    errors = bot.submit(view, who=cast.DINA, **{fid("name"): "North", fid("teams"): [str(NORDIC), str(SOUTH)]})
    assert errors == {fid("teams"): "One of these teams is no longer there. Take it out, or choose again."}
    assert stored(bot, "Nordic").teams == {NORDIC: "CS Nordic"}


def test_a_tab_of_a_workspace_that_was_deleted_meanwhile_says_so(bot: Bot) -> None:
    view = create(bot, "Nordic")
    with bot.database.write() as connection:
        connection.execute(delete(workspace).where(~workspace.c.is_primary))
    (block,) = [block for block in view.payload["blocks"] if block["type"] == "actions"]
    bot.slack.actions.press(cast.DINA, view.id, block["block_id"], f"{ids.SHOW_TAB}:0")
    assert told(bot).startswith("This CS workspace was deleted meanwhile.")
    bot.slack.actions.reload(cast.DINA)


@pytest.mark.parametrize("meanwhile", ["deleted", "changed"])
def test_deleting_what_somebody_else_deleted_or_changed_meanwhile_says_so(bot: Bot, meanwhile: str) -> None:
    create(bot, "Nordic", NORDIC)
    view = deleting(bot, "Nordic")
    if meanwhile == "deleted":
        assert bot.submit(view_of_bo(bot), who=cast.BO, understood=["yes"]) == {}
    else:
        assert send(bot, editing(bot, stored(bot, "Nordic").id, who=cast.BO), who=cast.BO, description="His") == {}
    assert bot.submit(view, who=cast.DINA, understood=["yes"]) == {}
    assert f"was {meanwhile} meanwhile" in told(bot)
    with bot.database.read() as connection:
        left = connection.scalar(select(workspace.c.name).where(workspace.c.name == "Nordic"))
    assert left == (None if meanwhile == "deleted" else "Nordic")


def view_of_bo(bot: Bot) -> Any:
    listed = bot.ask("/workspace", who=cast.BO)
    bot.press(listed, f"{ids.DELETE_WORKSPACE}:{stored(bot, 'Nordic').id}", who=cast.BO)
    return bot.modal(lambda view: view.callback_id == ids.DELETE_WORKSPACE, who=cast.BO)


def test_nothing_is_changed_where_objects_are_only_looked_at(bot: Bot) -> None:
    choosing(bot, service="service")
    asked = bot.modal(lambda view: view.callback_id == ids.CONFIRM_OBJECTS, who=cast.DINA)
    bot.slack.actions.close(cast.DINA, asked.id)
    assert read_objects(bot).service is None
