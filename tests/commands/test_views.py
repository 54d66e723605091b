"""Saved views from a list's menu to `view:falling`, renamed, deleted; and those of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import Connection, delete, func, insert, select, update

from bot.blocks import forms, ids
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import submissions
from storage.schema import person, saved_view, submission, team, team_member, workspace
from tests.bots import Bot, texts

NORDIC = 900


@pytest.fixture(autouse=True)
def teams(bot: Bot) -> Iterator[None]:
    """Anna, Bo and Dina, who leads them, in one team; no view saved."""
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        connection.execute(insert(team).values(**here, id=NORDIC, name="CS Nordic", name_key="csnordic"))
        for who in (cast.ANNA, cast.BO, cast.DINA):
            person_id = connection.scalar(select(person.c.id).where(person.c.slack_user_id == who))
            values = here | {"person_id": person_id, "team_id": NORDIC, "is_primary": True, "is_lead": who == cast.DINA}
            connection.execute(insert(team_member).values(values))
    yield
    with bot.database.write() as connection:
        for table in (saved_view, submission, team_member, team):
            connection.execute(delete(table))
        connection.execute(delete(workspace).where(~workspace.c.is_primary))


def pick(bot: Bot, message: Message, action: str, entry: str, who: str = cast.ANNA) -> None:
    """Choose an entry of the menu of this id whose value begins so."""
    for block in message.blocks:
        for element in block.get("elements", []):
            if element.get("action_id") == action:
                for option in element["options"]:
                    if option["value"].startswith(entry):
                        bot.slack.actions.press(
                            who, message.ref, block["block_id"], action, selected_option=option["value"]
                        )
                        return
    raise AssertionError(f"no {entry} in {action}")


def save(bot: Bot, text: str, name: str, who: str = cast.ANNA, **fields: Any) -> str:
    """Save the list of a filter as a view; gives what is said of it."""
    pick(bot, bot.ask(f"/engagement {text}", who=who), ids.MORE_OF_LIST, ids.SAVE_VIEW, who=who)
    view = bot.modal(lambda view: view.callback_id == ids.SAVE_VIEW, who=who)
    assert bot.submit(view, who=who, name=name, **fields) == {}
    told = bot.modal(lambda view: view.callback_id != ids.SAVE_VIEW, who=who)
    bot.slack.actions.close(who, told.id)
    return texts(told.payload["blocks"])


def changing(bot: Bot, entry: str, who: str = cast.ANNA) -> tuple[Message, View]:
    """The list of views, and over it the modal that renames or deletes the first of them."""
    listed = bot.ask("/engagement views", who=who)
    pick(bot, listed, ids.CHANGE_VIEW, entry, who=who)
    return listed, bot.modal(lambda view: view.callback_id == entry, who=who)


def shown(bot: Bot, text: str, who: str = cast.ANNA) -> str:
    return texts(bot.ask(f"/engagement {text}", who=who, channel=cast.GENERAL).blocks)


def test_a_list_is_saved_and_shown_again_and_narrowed(bot: Bot) -> None:
    said = save(bot, "team:all tier:medium,high sort:name", "Not low")
    assert said == 'Saved. `/engagement view:"Not low"` shows it.'
    assert "Showing: `tier:medium,high team:all sort:name`" in shown(bot, 'view:"not low"')
    assert "Showing: `tier:medium team:all sort:mrr`" in shown(bot, "view:NotLow tier:medium sort:mrr")


def test_a_view_of_a_team_that_an_admin_moves_meanwhile_is_saved_where_the_team_is_then(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = submissions.claim

    def claiming(connection: Connection, *rest: Any) -> bool:
        """As if the admin had been the last to write before."""
        made = {"installation_id": bot.installation.id, "id": 901, "name": "Nordic", "is_primary": False}
        connection.execute(insert(workspace).values(made))
        connection.execute(update(team).where(team.c.id == NORDIC).values(workspace_id=901))
        return claim(connection, *rest)

    monkeypatch.setattr(submissions, "claim", claiming)
    save(bot, "team:all tier:low", "Low", whose="team")
    with bot.database.read() as connection:
        assert connection.scalar(select(saved_view.c.workspace_id)) == 901
    assert "*Low* · for CS Nordic" in shown(bot, "views")


def test_a_misspelt_name_says_what_was_meant(bot: Bot) -> None:
    save(bot, "team:all sort:name", "Falling")
    assert "Not understood: view:faling → view:Falling?" in shown(bot, "view:faling")
    assert "No saved view is called zzz. To see them all, type views instead." in shown(bot, "view:zzz")


def test_a_view_opens_from_the_list_of_views_in_place(bot: Bot) -> None:
    save(bot, "team:all sort:name", "Falling")
    page = bot.ask("/engagement team:all sort:mrr")
    pick(bot, page, ids.MORE_OF_LIST, ids.SAVED_VIEWS)
    listed = bot.replaced(page, "*1 saved view*")
    assert "*Falling*\n`team:all sort:name`" in texts(listed.blocks)
    bot.press(listed, ids.SHOW_VIEW)
    bot.replaced(page, "Showing: `team:all sort:name`")


def test_the_overview_s_menu_leads_to_the_views(bot: Bot) -> None:
    overview = bot.ask("/engagement")
    pick(bot, overview, ids.MORE_OF_LIST, ids.SAVED_VIEWS)
    bot.replaced(overview, "No saved views yet.")


def test_more_views_than_a_page_holds_are_turned(bot: Bot) -> None:
    for number in range(10):
        with bot.database.write() as connection:
            here = {"installation_id": bot.installation.id, "workspace_id": 1, "id": number, "version": 1}
            anna = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.ANNA))
            named = {"person_id": anna, "name": f"View {number}", "name_key": f"view{number}", "text": ""}
            connection.execute(insert(saved_view).values(**here, **named, updated_at=bot.now))
    listed = bot.ask("/engagement views")
    bot.press(listed, f"{ids.TURN_VIEWS}:next")
    bot.replaced(listed, "View 9")
    bot.press(listed, f"{ids.TURN_VIEWS}:back")
    bot.replaced(listed, "View 0")


def test_a_view_of_the_team_is_seen_by_the_team_and_one_s_own_by_nobody_else(bot: Bot) -> None:
    save(bot, "team:all sort:name", "Mine")
    save(bot, "csm:me sort:name", "Ours", whose="team")
    assert "Showing: `csm:me sort:name`" in shown(bot, "view:ours", who=cast.BO)
    listed = bot.ask("/engagement views", who=cast.BO)
    assert "*Ours* · for CS Nordic, by Anna" in texts(listed.blocks)
    assert "Mine" not in texts(listed.blocks)
    assert ids.CHANGE_VIEW not in json.dumps(listed.blocks)
    assert "No saved view is called mine." in shown(bot, "view:mine", who=cast.BO)
    assert "No saved view is called ours." in shown(bot, "view:ours", who=cast.CLEO)


def test_a_list_of_nobody_is_saved_too(bot: Bot) -> None:
    save(bot, "going:quiet renews:passed", "Trouble")
    assert "Nobody matches: your clients." in shown(bot, "view:trouble")


def test_a_view_is_renamed_and_the_list_of_views_with_it(bot: Bot) -> None:
    save(bot, "team:all sort:name", "Falling")
    save(bot, "team:all sort:mrr", "Rich")
    listed, view = changing(bot, ids.RENAME_VIEW)
    assert bot.submit(view, name="Rich") == {
        "name": "There is a view Rich already. Choose another name, or delete that one."
    }
    assert bot.submit(view, name="-") == {"name": "Give it a name of letters or digits."}
    assert bot.submit(view, name="Sinking") == {}
    bot.replaced(listed, "*Sinking*")
    assert "Showing: `team:all sort:name`" in shown(bot, "view:sinking")


def test_a_view_is_deleted_and_of_the_team_s_by_its_lead(bot: Bot) -> None:
    save(bot, "team:all sort:name", "Ours", whose="team")
    listed, view = changing(bot, ids.DELETE_VIEW, who=cast.DINA)
    assert texts(view.payload["blocks"]) == "Delete *Ours*? Everybody in CS Nordic loses it."
    assert bot.submit(view, who=cast.DINA) == {}
    bot.replaced(listed, "No saved views yet.", who=cast.DINA)


def test_a_view_changed_meanwhile_is_not_changed(bot: Bot) -> None:
    save(bot, "team:all sort:name", "Falling")
    _, view = changing(bot, ids.RENAME_VIEW)
    with bot.database.write() as connection:
        connection.execute(update(saved_view).values(version=2))
    assert bot.submit(view, name="Sinking") == {}
    told = bot.modal(lambda view: view.callback_id != ids.RENAME_VIEW)
    assert "Falling was changed meanwhile." in texts(told.payload["blocks"])
    bot.slack.actions.close(cast.ANNA, told.id)


def submitted(bot: Bot, who: str, callback: str, state: forms.FormState, name: str = "Taken over") -> dict[str, Any]:
    """What is answered to a submission of a modal that nobody opened."""
    value = {"type": "plain_text_input", "value": name}
    view = {
        "type": "modal",
        "id": "V0FORGED",
        "callback_id": callback,
        "private_metadata": forms.write(state),
        "state": {"values": {"name": {"name": value}}},
    }
    user = {"id": who, "team_id": cast.TEAM.id}
    body = {"type": "view_submission", "team": {"id": cast.TEAM.id}, "user": user, "view": view}
    response = bot.app.dispatch(BoltRequest(mode="socket_mode", body=body))
    return dict(json.loads(response.body)) if response.body else {}


@pytest.mark.parametrize("callback", [ids.RENAME_VIEW, ids.DELETE_VIEW])
@pytest.mark.parametrize(
    ("whose", "who", "says"),
    [
        ("mine", cast.BO, "This view is no longer there, or no longer yours to see."),
        ("team", cast.BO, "Only Anna, who saved it, or the team's lead can change Falling."),
        ("team", cast.CLEO, "This view is no longer there, or no longer yours to see."),
    ],
)
def test_the_view_of_another_is_refused(bot: Bot, callback: str, whose: str, who: str, says: str) -> None:
    save(bot, "team:all sort:name", "Falling", whose=whose)
    with bot.database.read() as connection:
        identity = connection.scalar(select(saved_view.c.id))
    answer = submitted(bot, who, callback, forms.FormState("", 0, str(identity), 1))
    assert texts(answer["view"]["blocks"]) == says
    with bot.database.read() as connection:
        assert connection.execute(select(saved_view.c.name, saved_view.c.version)).all() == [("Falling", 1)]


@pytest.mark.parametrize("value", ["", "x", "1 OR 1=1", "9" * 30, "-1"])
def test_a_button_that_carries_no_view_says_that_it_is_gone(bot: Bot, value: str) -> None:
    save(bot, "team:all sort:name", "Falling")
    listed = bot.ask("/engagement views")
    block = next(block for block in listed.blocks if block["type"] == "actions")
    block["elements"][0]["value"] = value
    bot.press(listed, ids.SHOW_VIEW)
    bot.wait(lambda: "no longer yours to see" in bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)[-1].text)


@pytest.mark.parametrize("times", [2, 3])
def test_a_submission_that_is_sent_again_saves_once_and_says_the_same(bot: Bot, times: int) -> None:
    state = forms.FormState("", 0, "tier:low")
    answers = [submitted(bot, cast.ANNA, ids.SAVE_VIEW, state, "Falling") for _ in range(times)]
    assert answers[1:] == answers[:-1]
    assert texts(answers[0]["view"]["blocks"]) == "Saved. `/engagement view:Falling` shows it."
    with bot.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(saved_view)) == 1


def test_a_renaming_that_is_sent_again_changes_nothing_more(bot: Bot) -> None:
    save(bot, "team:all sort:name", "Falling")
    with bot.database.read() as connection:
        identity = connection.scalar(select(saved_view.c.id))
    state = forms.FormState("", 0, str(identity), 1)
    answers = [submitted(bot, cast.ANNA, ids.RENAME_VIEW, state, "Sinking") for _ in range(2)]
    said = "It is done. This list of views is too old to be replaced. Type: /engagement views"
    assert [texts(answer["view"]["blocks"]) for answer in answers] == [said, said]
    with bot.database.read() as connection:
        assert connection.execute(select(saved_view.c.name, saved_view.c.version)).all() == [("Sinking", 2)]


def test_a_view_whose_team_is_gone_says_so(bot: Bot) -> None:
    save(bot, 'csm:anna@example.com team:"CS Nordic" sort:name', "Ours")
    with bot.database.write() as connection:
        connection.execute(delete(team_member))
        connection.execute(delete(team))
    said = "The view Ours cannot be shown: team:CS Nordic is no longer there."
    assert said in shown(bot, "view:ours")
    listed = bot.ask("/engagement views")
    assert said in texts(listed.blocks)
    assert ids.SHOW_VIEW not in json.dumps(listed.blocks)
