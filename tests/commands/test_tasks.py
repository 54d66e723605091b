"""`/task` alone through Slack: by when tasks are due, done with one click, by whom they are given to or their lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import delete, insert, select, update

from bot.blocks import forms, ids
from bot.jobs.deliveries import Deliveries
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import deliveries, schema, standing
from tests.admins import begin_anew, id_of, said
from tests.bots import TODAY, Bot, texts


@pytest.fixture(autouse=True)
def nothing_logged(bot: Bot) -> Iterator[None]:
    yield
    begin_anew(bot)
    with bot.database.write() as connection:
        connection.execute(delete(schema.task))


def give(bot: Bot, number: int, due_on: date, to: str = cast.ANNA, **changes: Any) -> None:
    """A task *Call 1*, *Call 2* … on Acme AS."""
    with bot.database.write() as connection:
        client = connection.scalar(select(schema.record.c.id).where(schema.record.c.name == "Acme AS"))
        values = {"id": number, "slack_view_id": f"V{number}", "client_id": client, "title": f"Call {number}"}
        values |= {"due_on": due_on, "priority": "medium", "made_at": bot.now, "author_id": id_of(bot, cast.DINA)}
        values |= {"installation_id": bot.installation.id, "assignee_id": id_of(bot, to), **changes}
        connection.execute(insert(schema.task).values(values))


def kept(bot: Bot, number: int = 1) -> Any:
    with bot.database.read() as connection:
        return connection.execute(select(schema.task).where(schema.task.c.id == number)).one()


def put_off(bot: Bot, message: Message, number: int, word: str) -> None:
    """Choose in the menu of this task."""
    for block in message.blocks:
        for menu in (one for one in block.get("elements", []) if one.get("action_id") == ids.MORE_OF_TASK):
            for value in (one["value"] for one in menu["options"]):
                if value.split()[:2] == [word, str(number)]:
                    bot.slack.actions.press(
                        cast.ANNA, message.ref, block["block_id"], ids.MORE_OF_TASK, selected_option=value
                    )
                    return
    raise AssertionError(f"no {word} of {number}")


def test_no_open_task_says_so(bot: Bot) -> None:
    assert bot.ask("/task").text == "Your open tasks. No open tasks."


def test_open_tasks_stand_by_when_they_are_due(bot: Bot) -> None:
    for number, days in enumerate((30, 2, 0, -3), start=1):
        give(bot, number, TODAY + timedelta(days=days))
    give(bot, 5, TODAY, cast.BO)
    give(bot, 6, TODAY, done_at=bot.now, done_by=id_of(bot, cast.ANNA))
    answer = bot.ask("/task")
    told = texts(answer.blocks)
    order = ["*Overdue*", "Call 4", "*Today*", "Call 3", "*Later*", "Call 2", "Call 1"]  # a Sunday's on Monday
    assert [told.index(word) for word in order] == sorted(told.index(word) for word in order)
    assert "Call 5" not in told
    assert "Call 6" not in told
    assert answer.ephemeral_to == cast.ANNA


def test_done_is_one_click_that_the_message_shows_and_reopen_its_way_back(bot: Bot) -> None:
    give(bot, 1, TODAY)
    answer = bot.ask("/task")
    bot.press(answer, f"{ids.FINISH_TASK}:1")
    done = bot.replaced(answer, "✓ Done: *Acme AS*: Call 1")
    assert "No open tasks." in texts(done.blocks)
    assert (kept(bot).done_at, kept(bot).done_by) == (bot.now, id_of(bot, cast.ANNA))
    bot.press(done, ids.REOPEN_TASK)
    again = bot.replaced(answer, "Open again: *Acme AS*: Call 1")
    assert "*Today*" in texts(again.blocks)
    assert (kept(bot).done_at, kept(bot).done_by) == (None, None)


def lead(bot: Bot) -> None:
    """Bo leads a team that Anna is in, and Dan is in none."""
    mine = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        connection.execute(insert(schema.team).values(**mine, id=1, name="Nordic", name_key="nordic"))
        for who, leads in ((cast.ANNA, False), (cast.BO, True)):
            values = {"person_id": id_of(bot, who), "team_id": 1, "is_primary": True, "is_lead": leads}
            connection.execute(insert(schema.team_member).values(**mine, **values))
        connection.execute(update(schema.person).values(seat="on"))


def test_a_lead_sees_the_tasks_of_their_team_and_of_two_people_one_does_it(bot: Bot) -> None:
    lead(bot)
    give(bot, 1, TODAY)
    hers, his = bot.ask("/task"), bot.ask("/task", who=cast.BO)
    assert "Call 1" not in texts(his.blocks)
    bot.press(his, f"{ids.SHOW_TASKS}:whose", who=cast.BO)
    team = bot.replaced(his, "Your team's open tasks", who=cast.BO)
    assert "Anna" in texts(team.blocks)
    bot.press(team, f"{ids.FINISH_TASK}:1", who=cast.BO)
    bot.replaced(his, "✓ Done: *Acme AS*: Call 1", who=cast.BO)
    bot.press(hers, f"{ids.FINISH_TASK}:1")
    bot.replaced(hers, "✓ Bo did it already: *Acme AS*: Call 1")
    assert kept(bot).done_by == id_of(bot, cast.BO)


def test_of_a_team_without_a_lead_a_super_admin_sees_the_tasks_and_gives_one_to_another(bot: Bot) -> None:
    lead(bot)
    with bot.database.write() as connection:
        connection.execute(update(schema.team_member).values(is_lead=False))
        connection.execute(
            update(schema.person).where(schema.person.c.slack_user_id == cast.DINA).values(is_super_admin=True)
        )
    standing.catch_up(bot.database, bot.installation.id)
    give(bot, 1, TODAY)
    hers = bot.ask("/task", who=cast.DINA)
    bot.press(hers, f"{ids.SHOW_TASKS}:whose", who=cast.DINA)
    theirs = bot.replaced(hers, "Open tasks of teams without a lead", who=cast.DINA)
    bot.choose(theirs, ids.MORE_OF_TASK, ids.CHANGE_TASK, who=cast.DINA)
    view = bot.modal(lambda view: view.callback_id == ids.CHANGE_TASK, who=cast.DINA)
    assert bot.submit(view, who=cast.DINA, assignee=cast.BO) == {}
    bot.replaced(theirs, "Changed: *Acme AS*: Call 1", who=cast.DINA)
    assert kept(bot).assignee_id == id_of(bot, cast.BO)


@pytest.mark.parametrize("action", [f"{ids.FINISH_TASK}:1", ids.MORE_OF_TASK])
def test_another_s_task_is_not_one_s_to_change(bot: Bot, action: str) -> None:
    lead(bot)
    give(bot, 1, TODAY)
    give(bot, 2, TODAY, cast.BO)
    his = bot.ask("/task", who=cast.BO)
    lines = next(block for block in his.blocks if block["type"] == "actions")["elements"]
    lines[0] |= {"action_id": f"{ids.FINISH_TASK}:1", "value": "1 mine"}
    lines[1]["options"][0]["value"] = "tomorrow 1 mine"
    with bot.database.write() as connection:
        connection.execute(update(schema.team_member).values(is_lead=False))
    chosen = {"selected_option": "tomorrow 1 mine"} if action == ids.MORE_OF_TASK else {}
    bot.press(his, action, who=cast.BO, **chosen)
    said(bot, "Anna has this task by now: it is not yours to change.", cast.BO)
    assert (kept(bot).done_at, kept(bot).due_on) == (None, TODAY)


@pytest.mark.parametrize(
    ("word", "day"), [("tomorrow", date(2026, 11, 23)), ("+3d", date(2026, 11, 23)), ("mon", date(2026, 11, 23))]
)
def test_a_task_is_put_off_to_a_working_day(bot: Bot, word: str, day: date) -> None:
    give(bot, 1, TODAY)
    answer = bot.ask("/task")
    put_off(bot, answer, 1, word)
    bot.replaced(answer, "Now due Mon 23 Nov: *Acme AS*: Call 1")
    assert (kept(bot).due_on, kept(bot).version) == (day, 2)


def test_what_is_done_is_not_put_off(bot: Bot) -> None:
    give(bot, 1, TODAY)
    answer = bot.ask("/task")
    with bot.database.write() as connection:
        connection.execute(update(schema.task).values(done_at=bot.now, done_by=id_of(bot, cast.DINA)))
    put_off(bot, answer, 1, "+3d")
    bot.replaced(answer, "✓ Dina did it already")
    assert kept(bot).due_on == TODAY


def change(bot: Bot, message: Message, number: int = 1) -> View:
    put_off(bot, message, number, ids.CHANGE_TASK)
    return bot.modal(lambda view: view.callback_id == ids.CHANGE_TASK)


def test_a_task_is_changed_and_given_to_somebody_else(bot: Bot) -> None:
    give(bot, 1, TODAY, details="About forms")
    answer = bot.ask("/task")
    view = change(bot, answer)
    assert forms.opened(view.payload["blocks"])["details"] == "About forms"
    entered = {"title": "Write", "details": "About mail", "category": "marketing", "due": "2026-12-01"}
    assert bot.submit(view, **entered, priority="high", assignee=cast.BO) == {}
    shown = bot.replaced(answer, "Changed: *Acme AS*: Write, due Tue 1 Dec, for Bo")
    assert "No open tasks." in texts(shown.blocks)
    one = kept(bot)
    assert (one.title, one.details, one.category) == ("Write", "About mail", "marketing")
    assert (one.due_on, one.priority) == (date(2026, 12, 1), "high")
    assert one.assignee_id == id_of(bot, cast.BO)
    assert "Write" in texts(bot.ask("/task", who=cast.BO).blocks)


def test_a_change_is_refused_beside_its_field(bot: Bot) -> None:
    give(bot, 1, TODAY)
    view = change(bot, bot.ask("/task"))
    assert bot.submit(view, title=" ") == {"title": "Say in a few words what is to be done."}
    assert bot.submit(view, title="Write", assignee=cast.GUS) == {
        "assignee": "A task is given to full members of this Slack workspace only."
    }  # fmt: skip
    assert kept(bot).version == 1
    bot.slack.actions.close(cast.ANNA, view.id)


def test_another_day_that_has_passed_is_asked_about_once_and_then_kept(bot: Bot) -> None:
    give(bot, 1, TODAY - timedelta(days=1))
    answer = bot.ask("/task")
    assert bot.submit(change(bot, answer), title="Write") == {}  # the day is as it was
    written = bot.replaced(answer, "Changed: *Acme AS*: Write, due Thu 19 Nov")
    assert bot.submit(change(bot, written), due="2026-11-17", title="Ask") == {}
    asked = bot.modal(lambda view: "Tue 17 Nov has passed. Press Save again" in texts(view.payload["blocks"]))
    assert kept(bot).title == "Write"
    assert bot.submit(asked) == {}
    bot.replaced(answer, "Changed: *Acme AS*: Ask, due Tue 17 Nov")
    assert (kept(bot).title, kept(bot).due_on) == ("Ask", date(2026, 11, 17))


def test_what_was_done_or_changed_meanwhile_is_not_written_over(bot: Bot) -> None:
    give(bot, 1, TODAY)
    answer = bot.ask("/task")
    view = change(bot, answer)
    put_off_values = {"due_on": date(2026, 12, 1), "version": 2}
    with bot.database.write() as connection:
        connection.execute(update(schema.task).values(put_off_values))
    assert bot.submit(view, title="Write") == {}
    told = bot.modal(lambda view: view.callback_id != ids.CHANGE_TASK)
    assert "This task was changed or done meanwhile." in texts(told.payload["blocks"])
    assert (kept(bot).title, kept(bot).due_on) == ("Call 1", date(2026, 12, 1))
    bot.slack.actions.close(cast.ANNA, told.id)


def test_two_people_who_press_at_once_hear_what_became_of_it(bot: Bot) -> None:
    lead(bot)
    give(bot, 1, TODAY)
    hers, his = bot.ask("/task"), bot.ask("/task", who=cast.BO)
    bot.press(his, f"{ids.SHOW_TASKS}:whose", who=cast.BO)
    team = bot.replaced(his, "Your team's open tasks", who=cast.BO)
    bot.choose(team, ids.MORE_OF_TASK, ids.CHANGE_TASK, cast.BO)
    view = bot.modal(lambda view: view.callback_id == ids.CHANGE_TASK, cast.BO)
    assert bot.submit(view, cast.BO, assignee=cast.BO) == {}
    bot.replaced(his, "Changed: *Acme AS*: Call 1, due Fri 20 Nov, for Bo", who=cast.BO)
    bot.press(hers, f"{ids.FINISH_TASK}:1")
    said(bot, "Bo has this task by now", cast.ANNA)
    assert (kept(bot).done_at, kept(bot).version) == (None, 2)


def test_a_task_whose_client_was_archived_says_so(bot: Bot) -> None:
    give(bot, 1, TODAY)
    answer = bot.ask("/task")
    with bot.database.write() as connection:
        stood = connection.execute(select(schema.standing)).mappings().all()
        connection.execute(delete(schema.standing))
    put_off(bot, answer, 1, "+3d")
    told = said(bot, "This task's client is no longer there", cast.ANNA)
    with bot.database.write() as connection:
        connection.execute(insert(schema.standing), [dict(row) for row in stood])
    assert "Acme" not in texts(told.blocks)
    assert kept(bot).due_on == TODAY


def direct_message(bot: Bot, who: str) -> Message:
    """The newest one, once a turn of the job has sent it."""
    slack = WebClient(bot.slack.bot_token, base_url=bot.slack.api_url, retry_handlers=[])
    Deliveries(bot.database, slack, bot.installation.id, lambda: bot.now, pace=0, apart=0).run()
    return bot.slack.actions.visible_messages(who, "D" + who[1:])[-1]


def test_who_is_given_a_task_does_it_from_the_direct_message(bot: Bot) -> None:
    bot.slack.actions.command(cast.ANNA, cast.CS_NORDIC, "/task acme call them")
    assert bot.submit(bot.modal(), assignee=cast.BO) == {}
    said(bot, "Logged on *Acme AS*: call them", cast.ANNA)
    told = direct_message(bot, cast.BO)
    assert told.text == "A task for you · Acme AS: call them · due Wed 25 Nov · logged by Anna"
    bot.press(told, ids.FINISH_GIVEN, who=cast.BO)
    done = bot.replaced(told, "✓ Done: *Acme AS*: call them", who=cast.BO)
    assert "actions" not in {block["type"] for block in done.blocks}
    with bot.database.read() as connection:
        assert connection.scalar(select(schema.task.c.done_by)) == id_of(bot, cast.BO)


def test_a_direct_message_s_done_says_who_was_faster(bot: Bot) -> None:
    give(bot, 1, TODAY, cast.BO)
    with bot.database.write() as connection:
        deliveries.add(connection, bot.installation.id, id_of(bot, cast.BO), "task", "1/1", bot.now)
    told = direct_message(bot, cast.BO)
    with bot.database.write() as connection:
        connection.execute(update(schema.task).values(done_at=bot.now, done_by=id_of(bot, cast.DINA)))
    bot.press(told, ids.FINISH_GIVEN, who=cast.BO)
    bot.replaced(told, "✓ Dina did it already", who=cast.BO)


def test_pages_go_on_where_the_last_ended(bot: Bot) -> None:
    for number in range(1, 12):
        give(bot, number, TODAY + timedelta(days=number // 4))
    answer = bot.ask("/task")
    bot.press(answer, f"{ids.SHOW_TASKS}:later")
    second = bot.replaced(answer, "Call 11")
    assert [n for n in range(1, 12) if f"Call {n}\n" in texts(second.blocks)] == [9, 10, 11]
    bot.press(second, f"{ids.FINISH_TASK}:10")
    done = bot.replaced(answer, "✓ Done: *Acme AS*: Call 10")
    assert [n for n in range(1, 12) if f"Call {n}\n" in texts(done.blocks)] == [9, 10, 11]  # 10 above them
    bot.press(done, f"{ids.SHOW_TASKS}:first")
    bot.replaced(answer, "Call 1\n")


def test_a_task_of_a_client_that_one_no_longer_sees_is_not_shown(bot: Bot) -> None:
    give(bot, 1, TODAY)
    with bot.database.write() as connection:
        connection.execute(update(schema.task).values(client_id=connection.scalar(
            select(schema.record.c.id).where(schema.record.c.name == "Soylent Oy"))))  # fmt: skip
        stood = connection.execute(select(schema.standing)).mappings().all()
        connection.execute(delete(schema.standing))
    assert "No open tasks." in bot.ask("/task").text
    with bot.database.write() as connection:
        connection.execute(insert(schema.standing), [dict(row) for row in stood])
    assert "Soylent" in bot.ask("/task").text
