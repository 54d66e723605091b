"""Data in a browser: a small file is uploaded, and its client has a card."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from sqlalchemy import select

from bot.playground import people as cast
from bot.playground.server import Playground
from storage import rights, schema
from tests.bots import Bot
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def playground(bot: Bot) -> Playground:
    """The visitor's playground has the whole bot behind it."""
    with bot.database.write() as connection:
        dina = connection.scalar(select(schema.person.c.id).where(schema.person.c.slack_user_id == cast.DINA))
        assert dina is not None
        rights.set_super_admin(connection, bot.installation.id, dina, True, by=None, now=bot.now)
    return bot.slack


def chosen(visitor: Visitor) -> list[str]:
    return [each.text for each in visitor.driver.find_elements(By.CSS_SELECTOR, "dialog.modal .files li")]


def test_an_admin_uploads_clients_and_sees_their_card(bot: Bot, visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "clients.csv").write_text("id,name\nN1,Nordlys AS\nN2,\n", encoding="utf-8")
    (tmp_path / "usage.csv").write_text("client_id,tool,used_on,count\n", encoding="utf-8")
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.become("Dina")
    visitor.visit(f"/c/{cast.CS_NORDIC}")
    visitor.say("/workspace data")
    visitor.read("Tools measured")
    visitor.press("Upload CSV")
    field = visitor.find("dialog.modal input[type=file]")
    field.send_keys(f"{tmp_path}/usage.csv\n{tmp_path}/clients.csv")
    visitor.wait(lambda: len(chosen(visitor)) == 2)
    visitor.press("Remove usage.csv", within="dialog.modal")
    visitor.wait(lambda: len(chosen(visitor)) == 1)
    assert chosen(visitor)[0].startswith("clients.csv")
    visitor.press("Upload", within="dialog.modal")
    visitor.gone("dialog.modal")
    visitor.read("Waiting: clients.csv from Dina")
    bot.uploads().run()
    visitor.press("Look again")
    visitor.read("2 rows read, 1 refused")
    visitor.say("/engagement nordlys")
    visitor.read("Nordlys AS · score not known")
    visitor.visit(f"/c/{cast.direct_message(cast.DINA).id}")
    assert "clients.csv.rejects.csv" in visitor.read("Imported clients.csv: 2 rows read, 1 refused.").text
