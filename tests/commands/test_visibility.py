"""Who sees what, through Slack: no command shows or hints at a client of another CS workspace."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from slack_sdk import WebClient
from sqlalchemy import delete, insert, select, update

from bot.blocks import ids
from bot.domain.filters import Filter, Sort
from bot.domain.workspaces import EVERYTHING
from bot.jobs import exports as job
from bot.playground import people as cast
from storage import everything, exports, imports, people, standing, views
from storage.catalog import Catalogs
from storage.database import Database
from storage.installations import every
from storage.schema import person, team, team_member, tool_mark, workspace
from tests import bots
from tests.bots import CATALOG, NOW, TODAY, Bot, texts

TEAMS = """\
team,email,lead
CS Nordic,anna@example.com,yes
CS Nordic,bo@example.com,no
CS Central,cleo@example.com,yes
CS Central,dina@example.com,no
"""
NORDIC = 2
THEIRS = ("Acme AS", "Acme Eiendom AS", "Wonka Norge AS", "Twin GmbH", "Twin AS", "Soylent Oy")  # in Nordic
OURS = ("Globex Corporation", "Wayne Bygg AS")  # in the primary one: Cleo's, and nobody's


@pytest.fixture
def bot(small_base: Path, tmp_path: Path) -> Iterator[Bot]:
    """Anna and Bo work in a workspace of their own, Cleo in the primary one; Dina is a super admin of Cleo's team."""
    shutil.copy(small_base, tmp_path / "bot.db")
    (tmp_path / "teams.csv").write_text(TEAMS, encoding="utf-8")
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    with database.read() as connection:
        here = every(connection)[0].id
    imports.run(database, here, [tmp_path / "teams.csv"], catalog=CATALOG, today=TODAY, now=NOW)
    with database.write() as connection:
        everything.make(connection, here)
        connection.execute(insert(workspace).values(installation_id=here, id=NORDIC, name="Nordic", is_primary=False))
        connection.execute(update(team).where(team.c.name == "CS Nordic").values(workspace_id=NORDIC))
        connection.execute(update(person).where(person.c.email == "dina@example.com").values(is_super_admin=True))
        standing.resettle(connection, here)
    standing.catch_up(database, here)
    database.close()
    with bots.running(tmp_path / "bot.db") as one:
        yield one


def said(bot: Bot, typed: str, who: str) -> str:
    """All that an answer shows or says, buttons and menus too."""
    answer = bot.ask(typed, who, cast.GENERAL)
    return f"{answer.text} {answer.blocks}"


COMMANDS = (
    *("/engagement acme", "/engagement acme as", "/engagement acme.example", "/engagement acmee", "/engagement wonka"),
    *("/engagement acme history", "/engagement twin", "/engagement oylen", "/engagement", "/engagement team:all"),
    *("/engagement team:all sort:name", "/engagement team:all client:acme", "/engagement csm:anna@example.com"),
    *('/engagement team:"CS Nordic"', "/engagement tier:low team:all", "/engagement team:all renews:none"),
    *("/opportunities", "/opportunities acme", "/opportunities team:all", "/opportunities csm:anna@example.com"),
    *("/opportunities team:all opportunity:activation", "/engagement team:all going:quiet"),
)


def test_a_csm_of_another_workspace_is_shown_nothing_of_its_clients(bot: Bot) -> None:
    shown = {typed: said(bot, typed, cast.CLEO) for typed in COMMANDS}
    leaks = {typed: name for typed, text in shown.items() for name in THEIRS if name in text}
    assert leaks == {}
    assert "gone wrong" not in str(shown)


def test_counts_are_of_the_asker_s_own_workspace(bot: Bot) -> None:
    assert "2 clients can be looked up." in bot.ask("/engagement help", cast.CLEO, cast.GENERAL).text
    assert "5 clients can be looked up." in bot.ask("/engagement help", cast.ANNA, cast.GENERAL).text
    assert "2 clients" in texts(
        bot.ask("/engagement team:all tier:low,medium,high,unknown", cast.CLEO, cast.GENERAL).blocks
    )


def test_a_csm_sees_their_own_workspace(bot: Bot) -> None:
    assert bot.ask("/engagement acme", cast.ANNA, cast.GENERAL).text.startswith("Acme AS: ")
    shown = said(bot, "/engagement team:all sort:name", cast.ANNA)
    assert all(name in shown for name in THEIRS if name != "Soylent Oy")  # former: in no list
    assert not any(name in shown for name in OURS)


def test_the_same_name_in_two_workspaces_is_not_asked_about(bot: Bot) -> None:
    """Whoever sees only one of two namesakes is not told that there is another."""
    with bot.database.write() as connection:
        bo = select(person.c.id).where(person.c.email == "bo@example.com").scalar_subquery()
        connection.execute(delete(team_member).where(team_member.c.person_id == bo))
        standing.resettle(connection, bot.installation.id)
    standing.catch_up(bot.database, bot.installation.id)
    assert bot.ask("/engagement twin", cast.ANNA, cast.GENERAL).text.startswith("Twin GmbH: ")
    assert bot.ask("/engagement twin", cast.CLEO, cast.GENERAL).text.startswith("Twin AS: ")


def test_a_super_admin_with_a_seat_sees_the_clients_of_all(bot: Bot) -> None:
    shown = said(bot, "/engagement team:all sort:name", cast.DINA)
    assert all(name in shown for name in (*THEIRS, *OURS) if name != "Soylent Oy")
    assert bot.ask("/engagement acme", cast.DINA, cast.GENERAL).text.startswith("Acme AS: ")
    assert "7 clients can be looked up." in bot.ask("/engagement help", cast.DINA, cast.GENERAL).text


def test_a_super_admin_without_a_seat_is_shown_no_client(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.DINA).values(seat="off"))
    assert bot.ask("/engagement acme", cast.DINA, cast.GENERAL).text.startswith("You need a seat")


def test_who_loses_a_workspace_loses_its_clients_at_once(bot: Bot) -> None:
    """Nothing was settled meanwhile."""
    card = bot.ask("/engagement acme", cast.ANNA, cast.GENERAL)
    with bot.database.write() as connection:
        anna = select(person.c.id).where(person.c.slack_user_id == cast.ANNA).scalar_subquery()
        connection.execute(delete(team_member).where(team_member.c.person_id == anna))
        connection.execute(update(person).where(person.c.slack_user_id == cast.ANNA).values(seat="on"))
    before = len(bot.slack.actions.visible_messages(cast.ANNA, cast.GENERAL))
    bot.press(card, ids.SHOW_DETAILS, cast.ANNA)
    told = bot.wait(lambda: bot.slack.actions.visible_messages(cast.ANNA, cast.GENERAL)[before:])
    assert "no longer there" in told[-1].text
    assert not any(name in said(bot, "/engagement team:all sort:name", cast.ANNA) for name in THEIRS)


def test_who_loses_a_workspace_can_say_nothing_of_its_clients(bot: Bot) -> None:
    bot.press(bot.ask("/engagement acme", cast.ANNA, cast.GENERAL), ids.SHOW_DETAILS, cast.ANNA)
    view = bot.modal()
    with bot.database.write() as connection:
        anna = select(person.c.id).where(person.c.slack_user_id == cast.ANNA).scalar_subquery()
        connection.execute(delete(team_member).where(team_member.c.person_id == anna))
        connection.execute(update(person).where(person.c.slack_user_id == cast.ANNA).values(seat="on"))
    bot.slack.actions.press(cast.ANNA, view.id, "tool:marketing_email", ids.MARK_TOOL, selected_option="used")
    told = bot.modal(lambda one: one.id != view.id)
    assert "This client is no longer there." in texts(told.payload["blocks"])
    with bot.database.read() as connection:
        assert connection.execute(select(tool_mark)).all() == []


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        pytest.param(cast.CLEO, set(OURS), id="of the primary workspace"),
        pytest.param(cast.ANNA, set(THEIRS) - {"Soylent Oy"}, id="of a created one"),
        pytest.param(cast.DINA, {*THEIRS, *OURS} - {"Soylent Oy"}, id="who sees everything"),
    ],
)
def test_an_exported_file_has_the_clients_that_its_asker_sees(bot: Bot, who: str, expected: set[str]) -> None:
    with bot.database.write() as connection:
        asker = people.find(connection, cast.TEAM.id, who)
        assert asker is not None
        exports.ask(connection, asker, "team:all", NOW)
    slack = WebClient(bot.slack.bot_token, base_url=bot.slack.api_url, retry_handlers=[])
    job.Exports(bot.database, slack, Catalogs(bot.database, CATALOG), bot.installation.id, lambda: NOW).run()
    messages = bot.slack.slack.messages
    (message,) = bot.wait(lambda: messages[cast.direct_message(who).id])
    content = message.files[0].content
    assert content is not None
    rows = csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""))
    assert {row["Name"] for row in rows} == expected


def test_a_saved_view_stays_with_who_comes_to_see_everything(bot: Bot) -> None:
    with bot.database.write() as connection:
        anna = people.find(connection, cast.TEAM.id, cast.ANNA)
        assert anna is not None
        views.save(connection, anna, "Falling", Filter(sort=Sort.DROP), None, NOW)
        connection.execute(update(person).where(person.c.id == anna.id).values(is_super_admin=True))
        now = people.find(connection, cast.TEAM.id, cast.ANNA)
    assert now is not None
    assert (now.workspace_id, now.home) == (EVERYTHING, NORDIC)
    assert "Acme AS" in said(bot, "/engagement view:falling", cast.ANNA)
