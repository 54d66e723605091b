"""The morning message and its modal, at their limits, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from bot.blocks import forms, morning, morning_form
from bot.blocks.forms import FormState
from bot.blocks.tasks import Did
from bot.blocks.words import speak
from bot.domain.activity import Priority
from bot.domain.morning import Choice, Cover, Kind, Morning, Move, Renewal, Topic, Way
from bot.domain.moves import Cause, Part
from bot.domain.tasks import Given
from bot.errors import FieldError
from bot.playground.validation import check_blocks
from tests.blocks.conftest import Golden
from tests.domain.catalogs import SHIPPED

WORDS = speak()
TODAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 20)
GUIDE = Given(1, 7, "Globex Oy", "send form guide", date(2026, 11, 19), Priority.HIGH, "Anna")
CALL = Given(2, 8, "Acme <AS>", "call about *email*", TODAY, Priority.MEDIUM, "Anna")
FELL = Move(8, "Acme <AS>", Kind.FELL, 6, 4, (Part(Cause.USAGE, "marketing_email", -2, 10),))
QUIET = Move(9, "Initech AB", Kind.QUIET, 5, 5, tools=("Forms", "Workflows"))
ROSE = Move(10, "Tyrell Oy", Kind.RECOVERED, 3, 5, (Part(Cause.USAGE, "workflows", 2, 10),))
NEAR = Renewal(11, "Umbrella Hage AS", TODAY + timedelta(days=60), 60)
CLEO = Cover("Cleo", date(2026, 12, 4), 0, 1)
FULL = Morning(TODAY, FRIDAY, (GUIDE, CALL), (FELL, QUIET, ROSE), (NEAR,), (CLEO,))
STATE = FormState("https://hooks.slack.com/actions/1", 1_795_000_000, "", 3)


def test_a_morning_with_news(golden: Golden) -> None:
    golden("morning", morning.message(SHIPPED, FULL, 5, WORDS))


def test_what_has_nothing_to_say_is_left_out(golden: Golden) -> None:
    golden("morning_renewal", morning.message(SHIPPED, Morning(TODAY, FRIDAY, renewals=(NEAR,)), 5, WORDS))


@pytest.mark.parametrize(("tasks", "at"), [((CALL,), "mine"), ((), "covered")])
def test_my_day_leads_to_the_tasks_that_it_speaks_of(tasks: tuple[Given, ...], at: str) -> None:
    made = morning.message(SHIPPED, Morning(TODAY, FRIDAY, tasks, covers=(CLEO,)), 5, WORDS)
    assert made["blocks"][-1]["elements"][0]["value"] == at


def test_of_more_than_five_clients_the_rest_is_a_button_away(golden: Golden) -> None:
    many = replace(FULL, tasks=tuple(replace(CALL, id=n) for n in range(11)), moves=(FELL,) * 7, renewals=(NEAR,) * 6)
    golden("morning_full", morning.message(SHIPPED, many, 5, WORDS))


def test_what_is_done_to_a_task_stands_in_its_place(golden: Golden) -> None:
    shown = morning.message(SHIPPED, FULL, 5, WORDS)["blocks"]
    done = morning.after(shown, Did.DONE, replace(GUIDE, done_by="Anna"), TODAY, WORDS)
    golden("morning_done", done)
    put_off = replace(CALL, due_on=date(2026, 11, 24))
    golden("morning_put_off", morning.after(done["blocks"], Did.PUT_OFF, put_off, TODAY, WORDS))
    again = morning.after(done["blocks"], Did.REOPENED, GUIDE, TODAY, WORDS)["blocks"]
    assert morning.after(again, Did.DONE, replace(GUIDE, done_by="Anna"), TODAY, WORDS) == done


def test_a_task_that_the_message_does_not_show_changes_nothing_in_it() -> None:
    shown = morning.message(SHIPPED, FULL, 5, WORDS)
    assert morning.after(shown["blocks"], Did.DONE, replace(GUIDE, id=3, done_by="Anna"), TODAY, WORDS) == shown


def test_its_tasks_are_shown_as_they_are_by_now(golden: Golden) -> None:
    shown = morning.message(SHIPPED, FULL, 5, WORDS)["blocks"]
    assert morning.shows(shown) == [1, 2]
    done, moved = replace(GUIDE, done_by="Bo"), replace(CALL, assignee_slack_id="U0CLEO", assignee="Cleo")
    golden("morning_since", morning.since(shown, {1: done, 2: moved}, "U0ANNA", TODAY, WORDS))
    same = replace(GUIDE, assignee_slack_id="U0ANNA")
    golden("morning_since_unseen", morning.since(shown, {1: same, 2: None}, "U0ANNA", TODAY, WORDS))


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_longest_names_keep_slacks_limits(letter: str) -> None:
    name = letter * 255
    task = replace(CALL, id=2**62, client=name, title=name)
    many = Morning(
        TODAY,
        FRIDAY,
        tuple(replace(task, id=task.id + n, due_on=FRIDAY + timedelta(n % 4)) for n in range(50)),
        (FELL._replace(client=name), QUIET._replace(client=name, tools=(name,) * 3)) * 9,
        (NEAR._replace(client=name),) * 9,
        (Cover(name, TODAY, 10**6, 10**6),) * 5,
    )
    made = morning.message(SHIPPED, many, 2**62, WORDS)
    check_blocks(made["blocks"], "message")
    assert len(made["text"]) <= 4_000


def test_the_modal_and_what_is_said_once_it_is_saved(golden: Golden) -> None:
    chosen = Choice(time(9, 15), dict.fromkeys(Topic, Way.DIRECT) | {Topic.RENEWALS: Way.CHANNEL})
    view = morning_form.form(chosen, STATE, WORDS)
    golden("morning_form", view)
    assert morning_form.read(forms.opened(view["blocks"])) == chosen
    golden("morning_saved", morning_form.saved(chosen, WORDS))
    golden("morning_saved_none", morning_form.saved(Choice(ways=dict.fromkeys(Topic, Way.OFF)), WORDS))


def test_without_a_time_it_is_not_saved() -> None:
    with pytest.raises(FieldError) as refused:
        morning_form.read({})
    assert (refused.value.key, refused.value.field) == ("morning_no_time", "at")
