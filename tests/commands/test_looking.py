"""A super admin with a seat looks as another person: sees what they see, and every answer says so."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.model import Message
from storage import audit, rights
from storage.schema import team, team_member
from tests.admins import begin_anew, id_of, make_super_admin, pick
from tests.bots import Bot, texts

LINE = "You look as Bo: clients, team and CS workspace are theirs."


@pytest.fixture(autouse=True)
def dina(bot: Bot) -> Iterator[None]:
    """Dina is super admin and has a seat; Bo leads a team."""
    make_super_admin(bot, cast.DINA)
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        rights.set_seat(connection, here["installation_id"], id_of(bot, cast.DINA), "on", by=None, now=bot.now)
        connection.execute(insert(team).values(**here, id=900, name="CS Nordic", name_key="csnordic"))
        values = here | {"person_id": id_of(bot, cast.BO), "team_id": 900, "is_primary": True, "is_lead": True}
        connection.execute(insert(team_member).values(values))
    yield
    begin_anew(bot)


def look(bot: Bot, who: str = cast.BO) -> None:
    pick(bot, bot.ask("/workspace people", who=cast.DINA), ids.CHOOSE_PERSON, selected_user=who)
    view = bot.modal(lambda view: view.callback_id == ids.SET_RIGHTS, who=cast.DINA)
    block = next(block for block in view.payload["blocks"] if block["type"] == "actions")
    bot.slack.actions.press(cast.DINA, view.id, block["block_id"], ids.LOOK_AS)
    told = bot.modal(lambda view: view.callback_id != ids.SET_RIGHTS, who=cast.DINA)
    assert "from now on. Each answer says so" in texts(told.payload["blocks"])
    bot.slack.actions.close(cast.DINA, told.id)


def ask(bot: Bot, text: str) -> Message:
    return bot.ask(text, who=cast.DINA)


def test_what_is_mine_is_theirs_and_the_answer_says_so(bot: Bot) -> None:
    look(bot)
    answer = ask(bot, "/engagement")
    assert LINE in texts([answer.blocks[0]])
    assert answer.text.startswith(LINE)
    assert "Your 2 clients" in answer.text
    assert "Acme Eiendom AS" in ask(bot, "/engagement csm:me sort:name").text


def test_every_kind_of_answer_says_so(bot: Bot) -> None:
    look(bot)
    for text in ("/engagement acme as", "/engagement help", "/engagement tier:low", "/opportunities", "/workspace"):
        assert LINE in texts(ask(bot, text).blocks), text
    card = ask(bot, "/engagement acme as")
    bot.press(card, ids.SHOW_DETAILS, who=cast.DINA)
    view = bot.modal(who=cast.DINA)
    assert LINE in texts(view.payload["blocks"])
    bot.slack.actions.close(cast.DINA, view.id)
    listed = ask(bot, "/engagement sort:name team:all")
    bot.press(listed, ids.FILTER_LIST, who=cast.DINA)
    view = bot.modal(lambda view: view.callback_id == ids.FILTER_FORM, who=cast.DINA)
    assert bot.submit(view, who=cast.DINA) == {}
    assert LINE in texts(bot.replaced(listed, "clients", who=cast.DINA).blocks)


def test_a_direct_message_is_answered_so_too(bot: Bot) -> None:
    look(bot)
    direct = "D" + cast.DINA[1:]
    bot.slack.actions.say(cast.DINA, direct, "acme as")

    def answered() -> bool:
        return LINE in texts(bot.slack.actions.visible_messages(cast.DINA, direct)[-1].blocks)

    assert bot.wait(answered)


def test_the_way_out_leads_back_and_both_are_audited(bot: Bot) -> None:
    look(bot)
    answer = ask(bot, "/engagement")
    pick(bot, answer, ids.LOOK_AS_MYSELF)
    bot.replaced(answer, "You see your own CS workspace again.", who=cast.DINA)
    assert "You look as" not in ask(bot, "/engagement").text
    with bot.database.read() as connection:
        ended, begun = audit.read(connection, bot.installation.id, limit=2)
    assert (begun.who, begun.action, begun.subject, begun.after) == ("Dina", "right.looked", "Bo", {"looks_as": "Bo"})
    assert (ended.subject, ended.before, ended.after) == ("Bo", {"looks_as": "Bo"}, {"looks_as": None})


def test_rights_stay_one_s_own(bot: Bot) -> None:
    look(bot)
    listed = ask(bot, "/engagement sort:name team:all")
    block = next(b for b in listed.blocks if any(e.get("action_id") == ids.MORE_OF_LIST for e in b.get("elements", [])))
    bot.slack.actions.press(cast.DINA, listed.ref, block["block_id"], ids.MORE_OF_LIST, selected_option=ids.SAVE_VIEW)
    view = bot.modal(lambda view: view.callback_id == ids.SAVE_VIEW, who=cast.DINA)
    assert "CS Nordic" not in json.dumps(view.payload["blocks"])
    bot.slack.actions.close(cast.DINA, view.id)
    assert "3 of 3 CSMs" in ask(bot, "/workspace people").text  # Bo may not


def test_without_a_seat_nobody_looks(bot: Bot) -> None:
    look(bot)
    with bot.database.write() as connection:
        rights.set_seat(connection, bot.installation.id, id_of(bot, cast.DINA), "off", by=None, now=bot.now)
    assert "give yourself one" in ask(bot, "/engagement").text


def test_a_guest_is_not_looked_as(bot: Bot) -> None:
    pick(bot, bot.ask("/workspace people", who=cast.DINA), ids.CHOOSE_PERSON, selected_user=cast.BO)
    view = bot.modal(lambda view: view.callback_id == ids.SET_RIGHTS, who=cast.DINA)
    block = next(block for block in view.payload["blocks"] if block["type"] == "actions")
    block["elements"][0]["value"] = str(id_of(bot, cast.GUS))
    bot.slack.actions.press(cast.DINA, view.id, block["block_id"], ids.LOOK_AS)
    bot.modal(lambda view: "not a full member" in texts(view.payload["blocks"]), who=cast.DINA)
    bot.slack.actions.reload(cast.DINA)
    assert "You look as" not in ask(bot, "/engagement").text


def test_who_is_no_super_admin_any_more_sees_their_own(bot: Bot) -> None:
    look(bot)
    make_super_admin(bot, cast.CLEO)
    with bot.database.write() as connection:
        rights.set_super_admin(connection, bot.installation.id, id_of(bot, cast.DINA), False, by=None, now=bot.now)
    assert "You look as" not in ask(bot, "/engagement").text


def test_nobody_else_can_begin_to_look(bot: Bot) -> None:
    answer = bot.ask("/engagement")
    block = next(block for block in answer.blocks if block["type"] == "actions")
    block["elements"][0] |= {"action_id": ids.LOOK_AS, "value": str(id_of(bot, cast.BO))}
    bot.press(answer, ids.LOOK_AS)
    bot.wait(lambda: "Only a super admin" in bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)[-1].text)
    with bot.database.read() as connection:
        assert connection.scalars(select(team.c.id)).all() == [900]
        assert all(entry.action != "right.looked" for entry in audit.read(connection, bot.installation.id))
