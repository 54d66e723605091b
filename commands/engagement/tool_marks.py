"""A tool of a client marked as used or not used, in the details of its category."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import details, kit
from bot.domain.engagement import Engagement, ToolUse, tool_of
from bot.domain.marks import Mark, Say, names
from bot.errors import UserError
from commands.arguments import Turn, carried_client
from storage import covering, standing, tool_marks

Payload = Mapping[str, Any]


def on_mark(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """An entry of a tool's menu: kept, the client scored by it, and the details drawn in place."""
    ack()
    said, view = Say(action["selected_option"]["value"]), body["view"]
    one = carried_client(turn, view["private_metadata"])
    use = _markable(one, kit.carried(action["block_id"]) or "", said, turn)
    _keep(one, use, said, turn)
    scored = carried_client(turn, view["private_metadata"])
    slack.views_update(view_id=view["id"], view=details.category(turn.catalog, scored, use.tool.category, turn.words))


def _markable(one: Engagement, key: str, said: Say, turn: Turn) -> ToolUse:
    """The tool, of which this can still be said. What was taken back already may be so again."""
    use = tool_of(turn.catalog, one, key)
    if use is None:
        raise UserError("tool_gone")
    if said not in {*use.choices, Say.TAKE_BACK}:
        raise UserError("mark_needless", tool=use.tool.name)
    return use


def _keep(one: Engagement, use: ToolUse, said: Say, turn: Turn) -> None:
    """In one transaction with the score that follows."""
    person, client_id, called = turn.person, one.client.id, names(turn.catalog, use.tool.key)
    with turn.db.write() as connection:
        if said is Say.TAKE_BACK:
            tool_marks.take_back(connection, person.installation_id, client_id, called)
        else:
            mark = Mark(said is Say.USED, turn.today)
            tool_marks.say(connection, person.installation_id, client_id, called, mark, person.id)
        covering.acted(connection, person, one.client.covered, "tool.marked", turn.now)
        standing.score(connection, person.installation_id, turn.catalog, client_id)
