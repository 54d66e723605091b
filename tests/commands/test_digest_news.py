"""The buttons of a digest in its channel: lists for who presses alone, and *It is right*, which everybody sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.blocks import ids
from bot.domain.digest_news import Named, Rule
from bot.domain.digest_told import Held, Told, of_all, write
from bot.domain.digests import Content, Digest
from bot.jobs.composing import Composed
from bot.jobs.digest_content import compose, redraw
from bot.playground import people as cast
from bot.playground.model import Message
from storage import digest_runs, digests
from storage.catalog import Catalogs
from storage.schema import delivery, digest, record
from tests.admins import id_of
from tests.bots import CATALOG, NOW, TODAY, Bot, texts


@pytest.fixture
def nordic(bot: Bot) -> Iterator[Digest]:
    here = bot.installation
    one = Digest(here.id, 7, here.workspace_id, "Nordic", Content.BOTH, "Europe/Oslo", id_of(bot, cast.ANNA))
    one = replace(one, channel_id=cast.CS_NORDIC)
    with bot.database.write() as connection:
        digests.add(connection, one, NOW)
    yield one
    with bot.database.write() as connection:
        connection.execute(delete(delivery))
        connection.execute(delete(digest))


def posted(bot: Bot, one: Digest, found: Composed) -> Message:
    """What a run says, in the channel and kept."""
    assert found.message is not None
    ts = bot.app.client.chat_postMessage(channel=cast.CS_NORDIC, **found.message)["ts"]
    with bot.database.write() as connection:
        number = digest_runs.keep(connection, one, str(ts), TODAY, NOW, **vars(found))
        connection.execute(update(delivery).where(delivery.c.id == number).values(state="sent", ts=ts))
    seen = bot.slack.actions.visible_messages(cast.ANNA, cast.CS_NORDIC)
    return next(message for message in seen if message.ts == ts)


def held(bot: Bot, one: Digest) -> Composed:
    """A client whose name, among others, was held back."""
    with bot.database.read() as connection:
        clients = connection.scalars(select(record.c.id).where(record.c.name == "Acme AS")).all()
        told = Told(TODAY, TODAY, "team:all", held=Held(12, 40, TODAY))
        facts = write(of_all(told, [Named(client, Rule.LOW, 5, 3) for client in clients]))
        return Composed(redraw(connection, Catalogs(bot.database, CATALOG), one, facts, NOW), TODAY, facts)


def answer(bot: Bot, message: Message, action: str, who: str = cast.ANNA) -> Message:
    """What comes below a message when a button is pressed."""
    before = len(bot.slack.actions.visible_messages(who, cast.CS_NORDIC))
    bot.press(message, action, who)
    found: Message = bot.wait(lambda: bot.slack.actions.visible_messages(who, cast.CS_NORDIC)[before:])[-1]
    assert found.ephemeral_to == who
    return found


def test_the_first_digest_leads_to_its_lists_and_says_what_it_is(bot: Bot, nordic: Digest) -> None:
    with bot.database.read() as connection:
        message = posted(bot, nordic, compose(connection, Catalogs(bot.database, CATALOG), nordic, NOW))
    assert "first digest" in message.text
    low = answer(bot, message, f"{ids.LIST_BELOW}:low", cast.BO)
    assert "all clients" in texts(low.blocks).lower()
    about = answer(bot, message, ids.ABOUT_DIGEST)
    assert "It says what changed since the last one" in texts(about.blocks)
    assert "`/digest`" in texts(about.blocks)


def test_names_held_back_are_shown_to_who_asks_and_come_once_it_is_right(bot: Bot, nordic: Digest) -> None:
    message = posted(bot, nordic, held(bot, nordic))
    assert "Acme" not in message.text
    assert "Acme AS" in texts(answer(bot, message, f"{ids.DIGEST_NAMES}:held", cast.BO).blocks)
    bot.press(message, ids.GO_ON, cast.BO)
    for who in (cast.ANNA, cast.BO):
        right = bot.replaced(message, "the names come in the next digest", who)
        assert right.ephemeral_to is None


def test_after_a_later_run_it_is_too_late_for_names_held_back(bot: Bot, nordic: Digest) -> None:
    message = posted(bot, nordic, held(bot, nordic))
    with bot.database.write() as connection:
        connection.execute(update(digest).values(told_on=TODAY + timedelta(days=1)))
    assert "A later digest has told" in answer(bot, message, ids.GO_ON).text


def test_of_a_digest_that_is_gone_it_says_so(bot: Bot, nordic: Digest) -> None:
    message = posted(bot, nordic, held(bot, nordic))
    with bot.database.write() as connection:
        connection.execute(delete(delivery))
        connection.execute(delete(digest))
    for action in (f"{ids.DIGEST_NAMES}:held", ids.ABOUT_DIGEST, ids.GO_ON):
        assert "no longer kept" in answer(bot, message, action).text
