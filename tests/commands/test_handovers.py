"""The message about handed-over clients through Slack: its buttons, pressed once and again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import insert, select, update

from bot.blocks import ids
from bot.jobs import handovers
from bot.jobs.deliveries import Deliveries
from bot.playground import people as cast
from bot.playground.model import Message
from storage import imports, schema
from tests.admins import id_of, said
from tests.bots import CATALOG, TODAY, Bot, texts

DIRECT = "D" + cast.CLEO[1:]


def give(bot: Bot, number: int, name: str) -> None:
    """An open task of Anna's."""
    with bot.database.write() as connection:
        client = connection.scalar(select(schema.record.c.id).where(schema.record.c.name == name))
        values: dict[str, Any] = {"id": number, "slack_view_id": f"V{number}", "client_id": client, "title": "Call"}
        values |= {"due_on": TODAY, "priority": "medium", "made_at": bot.now, "installation_id": bot.installation.id}
        anna = id_of(bot, cast.ANNA)
        connection.execute(insert(schema.task).values(**values, assignee_id=anna, author_id=anna))


@pytest.fixture
def message(bot: Bot, tmp_path: Path) -> Message:
    """What Cleo gets once three of Anna's clients are hers."""
    for number, name in enumerate(("Acme AS", "Twin GmbH", "Twin GmbH"), start=1):
        give(bot, number, name)
    rows = "".join(f"{number},{name},cleo@example.com\n" for number, name in
                   ((1, "Acme AS"), (6, "Wonka Norge AS"), (7, "Twin GmbH")))  # fmt: skip
    (tmp_path / "clients.csv").write_text(f"id,name,csm_email\n{rows}")
    imports.run(bot.database, bot.installation.id, [tmp_path], catalog=CATALOG, today=TODAY, now=bot.now, as_of=TODAY)
    slack = WebClient(bot.slack.bot_token, base_url=bot.slack.api_url, retry_handlers=[])
    assert handovers.tell(bot.database, bot.installation.id, lambda: bot.now) == 1
    Deliveries(bot.database, slack, bot.installation.id, lambda: bot.now, pace=0, apart=0).run()
    (told,) = bot.slack.actions.visible_messages(cast.CLEO, DIRECT)
    return told


def test_tasks_are_moved_and_a_click_that_comes_too_late_says_so(bot: Bot, message: Message) -> None:
    assert "*3 clients are yours now*" in texts(message.blocks)
    assert "Handed over by Anna" in texts(message.blocks)
    bot.press(message, f"{ids.MOVE_TASKS}:2", cast.CLEO)  # by name: Acme, Twin, Wonka
    said(bot, "2 tasks are yours now.", cast.CLEO, DIRECT)
    left = bot.replaced(message, "Move the one open task to me", cast.CLEO)
    assert str(left.blocks).count(ids.MOVE_TASKS) == 2
    with bot.database.write() as connection:
        done = {"done_at": bot.now, "done_by": id_of(bot, cast.ANNA)}
        connection.execute(update(schema.task).where(schema.task.c.id == 1).values(done))
    bot.press(left, f"{ids.MOVE_TASKS}:0", cast.CLEO)
    said(bot, "No open task was left to move", cast.CLEO, DIRECT)
    assert ids.MOVE_TASKS not in str(message.blocks)
    assert bot.ask("/task", cast.CLEO, cast.CS_CENTRAL).text.count("Call") == 2
    bot.press(message, ids.OPEN_LISTED, cast.CLEO)
    said(bot, "*Acme AS* · ", cast.CLEO, DIRECT)
    assert bot.slack.actions.visible_messages(cast.ANNA, "D" + cast.ANNA[1:]) == []
