"""`/workspace`: customer success workspaces, teams, people and data, set up in modals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack

from bot.blocks import ids
from bot.blocks import workspaces as show
from bot.domain.access import Right
from bot.errors import UserError
from commands.arguments import Turn, typed
from commands.workspace import first

Payload = Mapping[str, Any]


def on_command(ack: Ack, command: Payload, turn: Turn) -> None:
    """`/workspace [word]`. Anybody may ask; what they may not see says so, and whom to ask."""
    match typed(command.get("text")).casefold():
        case "":
            ack(**first.page(turn))
        case "help" | "?":
            ack(**show.usage(command["command"], turn.words))
        case word:
            raise UserError("workspace_word", word=word, command=command["command"])


LISTENERS = [
    ("command", "workspace", on_command, Right.MEMBER),
    ("action", ids.BECOME_FIRST, first.on_become, Right.MEMBER),
]
