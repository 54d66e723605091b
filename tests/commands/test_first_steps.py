"""First steps on `/workspace`: what is missing, to super admins, until all is done that can be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, insert, update

from bot.blocks import ids
from bot.domain.digests import Content, Digest
from bot.playground import people as cast
from storage import digests, rights
from storage.schema import digest, person, team
from tests.admins import begin_anew, id_of, make_super_admin
from tests.bots import Bot, texts


@pytest.fixture(autouse=True)
def dina(bot: Bot) -> Iterator[None]:
    make_super_admin(bot, cast.DINA)
    yield
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.CLEO).values(is_deleted=False))
    begin_anew(bot)


def shown(bot: Bot, who: str = cast.DINA) -> str:
    return texts(bot.ask("/workspace", who=who).blocks)


def test_a_super_admin_sees_what_is_done_and_what_is_missing(bot: Bot) -> None:
    text = shown(bot)
    assert "*Set up customer success* 3 of 5 done\n✓ Clients: 7 · data to Fri 20 Nov\n✓ Tools measured: " in text
    assert "✓ People: 3 of 3 CSMs found in Slack" in text
    assert "▢ Teams: none yet, so every full member of this Slack workspace has a seat" in text
    assert "▢ First digest: none yet" in text


def test_the_buttons_lead_to_what_is_missing(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.CLEO).values(is_deleted=True))
    found = bot.ask("/workspace", who=cast.DINA)
    bot.press(found, f"{ids.SHOW_PEOPLE}:steps", who=cast.DINA)
    bot.replaced(found, "2 of 3 CSMs", who=cast.DINA)
    found = bot.ask("/workspace", who=cast.DINA)
    bot.press(found, f"{ids.SHOW_TEAMS}:steps", who=cast.DINA)
    bot.replaced(found, "No teams yet.", who=cast.DINA)
    found = bot.ask("/workspace", who=cast.DINA)
    bot.press(found, f"{ids.SHOW_DIGESTS}:steps", who=cast.DINA)
    bot.replaced(found, "No digests yet.", who=cast.DINA)


def test_when_all_is_done_that_can_be_the_steps_are_gone(bot: Bot) -> None:
    with bot.database.write() as connection:
        connection.execute(insert(team).values(installation_id=bot.installation.id, id=1, name="A", name_key="a"))
    assert "4 of 5 done" in shown(bot)
    bot.slack.actions.open_home(cast.DINA)
    bot.home("4 of 5 done", cast.DINA)
    made = Digest(
        bot.installation.id, 1, bot.installation.workspace_id, "A", Content.BOTH, "UTC", id_of(bot, cast.DINA)
    )
    with bot.database.write() as connection:
        digests.add(connection, made, bot.now)
    assert "Set up customer success" not in shown(bot)
    bot.slack.actions.open_home(cast.DINA)
    bot.wait(lambda: "Set up customer success" not in texts(bot.home(who=cast.DINA).payload["blocks"]))
    with bot.database.write() as connection:
        connection.execute(delete(digest))


def test_others_see_no_steps(bot: Bot) -> None:
    assert "Set up customer success" not in shown(bot, cast.ANNA)


def test_a_super_admin_without_a_seat_gives_themselves_one_there(bot: Bot) -> None:
    with bot.database.write() as connection:
        rights.set_seat(connection, bot.installation.id, id_of(bot, cast.DINA), "off", by=None, now=bot.now)
    found = bot.ask("/workspace", who=cast.DINA)
    assert "You have no seat: you see settings, and no client." in texts(found.blocks)
    bot.press(found, ids.GIVE_ME_A_SEAT, who=cast.DINA)
    assert "0 of 5 CS workspaces" in texts(bot.replaced(found, "You have a seat now.", who=cast.DINA).blocks)
