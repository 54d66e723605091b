"""A low client is taken and given back through Slack: its card says who acts, to whoever sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from bot.blocks import ids
from bot.playground import people as cast
from bot.playground.model import Message
from storage.schema import claim, team, team_member
from tests.admins import begin_anew, id_of, said
from tests.bots import Bot, texts

LOW = "/engagement globex"  # a client of Cleo
TAKEN = "Taken by Bo since Fri 20 Nov"


@pytest.fixture(autouse=True)
def crew(bot: Bot) -> Iterator[None]:
    """Anna leads Bo's team; nobody has taken anything."""
    here = {"installation_id": bot.installation.id}
    with bot.database.write() as connection:
        connection.execute(insert(team).values(**here, id=900, name="CS Nordic", name_key="csnordic"))
        members = [
            here | {"person_id": id_of(bot, who), "team_id": 900, "is_primary": True, "is_lead": who == cast.ANNA}
            for who in (cast.ANNA, cast.BO)
        ]
        connection.execute(insert(team_member), members)
    yield
    for who in (cast.ANNA, cast.BO, cast.CLEO):
        bot.slack.actions.reload(who)
    with bot.database.write() as connection:
        connection.execute(delete(claim))
    begin_anew(bot)


def buttons(message: Message) -> set[Any]:
    return {block["accessory"]["action_id"] for block in message.blocks if "accessory" in block}


def test_a_low_client_is_taken_and_its_card_says_by_whom_to_whoever_sees_it(bot: Bot) -> None:
    card = bot.ask(LOW, cast.BO)
    assert "Nobody has taken it" in texts(card.blocks)
    bot.press(card, ids.TAKE_CLIENT, cast.BO)
    own = bot.replaced(card, TAKEN, cast.BO)
    assert f"{TAKEN}." in own.text
    assert buttons(own) == buttons(bot.ask(LOW)) == {ids.GIVE_BACK}
    other = bot.ask(LOW, cast.CLEO, cast.GENERAL)
    assert TAKEN in texts(other.blocks)
    assert buttons(other) == set()


def test_who_is_second_is_told_who_was_first(bot: Bot) -> None:
    drawn, card = bot.ask(LOW), bot.ask(LOW, cast.BO)
    bot.press(card, ids.TAKE_CLIENT, cast.BO)
    bot.replaced(card, TAKEN, cast.BO)
    bot.press(drawn, ids.TAKE_CLIENT)
    said(bot, "Bo has taken this client already.", cast.ANNA)


def test_a_lead_gives_back_what_one_of_the_team_has_taken(bot: Bot) -> None:
    card = bot.ask(LOW, cast.BO)
    bot.press(card, ids.TAKE_CLIENT, cast.BO)
    own = bot.replaced(card, TAKEN, cast.BO)
    seen = bot.ask(LOW)
    bot.press(seen, ids.GIVE_BACK)
    bot.replaced(seen, "Nobody has taken it")
    bot.press(own, ids.GIVE_BACK, cast.BO)  # of what was given back already, the card says how it is
    bot.replaced(own, "Nobody has taken it", cast.BO)


def test_what_another_has_taken_since_is_not_given_back_by_an_old_button(bot: Bot) -> None:
    card = bot.ask(LOW, cast.BO)
    bot.press(card, ids.TAKE_CLIENT, cast.BO)
    bot.replaced(card, TAKEN, cast.BO)
    seen = bot.ask(LOW)  # by their lead
    with bot.database.write() as connection:
        connection.execute(update(claim).values(person_id=id_of(bot, cast.ANNA)))
    bot.press(seen, ids.GIVE_BACK)
    now = bot.replaced(seen, "Taken by Anna")
    bot.press(now, ids.GIVE_BACK)
    bot.replaced(now, "Nobody has taken it")


def test_a_client_that_is_not_low_needs_nobody(bot: Bot) -> None:
    assert ids.TAKE_CLIENT not in buttons(bot.ask("/engagement acme as"))
