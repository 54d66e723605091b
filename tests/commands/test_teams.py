"""Teams through Slack: a lead's own view of theirs, and everybody's filters by team."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.model import Message
from storage import imports
from storage.database import Database
from storage.installations import every
from storage.schema import person, record, task, team_member
from tests import bots
from tests.admins import id_of
from tests.bots import CATALOG, NOW, TODAY, Bot, texts

TEAMS = """\
team,email,lead
CS Nordic,dina@example.com,yes
CS Nordic,anna@example.com,yes
CS Nordic,bo@example.com,no
CS Central,cleo@example.com,no
"""


@pytest.fixture(scope="module")
def bot(small_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """A running bot on the small base, into which teams were imported."""
    folder = tmp_path_factory.mktemp("teams")
    shutil.copy(small_base, folder / "bot.db")
    (folder / "teams.csv").write_text(TEAMS, encoding="utf-8")
    database = Database(f"sqlite:///{folder / 'bot.db'}")
    with database.read() as connection:
        here = every(connection)[0].id
    imports.run(database, here, [folder / "teams.csv"], catalog=CATALOG, today=TODAY, now=NOW)
    database.close()
    with bots.running(folder / "bot.db") as one:
        yield one


def sections(message: Message) -> str:
    return texts([block for block in message.blocks if block["type"] == "section"])


def my_team(bot: Bot, who: str) -> tuple[str, Message]:
    """A person's overview as a text, and what *My team* puts in its place."""
    answer = bot.ask("/engagement", who)
    before = answer.text
    bot.press(answer, f"{ids.SHOW_OVERVIEW}:team", who)

    def look() -> Message | None:
        seen = bot.slack.actions.visible_messages(who, cast.CS_NORDIC)
        return next((one for one in seen if one.ts == answer.ts and "clients of" in one.text), None)

    return before, bot.wait(look)


def test_a_lead_without_clients_of_their_own_sees_their_team_by_csm(bot: Bot) -> None:
    answer = bot.ask("/engagement", cast.DINA)
    shown = sections(answer)
    assert "*5 clients · clients of CS Nordic*" in shown
    assert "*By CSM*\nBo 2 · 2 low\nAnna 3 · 1 low" in shown
    assert "Cleo" not in shown
    assert "By CSM: Bo 2 · 2 low; Anna 3 · 1 low" in answer.text


def test_a_lead_sees_how_many_tasks_of_each_csm_are_overdue(bot: Bot) -> None:
    with bot.database.write() as connection:
        client = connection.scalar(select(record.c.id).where(record.c.name == "Acme AS"))
        common = {"installation_id": bot.installation.id, "client_id": client, "title": "Call", "priority": "medium"}
        common |= {"assignee_id": id_of(bot, cast.ANNA), "author_id": id_of(bot, cast.DINA), "made_at": NOW}
        for number, day, done in ((1, -1, None), (2, -9, None), (3, 0, None), (4, -1, NOW)):
            due = {"id": number, "slack_view_id": f"V{number}", "due_on": TODAY + timedelta(day), "done_at": done}
            connection.execute(insert(task).values(**common, **due))
    assert "*By CSM*\nBo 2 · 2 low\nAnna 3 · 1 low · 2 tasks overdue" in sections(bot.ask("/engagement", cast.DINA))
    with bot.database.write() as connection:
        connection.execute(delete(task))


@pytest.mark.parametrize("has_lead", [True, False])
def test_of_a_team_without_a_lead_a_super_admin_in_it_sees_it_by_csm(bot: Bot, has_lead: bool) -> None:
    with bot.database.write() as connection:
        mine = connection.execute(select(team_member)).all()
        connection.execute(update(team_member).values(is_lead=False))
        connection.execute(
            update(team_member).where(team_member.c.person_id == id_of(bot, cast.ANNA)).values(is_lead=has_lead)
        )
        connection.execute(update(person).where(person.c.slack_user_id == cast.DINA).values(is_super_admin=True))
    answer = bot.ask("/engagement", cast.DINA)
    assert ("*By CSM*" in sections(answer)) is not has_lead
    with bot.database.write() as connection:
        for one in mine:
            connection.execute(
                update(team_member).where(team_member.c.person_id == one.person_id).values(is_lead=one.is_lead)
            )
        connection.execute(update(person).values(is_super_admin=False))


def test_a_lead_with_clients_sees_them_first_and_their_team_by_csm_on_a_click(bot: Bot) -> None:
    mine, team = my_team(bot, cast.ANNA)
    assert "Your 3 clients" in mine
    assert "By CSM" not in mine
    assert "5 clients · clients of CS Nordic" in sections(team)
    assert "*By CSM*" in sections(team)


def test_a_member_who_does_not_lead_sees_their_team_without_a_part_by_csm(bot: Bot) -> None:
    _, team = my_team(bot, cast.BO)
    assert "5 clients · clients of CS Nordic" in sections(team)
    assert "By CSM" not in sections(team)


@pytest.mark.parametrize("typed", ["team:mine", 'team:"CS Nordic"', "team:cs-nordic", "team: csnordic"])
def test_the_clients_of_a_team_are_listed_however_it_is_named(bot: Bot, typed: str) -> None:
    shown = texts(bot.ask(f"/engagement {typed} sort:name").blocks)
    assert "*Clients of CS Nordic*" in shown
    assert "5 clients" in shown
    assert "Acme Eiendom AS" in shown
    assert "Globex" not in shown


def test_another_team_is_listed_too(bot: Bot) -> None:
    shown = texts(bot.ask('/engagement team:"CS Central"').blocks)
    assert "Globex Corporation" in shown
    assert "Acme" not in shown


def test_an_unknown_team_is_answered_with_the_one_that_was_meant(bot: Bot) -> None:
    assert 'team:"CS Nordic"' in bot.ask('/engagement team:"CS Nordik"').text
    assert "No team is called Marketing" in bot.ask("/engagement team:Marketing").text


def test_who_is_in_no_team_and_has_no_clients_is_told_whom_to_ask_for_a_seat(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.DAN).values(seat=None))
    told = "You need a seat to work with clients here. Ask an admin of this Slack workspace for one."
    assert bot.ask("/engagement acme", cast.DAN, cast.GENERAL).text == told


def test_my_team_of_somebody_in_none_says_what_to_try(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.DAN).values(seat="on"))
    answer = bot.ask("/engagement team:mine", cast.DAN, cast.GENERAL)
    assert answer.text == "You are in no team yet. Try team:all, or csm:me."
    assert "all clients" in bot.ask("/engagement", cast.DAN, cast.GENERAL).text
