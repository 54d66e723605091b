"""Welcomes: once for each new seat, over all processes; nobody who was there before, unless asked for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient
from sqlalchemy import Connection, insert

from bot.jobs import people as people_job
from bot.jobs.deliveries import Deliveries
from bot.jobs.welcomes import Welcomes
from bot.playground import people as cast
from bot.playground.server import Playground
from storage import installations, people, rights, welcomes
from storage.database import Database
from storage.installations import Installation
from storage.schema import standing, team, team_member
from tests.conftest import NOW
from tests.storage import bases


@pytest.fixture
def slack() -> Iterator[Playground]:
    with Playground() as running:
        yield running


@pytest.fixture
def here(database: Database, installation: Installation, slack: Playground) -> int:
    with database.write() as connection:
        installations.bind(connection, installation.id, cast.TEAM.id)
        for user in client(slack).users_list()["members"]:
            people.keep(connection, installation.id, user, NOW)
    return installation.id


def client(slack: Playground) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def job(database: Database, here: int) -> Welcomes:
    return Welcomes(database, here, "/engagement", lambda: NOW)


def begin(database: Database, here: int) -> None:
    with database.write() as connection:
        welcomes.begin(connection, here, NOW)


def seat(database: Database, here: int, who: str, choice: str | None = "on") -> int:
    with database.write() as connection:
        found = people.in_slack(connection, here, who)
        assert found is not None
        rights.set_seat(connection, here, found, choice, by=None, now=NOW)
    return found


def told(database: Database, slack: Playground, here: int, who: str) -> list[str]:
    """What stands there once all is sent."""
    Deliveries(database, client(slack), here, lambda: NOW, pace=0, apart=0).run()
    return [one.text for one in slack.actions.visible_messages(who, "D" + who[1:])]


def test_who_gets_a_seat_is_welcomed_once(database: Database, slack: Playground, here: int) -> None:
    begin(database, here)
    welcome = job(database, here)
    assert welcome.run() == 0
    anna = seat(database, here, cast.ANNA)
    with database.write() as connection:
        bases.add_source(connection, here, 1, "all")
        bases.add_clients(connection, here, 1, 2)
        rows = [
            {"installation_id": here, "client_id": n, "workspace_id": 1, "person_id": anna, "tier": "low"}
            for n in (1, 2)
        ]
        connection.execute(insert(standing), rows)
    assert [welcome.run(), welcome.run()] == [1, 0]
    assert told(database, slack, here, cast.ANNA) == [
        "You have 2 clients here, Anna. Type /engagement and a client's name, anywhere in Slack or right here. "
        "Answers are private."
    ]


def test_who_is_put_into_a_team_is_welcomed_without_clients(database: Database, slack: Playground, here: int) -> None:
    begin(database, here)
    welcome = job(database, here)
    with database.write() as connection:
        connection.execute(insert(team).values(installation_id=here, id=1, name="A", name_key="a"))
        bo = people.in_slack(connection, here, cast.BO)
        values = {"installation_id": here, "team_id": 1, "person_id": bo, "is_primary": True}
        connection.execute(insert(team_member).values(values))
    assert welcome.run() == 1
    assert told(database, slack, here, cast.BO)[0].startswith("You have a seat here, Bo.")


def test_until_there_is_a_team_not_all_of_slack_is_welcomed(database: Database, slack: Playground, here: int) -> None:
    begin(database, here)
    assert job(database, here).run() == 0


def test_who_had_a_seat_before_is_welcomed_only_where_a_super_admin_says_so(
    database: Database, slack: Playground, here: int
) -> None:
    seat(database, here, cast.ANNA)
    begin(database, here)
    welcome = job(database, here)
    assert welcome.run() == 0
    assert told(database, slack, here, cast.ANNA) == []
    with database.write() as connection:
        assert welcomes.held(connection, here) == 1
        welcomes.release(connection, here)
        assert welcomes.held(connection, here) == 0
    assert welcome.run() == 1


def test_csms_whose_clients_were_loaded_before_the_first_start_had_their_seats_before(
    database: Database, installation: Installation, slack: Playground
) -> None:
    with database.write() as connection:
        installations.bind(connection, installation.id, cast.TEAM.id)
        rights.set_seat(
            connection, installation.id, anna_of_the_data(connection, installation.id), "on", by=None, now=NOW
        )
    welcome = job(database, installation.id)
    assert welcome.run() == 0  # at the start all jobs have their first turn at once, in any order
    people_job.keep(database, client(slack), installation.id, lambda: NOW)
    assert welcome.run() == 0
    with database.read() as connection:
        assert welcomes.held(connection, installation.id) == 1


def anna_of_the_data(connection: Connection, here: int) -> int:
    """Anna, as an import names her before Slack does."""
    return people.named(connection, here, ["anna@example.com"])["anna@example.com"]


def test_who_has_lost_the_seat_meanwhile_and_who_is_a_guest_are_not_welcomed(
    database: Database, slack: Playground, here: int
) -> None:
    begin(database, here)
    welcome = job(database, here)
    seat(database, here, cast.ANNA, "off")
    seat(database, here, cast.GUS)
    assert welcome.run() == 0


def test_of_many_processes_one_welcomes(database: Database, slack: Playground, here: int) -> None:
    begin(database, here)
    for who in (cast.ANNA, cast.BO, cast.CLEO):
        seat(database, here, who)
    jobs = [job(database, here) for _ in range(4)]
    with ThreadPoolExecutor() as pool:
        assert sum(pool.map(Welcomes.run, jobs)) == 3
    assert [len(told(database, slack, here, who)) for who in (cast.ANNA, cast.BO, cast.CLEO)] == [1, 1, 1]
