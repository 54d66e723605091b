"""What Slack shows of a task's way to the CRM, and that a form survives what happens while it is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.blocks import forms, ids
from bot.domain.activity import BODY
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import installations, schema
from tests.admins import said
from tests.bots import Bot, texts


@pytest.fixture(autouse=True)
def connected(bot: Bot) -> Iterator[None]:
    """Nothing is logged yet, and there is a CRM."""
    with bot.database.write() as connection:
        installations.set_crm(connection, bot.installation.id, "recording")
    yield
    bot.slack.actions.reload(cast.ANNA)
    with bot.database.write() as connection:
        for table in (schema.task, schema.note, schema.outbox):
            connection.execute(delete(table))


def form(bot: Bot, command: str) -> View:
    bot.slack.actions.command(cast.ANNA, cast.CS_NORDIC, command)
    return bot.modal()


def logged(bot: Bot) -> Message:
    assert bot.submit(form(bot, "/task acme call them")) == {}
    return said(bot, "Logged on *Acme AS*", cast.ANNA)


def activity(bot: Bot, told: Message) -> Message:
    bot.press(told, f"{ids.SHOW_ACTIVITY}:new")
    return bot.replaced(told, "newest first")


def write(bot: Bot, statement: Any) -> None:
    with bot.database.write() as connection:
        connection.execute(statement)


def kept(bot: Bot) -> list[Any]:
    with bot.database.read() as connection:
        return list(connection.execute(select(schema.task)))


def test_what_is_to_be_pushed_waits_and_nothing_is_kept_here_only(bot: Bot) -> None:
    told = logged(bot)
    assert "kept here only" not in texts(told.blocks)
    assert "waiting for the CRM" in texts(activity(bot, told).blocks)


def test_what_the_crm_did_not_take_is_tried_again_with_one_click(bot: Bot) -> None:
    told = logged(bot)
    write(bot, update(schema.outbox).values(state="refused", reason="MISSING_SCOPES"))
    shown = activity(bot, told)
    assert "refused by the CRM: MISSING_SCOPES" in texts(shown.blocks)
    (one,) = kept(bot)
    bot.press(shown, f"{ids.PUSH_AGAIN}:{one.id}")
    assert "newest first" in bot.replaced(shown, "waiting for the CRM").text


@pytest.mark.parametrize("value", ["", "task", "x 1 999", "task x 999", "note 9 999 2026-11-19"])
def test_a_button_that_carries_nothing_says_that_its_client_is_gone(bot: Bot, value: str) -> None:
    told = logged(bot)
    write(bot, update(schema.outbox).values(state="given_up"))
    shown = activity(bot, told)
    block = next(one for one in shown.blocks if "accessory" in one)
    block["accessory"]["value"] = value
    bot.press(shown, block["accessory"]["action_id"])
    said(bot, "This client is no longer there.", cast.ANNA)
    with bot.database.read() as connection:
        assert connection.scalar(select(schema.outbox.c.state)) == "given_up"


def test_it_stands_on_the_client_s_company_too(bot: Bot) -> None:
    mine = schema.record.c.name == "Acme Eiendom AS"
    write(bot, update(schema.record).where(mine).values(properties={"company_id": "1"}))  # Acme AS
    try:
        assert bot.submit(form(bot, "/note acme eiendom they moved")) == {}
        told = said(bot, "Noted on *Acme Eiendom AS*", cast.ANNA)
        assert "also on Acme AS" in texts(told.blocks)
        card = bot.ask("/engagement acme as")
        bot.choose(card, ids.MORE_OF_CARD, ids.ACTIVITY)
        assert "on Acme Eiendom AS" in texts(bot.replaced(card, "newest first").blocks)
    finally:
        write(bot, update(schema.record).where(mine).values(properties={}))


def test_a_form_that_was_open_while_the_bot_restarted_is_logged(bot: Bot) -> None:
    view = form(bot, "/task acme call them")
    bot.restart()
    assert bot.submit(view) == {}
    said(bot, "Logged on *Acme AS*", cast.ANNA)
    assert len(kept(bot)) == 1


def test_a_client_that_was_deleted_while_the_form_was_open_is_refused_in_it(bot: Bot) -> None:
    values = {"object": "company", "external_id": "gone", "name": "Gone AS", "name_key": "gone", "properties": {}}
    with bot.database.write() as connection:
        source = connection.scalar(select(schema.source.c.id))
        mine = {"installation_id": bot.installation.id}
        connection.execute(insert(schema.record).values(**mine, **values, id=900, source_id=source))
        stands = {"client_id": 900, "workspace_id": bot.installation.workspace_id, "tier": "low", "name_key": "gone"}
        connection.execute(insert(schema.standing).values(**mine, **stands))
    view = form(bot, "/task gone call them")
    assert forms.opened(view.payload["blocks"])["client"] == "900"
    write(bot, delete(schema.record).where(schema.record.c.id == 900))
    assert "no longer there" in bot.submit(view)["client"]
    assert kept(bot) == []


def test_slack_takes_no_more_than_the_longest_details(bot: Bot) -> None:
    view = form(bot, "/task acme call them")
    assert set(bot.submit(view, details="x" * (BODY + 1))) == {"details"}
    assert bot.submit(view, details="x" * BODY) == {}
    said(bot, "Logged on *Acme AS*", cast.ANNA)
    assert [len(one.details) for one in kept(bot)] == [BODY]
