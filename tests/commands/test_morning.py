"""The morning message as whoever gets it uses it, and the modal that says when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import delete, insert, select, update

from bot.blocks import ids
from bot.domain.morning import Way
from bot.jobs.deliveries import Deliveries
from bot.jobs.mornings import Mornings
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import schema
from storage.catalog import Catalogs
from tests.bots import CATALOG, TODAY, Bot, texts

FIELDS = {"at": "07:45", "tasks": "direct", "clients": "off", "renewals": "channel", "cover": "direct"}


@pytest.fixture(autouse=True)
def clean(bot: Bot) -> Iterator[None]:
    with bot.database.write() as connection:
        for table in (schema.task, schema.morning, schema.delivery):
            connection.execute(delete(table))
    yield
    while (view := bot.slack.actions.open_view(cast.ANNA)) is not None:
        bot.slack.actions.close(cast.ANNA, view.id)


def row(bot: Bot) -> Any:
    with bot.database.read() as connection:
        anna = select(schema.person.c.id).where(schema.person.c.slack_user_id == cast.ANNA).scalar_subquery()
        return connection.execute(select(schema.morning).where(schema.morning.c.person_id == anna)).one_or_none()


def add_task(bot: Bot, number: int, due_on: date) -> None:
    with bot.database.write() as connection:
        anna = connection.scalar(select(schema.person.c.id).where(schema.person.c.slack_user_id == cast.ANNA))
        client = connection.scalar(select(schema.record.c.id).where(schema.record.c.name == "Acme AS"))
        values = {"id": number, "slack_view_id": f"V{number}", "client_id": client, "title": f"Call {number}"}
        values |= {"due_on": due_on, "priority": "medium", "assignee_id": anna, "author_id": anna, "made_at": bot.now}
        connection.execute(insert(schema.task).values(installation_id=bot.installation.id, **values))


def morning(bot: Bot) -> Message:
    """Anna's message, as if it had been time just now."""
    job = Mornings(bot.database, Catalogs(bot.database, CATALOG), bot.installation.id, lambda: bot.now)
    job.run()
    with bot.database.write() as connection:
        connection.execute(update(schema.morning).values(next_at=bot.now, told_on=TODAY - timedelta(days=1)))
    job.run()
    slack = WebClient(bot.slack.bot_token, base_url=bot.slack.api_url, retry_handlers=[])
    Deliveries(bot.database, slack, bot.installation.id, lambda: bot.now, pace=0, apart=0).run()
    return direct(bot)[-1]


def direct(bot: Bot) -> list[Message]:
    return bot.slack.actions.visible_messages(cast.ANNA, "D" + cast.ANNA[1:])


def opened(bot: Bot) -> View:
    bot.press(bot.ask("/task"), ids.SET_MORNING)
    return bot.modal(lambda view: view.callback_id == ids.SET_MORNING)


def test_done_and_put_off_change_their_task_in_the_message_and_leave_the_rest(bot: Bot) -> None:
    add_task(bot, 1, TODAY)
    add_task(bot, 2, TODAY)
    told = morning(bot)
    bot.press(told, f"{ids.FINISH_TASK}:1")
    done = bot.replaced(told, "✓ Done: *Acme AS*: Call 1")
    assert "Call 2" in texts(done.blocks)
    assert done.text.startswith("Fri 20 Nov. Today. ✓ Done: Acme AS: Call 1. Acme AS: Call 2")
    bot.press(done, ids.REOPEN_TASK)
    again = bot.replaced(told, "Open again: *Acme AS*: Call 1")
    menu = next(block for block in again.blocks if block["block_id"] == "task:2:1")["elements"][1]
    value = next(option["value"] for option in menu["options"] if option["value"].startswith("tomorrow"))
    bot.slack.actions.press(cast.ANNA, told.ref, "task:2:1", ids.MORE_OF_TASK, selected_option=value)
    put_off = bot.replaced(told, "Now due Mon 23 Nov: *Acme AS*: Call 2")
    assert "Open again: *Acme AS*: Call 1" in texts(put_off.blocks)


def test_my_day_comes_below_and_so_does_a_task_that_was_changed(bot: Bot) -> None:
    add_task(bot, 1, TODAY)
    told = morning(bot)
    bot.press(told, f"{ids.SHOW_TASKS}:{ids.BELOW}")
    shown = bot.wait(lambda: direct(bot)[-1] if "Your open tasks" in texts(direct(bot)[-1].blocks) else None)
    assert shown.ts != told.ts
    bot.choose(told, ids.MORE_OF_TASK, ids.CHANGE_TASK)
    assert bot.submit(bot.modal(lambda view: view.callback_id == ids.CHANGE_TASK), title="Write") == {}
    bot.wait(lambda: "Changed: *Acme AS*: Write" in texts(direct(bot)[-1].blocks))
    assert "Call 1" in texts(next(one for one in direct(bot) if one.ts == told.ts).blocks)


def test_when_do_i_get_this_is_in_the_message_too(bot: Bot) -> None:
    add_task(bot, 1, TODAY)
    bot.press(morning(bot), ids.SET_MORNING)
    assert bot.modal().callback_id == ids.SET_MORNING


def test_the_time_and_the_parts_are_chosen_in_a_modal(bot: Bot) -> None:
    assert row(bot) is None
    view = opened(bot)
    assert bot.submit(view, **FIELDS) == {}
    said = bot.modal(lambda view: view.callback_id != ids.SET_MORNING)
    assert "Your morning message comes at 7:45" in texts(said.payload["blocks"])
    kept = row(bot)
    assert (kept.at, kept.tasks, kept.clients, kept.renewals) == (time(7, 45), Way.DIRECT, Way.OFF, Way.CHANNEL)
    assert kept.next_at > bot.now


def test_of_two_modals_the_second_says_that_something_else_was_chosen(bot: Bot) -> None:
    assert bot.submit(opened(bot), **FIELDS) == {}
    bot.slack.actions.close(cast.ANNA, bot.modal().id)
    view = opened(bot)
    with bot.database.write() as connection:
        connection.execute(update(schema.morning).values(version=7, at=time(6, 0)))
    assert bot.submit(view, **FIELDS | {"at": "09:00"}) == {}
    said = bot.modal(lambda view: view.callback_id != ids.SET_MORNING)
    assert "You changed this meanwhile." in texts(said.payload["blocks"])
    assert (row(bot).at, row(bot).version) == (time(6, 0), 7)


def test_the_same_chosen_twice_is_kept_once(bot: Bot) -> None:
    for _ in range(2):
        assert bot.submit(opened(bot), **FIELDS) == {}
        said = bot.modal(lambda view: view.callback_id != ids.SET_MORNING)
        assert "Saved." in texts(said.payload["blocks"])
        bot.slack.actions.close(cast.ANNA, said.id)
    assert row(bot).version == 1
