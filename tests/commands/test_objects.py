"""Another object chosen for the clients, through Slack: all answers are then of its records, and change back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.blocks import ids
from bot.playground import people as cast
from storage import imports, people
from storage.database import Database
from storage.installations import every
from storage.schema import installation
from tests import bots
from tests.admins import id_of, make_super_admin
from tests.bots import CATALOG, NOW, TODAY, Bot, texts

CONTACTS = "id,name,csm_email\n1,Kari Acmeson,bo@example.com\n2,Ola Nordmann,bo@example.com\n"


@pytest.fixture
def bot(small_base: Path, tmp_path: Path) -> Iterator[Bot]:
    """Beside the companies two contacts, which are Bo's; Dina is super admin."""
    shutil.copy(small_base, tmp_path / "bot.db")
    (tmp_path / "clients.csv").write_text(CONTACTS, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text("source = 'people'\nrecord = 'contact'\n", encoding="utf-8")
    database = Database(f"sqlite:///{tmp_path / 'bot.db'}")
    with database.read() as connection:
        here = every(connection)[0].id
    paths = [tmp_path / "clients.csv"]
    imports.run(database, here, paths, mapping=tmp_path / "mapping.toml", catalog=CATALOG, today=TODAY, now=NOW)
    database.close()
    with bots.running(tmp_path / "bot.db") as one:
        make_super_admin(one, cast.DINA)
        yield one


def choose(bot: Bot, client: str) -> str:
    """An admin's two steps; what the second one says will change. Waits until the clients have moved."""
    bot.slack.actions.command(cast.DINA, cast.CS_NORDIC, "/workspace objects")
    view = bot.modal(lambda view: view.callback_id == ids.SET_OBJECTS, who=cast.DINA)
    assert bot.submit(view, who=cast.DINA, client=client) == {}
    asked = bot.modal(lambda view: view.callback_id == ids.CONFIRM_OBJECTS, who=cast.DINA)
    said = texts(asked.payload["blocks"])
    assert bot.submit(asked, who=cast.DINA) == {}
    bot.slack.actions.close(cast.DINA, bot.modal(lambda view: "submit" not in view.payload, who=cast.DINA).id)
    bot.wait(lambda: is_settled(bot))
    return said


def is_settled(bot: Bot) -> bool:
    with bot.database.read() as connection:
        return connection.execute(select(installation.c.settled_to)).scalar() is None


def owns(bot: Bot, who: str) -> bool:
    with bot.database.read() as connection:
        found = people.by_id(connection, bot.installation.id, id_of(bot, who))
    assert found is not None
    return found.owns


def test_companies_are_found_listed_and_counted_and_contacts_are_not(bot: Bot) -> None:
    assert "*Acme AS*" in texts(bot.ask("/engagement acme as", who=cast.DINA).blocks)
    for typed in ("kari", "kari acmeson", "kari acmesson", "nordmann"):
        assert "Kari" not in (said := bot.ask(f"/engagement {typed}", who=cast.DINA).text)
        assert "Nordmann" not in said.replace(typed, "")
    assert "Kari" not in bot.ask("/engagement team:all sort:name", who=cast.DINA).text


def test_contacts_take_their_place_and_companies_come_back(bot: Bot) -> None:
    before = bot.ask("/engagement team:all sort:name", who=cast.DINA).text
    card = bot.ask("/engagement acme as", who=cast.DINA).text
    said = choose(bot, "contact")
    assert 'its mapping says `record = "contact"`' in said
    assert "*Kari Acmeson*" in texts(bot.ask("/engagement kari", who=cast.DINA).blocks)
    listed = bot.ask("/engagement team:all sort:name", who=cast.DINA).text
    assert ("Ola Nordmann" in listed, "Acme AS" in listed) == (True, False)
    assert "Globex" not in bot.ask("/engagement globeks", who=cast.DINA).text
    assert (owns(bot, cast.ANNA), owns(bot, cast.BO)) == (False, True)
    choose(bot, "company")
    assert bot.ask("/engagement team:all sort:name", who=cast.DINA).text == before
    assert bot.ask("/engagement acme as", who=cast.DINA).text == card
    assert owns(bot, cast.ANNA)
