"""Slack's shortcuts: the form opens wherever somebody is, with what a message says and the client that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.blocks import forms, ids
from bot.domain.activity import BODY
from bot.playground import people as cast
from bot.playground.model import View
from storage import people, schema, ties
from tests.admins import begin_anew, said
from tests.bots import Bot, texts


@pytest.fixture(autouse=True)
def nothing_open(bot: Bot) -> Iterator[None]:
    yield
    for who in (cast.ANNA, cast.GUS, cast.SAM):
        bot.slack.actions.reload(who)
    begin_anew(bot)
    with bot.database.write() as connection:
        for table in (schema.task, schema.note):
            connection.execute(delete(table))


def prefilled(view: View) -> dict[str, str]:
    return forms.opened(view.payload["blocks"])


def client(bot: Bot, name: str) -> str:
    with bot.database.read() as connection:
        return str(connection.scalar(select(schema.record.c.id).where(schema.record.c.name == name)))


def kept(bot: Bot, table: Any) -> Any:
    with bot.database.read() as connection:
        return connection.execute(select(table)).one()


def on_message(bot: Bot, text: str, shortcut: str, who: str = cast.ANNA, channel: str = cast.CS_NORDIC) -> str:
    """Choose a shortcut in the menu of a message; gives the message's address."""
    message = bot.slack.slack.post(channel, cast.BO, text)
    bot.slack.actions.message_shortcut(who, message.ref, shortcut)
    return f"https://{cast.TEAM.domain}.slack.com/archives/{channel}/p{message.ts.replace('.', '')}"


def test_a_task_is_logged_from_anywhere_and_the_modal_says_so(bot: Bot) -> None:
    bot.slack.actions.shortcut(cast.ANNA, ids.LOG_TASK)
    view = bot.modal()
    assert "client" not in prefilled(view)
    (found,) = bot.slack.actions.suggest(cast.ANNA, view.id, "client", "client", "globex")
    assert bot.submit(view, client=found["value"], title="Call them") == {}
    told = bot.modal(lambda view: view.callback_id != ids.LOG_TASK)  # Slack gives no other way to answer
    assert "Logged on Globex Corporation (kept here only): Call them" in texts(told.payload["blocks"])
    assert kept(bot, schema.task).title == "Call them"


def test_a_note_is_left_from_anywhere(bot: Bot) -> None:
    bot.slack.actions.shortcut(cast.ANNA, ids.LEAVE_NOTE)
    view = bot.modal()
    bot.slack.actions.suggest(cast.ANNA, view.id, "client", "client", "globex")
    assert bot.submit(view, client=client(bot, "Globex Corporation"), body="They moved") == {}
    told = bot.modal(lambda view: view.callback_id != ids.LEAVE_NOTE)
    assert "Your note is on Globex Corporation (kept here only) now." in texts(told.payload["blocks"])


def test_a_message_becomes_a_task_on_the_client_that_it_names(bot: Bot) -> None:
    text = "Acme Eiendom wants &lt;forms&gt;, says <@U0BO>\nSee <https://acme.example/x|this>"
    link = on_message(bot, text, ids.LOG_AS_TASK)
    view = bot.modal()
    given = prefilled(view)
    assert given["client"] == client(bot, "Acme Eiendom AS")
    assert given["title"] == "Acme Eiendom wants <forms>, says"
    assert given["details"] == f"Acme Eiendom wants <forms>, says  \nSee https://acme.example/x\n\n{link}"
    assert bot.submit(view) == {}
    told = said(bot, "Logged on *Acme Eiendom AS*", cast.ANNA)
    assert told.ephemeral_to == cast.ANNA
    assert link in kept(bot, schema.task).details


def test_a_message_becomes_a_note_and_the_client_can_be_changed(bot: Bot) -> None:
    link = on_message(bot, "acme: they moved", ids.LOG_AS_NOTE)
    view = bot.modal()
    assert prefilled(view) == {"client": client(bot, "Acme AS"), "body": f"acme: they moved\n\n{link}"}
    (found,) = bot.slack.actions.suggest(cast.ANNA, view.id, "client", "client", "globex")
    assert bot.submit(view, client=found["value"]) == {}
    said(bot, "Noted on *Globex Corporation*", cast.ANNA)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Mail from kari@wayne.example", "Wayne Bygg AS"),
        ("Talked to Wonka today", "Wonka Norge AS"),  # as its name begins
        ("Talked to wonka today", None),
        ("Talked to Wonko today", None),
        ("Twin called", None),  # there are two
        ("Acme and Globex called", None),
        ("nobody that is known", None),
        ("", None),
    ],
)
def test_only_a_client_that_is_clear_is_filled_in(bot: Bot, text: str, name: str | None) -> None:
    on_message(bot, text, ids.LOG_AS_NOTE)
    assert prefilled(bot.modal()).get("client") == (client(bot, name) if name else None)


@pytest.mark.parametrize(
    ("text", "name"), [("they are happy", "Soylent Oy"), ("Acme Eiendom called, not they", "Acme Eiendom AS")]
)
def test_a_tied_channel_names_its_client_where_the_message_names_none(bot: Bot, text: str, name: str) -> None:
    with bot.database.write() as connection:
        anna = people.in_installation(connection, bot.installation.id, cast.ANNA)
        assert anna is not None
        ties.tie(connection, anna, cast.CS_NORDIC, int(client(bot, "Soylent Oy")), bot.now)
    try:
        on_message(bot, text, ids.LOG_AS_NOTE)
        assert prefilled(bot.modal())["client"] == client(bot, name)
    finally:
        with bot.database.write() as connection:
            connection.execute(delete(schema.channel_tie))


@pytest.mark.parametrize(
    ("text", "name"), [("they are happy", "Globex Corporation"), ("Acme Eiendom called, not they", "Acme Eiendom AS")]
)
def test_a_channel_s_name_counts_where_the_message_names_no_client(bot: Bot, text: str, name: str) -> None:
    channel = bot.slack.slack.channels[cast.CS_NORDIC]
    before, channel.name = channel.name, "team-globex"
    try:
        on_message(bot, text, ids.LOG_AS_NOTE)
        assert prefilled(bot.modal())["client"] == client(bot, name)
    finally:
        channel.name = before


def test_a_message_that_is_too_long_is_cut_and_keeps_its_address(bot: Bot) -> None:
    link = on_message(bot, "&amp;" * 12_000, ids.LOG_AS_TASK)
    given = prefilled(bot.modal())
    assert (len(given["title"]), len(given["details"])) == (255, BODY)
    assert given["details"].endswith(f"…\n\n{link}")


@pytest.mark.parametrize("who", [cast.GUS, cast.SAM])
def test_guests_and_people_of_other_companies_are_refused_in_a_modal(bot: Bot, who: str) -> None:
    for shortcut in (ids.LOG_TASK, ids.LEAVE_NOTE):
        bot.slack.actions.shortcut(who, shortcut)
        view = bot.modal(who=who)
        assert "This is for members of this Slack workspace." in texts(view.payload["blocks"])
        bot.slack.actions.reload(who)


def test_who_has_no_seat_is_told_in_a_modal(bot: Bot) -> None:
    mine = schema.person.c.slack_user_id == cast.ANNA
    with bot.database.write() as connection:
        connection.execute(update(schema.person).where(mine).values(seat="off"))
    on_message(bot, "acme", ids.LOG_AS_TASK)
    assert "You need a seat" in texts(bot.modal().payload["blocks"])


def test_an_archived_client_is_neither_guessed_nor_taken(bot: Bot) -> None:
    on_message(bot, "acme called", ids.LOG_AS_TASK)
    view = bot.modal()
    mine = schema.record.c.name == "Acme AS"
    with bot.database.write() as connection:
        connection.execute(update(schema.record).where(mine).values(archived_at=bot.now))
    try:
        assert "no longer there" in bot.submit(view)["client"]
        on_message(bot, "acme called", ids.LOG_AS_TASK)
        assert "client" not in prefilled(bot.modal(lambda one: one.id != view.id))
    finally:
        with bot.database.write() as connection:
            connection.execute(update(schema.record).where(mine).values(archived_at=None))
