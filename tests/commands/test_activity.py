"""Tasks and notes through Slack: logged from everywhere, refused beside the field, and read as a client's activity."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from slack_bolt import BoltRequest
from sqlalchemy import delete, insert, select, update

from bot.blocks import forms, ids
from bot.domain.activity import BODY
from bot.playground import people as cast
from bot.playground.model import Message, View
from storage import schema, standing
from tests.admins import begin_anew, id_of, said
from tests.bots import TODAY, Bot, texts
from tests.storage import bases

DUE = date(2026, 11, 25)  # three working days after a Friday


@pytest.fixture(autouse=True)
def nothing_logged(bot: Bot) -> Iterator[None]:
    yield
    bot.slack.actions.reload(cast.ANNA)
    begin_anew(bot)
    with bot.database.write() as connection:
        for table in (schema.task, schema.note):
            connection.execute(delete(table))


def tasks(bot: Bot) -> list[Any]:
    same = schema.record.c.id == schema.task.c.client_id
    columns = (schema.record.c.name, schema.task, schema.person.c.slack_user_id)
    mine = schema.person.c.id == schema.task.c.assignee_id
    with bot.database.read() as connection:
        query = select(*columns).select_from(schema.task.join(schema.record, same).join(schema.person, mine))
        return list(connection.execute(query.order_by(schema.task.c.made_at)))


def notes(bot: Bot) -> list[Any]:
    with bot.database.read() as connection:
        return list(connection.execute(select(schema.note)))


def form(bot: Bot, command: str, who: str = cast.ANNA) -> View:
    """The modal that a command opens."""
    bot.slack.actions.command(who, cast.GENERAL if who == cast.CLEO else cast.CS_NORDIC, command)
    return bot.modal(who=who)


def prefilled(view: View) -> dict[str, str]:
    return forms.opened(view.payload["blocks"])


def client(bot: Bot, name: str) -> str:
    with bot.database.read() as connection:
        return str(connection.scalar(select(schema.record.c.id).where(schema.record.c.name == name)))


def test_a_card_s_button_logs_a_task_on_its_client(bot: Bot) -> None:
    card = bot.ask("/engagement acme")
    bot.press(card, ids.LOG_TASK)
    view = bot.modal()
    assert prefilled(view) == {
        "client": client(bot, "Acme AS"), "due": DUE.isoformat(), "assignee": cast.ANNA, "priority": "medium"
    }  # fmt: skip
    assert bot.submit(view, title="Call them", details="About forms", category="marketing") == {}
    told = said(bot, "Logged on *Acme AS*: Call them", cast.ANNA)
    assert f"due Wed 25 Nov · <@{cast.ANNA}>" in texts(told.blocks)
    assert told.ephemeral_to == cast.ANNA
    assert told.ts != card.ts
    (one,) = tasks(bot)
    assert (one.name, one.title, one.details, one.category) == ("Acme AS", "Call them", "About forms", "marketing")
    assert (one.due_on, one.priority, one.slack_user_id, one.done_at) == (DUE, "medium", cast.ANNA, None)


@pytest.mark.parametrize("to", [cast.ANNA, cast.BO])
def test_four_statements_do_from_the_form_to_the_answer(bot: Bot, to: str) -> None:
    """Who asks, what they log it on, the task, and its Home tab or who is told."""
    view = form(bot, "/task acme call")
    with bases.statements(bot.database) as executed:
        assert bot.submit(view, assignee=to) == {}
        said(bot, "Logged on *Acme AS*", cast.ANNA)
    assert 0 < len(executed) <= 4, executed


@pytest.mark.parametrize("value", ["x", "-1", "9" * 19, "999 marketing"])
def test_a_button_that_carries_no_client_says_that_it_is_gone(bot: Bot, value: str) -> None:
    card = bot.ask("/engagement acme")
    block = next(block for block in card.blocks if block["type"] == "actions")
    block["elements"][0]["value"] = value
    bot.press(card, ids.LOG_TASK)
    said(bot, "This client is no longer there.", cast.ANNA)


def test_a_card_s_menu_leaves_a_note(bot: Bot) -> None:
    card = bot.ask("/engagement acme")
    bot.choose(card, ids.MORE_OF_CARD, ids.NOTE)
    assert bot.submit(bot.modal(), body="They moved <to> *Oslo*") == {}
    said(bot, "Noted on *Acme AS*", cast.ANNA)
    (one,) = notes(bot)
    assert (one.body, one.category) == ("They moved <to> *Oslo*", None)


def test_a_score_that_is_not_known_keeps_nobody_from_logging(bot: Bot) -> None:
    card = bot.ask("/engagement wayne bygg")
    bot.press(card, ids.LOG_TASK)
    assert bot.submit(bot.modal(), title="Ask for their data") == {}
    said(bot, "Logged on *Wayne Bygg AS*", cast.ANNA)


@pytest.mark.parametrize(("action", "field"), [(ids.LOG_TASK, "title"), (ids.LEAVE_NOTE, "body")])
def test_a_category_s_details_fill_in_client_and_category(bot: Bot, action: str, field: str) -> None:
    bot.press(bot.ask("/engagement acme"), ids.SHOW_DETAILS)
    details = bot.modal()
    block = next(one for one in details.payload["blocks"] if one["type"] == "actions")
    about = block["elements"][0]["value"]
    bot.slack.actions.press(cast.ANNA, details.id, block["block_id"], action)
    view = bot.modal(lambda view: view.callback_id == action)
    assert f"{prefilled(view)['client']} {prefilled(view)['category']}" == about
    assert bot.submit(view, **{field: "Show them"}) == {}
    told = bot.modal(lambda view: view.callback_id != action)
    assert "Acme AS" in texts(told.payload["blocks"])
    (one,) = tasks(bot) or notes(bot)
    assert one.category == about.split()[1]


def test_an_opportunity_s_menu_logs_a_task_of_what_to_do_and_why(bot: Bot) -> None:
    message = bot.ask("/opportunities acme")
    bot.press(message, ids.ANSWER_OPPORTUNITY, selected_option=ids.LOG_TASK)
    view = bot.modal()
    assert prefilled(view)["details"] in message.text
    assert prefilled(view)["title"] not in message.text
    assert bot.submit(view) == {}
    said(bot, "Logged on *Acme AS*", cast.ANNA)
    assert (tasks(bot)[0].title, tasks(bot)[0].details) == (prefilled(view)["title"], prefilled(view)["details"])


@pytest.mark.parametrize(
    ("typed", "name", "title", "due"),
    [
        ("acme call them about forms fri", "Acme AS", "call them about forms", date(2026, 11, 27)),
        ("acme eiendom call +2w", "Acme Eiendom AS", "call", date(2026, 12, 4)),
        ("ACME AS EOM", "Acme AS", None, date(2026, 11, 30)),
        ("globexx corporation write", "Globex Corporation", "write", DUE),
        ("wayne.example ask 2026-12-05", "Wayne Bygg AS", "ask", date(2026, 12, 5)),
        ("zzz call them tomorrow", None, "zzz call them", date(2026, 11, 23)),
        ("twin call", None, "twin call", DUE),  # there are two
    ],
)
def test_a_command_fills_in_what_is_clear(bot: Bot, typed: str, name: str | None, title: str | None, due: date) -> None:
    given = prefilled(form(bot, f"/task {typed}"))
    assert given.get("client") == (client(bot, name) if name else None)
    assert (given.get("title"), given["due"]) == (title, due.isoformat())


def test_a_day_off_that_is_asked_for_is_said_to_be_one(bot: Bot) -> None:
    days = {"id": 1, "person_id": id_of(bot, cast.ANNA), "from_on": date(2026, 11, 23), "to_on": date(2026, 11, 24)}
    made = {"installation_id": bot.installation.id, "made_by": id_of(bot, cast.ANNA), "made_at": bot.now}
    with bot.database.write() as connection:
        connection.execute(insert(schema.absence).values(**days, **made))
    try:
        view = form(bot, "/task acme call them mon")
        assert prefilled(view)["due"] == "2026-11-25"
        assert "Mon 23 Nov is a day off, so it is due Wed 25 Nov." in texts(view.payload["blocks"])
    finally:
        with bot.database.write() as connection:
            connection.execute(delete(schema.absence))


def test_a_note_s_command_fills_in_client_and_text(bot: Bot) -> None:
    view = form(bot, "/note acme they moved on fri")
    assert prefilled(view) == {"client": client(bot, "Acme AS"), "body": "they moved on fri"}
    assert bot.submit(view) == {}
    said(bot, "Noted on *Acme AS*", cast.ANNA)
    assert notes(bot)[0].body == "they moved on fri"


@pytest.mark.parametrize("command", ["task", "note"])
def test_help_says_how(bot: Bot, command: str) -> None:
    assert f"/{command} acme" in bot.ask(f"/{command} help").text


def test_a_client_is_found_while_its_name_is_typed(bot: Bot) -> None:
    view = form(bot, "/task call")
    found = bot.slack.actions.suggest(cast.ANNA, view.id, "client", "client", "twin")
    assert {one["text"]["text"] for one in found} == {"Twin GmbH", "Twin AS"}
    assert bot.submit(view, client=found[0]["value"]) == {}
    said(bot, "Logged on *Twin", cast.ANNA)


@pytest.mark.parametrize("typed", ["", "?", "zzzzzz", "x" * 200])
def test_any_text_may_be_typed_into_the_field(bot: Bot, typed: str) -> None:
    view = form(bot, "/task call")
    bot.slack.actions.suggest(cast.ANNA, view.id, "client", "client", typed)


def test_a_title_of_spaces_and_an_empty_note_are_refused_beside_the_field(bot: Bot) -> None:
    view = form(bot, "/task acme")
    assert bot.submit(view, title=" \t ") == {"title": "Say in a few words what is to be done."}
    assert bot.submit(view, title="Call") == {}
    said(bot, "Logged on", cast.ANNA)
    assert bot.submit(form(bot, "/note acme"), body="  ") == {"body": "Write something down first."}
    assert notes(bot) == []


def test_the_longest_texts_are_kept_whole(bot: Bot) -> None:
    view = form(bot, "/task acme")
    assert bot.submit(view, title="&" * 255, details="<" * BODY) == {}
    told = said(bot, "Logged on", cast.ANNA)
    (one,) = tasks(bot)
    assert (one.title, one.details) == ("&" * 255, "<" * BODY)
    bot.press(told, f"{ids.SHOW_ACTIVITY}:new")
    assert "&lt;" in texts(bot.replaced(told, "newest first").blocks)


def test_a_day_that_has_passed_is_asked_about_once_and_then_kept(bot: Bot) -> None:
    view = form(bot, "/task acme call")
    past = (TODAY - timedelta(days=3)).isoformat()
    assert bot.submit(view, due=past, details="Kept") == {}
    asked = bot.modal(lambda view: "has passed" in texts(view.payload["blocks"]))
    assert "Tue 17 Nov has passed. Press Log again to keep it." in texts(asked.payload["blocks"])
    assert tasks(bot) == []
    assert prefilled(asked)["details"] == "Kept"
    other = (TODAY - timedelta(days=4)).isoformat()
    assert bot.submit(asked, due=other) == {}
    asked = bot.modal(lambda view: "Mon 16 Nov has passed" in texts(view.payload["blocks"]))
    assert tasks(bot) == []
    assert bot.submit(asked) == {}
    said(bot, "Logged on *Acme AS*: call", cast.ANNA)
    assert [one.due_on.isoformat() for one in tasks(bot)] == [other]


def test_a_client_that_has_gone_while_the_form_was_open_is_refused(bot: Bot) -> None:
    view = form(bot, "/task acme call")
    mine = schema.record.c.name == "Acme AS"
    with bot.database.write() as connection:
        connection.execute(update(schema.record).where(mine).values(archived_at=bot.now))
    try:
        assert bot.submit(view) == {
            "client": "This client is no longer there, or not yours to see. Choose another one."
        }  # fmt: skip
    finally:
        with bot.database.write() as connection:
            connection.execute(update(schema.record).where(mine).values(archived_at=None))
    assert tasks(bot) == []


@pytest.fixture
def cleo_elsewhere(bot: Bot) -> Iterator[None]:
    """Cleo works in a created workspace, whose only client is hers."""
    mine = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        connection.execute(insert(schema.workspace).values(**mine, id=7, name="Central", is_primary=False))
        connection.execute(insert(schema.team).values(**mine, id=1, name="C", name_key="c", workspace_id=7))
        member = {"person_id": id_of(bot, cast.CLEO), "team_id": 1, "is_primary": True}
        connection.execute(insert(schema.team_member).values(**mine, **member))
        standing.resettle(connection, bot.installation.id)
    standing.catch_up(bot.database, bot.installation.id)
    yield
    with bot.database.write() as connection:
        for table in (schema.team_member, schema.team):
            connection.execute(delete(table))
        connection.execute(delete(schema.standing).where(schema.standing.c.workspace_id == 7))
        connection.execute(delete(schema.workspace).where(schema.workspace.c.id == 7))
        standing.resettle(connection, bot.installation.id)
    standing.catch_up(bot.database, bot.installation.id)


@pytest.mark.usefixtures("cleo_elsewhere")
def test_a_task_is_given_only_to_who_sees_the_client(bot: Bot) -> None:
    view = form(bot, "/task acme call")
    assert bot.submit(view, assignee=cast.CLEO) == {
        "assignee": "Cleo does not see this client, so its task cannot be given to them."
    }  # fmt: skip
    assert bot.submit(view, assignee=cast.GUS) == {
        "assignee": "A task is given to full members of this Slack workspace only."
    }  # fmt: skip
    assert tasks(bot) == []


@pytest.mark.usefixtures("cleo_elsewhere")
def test_what_somebody_does_not_see_they_neither_find_nor_log_on_nor_read(bot: Bot) -> None:
    view = form(bot, "/task acme call", cast.CLEO)
    assert "client" not in prefilled(view)
    assert bot.slack.actions.suggest(cast.CLEO, view.id, "client", "client", "acme") == []
    found = bot.slack.actions.suggest(cast.CLEO, view.id, "client", "client", "globex")
    assert [one["text"]["text"] for one in found] == ["Globex Corporation"]
    mine = form(bot, "/task acme call")
    forged = {"client": {"client": {"type": "external_select", "selected_option": {"value": client(bot, "Acme AS")}}}}
    values = {"title": {"title": {"type": "plain_text_input", "value": "x"}},
              "due": {"due": {"type": "datepicker", "selected_date": "2026-12-01"}},
              "assignee": {"assignee": {"type": "users_select", "selected_user": cast.CLEO}}}  # fmt: skip
    payload = {**mine.payload, "id": "V0FORGED", "state": {"values": forged | values}}
    user = {"id": cast.CLEO, "team_id": cast.TEAM.id}
    body = {"type": "view_submission", "team": {"id": cast.TEAM.id}, "user": user, "view": payload}
    response = bot.app.dispatch(BoltRequest(mode="socket_mode", body=body))
    assert "client" in json.loads(response.body)["errors"]
    assert tasks(bot) == []


def again(bot: Bot, view: View, **values: Any) -> dict[str, Any]:
    """What is answered where the same modal is submitted once more."""
    state = {"values": {name: {name: value} for name, value in values.items()}}
    payload = {**view.payload, "id": view.id, "state": state}
    user = {"id": cast.ANNA, "team_id": cast.TEAM.id}
    body = {"type": "view_submission", "team": {"id": cast.TEAM.id}, "user": user, "view": payload}
    response = bot.app.dispatch(BoltRequest(mode="socket_mode", body=body))
    return dict(json.loads(response.body)) if response.body else {}


def test_a_form_that_is_submitted_twice_logs_once_and_says_when(bot: Bot) -> None:
    view = form(bot, "/note acme they moved")
    assert bot.submit(view) == {}
    said(bot, "Noted on *Acme AS*", cast.ANNA)
    chosen = {"type": "external_select", "selected_option": {"value": client(bot, "Acme AS")}}
    bot.restart()
    answer = again(bot, view, client=chosen, body={"type": "plain_text_input", "value": "they moved"})
    assert re.search(r"Saved once, at 10:00\sAM\. Nothing was lost\.", texts(answer["view"]["blocks"]))
    assert len(notes(bot)) == 1


def activity(bot: Bot) -> Message:
    card = bot.ask("/engagement acme")
    bot.choose(card, ids.MORE_OF_CARD, ids.ACTIVITY)
    return bot.replaced(card, "newest first")


def test_a_client_s_activity_stands_newest_first_page_by_page(bot: Bot) -> None:
    mine = {"installation_id": bot.installation.id, "client_id": int(client(bot, "Acme AS"))}
    mine |= {"author_id": id_of(bot, cast.ANNA)}
    with bot.database.write() as connection:
        for n in range(7):
            row = {"id": n + 1, "slack_view_id": f"V{n}", "body": f"Note {n}.", "made_at": bot.now - timedelta(days=n)}
            connection.execute(insert(schema.note).values(**mine, **row))
    shown = activity(bot)
    assert "Note 0." in texts(shown.blocks)
    assert "Note 5." not in texts(shown.blocks)
    bot.press(shown, f"{ids.SHOW_ACTIVITY}:old")
    older = bot.replaced(shown, "Note 5.")
    assert "Note 6." in texts(older.blocks)
    assert "Note 3." not in texts(older.blocks)
    bot.press(older, f"{ids.SHOW_ACTIVITY}:new")
    bot.press(bot.replaced(shown, "Note 0."), f"{ids.OPEN_CLIENT}:0")
    bot.replaced(shown, "Data to Fri 20 Nov")


def test_nothing_logged_says_so(bot: Bot) -> None:
    assert "Nothing was logged yet." in activity(bot).text


def test_who_has_no_seat_logs_nothing(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(schema.person).where(schema.person.c.slack_user_id == cast.BO).values(seat="off"))
    assert "You need a seat" in bot.ask("/task acme call", who=cast.BO).text
    assert bot.slack.actions.open_view(cast.BO) is None
