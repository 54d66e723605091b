"""The modals that log tasks and notes, and the activity of a client, at their limits, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.blocks import activity, forms
from bot.blocks import activity_form as form
from bot.blocks.forms import FormState, entered
from bot.blocks.words import speak
from bot.domain.activity import BODY, TITLE, Entry, Kind, Logged, Note, Position, Priority, Push, Task
from bot.errors import FieldError
from bot.playground.validation import check_blocks, view_problems
from bot.playground.values import state_values
from tests.blocks.conftest import Golden

WORDS = speak()
TODAY = date(2026, 11, 20)
STATE = FormState("https://hooks.slack.example/actions/T0/1/x", 1_790_000_000)
CATEGORIES = {"marketing": "Marketing", "sales": "Sales"}
USUAL = {form.DUE: "2026-11-25", form.ASSIGNEE: "U0ANNACSM", form.PRIORITY: "medium"}
FILLED = USUAL | {
    form.CLIENT: "7", form.CATEGORY: "marketing", form.NAME: "Call them", form.DETAILS: "About *forms*"
}  # fmt: skip
CALL = Task(7, "marketing", "Call *them*", "", date(2026, 11, 25), Priority.HIGH, "U0BOCSM00")
MADE = datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
ENTRIES = [
    Entry(Kind.TASK, 3, MADE, "Anna", "marketing", "Call <them>", "About forms", CALL.due_on, Priority.HIGH, "Bo"),
    Entry(Kind.NOTE, 2, MADE - timedelta(days=1), "Bo", None, "", "They moved.\nTo *Oslo*"),
    Entry(Kind.TASK, 1, MADE - timedelta(days=9), "Bo", "gone", "Write", "", TODAY, Priority.MEDIUM, "Bo", MADE),
]


def test_the_modals(golden: Golden) -> None:
    golden("task_form", form.task(USUAL, None, CATEGORIES, STATE, WORDS))
    filled = form.task(FILLED, "Acme AS", CATEGORIES, STATE, WORDS)
    golden("task_form_filled", filled)
    golden("task_form_past", form.past(filled, date(2026, 11, 17), TODAY, WORDS))
    golden("task_form_change", form.change("Acme AS", FILLED, CATEGORIES, STATE, WORDS))
    golden("note_form", form.note({form.CLIENT: "7"}, "Acme AS", CATEGORIES, STATE, WORDS))


def test_what_was_logged_is_said(golden: Golden) -> None:
    golden("task_logged", activity.task_logged(Logged("Acme <AS>"), CALL, "hubspot", TODAY, WORDS))
    alone, both = Logged("Kari Nordmann", is_company=False), Logged("Kari", is_company=False, company="Acme <Holding>")
    golden("task_logged_alone", activity.task_logged(alone, CALL, "hubspot", TODAY, WORDS))
    golden("task_logged_on_both", activity.task_logged(both, CALL, None, TODAY, WORDS))
    golden("note_left", activity.note_left(Logged("Acme AS"), Note(7, None, "They moved"), None, WORDS))


def test_help(golden: Golden) -> None:
    golden("task_usage", activity.task_usage("/task", WORDS))
    golden("note_usage", activity.note_usage("/note", WORDS))


def test_a_client_s_activity(golden: Golden) -> None:
    golden("activity", activity.page(7, "Acme AS", ENTRIES, CATEGORIES, UTC, TODAY, WORDS))
    golden("activity_none", activity.page(7, "Acme AS", [], CATEGORIES, UTC, TODAY, WORDS))
    golden(
        "activity_older",
        activity.page(7, "Acme AS", ENTRIES * 2, CATEGORIES, UTC, TODAY, WORDS, before=ENTRIES[0].position),
    )


def test_how_far_each_has_come_on_its_way_to_the_crm(golden: Golden) -> None:
    states = (Push.LOCAL, Push.WAITING, Push.SENT, Push.GIVEN_UP)
    pushed = [replace(ENTRIES[0], id=number, push=push) for number, push in enumerate(states)]
    refused = replace(ENTRIES[1], push=Push.REFUSED, reason="*HTTP 403* missing scope", client="Acme <Nord>")
    golden("activity_pushed", activity.page(7, "Acme AS", pushed, CATEGORIES, UTC, TODAY, WORDS, crm="hubspot"))
    golden(
        "activity_refused",
        activity.page(7, "Acme AS", [refused], CATEGORIES, UTC, TODAY, WORDS, crm="hubspot", before=Position(MADE, 9)),
    )


def test_where_it_stands_is_said_in_a_sentence_too() -> None:
    both = Logged("Kari", is_company=False, company="Acme Holding")
    assert activity.called(both, None, WORDS) == "Kari (also on Acme Holding, kept here only)"
    assert activity.called(Logged("Acme AS"), "hubspot", WORDS) == "Acme AS"


def test_what_stood_in_the_fields_is_read_as_the_task() -> None:
    view = form.task(FILLED, "Acme AS", CATEGORIES, STATE, WORDS)
    assert forms.opened(view["blocks"]) == FILLED == entered(state_values(view["blocks"], {}))
    made = form.read_task(7, FILLED, CATEGORIES)
    assert made == Task(7, "marketing", "Call them", "About *forms*", CALL.due_on, Priority.MEDIUM, "U0ANNACSM")


def test_a_category_that_has_left_the_catalog_is_none() -> None:
    assert form.read_task(7, FILLED, {"sales": "Sales"}).category is None
    assert form.read_note(7, {form.BODY_FIELD: "x", form.CATEGORY: "marketing"}, {}).category is None


@pytest.mark.parametrize(
    ("without", "key"),
    [
        (form.NAME, "task_no_title"),
        (form.DUE, "task_no_day"),
        (form.ASSIGNEE, "task_no_assignee"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(without: str, key: str) -> None:
    with pytest.raises(FieldError) as refused:
        form.read_task(7, {name: text for name, text in FILLED.items() if name != without}, CATEGORIES)
    assert (refused.value.key, refused.value.field) == (key, without)
    with pytest.raises(FieldError) as refused:
        form.read_task(None, FILLED, CATEGORIES)
    assert (refused.value.key, refused.value.field) == ("activity_no_client", form.CLIENT)


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_longest_texts_keep_slacks_limits(letter: str) -> None:
    longest = letter * BODY
    names = {f"c{n}": letter * 100 for n in range(100)}
    fields = FILLED | {form.NAME: letter * 2_000, form.DETAILS: longest, form.CATEGORY: "c1"}
    assert not view_problems(form.task(fields, letter * 255, names, STATE, WORDS))
    assert not view_problems(form.note(FILLED | {form.BODY_FIELD: longest}, letter * 255, names, STATE, WORDS))
    entry = Entry(Kind.TASK, 1, MADE, letter * 255, "c1", letter * TITLE, longest, TODAY, Priority.LOW, letter * 255,
                  client=letter * 255, push=Push.REFUSED, reason=letter * 255)  # fmt: skip
    page = activity.page(7, letter * 255, [entry] * 6, names, UTC, TODAY, WORDS, crm="hubspot", before=entry.position)
    check_blocks(page["blocks"], "message")
    assert len(page["text"]) <= 4_000
    assert sum(len(block.get("text", {}).get("text", "")) for block in page["blocks"]) <= 14_000
    on = Logged(letter * 255, is_company=False, company=letter * 255)
    task = Task(7, None, letter * TITLE, longest, TODAY, Priority.LOW, "U0BOCSM00")
    check_blocks(activity.task_logged(on, task, None, TODAY, WORDS)["blocks"], "message")
    check_blocks(activity.note_left(on, Note(7, None, longest), None, WORDS)["blocks"], "message")
