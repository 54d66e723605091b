"""Somebody joins or changes in Slack: the bot knows it before they type anything."""

from __future__ import annotations

from sqlalchemy import select

from bot.domain.access import Refusal
from bot.playground import people as cast
from bot.playground.model import Person
from storage import people
from storage.schema import person
from tests.bots import Bot


def refusal(bot: Bot, who: str) -> Refusal | None:
    with bot.database.read() as connection:
        found = people.find(connection, cast.TEAM.id, who)
    return found.refusal if found else None


def is_known(bot: Bot, who: str) -> bool:
    with bot.database.read() as connection:
        return connection.scalar(select(person.c.id).where(person.c.slack_user_id == who)) is not None


def test_whoever_joins_is_known(bot: Bot) -> None:
    bot.slack.actions.join_team(Person("U0EVANEW0", "eva", "Eva New", "eva@example.com", cast.TEAM.id))
    assert bot.wait(lambda: is_known(bot, "U0EVANEW0"))
    assert refusal(bot, "U0EVANEW0") is None


def test_whoever_becomes_a_guest_is_refused_from_then_on(bot: Bot) -> None:
    assert refusal(bot, cast.DAN) is None
    bot.slack.actions.change_person(cast.DAN, guest="single")
    assert bot.wait(lambda: refusal(bot, cast.DAN)) is Refusal.GUEST


def test_whoever_leaves_is_refused_from_then_on(bot: Bot) -> None:
    assert refusal(bot, cast.CLEO) is None
    bot.slack.actions.change_person(cast.CLEO, deleted=True)
    assert bot.wait(lambda: refusal(bot, cast.CLEO)) is Refusal.OUTSIDER
