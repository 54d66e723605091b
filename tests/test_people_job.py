"""People are kept from Slack: all at the start and daily, one by one as they join or change; flagged, never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from sqlalchemy import Row, insert, select

from bot.domain.access import Refusal
from bot.jobs import people as job
from bot.playground import people as cast
from bot.playground.faults import rate_limited
from bot.playground.server import Playground
from storage import installations, people, rights
from storage.database import Database
from storage.installations import Installation
from storage.schema import person
from tests.conftest import NOW


@pytest.fixture
def bound(database: Database, installation: Installation) -> int:
    """An installation that belongs to the playground's Slack workspace."""
    with database.write() as connection:
        installations.bind(connection, installation.id, cast.TEAM.id)
    return installation.id


def keep(slack: Playground, database: Database, installation_id: int) -> int:
    client = WebClient(
        slack.bot_token, base_url=slack.api_url, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=3)]
    )
    return job.keep(database, client, installation_id, lambda: NOW)


def rows(database: Database) -> dict[str, Row[Any]]:
    with database.read() as connection:
        return {row.slack_user_id: row for row in connection.execute(select(person))}


def refusal(database: Database, who: str) -> Refusal | None:
    with database.read() as connection:
        found = people.find(connection, cast.TEAM.id, who)
    assert found is not None
    return found.refusal


def test_everybody_is_kept_and_whoever_may_not_use_the_bot_is_refused(database: Database, bound: int) -> None:
    with Playground() as slack:
        assert keep(slack, database, bound) == len(slack.slack.people)
    assert refusal(database, cast.ANNA) is None
    assert refusal(database, cast.GUS) is Refusal.GUEST
    for stranger in (cast.SAM, cast.OLA, cast.APP.user_id, cast.SLACKBOT):
        assert refusal(database, stranger) is Refusal.OUTSIDER
    anna = rows(database)[cast.ANNA]
    assert (anna.email, anna.time_zone, anna.is_admin) == ("anna@example.com", "Europe/Oslo", False)
    assert rows(database)[cast.DINA].is_admin


def test_short_and_empty_pages_lose_nobody(sqlite: Database) -> None:
    with sqlite.write() as connection:
        installation_id = installations.create(connection, NOW).id
    with Playground() as slack:
        slack.slack.longest_page = 3
        assert keep(slack, sqlite, installation_id) == len(slack.slack.people)
        pages = [call for call in slack.calls if call.method == "users.list"]
    assert len(pages) > 2
    assert set(rows(sqlite)) == set(slack.slack.people)


def test_a_rate_limit_is_waited_for(sqlite: Database) -> None:
    with sqlite.write() as connection:
        installation_id = installations.create(connection, NOW).id
    with Playground() as slack:
        slack.faults.add("users.list", rate_limited())
        assert keep(slack, sqlite, installation_id) == len(slack.slack.people)


def test_keeping_again_changes_only_what_changed(sqlite: Database) -> None:
    with sqlite.write() as connection:
        installation_id = installations.create(connection, NOW).id
    with Playground() as slack:
        keep(slack, sqlite, installation_id)
        before = rows(sqlite)
        slack.actions.change_person(cast.BO, guest="multi")
        keep(slack, sqlite, installation_id)
    after = rows(sqlite)
    assert after[cast.BO].is_guest
    assert {who: row for who, row in after.items() if who != cast.BO} == {
        who: row for who, row in before.items() if who != cast.BO
    }


def test_somebody_whom_the_data_named_first_becomes_one_with_the_slack_user(database: Database, bound: int) -> None:
    named = {"installation_id": bound, "id": 7, "email": "anna@example.com", "name": "Anna"}
    with database.write() as connection:
        connection.execute(insert(person).values(named))
    with Playground() as slack:
        slack.actions.change_person(cast.ANNA, email="Anna@Example.com")
        keep(slack, database, bound)
    assert rows(database)[cast.ANNA].id == 7


def slack_user(identity: str, team: str = cast.TEAM.id, email: str = "anna@example.com") -> dict[str, Any]:
    return {"id": identity, "team_id": team, "profile": {"email": email}}


def test_somebody_of_another_company_with_the_same_address_does_not_take_a_person_s_place(
    database: Database, bound: int
) -> None:
    with database.write() as connection:
        anna = people.keep(connection, bound, slack_user("U1"), NOW)
        other = people.keep(connection, bound, slack_user("U2", team="TOTHER"), NOW)
    assert anna != other
    assert {who: row.email for who, row in rows(database).items()} == {"U1": "anna@example.com", "U2": None}


def test_somebody_of_another_company_does_not_become_the_csm_whom_the_data_named(
    database: Database, bound: int
) -> None:
    with database.write() as connection:
        connection.execute(insert(person).values(installation_id=bound, id=7, email="anna@example.com"))
        assert people.keep(connection, bound, slack_user("U2", team="TOTHER"), NOW) != 7
        assert people.keep(connection, bound, slack_user("U1"), NOW) == 7


def test_two_users_of_one_address_stay_two(database: Database, bound: int) -> None:
    with database.write() as connection:
        first, second = (people.keep(connection, bound, slack_user(who), NOW) for who in ("U1", "U2"))
        assert [people.keep(connection, bound, slack_user(who), NOW) for who in ("U1", "U2")] == [first, second]
    assert first != second


def test_somebody_whose_slack_workspace_is_not_known_is_refused(database: Database, bound: int) -> None:
    with database.write() as connection:
        people.keep(connection, bound, {"id": "U1", "profile": {}}, NOW)
        found = people.find(connection, cast.TEAM.id, "U1")
    assert found is not None
    assert found.refusal is Refusal.OUTSIDER


def test_a_channel_may_have_more_people_than_a_statement_takes_parameters(database: Database, bound: int) -> None:
    with database.write() as connection:
        people.keep(connection, bound, slack_user("U7"), NOW)
        assert people.full_members(connection, bound, [f"U{n}" for n in range(70_000)]) == 1


def test_what_slack_leaves_out_stays_known(database: Database, bound: int) -> None:
    whole = {"id": "U1", "team_id": cast.TEAM.id, "tz": "Europe/Oslo", "locale": "nb-NO", "profile": {}}
    with database.write() as connection:
        people.keep(connection, bound, whole, NOW)
        people.keep(connection, bound, {"id": "U1", "team_id": cast.TEAM.id, "deleted": True}, NOW)
    row = rows(database)["U1"]
    assert (row.time_zone, row.locale, row.is_deleted) == ("Europe/Oslo", "nb-NO", True)


def test_processes_that_hear_of_the_same_people_at_once_keep_each_once(database: Database, bound: int) -> None:
    users = [{"id": f"U{n}", "team_id": cast.TEAM.id, "profile": {"email": f"{n}@example.com"}} for n in range(10)]

    def hear(_: int) -> None:
        for user in users:
            with database.write() as connection:
                people.keep(connection, bound, user, NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(hear, range(4)))
    assert len(rows(database)) == 10


def test_the_first_super_admins_are_named_when_people_are_kept(database: Database, bound: int) -> None:
    with Playground() as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        job.keep(database, client, bound, lambda: NOW, {"dina@example.com", "gus@customer.example"})
    with database.read() as connection:
        assert list(rights.super_admins(connection, bound).values()) == ["Dina"]
