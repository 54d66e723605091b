"""How often a source's usage comes: as its mapping says, else as its days say; kept with the source."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.domain import freshness
from storage import installations, people
from storage.schema import source
from tests.conftest import NOW, TODAY
from tests.storage.imports.conftest import Desk

CLIENTS = "id,name\nA,Acme\nB,Globex\nC,Initech\n"
USAGE = "client_id,tool,used_on,count\n"
FILE = "[[files]]\nobject = 'usage'\nnames = ['usage.csv']\n"


def usage(days: list[date]) -> str:
    return USAGE + "".join(f"{client},forms,{day},1\n" for day in days for client in "ABC")


def every(desk: Desk) -> list[int | None]:
    return [one for (one,) in desk.rows(select(source.c.every).order_by(source.c.id))]


WEEKS = [TODAY - timedelta(7 * week) for week in range(8)]
WORKING = [day for day in (TODAY - timedelta(n) for n in range(40)) if day.weekday() < 5]


@pytest.mark.parametrize(("days", "expected"), [(WEEKS, 5), (WORKING, 1), (WEEKS[:4], None)])
def test_a_sources_rhythm_is_measured_from_its_days(desk: Desk, days: list[date], expected: int | None) -> None:
    desk.load({"clients.csv": CLIENTS, "usage.csv": usage(days)})
    assert every(desk) == [expected]


def test_days_after_the_reach_and_of_other_sources_are_not_measured(desk: Desk) -> None:
    desk.load({"clients.csv": CLIENTS, "usage.csv": usage(WORKING)}, "source = 'a'")
    stray = f"A,forms,{TODAY},1\n"
    past = [day - timedelta(90) for day in WEEKS]
    desk.load({"usage.csv": usage(past) + stray}, "source = 'b'")
    assert every(desk) == [1, 5]


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("every = 'month'", 22),
        (FILE + "every = 'week'", 5),
        ("every = 'month'\n" + FILE + "every = 'day'", 1),
        (FILE + "every = 'month'\n" + FILE.replace("usage.csv", "more.csv") + "every = 'week'", 5),
    ],
)
def test_what_the_mapping_says_goes_before_what_is_measured(one_desk: Desk, mapping: str, expected: int) -> None:
    one_desk.load({"clients.csv": CLIENTS, "usage.csv": usage(WORKING)})
    one_desk.load({"usage.csv": usage(WORKING[:2])}, mapping)
    assert every(one_desk) == [expected]


def test_an_import_without_usage_leaves_the_rhythm(one_desk: Desk) -> None:
    one_desk.load({"clients.csv": CLIENTS}, "every = 'week'")
    assert every(one_desk) == [None]
    one_desk.load({"usage.csv": usage(WORKING[:2])}, "every = 'week'")
    one_desk.load({"clients.csv": CLIENTS})
    assert every(one_desk) == [5]


def test_who_asks_is_told_by_the_rhythm_of_the_source_that_goes_furthest(desk: Desk) -> None:
    user = {"id": "U1", "team_id": "T1", "profile": {"email": "anna@example.com"}}
    with desk.database.write() as connection:
        installations.bind(connection, desk.installation_id, "T1")
        people.keep(connection, desk.installation_id, user, NOW)
    days = [TODAY - timedelta(9 + n) for n in range(3)]
    desk.load({"clients.csv": CLIENTS, "usage.csv": usage(days)}, "every = 'day'\nsource = 'slow'")
    desk.load({"usage.csv": usage([TODAY - timedelta(7)])}, "every = 'month'\nsource = 'quick'")
    with desk.database.read() as connection:
        asker, home = people.find(connection, "T1", "U1"), installations.every(connection)[0]
    assert asker is not None
    assert {(asker.as_of, asker.every), (home.as_of, home.every)} == {
        (TODAY - timedelta(7), freshness.RHYTHMS["month"])
    }
