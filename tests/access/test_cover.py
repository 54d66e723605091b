"""Who covers for somebody sees and does what is theirs, on these days only, and wherever they work."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from slack_sdk import WebClient
from sqlalchemy import select, update

from bot.blocks import ids
from bot.jobs.deliveries import Deliveries
from bot.playground import people as cast
from storage.schema import absence, audit_entry, person
from storage.schema import task as stored_task
from tests.access import payloads
from tests.access.payloads import Outcome, chose, form, option, pressed, sent, submitted, text, typed
from tests.access.test_leaks import HERS, exported
from tests.access.world import CAM, CLIENTS, World, away
from tests.bots import NOW, TODAY

ANNAS = {"Acme AS", "Wonka Norge AS", "Twin GmbH"}  # Bo's three stand beside them
MARK = "For Anna, away to "


@pytest.fixture
def covered(world: World) -> World:
    """Anna is away today and tomorrow; Cam, of another CS workspace, covers for her."""
    with world.bot.database.write() as connection:
        away(connection, 0, 1)
    return world


def named(outcome: Outcome) -> set[str]:
    return {name for name in (*CLIENTS, HERS) if name in outcome.said}


def ask(world: World, text: str) -> Outcome:
    command, _, rest = text.partition(" ")
    return sent(world, CAM, typed(command, rest))


def test_a_list_of_whom_one_covers_has_their_clients_and_is_marked(covered: World) -> None:
    listed = ask(covered, "engagement csm:anna@example.com sort:name")
    assert named(listed) == ANNAS
    assert f"{MARK}21 Nov" in listed.said
    assert "3 clients" in ask(covered, "engagement csm:anna@example.com").said
    assert "What 3 clients" in ask(covered, "opportunities csm:anna@example.com").said
    assert named(ask(covered, "engagement csm:bo@example.com sort:name")) == set()


def test_own_lists_stay_as_they_are_and_those_of_whom_one_covers_are_a_button_away(covered: World) -> None:
    assert named(ask(covered, "engagement team:all sort:name")) == {HERS}
    assert "csm:anna@example.com" in ask(covered, "engagement team:all sort:name").said
    assert "4 clients can be looked up" in ask(covered, "engagement help").said


def test_a_file_of_whom_one_covers_has_their_clients(covered: World) -> None:
    send = chose(ids.MORE_OF_LIST, lambda _: ids.EXPORT, lambda _: "list:csm:anna@example.com")
    assert exported(covered, CAM, send) == ANNAS


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("twin", {"Twin GmbH"}),  # not asked which: Twin AS is not theirs to see
        ("acme", {"Acme AS"}),
        ("acme.example", {"Acme AS"}),
        ("wnoka norge", {"Wonka Norge AS"}),
        ("oylent", set()),
        ("eiendom.example", set()),
        ("globex", {HERS}),
    ],
)
def test_only_the_clients_of_whom_one_covers_are_found(covered: World, typed: str, found: set[str]) -> None:
    outcome = ask(covered, f"engagement {typed}")
    assert named(outcome) - ({typed} - found) == found
    assert (MARK in outcome.said) is bool(found & ANNAS)


def test_what_was_shown_is_answered_no_more_once_they_are_back(covered: World) -> None:
    assert named(ask(covered, "engagement acme as")) == {"Acme AS"}
    with covered.bot.database.write() as connection:
        yesterday = TODAY - timedelta(days=1)
        connection.execute(update(absence).values(from_on=yesterday, to_on=yesterday))
    outcome = sent(covered, CAM, pressed(ids.SHOW_DETAILS, lambda world: str(world.client)))
    assert outcome.tells("client_gone")
    assert named(ask(covered, "engagement csm:anna@example.com sort:name")) == set()


def test_what_is_done_is_audited_without_the_name_of_a_client(covered: World) -> None:
    send = pressed(f"{ids.FINISH_TASK}:1", lambda world: f"{world.task} covered")
    assert "Done" in sent(covered, CAM, send).said
    with covered.bot.database.read() as connection:
        last = connection.execute(select(audit_entry).order_by(audit_entry.c.id.desc()).limit(1)).one()
        cam = connection.scalar(select(person.c.id).where(person.c.slack_user_id == CAM))
    assert (last.person_id, last.action, last.subject, last.after) == (
        cam, "cover.acted", "Anna", {"did": "task.done"},
    )  # fmt: skip
    with covered.bot.database.write() as connection:
        connection.execute(update(person).where(person.c.id == cam).values(manages=True))
    told = ask(covered, "workspace history").said
    assert "acted for Anna, who is away" in told
    assert named(sent(covered, CAM, typed("workspace", "history"))) == set()


def test_their_tasks_stand_apart_and_marked(covered: World) -> None:
    own = ask(covered, "task")
    assert "Call them" not in own.said
    assert "For Anna" in own.said
    theirs = sent(covered, CAM, pressed(f"{ids.SHOW_TASKS}:covered", lambda _: "covered"))
    assert f"{MARK}21 Nov" in theirs.said
    assert "Call them" in theirs.said


def test_a_task_of_a_client_that_one_only_covers_is_given_to_whom_one_covers(covered: World) -> None:
    """Else nobody would have it once they are back."""
    opened = sent(covered, CAM, pressed(ids.LOG_TASK, lambda world: str(world.client)))
    assert cast.ANNA in opened.said
    fields = {"title": text("Call"), "due": payloads.day("2026-12-24"), "priority": option("high")}
    fields |= {"assignee": payloads.user(CAM)}
    send = submitted(ids.LOG_TASK, form(), **fields, client=lambda world: option(str(world.client)))
    outcome = sent(covered, CAM, send)
    assert outcome.tells("task_covered")
    assert outcome.changed == frozenset()


def test_who_covers_hears_of_a_task_beside_whom_they_cover(covered: World) -> None:
    fields = {"title": text("Call"), "due": payloads.day("2026-12-24"), "priority": option("high")}
    fields |= {"assignee": payloads.user(cast.ANNA)}
    send = submitted(ids.LOG_TASK, form(), **fields, client=lambda world: option(str(world.client)))
    assert "delivery" in sent(covered, cast.BO, send).changed
    messages = covered.bot.slack.slack.messages
    before = {who: len(messages[cast.direct_message(who).id]) for who in (cast.ANNA, CAM)}
    deliver(covered, NOW)
    told = {who: messages[cast.direct_message(who).id][number:] for who, number in before.items()}
    assert [["A task for you" in one.text for one in found] for found in told.values()] == [[True], [True]]
    assert [[one.text.startswith(MARK) for one in found] for found in told.values()] == [[False], [True]]


def deliver(world: World, now: datetime) -> None:
    slack = WebClient(world.bot.slack.bot_token, base_url=world.bot.slack.api_url, retry_handlers=[])
    Deliveries(world.bot.database, slack, world.bot.installation.id, lambda: now, pace=0, apart=0).run()


def test_a_super_admin_who_looks_as_who_covers_sees_the_same_and_does_nothing_for_them(covered: World) -> None:
    with covered.bot.database.write() as connection:
        cam = select(person.c.id).where(person.c.slack_user_id == CAM).scalar_subquery()
        connection.execute(update(person).where(person.c.slack_user_id == cast.DINA).values(looks_as=cam))
    asked = sent(covered, cast.DINA, typed("engagement", "csm:anna@example.com sort:name"))
    assert named(asked) == ANNAS
    send = pressed(f"{ids.FINISH_TASK}:1", lambda world: f"{world.task} covered")
    assert sent(covered, cast.DINA, send).changed == frozenset()
    with covered.bot.database.read() as connection:
        assert connection.scalar(select(stored_task.c.done_at)) is None


def test_who_is_back_is_told_what_was_done_for_them(world: World) -> None:
    with world.bot.database.write() as connection:
        away(connection, -1, 1)
    done = pressed(f"{ids.FINISH_TASK}:1", lambda world: f"{world.task} covered")
    assert "task" in sent(world, CAM, done).changed
    assert "is back" in sent(world, cast.ANNA, pressed(f"{ids.END_ABSENCE}:1", lambda _: "1")).said
    messages = world.bot.slack.slack.messages[cast.direct_message(cast.ANNA).id]
    before = len(messages)
    deliver(world, NOW)
    assert ["Acme AS: Call them · Cam" in one.text for one in messages[before:]] == [True]
