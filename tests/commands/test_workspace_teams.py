"""`/workspace teams` through Slack: made, changed, removed, by who may, and by two at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import insert, select, update

from bot.blocks import forms, ids
from bot.playground import people as cast
from bot.playground.model import Message, View
from bot.playground.refusals import ImpossibleError
from storage import team_settings
from storage.schema import audit_entry, field, record, source, team, workspace
from tests.admins import begin_anew, make_super_admin, pick, said
from tests.bots import Bot, texts


@pytest.fixture(autouse=True)
def dina(bot: Bot) -> Iterator[None]:
    make_super_admin(bot, cast.DINA)
    yield
    begin_anew(bot)


def opened(bot: Bot, callback: str, who: str = cast.DINA) -> View:
    return bot.modal(lambda view: view.callback_id == callback, who=who)


def make(bot: Bot, name: str, *people: str, **fields: Any) -> Message:
    """Make a team through the list of teams; gives the list."""
    listed = bot.ask("/workspace teams", who=cast.DINA)
    bot.press(listed, ids.NEW_TEAM, who=cast.DINA)
    view = opened(bot, ids.NEW_TEAM)
    assert bot.submit(view, who=cast.DINA, name=name, people=list(people), **fields) == {}
    return bot.replaced(listed, f"*{name}*", who=cast.DINA)


def changing(bot: Bot, listed: Message, what: str = ids.EDIT_TEAM, who: str = cast.DINA) -> View:
    """The modal about the first team of the list."""
    with bot.database.read() as connection:
        number = team_settings.every(connection, bot.installation.id)[0].id
    pick(bot, listed, f"{ids.CHANGE_TEAM}:{number}", who=who, selected_option=f"{what}:{number}")
    return opened(bot, what, who)


def test_no_team_yet_says_who_has_a_seat_then(bot: Bot) -> None:
    assert bot.ask("/workspace teams", who=cast.DINA).text == (
        "No teams yet. Until there is one, every full member of this Slack workspace has a seat."
    )


def test_a_new_team_is_where_its_maker_is(bot: Bot) -> None:
    listed = make(bot, "CS Nordic", cast.ANNA, cast.BO, leads=[cast.ANNA], channel=cast.CS_NORDIC)
    shown = texts(listed.blocks)
    assert f"*CS Nordic* · NO · Europe/Oslo · <#{cast.CS_NORDIC}>\nAnna (lead), Bo" in shown
    assert "CS Nordic · NO · Europe/Oslo" in listed.text


def test_a_second_team_does_not_take_the_primary_place(bot: Bot) -> None:
    make(bot, "CS Nordic", cast.ANNA)
    listed = make(bot, "CS Other", cast.ANNA)
    assert "Anna (primary team is another)" in texts(listed.blocks)


def test_a_team_is_changed_and_the_list_with_it(bot: Bot) -> None:
    listed = make(bot, "CS Nordic", cast.ANNA)
    view = changing(bot, listed)
    assert bot.submit(view, who=cast.DINA, name="CS North", people=[cast.BO], primary=[], country="fi",
                      time_zone="europe/helsinki") == {}  # fmt: skip
    found = bot.replaced(listed, "*CS North*", who=cast.DINA)
    assert "*CS North* · FI · Europe/Helsinki\nBo" in texts(found.blocks)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "-"}, {"name": "Give it a name of letters or digits."}),
        ({"name": "***"}, {"name": "Give it a name of letters or digits."}),
        ({"name": "cs other"}, {"name": "There is a team CS Other already."}),
        ({"people": [], "primary": [], "leads": [cast.ANNA]},
         {"leads": "Who leads the team must be among its people."}),
        ({"people": []}, {"primary": "Whose primary team it is must be among its people."}),
        ({"people": [cast.ANNA, cast.GUS]},
         {"people": "Only full members of this Slack workspace can be in a team. That is not: Gus"}),
        ({"country": "XX"}, {"country": "That is no country. Give its two letters, such as NO or FI."}),
        ({"time_zone": "Oslo"}, {"time_zone": "That is no time zone. They are named like Europe/Oslo."}),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(bot: Bot, fields: dict[str, Any], says: dict[str, str]) -> None:
    make(bot, "CS Other")
    view = changing(bot, make(bot, "CS Nordic", cast.ANNA))
    assert bot.submit(view, who=cast.DINA, **fields) == says


def test_a_channel_that_other_companies_share_is_not_offered(bot: Bot) -> None:
    view = changing(bot, make(bot, "CS Nordic", cast.ANNA))
    with pytest.raises(ImpossibleError):
        bot.submit(view, who=cast.DINA, channel=cast.CUSTOMER_SHARED)


def test_a_team_is_removed_after_saying_what_goes_with_it(bot: Bot) -> None:
    listed = make(bot, "CS Nordic", cast.ANNA, cast.BO)
    view = changing(bot, listed, ids.REMOVE_TEAM)
    assert texts(view.payload["blocks"]) == (
        "Remove *CS Nordic*?\n2 people lose it.\nClients and what was noted on them stay.\n"
        "It comes back if teams.csv, or a client in its column team, names it again."
    )
    assert bot.submit(view, who=cast.DINA) == {}
    bot.replaced(listed, "No teams yet.", who=cast.DINA)


def test_a_team_of_a_created_workspace_says_where_its_clients_go(bot: Bot) -> None:
    listed = make(bot, "CS Nordic", cast.ANNA)
    with bot.database.write() as connection:
        values = {"installation_id": bot.installation.id, "id": 7, "name": "Nordic", "is_primary": False}
        connection.execute(insert(workspace).values(values))
        connection.execute(update(team).values(workspace_id=7))
    shown = texts(changing(bot, listed, ids.REMOVE_TEAM).payload["blocks"])
    assert "Nordic keeps its other teams; clients of this one go to the primary one." in shown


def test_the_second_of_two_admins_sees_what_the_first_changed_and_keeps_their_input(bot: Bot) -> None:
    make_super_admin(bot, cast.BO)
    listed = make(bot, "CS Nordic", cast.ANNA)
    mine = changing(bot, listed)
    theirs = changing(bot, bot.ask("/workspace teams", who=cast.BO), who=cast.BO)
    assert bot.submit(theirs, who=cast.BO, people=[cast.ANNA, cast.CLEO], country="SE") == {}
    assert bot.submit(mine, who=cast.DINA, name="CS North") == {}
    again = bot.modal(lambda view: "Somebody else changed" in texts(view.payload["blocks"]), who=cast.DINA)
    shown = texts(again.payload["blocks"])
    assert f"People: <@{cast.ANNA}>, <@{cast.CLEO}>" in shown
    assert "Country: SE" in shown
    assert "Name:" not in shown
    assert again.payload["blocks"][1]["element"]["initial_value"] == "CS North"
    assert bot.submit(again, who=cast.DINA) == {}
    found = texts(bot.replaced(listed, "*CS North*", who=cast.DINA).blocks)
    assert "*CS North* · NO" in found


def test_a_team_of_a_file_says_where_it_is_changed(bot: Bot) -> None:
    make(bot, "CS Nordic", cast.ANNA)
    with bot.database.write() as connection:
        first = connection.scalar(select(source.c.id).where(source.c.kind == "csv").limit(1))
        connection.execute(update(team).values(source_id=first))
    listed = bot.ask("/workspace teams", who=cast.DINA)
    assert "From teams.csv: changed there, and here once that names it no longer" in texts(listed.blocks)
    assert ids.CHANGE_TEAM not in json.dumps(listed.blocks)


def test_a_team_that_clients_name_is_not_removed_and_that_is_said_before_anything_is_asked(bot: Bot) -> None:
    listed = make(bot, "CS Nordic", cast.ANNA)
    with bot.database.write() as connection:
        here = {"installation_id": bot.installation.id}
        values = {"id": 9000, "object": "company", "name": "team", "label": "Team", "type": "text"}
        connection.execute(insert(field).values(**here, **values))
        one = record.c.name == "Acme AS"
        before = connection.scalar(select(record.c.properties).where(one))
        connection.execute(update(record).where(one).values(properties={"team": "cs-nordic"}))
        number = team_settings.every(connection, bot.installation.id)[0].id
    pick(bot, listed, ids.CHANGE_TEAM, selected_option=f"{ids.REMOVE_TEAM}:{number}")
    said(bot, "Clients name CS Nordic in their column team, so it would come back.")
    assert changing(bot, listed).callback_id == ids.EDIT_TEAM
    with bot.database.write() as connection:
        connection.execute(update(record).where(one).values(properties=before))
        connection.execute(field.delete().where(field.c.id == 9000))


def test_who_may_not_set_up_is_told_whom_to_ask(bot: Bot) -> None:
    told = bot.ask("/workspace teams", who=cast.ANNA).text
    assert told == "That takes the right to manage customer success settings, and a seat. Ask Dina."


@pytest.mark.parametrize("callback", [ids.NEW_TEAM, ids.EDIT_TEAM, ids.REMOVE_TEAM])
def test_a_forged_form_of_who_has_no_right_changes_nothing(bot: Bot, callback: str) -> None:
    make(bot, "CS Nordic", cast.ANNA)
    with bot.database.read() as connection:
        one = team_settings.every(connection, bot.installation.id)[0]
    answer = submitted(bot, cast.ANNA, callback, forms.FormState("", 0, str(one.id), one.version))
    assert "Ask Dina." in texts(answer["view"]["blocks"])
    with bot.database.read() as connection:
        assert team_settings.every(connection, bot.installation.id) == [one]


def test_a_form_that_is_sent_twice_makes_one_team(bot: Bot) -> None:
    for _ in range(2):
        said_ = submitted(bot, cast.DINA, ids.NEW_TEAM, forms.FormState("", 0))
        assert "It is done." in texts(said_["view"]["blocks"])
    with bot.database.read() as connection:
        assert [one.name for one in team_settings.every(connection, bot.installation.id)] == ["Forged"]
        assert (
            len(connection.execute(select(audit_entry.c.id).where(audit_entry.c.action == "team.created")).all()) == 1
        )


def test_a_team_that_is_gone_while_its_form_is_open_is_said_to_be(bot: Bot) -> None:
    listed = make(bot, "CS Nordic", cast.ANNA)
    view = changing(bot, listed)
    with bot.database.write() as connection:
        one = team_settings.every(connection, bot.installation.id)[0]
        team_settings.remove(connection, bot.installation.id, one.id, one.version, by=1, now=bot.now)
    assert bot.submit(view, who=cast.DINA) == {}
    told = bot.modal(lambda view: view.callback_id != ids.EDIT_TEAM, who=cast.DINA)
    assert "This team is no longer there." in texts(told.payload["blocks"])
    pick(bot, listed, ids.CHANGE_TEAM, selected_option=f"{ids.EDIT_TEAM}:{one.id}")
    said(bot, "This team is no longer there.")


def submitted(bot: Bot, who: str, callback: str, state: forms.FormState) -> dict[str, Any]:
    """What is answered to a submission of a modal that nobody opened."""
    values = {"name": {"name": {"type": "plain_text_input", "value": "Forged"}}}
    view = {"type": "modal", "id": "V0FORGED", "callback_id": callback, "private_metadata": forms.write(state),
            "state": {"values": values}, "blocks": []}  # fmt: skip
    user = {"id": who, "team_id": cast.TEAM.id}
    body = {"type": "view_submission", "team": {"id": cast.TEAM.id}, "user": user, "view": view}
    response = bot.app.dispatch(BoltRequest(mode="socket_mode", body=body))
    return dict(json.loads(response.body)) if response.body else {}
