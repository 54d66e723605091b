"""Open tasks as they are shown, at their limits, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks import ids, tasks
from bot.blocks.tasks import Did
from bot.blocks.words import speak
from bot.domain.absences import Covered
from bot.domain.activity import Priority
from bot.domain.tasks import Given, Led, Place, place
from bot.domain.working_days import Span, WorkingDays
from bot.playground.validation import check_blocks
from tests.blocks.conftest import Golden

WORDS = speak()
TODAY = date(2026, 11, 20)
MINE, TEAM = Place(), Place(is_team=True)
LEADS = Led(own=True)
CALL = Given(1, 7, "Acme <AS>", "Call *them*", TODAY - timedelta(days=1), Priority.HIGH, "Anna")
FOUND = [CALL, Given(2, 7, "Acme", "Write", TODAY, Priority.MEDIUM, "Bo")]


def test_open_tasks(golden: Golden) -> None:
    golden("tasks", tasks.page(FOUND, MINE, TODAY, WORDS))
    golden("tasks_of_team", tasks.page(FOUND * 5, Place(True, TODAY, 9), TODAY, WORDS, led=LEADS))
    golden("tasks_none", tasks.page([], MINE, TODAY, WORDS, led=LEADS))


@pytest.mark.parametrize(
    ("led", "button", "title"),
    [
        (LEADS, "My team's", "Your team's open tasks"),
        (Led(others=True), "Teams without a lead", "Open tasks of teams without a lead"),
        (Led(True, True), "My team's", "Open tasks of your team, and of teams without a lead"),
    ],
)
def test_it_says_whose_tasks_they_are(led: Led, button: str, title: str) -> None:
    assert button in str(tasks.page(FOUND, MINE, TODAY, WORDS, led=led)["blocks"])
    made = tasks.page(FOUND, TEAM, TODAY, WORDS, led=led)
    assert made["text"].startswith(f"{title}. ")
    assert button not in str(made["blocks"])


def test_the_direct_message_about_a_task(golden: Golden) -> None:
    golden("task_given", tasks.given(CALL, TODAY, WORDS))
    whole = replace(CALL, author="Bo <B>", details="They asked\nfor *two* forms: https://example.com/form")
    golden("task_given_with_details", tasks.given(whole, TODAY, WORDS))
    golden("task_given_done", tasks.given_done(CALL, TODAY, WORDS, is_first=True))


def test_the_same_message_after_somebody_changed_the_task(golden: Golden) -> None:
    hers = replace(CALL, assignee_slack_id="U1")
    assert tasks.given_since(hers, "U1", TODAY, WORDS) == tasks.given(hers, TODAY, WORDS)
    golden("task_given_on", tasks.given_since(hers, "U2", TODAY, WORDS))
    golden("task_given_finished", tasks.given_since(replace(hers, done_by="Bo"), "U1", TODAY, WORDS))
    golden("task_given_unseen", tasks.given_unseen(WORDS))


def test_what_was_just_done(golden: Golden) -> None:
    done = Given(1, 7, "Acme AS", "Call", TODAY, Priority.LOW, "Anna", "Bo")
    golden("task_done", tasks.page(FOUND, MINE, TODAY, WORDS, did=(Did.DONE, done)))
    golden("task_done_before", tasks.page([], MINE, TODAY, WORDS, did=(Did.DONE_BEFORE, done)))
    off = replace(CALL, due_on=TODAY + timedelta(5), asked=TODAY + timedelta(3))
    golden("task_put_off_from_day_off", tasks.page(FOUND, MINE, TODAY, WORDS, did=(Did.PUT_OFF, off)))
    golden("task_put_off", tasks.page(FOUND, MINE, TODAY, WORDS, did=(Did.PUT_OFF, CALL)))
    golden("task_changed", tasks.page(FOUND, MINE, TODAY, WORDS, did=(Did.CHANGED, CALL)))
    golden("task_reopened", tasks.page(FOUND, MINE, TODAY, WORDS, did=(Did.REOPENED, CALL)))


@pytest.mark.parametrize("letter", ["x", "&", "*", "株"])
def test_the_longest_texts_keep_slacks_limits(letter: str) -> None:
    one = Given(2**62, 7, letter * 255, letter * 255, TODAY, Priority.HIGH, letter * 255, letter * 255)
    at = Place(True, TODAY, 2**62)
    made = tasks.page([one] * 9, at, TODAY, WORDS, led=LEADS, did=(Did.DONE_BEFORE, one))
    check_blocks(made["blocks"], "message")
    assert len(made["text"]) <= 4_000


@given(st.builds(Place, st.booleans(), st.dates(), st.integers(0, 2**62), st.just(False), st.just(False)))
def test_a_page_is_read_as_it_was_written(at: Place) -> None:
    for one in (at, at._replace(is_team=False, is_covered=True)):
        assert place(str(one)) == one
        assert place(str(one.first)) == one.first
    assert place(str(Place(in_morning=True))) == Place(in_morning=True)


@given(st.text())
def test_any_other_text_is_a_first_page(text: str) -> None:
    assert place(f"mine {text}").is_team is False


CLEO = Covered(3, "Cleo *c*", "U0CLEOCSM", "cleo@example.com", 1, TODAY + timedelta(days=14))


def test_tasks_of_whom_one_covers_stand_apart_and_marked(golden: Golden) -> None:
    apart = Place(is_covered=True)
    golden("tasks_covered", tasks.page(FOUND, apart, TODAY, WORDS, covers=[CLEO]))
    golden("tasks_covering", tasks.page(FOUND, MINE, TODAY, WORDS, led=LEADS, plans=True, covers=[CLEO]))
    golden("task_given_covered", tasks.given(CALL, TODAY, WORDS, CLEO))


def test_a_task_of_a_day_off_stands_where_its_next_working_day_does() -> None:
    """Its own day stays in sight."""
    sunday = replace(CALL, id=3, due_on=TODAY + timedelta(days=2), title="Rest")
    text = tasks.page([sunday], MINE, TODAY, WORDS)["text"]
    assert "Later" in text
    assert "Sun 22 Nov" in text


def test_the_next_page_begins_by_the_days_that_were_asked_for_whatever_waits() -> None:
    """Else a task of a team would be left out where somebody else's waits longer than it."""
    away = WorkingDays(off=(Span(TODAY, TODAY + timedelta(days=14)),))
    waits = replace(CALL, id=1, due_on=TODAY, title="Waits", days=away)
    others = [replace(CALL, id=n, due_on=TODAY + timedelta(days=n // 4), title=f"Call {n}") for n in range(2, 10)]
    made = tasks.page([waits, *others], TEAM, TODAY, WORDS, led=LEADS)
    assert made["text"].index("Call 8") < made["text"].index("Waits")
    later = next(one for one in made["blocks"][-1]["elements"] if one["action_id"] == f"{ids.SHOW_TASKS}:later")
    assert place(later["value"]) == Place(True, TODAY + timedelta(days=2), 8)
