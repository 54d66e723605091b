"""What a recovery followed, over simulated histories."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.domain.recoveries import LONGEST, Recovery, Task, followed, recovery

START = date(2026, 11, 1)


def on(day: int) -> date:
    return START + timedelta(day)


@pytest.mark.parametrize(
    ("scores", "found"),
    [
        ({0: 6, 3: 3, 8: 5}, (3, 8)),
        ({0: 6, 3: 3, 5: 2, 8: 5, 9: 6}, (3, 8)),  # whatever moved meanwhile
        ({0: 3, 2: 6, 4: 2, 8: 5}, (4, 8)),  # of two the last
        ({0: 6, 2: 3, 5: 4, 6: 3, 8: 5}, (2, 8)),  # a single day up is none
        ({0: 6, 2: 3, 4: 5, 7: 3, 8: 5}, (2, 4)),  # nor is one down
        ({0: 6, 3: None, 4: 3, 6: None, 8: 5}, (4, 8)),  # what is not known is neither
        ({0: 6, 3: 3, 8: 5, 20: 3}, (3, 8)),  # what came after the day
        ({0: 6, 3: 3}, None),
        ({}, None),
    ],
)
def test_a_recovery_is_from_the_last_fall_until_it_is_up(
    scores: dict[int, int | None], found: tuple[int, int] | None
) -> None:
    told = recovery([(on(day), score) for day, score in scores.items()], 3, on(10))
    assert told == (found and Recovery(on(found[0]), on(found[1])))


@pytest.mark.parametrize("scores", [[(on(8), 5)], [(on(8) - timedelta(200), 3), (on(8), 5)]], ids=["unknown", "long"])
def test_it_is_looked_back_for_no_longer_than_a_quarter(scores: list[tuple[date, int | None]]) -> None:
    assert recovery(scores, 3, on(10)) == Recovery(on(8) - LONGEST, on(8))


@pytest.mark.parametrize(
    ("tasks", "day"),
    [
        ([Task("automation", (on(4),))], 4),
        ([Task(None, (on(4),))], 4),  # on the whole client
        ([Task("sales", (on(4),))], None),
        ([Task(None, (on(2),)), Task(None, (on(9),))], None),  # before it fell, and when it was up
        ([Task(None, (on(3),)), Task("automation", (on(5),)), Task("sales", (on(6),))], 5),
        ([Task(None, (on(1), on(8)))], 8),  # done on the day itself
        ([Task(None, (on(4), on(9)))], 4),  # done later
        ([], None),
    ],
)
def test_it_followed_the_last_task_logged_or_done_meanwhile(tasks: list[Task], day: int | None) -> None:
    assert followed(tasks, "automation", Recovery(on(3), on(8))) == (None if day is None else on(day))
