"""Whose token it is: the Slack workspace behind it, and the installation that it belongs to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.identity import Identity, OtherWorkspaceError, ask, authorizer, bind
from bot.playground import people as cast
from bot.playground.server import Playground
from storage import installations
from storage.database import Database
from tests.conftest import NOW


def identity(team: str) -> Identity:
    return Identity(team, "A team", "", None, "U0BOT", "B0BOT", frozenset())


def bound(database: Database) -> list[str | None]:
    with database.read() as connection:
        return [one.slack_team_id for one in installations.every(connection)]


def test_slack_says_whose_token_it_is() -> None:
    with Playground() as slack:
        known = ask(WebClient(slack.bot_token, base_url=slack.api_url))
        assert (known.team_id, known.bot_user_id, known.bot_id) == (cast.TEAM.id, cast.APP.user_id, cast.APP.bot_id)
        assert known.scopes == slack.manifest.scopes
        with pytest.raises(SlackApiError, match="invalid_auth"):
            ask(WebClient("xoxb-other", base_url=slack.api_url))


def test_what_is_known_authorizes_without_asking_slack() -> None:
    result = authorizer(identity("T1"), "xoxb-1")(enterprise_id=None, team_id="T2", user_id="U1")
    assert (result.team_id, result.bot_user_id, result.bot_token) == ("T1", "U0BOT", "xoxb-1")


def test_the_first_token_makes_an_installation_and_finds_it_again(database: Database) -> None:
    first = bind(database, identity("T1"), NOW, "NOK")
    assert first.currency == "NOK"
    assert bind(database, identity("T1"), NOW, "NOK").id == first.id
    assert bound(database) == ["T1"]


def test_the_first_token_claims_what_an_import_made(database: Database) -> None:
    with database.write() as connection:
        made = installations.create(connection, NOW)
    assert bind(database, identity("T1"), NOW, "EUR").id == made.id
    assert bound(database) == ["T1"]


def test_a_token_of_another_slack_workspace_gets_no_foot_in(database: Database) -> None:
    bind(database, identity("T1"), NOW, "EUR")
    with pytest.raises(OtherWorkspaceError):
        bind(database, identity("T2"), NOW, "EUR")
    assert bound(database) == ["T1"]


def test_processes_that_start_at_once_share_one_installation(database: Database) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: bind(database, identity("T1"), NOW, "EUR").id, range(6)))
    assert len(set(found)) == 1
    assert bound(database) == ["T1"]
