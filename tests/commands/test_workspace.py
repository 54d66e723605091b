"""`/workspace`: what it lists, to whom."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from bot.playground import people as cast
from storage import rights
from storage.schema import audit_entry, person
from tests.bots import Bot


def test_a_csm_is_told_their_workspace_and_whom_to_ask(bot: Bot) -> None:
    text = bot.ask("/workspace").text
    assert text == "Your CS workspace is Customer success. Nobody sets up CS workspaces yet."


@pytest.mark.parametrize(
    ("word", "says"),
    [("cretae", "Did you mean /workspace create?"), ("tems", "Did you mean /workspace teams?"),
     ("acme", "What there is: /workspace help")],
)  # fmt: skip
def test_a_word_that_it_does_not_know_is_answered_with_the_one_that_was_meant(bot: Bot, word: str, says: str) -> None:
    assert bot.ask(f"/workspace {word}").text == f"There is no /workspace {word}. {says}"


def test_a_super_admin_sees_all_workspaces_with_their_teams(bot: Bot) -> None:
    with bot.database.write() as connection:
        dina = connection.scalar(select(person.c.id).where(person.c.slack_user_id == cast.DINA))
        assert dina is not None
        rights.set_super_admin(connection, bot.installation.id, dina, True, by=None, now=bot.now)
    found = bot.ask("/workspace", who=cast.DINA)
    assert "0 of 5 CS workspaces beside the primary one: Customer success · primary · Teams: none yet." in found.text
    with bot.database.write() as connection:
        connection.execute(update(person).values(is_super_admin=False))
        connection.execute(delete(audit_entry))
