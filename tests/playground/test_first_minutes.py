"""An admin's first minutes in the playground's sample: from nobody being super admin to looking as a CSM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground import sample
from storage import installations
from storage.database import Database
from tests import bots
from tests.admins import pick
from tests.bots import CATALOG, NOW, Bot, texts
from tests.conftest import Fresh


@pytest.fixture(scope="module")
def bot(fresh: Fresh) -> Iterator[Bot]:
    """A running bot on the sample."""
    url = fresh("sqlite")
    database = Database(url)
    with database.write() as connection:
        made = installations.create(connection, NOW)
        installations.bind(connection, made.id, cast.TEAM.id)
    sample.load(database, made.id, CATALOG, NOW)
    database.close()
    with bots.running(Path(url.removeprefix("sqlite:///"))) as one:
        yield one


def test_dina_sets_up_the_sample(bot: Bot) -> None:
    found = bot.ask("/workspace", who=cast.DINA)
    bot.press(found, ids.BECOME_FIRST, who=cast.DINA)
    steps = bot.replaced(found, "*Set up customer success* 3 of 5 done", who=cast.DINA)
    assert "▢ People: 4 of 8 CSMs found in Slack" in texts(steps.blocks)
    bot.press(steps, ids.GIVE_ME_A_SEAT, who=cast.DINA)
    bot.replaced(steps, "You have a seat now.", who=cast.DINA)

    people = bot.ask("/workspace people", who=cast.DINA)
    assert "not found in Slack" in texts([people.blocks[4]])
    pick(bot, people, ids.BIND_ADDRESS, who=cast.DINA, selected_user=cast.BO)
    people = bot.replaced(people, "4 of 7 CSMs", who=cast.DINA)

    teams = bot.ask("/workspace teams", who=cast.DINA)
    assert "*4 teams*" in texts(teams.blocks)
    assert "Of the sample: leaves with it" in texts(teams.blocks)

    pick(bot, people, ids.CHOOSE_PERSON, who=cast.DINA, selected_user=cast.ANNA)
    view = bot.modal(lambda view: view.callback_id == ids.SET_RIGHTS, who=cast.DINA)
    block = next(block for block in view.payload["blocks"] if block["type"] == "actions")
    bot.slack.actions.press(cast.DINA, view.id, block["block_id"], ids.LOOK_AS)
    bot.modal(lambda view: view.callback_id != ids.SET_RIGHTS, who=cast.DINA)
    assert bot.ask("/engagement", who=cast.DINA).text.startswith("You look as Anna: ")
