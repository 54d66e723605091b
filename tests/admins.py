"""What the tests of `/workspace` have in common: people with rights, and menus of sections."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from bot.playground import people as cast
from bot.playground.model import Message
from storage import rights
from storage.schema import audit_entry, installation, person, submission, team, team_member
from tests.bots import Bot, texts


def id_of(bot: Bot, who: str) -> int:
    with bot.database.read() as connection:
        found: int | None = connection.scalar(select(person.c.id).where(person.c.slack_user_id == who))
    assert found is not None
    return found


def make_super_admin(bot: Bot, who: str) -> None:
    with bot.database.write() as connection:
        rights.set_super_admin(connection, bot.installation.id, id_of(bot, who), True, by=None, now=bot.now)


def begin_anew(bot: Bot) -> None:
    """Nobody has a right or a seat by hand, and there is no team."""
    with bot.database.write() as connection:
        for table in (audit_entry, submission, team_member, team):
            connection.execute(delete(table))
        connection.execute(update(person).values(is_super_admin=False, manages=False, seat=None, looks_as=None))
        connection.execute(update(person).values(seat_asked_at=None, welcomed_at=None, welcome_held=False))
        connection.execute(update(installation).values(seats_by_hand=False, welcomes_since=None))


def pick(bot: Bot, message: Message, action: str, who: str = cast.DINA, **chosen: Any) -> None:
    """Choose in the menu beside a section whose id begins so, or press the button there."""
    for block in message.blocks:
        element = block.get("accessory", {})
        if element.get("action_id", "").startswith(action):
            bot.slack.actions.press(who, message.ref, block["block_id"], element["action_id"], **chosen)
            return
    raise AssertionError(f"no {action}")


def said(bot: Bot, text: str, who: str = cast.DINA, channel: str = cast.CS_NORDIC) -> Message:
    """The newest message that somebody sees, once it says this."""

    def look() -> Message | None:
        seen = bot.slack.actions.visible_messages(who, channel)
        return seen[-1] if seen and text in texts(seen[-1].blocks) else None

    return bot.wait(look)
