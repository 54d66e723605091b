"""Home tabs on each database: what was published last, and whose shows something that was changed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from bot.domain.absences import Covered
from bot.domain.access import Person
from bot.domain.activity import Priority, Task
from bot.domain.filters import Filter
from bot.domain.home import Kept, Place, Space
from bot.domain.workspace_settings import BOARD, Tab
from storage import activity, audit, deliveries, homes, schema, spaces, standing, tasks, views
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.storage import bases
from tests.storage.test_tasks import TODAY, add

ANNA, BO, CLEO = 1, 2, 3


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Three people who have opened theirs, Anna and Bo in a team; a client, and a task of Anna's."""
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, 1)
        stands = {"client_id": 1, "workspace_id": installation.workspace_id, "tier": "low"}
        connection.execute(insert(schema.standing).values(**mine, **stands))
        people = [{"id": n, "slack_user_id": f"U{n}", "name": f"Person {n}"} for n in (ANNA, BO, CLEO)]
        connection.execute(insert(schema.person), [mine | one for one in people])
        connection.execute(insert(schema.team).values(**mine, id=1, name="Team", name_key="team"))
        for one in (ANNA, BO):
            values = {"person_id": one, "team_id": 1, "is_primary": True}
            connection.execute(insert(schema.team_member).values(**mine, **values))
        add(connection, installation, 1, ANNA, TODAY)
        for one in (ANNA, BO, CLEO):
            homes.keep(connection, person(installation, one), Place(), "content", "slack")
    return installation


def person(here: Installation, number: int) -> Person:
    team = None if number == CLEO else 1
    return Person(number, here.id, here.workspace_id, f"U{number}", "", "UTC", "en-US", team_id=team)


def stale(database: Database, here: Installation) -> set[int]:
    one = schema.home.c
    with database.read() as connection:
        mine = (one.installation_id == here.id, one.is_stale)
        return set(connection.scalars(select(one.person_id).where(*mine)))


@contextmanager
def writing(database: Database) -> Iterator[Any]:
    with database.write() as connection:
        yield connection


def test_what_was_published_last_is_kept_for_each_person(database: Database, here: Installation) -> None:
    anna, place = person(here, ANNA), Place("service", "mine", first=10)
    with database.write() as connection:
        homes.keep(connection, anna, place, "newer", "slack 2")
    with database.read() as connection:
        assert spaces.of(connection, anna).kept == Kept(place, "newer", "slack 2")
        assert homes.published(connection, here.id, ANNA) == "slack 2"
        assert homes.published(connection, here.id, BO) == "slack"
        assert homes.published(connection, here.id, 77) is None


def test_a_task_that_changes_hands_is_shown_by_both(database: Database, here: Installation) -> None:
    given = Task(1, None, "Call them", "", TODAY, Priority.LOW, f"U{BO}")
    with writing(database) as connection:
        tasks.change(connection, person(here, ANNA), 1, 1, given, NOW)
    tell(database, here)
    assert stale(database, here) == {ANNA, BO}


def test_a_task_that_is_done_is_shown_by_whose_it_is(database: Database, here: Installation) -> None:
    with writing(database) as connection:
        tasks.finish(connection, person(here, ANNA), 1, NOW)
    assert stale(database, here) == {ANNA}
    with writing(database) as connection:
        tasks.finish(connection, person(here, CLEO), 1, NOW)  # not theirs to change
    assert stale(database, here) == {ANNA}


def test_a_task_is_shown_by_whom_it_was_logged_for(database: Database, here: Installation) -> None:
    made = Task(1, None, "Call them", "", TODAY, Priority.LOW, f"U{BO}")
    with writing(database) as connection:
        assert activity.log_task(connection, person(here, ANNA), made, "V9", NOW)
    tell(database, here)
    assert stale(database, here) == {BO}


@pytest.mark.parametrize("arrives", [True, False])
def test_what_somebody_is_told_is_shown_whether_or_not_the_message_arrives(
    database: Database, here: Installation, arrives: bool
) -> None:
    with writing(database) as connection:
        deliveries.add(connection, here.id, CLEO, "kind", "key", NOW)
    tell(database, here, arrives=arrives)
    assert stale(database, here) == {CLEO}


def tell(database: Database, here: Installation, *, arrives: bool = True) -> None:
    """Send the message that waits."""
    one = deliveries.claim(database, here.id, NOW, deliveries.Spacing(timedelta(), timedelta()))
    assert one is not None
    if arrives:
        deliveries.sent(database, one, "D1", "1.0")
        return
    with database.write() as connection:
        assert deliveries.end(connection, one, "failed", "no_such_user")


def test_tasks_that_are_taken_over_are_shown_by_both(database: Database, here: Installation) -> None:
    with writing(database) as connection:
        assert tasks.take(connection, person(here, CLEO), schema.task.c.id == 1, NOW) == 1
    assert stale(database, here) == {ANNA, CLEO}


def test_what_is_done_in_anothers_place_is_shown_by_whose_it_is_alone(database: Database, here: Installation) -> None:
    """The installation's row comes before Home tabs, as in what changes settings: else both could wait for ever."""
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *at: said.append(at[2]))
    bo = replace(person(here, BO), covers=(Covered(ANNA, "Anna", "U1", "", here.workspace_id, TODAY),))
    with writing(database) as connection:
        assert tasks.finish(connection, bo, 1, NOW)
    assert stale(database, here) == {ANNA}
    first = [next(n for n, text in enumerate(said) if part in text) for part in ("FROM installation", "UPDATE home")]
    assert first == sorted(first)


def test_a_view_is_shown_by_who_sees_it(database: Database, here: Installation) -> None:
    with writing(database) as connection:
        views.save(connection, person(here, CLEO), "Mine", Filter(), None, NOW)
    assert stale(database, here) == {CLEO}
    with writing(database) as connection:
        views.save(connection, person(here, ANNA), "Ours", Filter(), 1, NOW)
    assert stale(database, here) == {ANNA, BO, CLEO}


def test_settings_and_rights_decide_what_everybody_sees(database: Database, here: Installation) -> None:
    with writing(database) as connection:
        other = create(connection, NOW)
        connection.execute(insert(schema.person).values(installation_id=other.id, id=1, slack_user_id="X", name="X"))
        homes.keep(connection, Person(1, other.id, 1, "X", "X", "UTC", "en-US"), Place(), "content", "slack")
        audit.record(connection, here.id, None, NOW, "seats.changed", "seats", {}, {})
    assert stale(database, here) == {ANNA, BO, CLEO}
    assert stale(database, other) == set()


def test_scores_that_are_made_again_are_shown_by_everybody(database: Database, here: Installation) -> None:
    """As after an import, and where settings move clients."""
    standing.advance(database, here.id, bases.small(), {1: TODAY}, NOW)
    assert stale(database, here) == set()
    assert standing.settle(database, here.id, bases.small()) == 1
    assert stale(database, here) == {ANNA, BO, CLEO}


def test_each_is_claimed_once_and_again_only_after_a_further_change(database: Database, here: Installation) -> None:
    with writing(database) as connection:
        homes.mark(connection, here.id)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: homes.claim(database, here.id, NOW), range(12)))
    assert sorted(one for one in found if one is not None) == [ANNA, BO, CLEO]
    for one in (ANNA, BO, CLEO):
        homes.release(database, here.id, one)
    with writing(database) as connection:
        homes.mark(connection, here.id, homes.of_task(1))
        homes.keep(connection, person(here, ANNA), Place(), "newer", "slack")  # made before that change
    assert homes.claim(database, here.id, NOW) == ANNA
    assert homes.claim(database, here.id, NOW) is None


@pytest.mark.parametrize("until", [None, NOW + timedelta(seconds=30)])
def test_what_was_not_published_is_claimed_again(
    database: Database, here: Installation, until: datetime | None
) -> None:
    """After the pause that Slack asked for, or once the lease of a process that was killed has run out."""
    with writing(database) as connection:
        homes.mark(connection, here.id, homes.of_people([BO]))
    assert homes.claim(database, here.id, NOW) == BO
    if until is not None:
        homes.release(database, here.id, BO, until)
    again = until or NOW + homes.LEASE
    assert homes.claim(database, here.id, again - timedelta(seconds=1)) is None
    assert homes.claim(database, here.id, again) == BO


def test_what_changes_while_it_is_published_is_claimed_after_that(database: Database, here: Installation) -> None:
    with writing(database) as connection:
        homes.mark(connection, here.id, homes.of_people([BO]))
    assert homes.claim(database, here.id, NOW) == BO
    with writing(database) as connection:
        homes.mark(connection, here.id, homes.of_people([BO]))
    assert homes.claim(database, here.id, NOW) is None
    homes.release(database, here.id, BO)
    assert homes.claim(database, here.id, NOW) == BO


def test_a_space_has_the_settings_of_the_cs_workspace_that_a_person_works_in(
    database: Database, here: Installation
) -> None:
    mine = {"installation_id": here.id}
    with writing(database) as connection:
        connection.execute(insert(schema.workspace).values(**mine, id=2, name="Created", is_primary=False))
        for where, object_, pipelines in ((2, "service", ["A", "B"]), (1, "service", []), (2, "deal", [])):
            values = {"workspace_id": where, "object": object_, "pipelines": pipelines, "default_pipeline": "A"}
            connection.execute(insert(schema.workspace_tab).values(**mine, **values, layout=BOARD, is_shown=where == 2))
        chosen = {"service_object": "service", "revenue_objects": ["deal"]}
        connection.execute(update(schema.installation).where(schema.installation.c.id == here.id).values(**chosen))
        views.save(connection, person(here, ANNA), "Mine", Filter(), None, NOW)
    with database.read() as connection:
        created = spaces.of(connection, Person(BO, here.id, 2, "U2", "", "UTC", "en-US"))
        primary = spaces.of(connection, person(here, ANNA))
    tabs = {"service": Tab(True, None, None, ("A", "B"), "A", BOARD), "deal": Tab(True, None, None, (), "A", BOARD)}
    kept = Kept(Place(), "content", "slack")
    assert created == Space(2, "Created", "EUR", "company", "service", ("deal",), tabs, (), kept)
    assert [name for _, name in primary.views] == ["Mine"]
    assert primary.tab("service").is_shown is False
    assert primary.tab("deal") == Tab()
