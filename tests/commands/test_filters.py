"""*Filter*: a modal over a list; what it says takes the list's place."""

from __future__ import annotations

import json

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import insert

from bot.blocks import forms, ids
from bot.playground import people as cast
from bot.playground.model import Message, View
from bot.playground.values import state_values
from storage.schema import person, team
from tests.bots import Bot, texts


def opened(bot: Bot, message: Message) -> View:
    bot.press(message, ids.FILTER_LIST)
    return bot.modal(lambda view: view.callback_id == ids.FILTER_FORM)


def shown(view: View) -> dict[str, str]:
    """What stands in a modal's fields, by field."""
    return forms.entered(state_values(view.payload["blocks"], view.inputs))


def test_what_is_filled_in_takes_the_place_of_the_overview(bot: Bot) -> None:
    overview = bot.ask("/engagement")
    view = opened(bot, overview)
    assert shown(view) == {}
    assert bot.submit(view, tier=["medium"], team="all", sort="name") == {}
    page = bot.replaced(overview, "Showing: `tier:medium team:all sort:name`")
    assert "*Acme AS*" in texts(page.blocks)
    assert page.ephemeral_to == cast.ANNA
    assert bot.slack.actions.open_view(cast.ANNA) is None


def test_the_fields_are_those_of_the_list_and_change_it(bot: Bot) -> None:
    page = bot.ask("/engagement score:0-5 category:marketing csm:bo@example.com sort:name")
    view = opened(bot, page)
    assert shown(view) == {
        "score": "0", "score_to": "5", "category": "marketing", "csm_person": cast.BO, "sort": "name",
    }  # fmt: skip
    assert bot.submit(view, score=None, score_to=None, csm_person=cast.CLEO) == {}
    bot.replaced(page, "Showing: `category:marketing csm:cleo@example.com sort:name`")


def test_a_list_of_nobody_can_be_filtered_anew(bot: Bot) -> None:
    empty = bot.ask("/engagement tier:low renews:passed")
    view = opened(bot, empty)
    assert shown(view) == {"tier": "low", "renews": "passed"}
    assert bot.submit(view, tier=["high", "medium", "low"], renews=None) == {}
    bot.replaced(empty, "Showing: `tier:low,medium,high`")


def test_errors_stand_beside_their_fields_and_the_list_stays(bot: Bot) -> None:
    page = bot.ask("/engagement team:all sort:name")
    view = opened(bot, page)
    assert bot.submit(view, renews="soon") == {
        "renews": "Not understood: renews:soon. After renews: 60, 30-90, passed, none."
    }
    assert bot.submit(view, renews=None, team="mine") == {"team": "You are in no team yet. Try team:all, or csm:me."}
    assert bot.submit(view, team=None, csm="me", csm_person=cast.BO) == {
        "csm": "csm is there twice: csm:me and csm:bo@example.com. Keep one of them."
    }
    assert bot.submit(view, csm=None, csm_person=cast.APP.user_id) == {
        "csm_person": "No e-mail address is known of this person, so no client can name them as CSM."
    }
    assert bot.submit(view, csm_person=cast.BO) == {}
    bot.replaced(page, "*Clients of Bo*")


def test_a_csm_who_is_not_in_slack_and_a_team_of_this_installation_can_be_chosen(bot: Bot) -> None:
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        connection.execute(insert(person).values(**here, id=900, email="old@example.com", name="Old"))
        connection.execute(insert(team).values(**here, id=900, name="CS Nordic", name_key="csnordic"))
    page = bot.ask('/engagement csm:old@example.com team:"cs nordic"')
    view = opened(bot, page)
    assert shown(view) == {"csm": "900", "team": "900"}
    assert bot.submit(view, sort="name") == {}
    bot.replaced(page, "Nobody matches: clients of Old in CS Nordic.")


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an hour has passed since any click."""
    monkeypatch.setattr(forms, "REPLIES", -1)


@pytest.mark.usefixtures("late")
def test_half_an_hour_later_the_modal_says_what_to_type_instead(bot: Bot) -> None:
    page = bot.ask("/engagement team:all sort:name")
    assert bot.submit(opened(bot, page), tier=["low"]) == {}
    told = bot.modal(lambda view: view.callback_id != ids.FILTER_FORM)
    assert "Your list is too old to be replaced. Type: /engagement tier:low team:all sort:name" in texts(
        told.payload["blocks"]
    )
    bot.slack.actions.close(cast.ANNA, told.id)


def test_where_only_slack_knows_that_the_list_is_too_old_it_is_said_by_direct_message(bot: Bot) -> None:
    page = bot.ask("/engagement team:all sort:name")
    view = opened(bot, page)
    state = forms.read(view.payload["private_metadata"])
    assert state is not None
    bot.slack.slack.take_response_url(state.reply_to.rsplit("/", 1)[1])
    for _ in range(4):
        bot.slack.slack.take_response_url(state.reply_to.rsplit("/", 1)[1])
    assert bot.submit(view, tier=["low"]) == {}
    direct = cast.direct_message(cast.ANNA).id
    told = bot.wait(lambda: bot.slack.actions.visible_messages(cast.ANNA, direct))
    assert told[-1].text == "Your list is too old to be replaced. Type: /engagement tier:low team:all sort:name"


def test_a_form_of_another_release_says_so(bot: Bot) -> None:
    view = {
        "type": "modal",
        "id": "V1",
        "callback_id": ids.FILTER_FORM,
        "private_metadata": "",
        "state": {"values": {}},
    }
    user = {"id": cast.ANNA, "team_id": cast.TEAM.id}
    body = {"type": "view_submission", "team": {"id": cast.TEAM.id}, "user": user, "view": view}
    answer = json.loads(bot.app.dispatch(BoltRequest(mode="socket_mode", body=body)).body)
    assert "This form is of an earlier version of the bot." in texts(answer["view"]["blocks"])


def test_a_refusal_repeats_what_was_typed_as_plain_text(bot: Bot) -> None:
    answer = bot.ask("/engagement score:<!channel>")
    assert "score:&lt;!channel&gt;. After score: 3, 0-3, &lt;4, &gt;=7." in texts(answer.blocks)
