"""All that has a command is reached from `/engagement`, too: Slack gives a command's name to the app installed last."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.app import listeners
from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.model import Message
from storage.schema import person
from tests.bots import Bot, texts

PLACES = {
    "opportunities": f"{ids.SHOW_BASE}:first",
    "renewals": f"{ids.SHOW_RENEWALS}:first",
    "digest": f"{ids.SHOW_DIGESTS}:first",
    "task": f"{ids.SHOW_TASKS}:first",
    "workspace": ids.SHOW_WORKSPACES,
}
FORMS = {"task": (ids.LOG_TASK, "title"), "note": (ids.LEAVE_NOTE, "body")}  # the button, and a field of its modal


def more(bot: Bot) -> Message:
    """What *More* brings, below the overview."""
    overview = bot.ask("/engagement")
    bot.press(overview, ids.SHOW_USAGE)
    return bot.wait(lambda: found if "can be looked up" in (found := seen(bot)[-1]).text else None)


def seen(bot: Bot) -> list[Message]:
    return bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)


def test_each_command_has_its_button() -> None:
    commands = {str(name) for kind, name, _, _ in listeners() if kind == "command"}
    assert commands - {"engagement"} == PLACES.keys() | FORMS.keys()


@pytest.mark.parametrize("command", PLACES)
def test_a_button_answers_as_the_command_does(bot: Bot, command: str) -> None:
    typed = bot.ask(f"/{command}")
    found = more(bot)
    bot.press(found, PLACES[command])
    bot.wait(lambda: typed.text in [one.text for one in seen(bot) if one.ts == found.ts])


@pytest.mark.parametrize("command", FORMS)
def test_a_button_opens_the_form_of_the_command(bot: Bot, command: str) -> None:
    button, field = FORMS[command]
    bot.press(more(bot), button)
    view = bot.modal(lambda view: view.callback_id == button)
    assert bot.submit(view, **{field: "Call"}) == {"client": "Please complete this required field."}
    bot.slack.actions.close(cast.ANNA, view.id)


def test_an_admin_of_slack_without_a_seat_gets_to_where_they_become_the_first_super_admin(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.DINA).values(seat="off"))
    refused = bot.ask("/engagement", who=cast.DINA)
    bot.press(refused, ids.SHOW_WORKSPACES, who=cast.DINA)
    assert "Become one" in texts(bot.replaced(refused, "Nobody is super admin here yet.", who=cast.DINA).blocks)
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.DINA).values(seat=None))
