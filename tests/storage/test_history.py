"""The history of scores: a row for each change, and a past on the first day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.scoring import Facts, judge
from bot.domain.subscriptions import Subscription
from storage import basis as bases_read
from storage import history
from storage.basis import measured
from storage.database import Database
from tests.storage.bases import small
from tests.storage.test_standing import START, Base

WEEK = timedelta(7)


def test_the_first_import_works_out_the_weeks_that_its_usage_covers(database: Database) -> None:
    base = Base(database)
    base.subscribe(1, "mail", "starter", None, 300)
    base.use(1, 1, 0, 1, 1)  # the first day of all: whole windows end from day 29 on
    base.use(1, 1, 60, 3, 1)
    base.reach(1, 100)
    base.settle()
    found = [(row.day, row.score, row.from_import) for row in base.changes() if row.client_id == 1]
    ends = [START + timedelta(100) - WEEK * n for n in range(1, 27)]
    covered = [day for day in ends if (day - START).days >= 29]
    assert found == [
        (min(covered), 0, True),
        (START + timedelta(100) - WEEK * 5, 4, True),  # day 65, the first week end after the use on day 60
        (START + timedelta(100) - WEEK, 0, True),  # day 93, the first after the last window that has it
    ]
    (row,) = [row for row in base.rows() if row.client_id == 1]
    assert (row.change_7, row.change_30) == (0.0, -0.4)


def test_no_more_than_26_weeks_are_worked_out(database: Database) -> None:
    base = Base(database)
    base.use(1, 1, 0, 1, 1)
    base.reach(1, 900)
    base.settle()
    with database.read() as connection:
        ends = history.week_ends(connection, bases_read.read(connection, base.id, small()))
    assert ends == [START + timedelta(900) - WEEK * n for n in range(26, 0, -1)]


def test_a_row_is_written_only_where_something_changed_and_once_a_day(database: Database) -> None:
    base = Base(database)
    base.use(1, 1, 10, 3, 1)
    base.reach(1, 10)
    base.settle()
    first = base.changes()
    assert len(first) == 5
    base.reach(1, 12)
    base.settle()
    assert base.changes() == first
    base.use(1, 2, 12, 5, 1)
    base.settle()
    base.use(1, 4, 12, 5, 1)
    base.measure(1, 4)
    base.settle()
    mine = [(row.day, row.earned, row.possible, row.ground) for row in base.changes() if row.client_id == 1]
    assert mine == [
        (START + timedelta(10), 2, 5, "*|3|1"),
        (START + timedelta(12), 6, 6, "*|7|7"),
    ]


def test_a_changed_formula_is_never_read_as_a_changed_client(database: Database) -> None:
    base = Base(database)
    base.use(1, 1, 10, 3, 1)
    base.reach(1, 10)
    base.settle()
    base.change_catalog()
    base.reach(1, 20)
    base.settle()
    (row,) = [row for row in base.rows() if row.client_id == 1]
    assert (row.share, row.change_7) == (0.5, None)
    base.reach(1, 27)
    base.settle()
    (row,) = [row for row in base.rows() if row.client_id == 1]
    assert row.change_7 == 0.0


day_numbers = st.integers(0, 150)
uses = st.tuples(st.integers(1, 4), day_numbers, st.integers(1, 3), st.sampled_from([1, 2]))
bought = st.tuples(st.sampled_from(["starter", "pro"]), st.none() | day_numbers, st.none() | day_numbers)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(uses, min_size=1, max_size=10), st.lists(bought, max_size=3), st.integers(100, 150), st.integers(60, 150)
)
def test_the_past_is_what_would_have_been_said_at_the_time(
    sqlite: Database, used: list[Any], rows: list[Any], reach: int, late: int
) -> None:
    """Against the plainest way to say it: each week's windows summed up afresh."""
    base = Base(sqlite)
    base.measure(2, 4)
    given = {(tool, day, source): count for tool, day, count, source in used}
    for (tool, day, source), count in given.items():
        base.use(1, tool, day, count, source)
    subscriptions = [Subscription("mail", edition, _day(begun), _day(ended)) for edition, begun, ended in rows]
    for edition, begun, ended in rows:
        base.subscribe(1, "mail", edition, begun, 200)
        if ended is not None:
            base.end(base.numbers, ended)
    base.reach(1, reach)
    base.reach(2, late)
    base.settle()
    with sqlite.read() as connection:
        found = bases_read.read(connection, base.id, base.rules)
        ends = history.week_ends(connection, found)
    changes = {row.day: (row.tier, row.score, row.earned, row.possible) for row in base.changes() if row.client_id == 1}
    said = None
    for end in ends:
        said = changes.get(end, said)
        facts = _facts(base, subscriptions, given, end, {1: reach, 2: late}, found.subscribing)
        verdict = judge(base.rules, facts, end)
        now = (verdict.tier, verdict.score, verdict.points.earned, verdict.points.possible)
        assert now == said or (said is None and verdict.score is None)


def _day(number: int | None) -> date | None:
    return None if number is None else START + timedelta(number)


def _facts(
    base: Base, subscriptions: list[Subscription], given: Any, end: date, reaches: dict[int, int], subscribing: bool
) -> Facts:
    positions = {1: 0, 2: 1, 3: 1, 4: 2}
    sums = [0, 0, 0]
    listed = 0
    for (tool, number, source), count in given.items():
        day, last = START + timedelta(number), min(end, START + timedelta(reaches[source]))
        listed |= (day <= end) << (source - 1)
        if last - timedelta(base.rules.tools[positions[tool]].within) < day <= last:
            sums[positions[tool]] += count
    used = sum(1 << i for i, n in enumerate(sums) if n >= base.rules.tools[i].at_least)
    sources = [bases_read.Source(1, "all", end, 0b011), bases_read.Source(2, "listed", end, 0b100)]
    covered, tools = measured(sources, listed)
    return Facts(subscriptions, subscribing, covered, tools, used)


@pytest.mark.parametrize(("days", "expected"), [(6, None), (7, 0.4), (8, 0.4)])
def test_a_change_needs_a_score_at_least_seven_days_old(database: Database, days: int, expected: float | None) -> None:
    base = Base(database)
    base.subscribe(1, "mail", "starter", None, 300)
    base.use(1, 5, 10, 1, 1)
    base.reach(1, 10)
    base.settle()
    base.use(1, 1, 10 + days, 3, 1)
    base.reach(1, 10 + days)
    base.settle()
    (row,) = [row for row in base.rows() if row.client_id == 1]
    assert row.change_7 == expected
