"""`/renewals`: which renewals come, in the order of what is to be done; and what became of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack

from bot.blocks import ids, kit, states
from bot.blocks import renewal_months as over_time
from bot.domain.access import Right
from bot.errors import UserError
from bot.reply import Reply
from commands.arguments import Turn, typed
from commands.renewals import lists, outcomes

Payload = Mapping[str, Any]


def on_command(ack: Ack, command: Payload, turn: Turn) -> None:
    """`/renewals [window | filters]`. The reply rides on the acknowledgement."""
    text = typed(command.get("text"))
    if text.casefold() in {"help", "?"}:
        ack(**over_time.usage(turn.called("renewals"), turn.words))
        return
    ack(**lists.page(text, turn))


def on_list(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Another page, another scope, or back from the chart: in place."""
    ack()
    value = action.get("value") or ""
    state = states.read(value)
    if state is None:
        reply(**lists.page(value, turn))
        return
    if state.owner != turn.person.id:
        raise UserError("list_gone", command=turn.called("renewals"))
    reply(**lists.page(state.filter, turn, before=state.before))


def on_window(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """Other days of the same clients: in place."""
    ack()
    filters = kit.carried(action["block_id"])
    if filters is None:
        raise UserError("list_gone", command=turn.called("renewals"))
    reply(**lists.page(f"{action['selected_option']['value']} {filters}".strip(), turn))


def on_chart(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*Chart*: the renewals of a year by month, in the list's place."""
    ack()
    reply(**lists.chart(action.get("value") or "", turn))


LISTENERS = [
    ("command", "renewals", on_command, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_RENEWALS}:[a-z]+$"), on_list, Right.SEAT),
    ("action", ids.RENEWAL_WINDOW, on_window, Right.SEAT),
    ("action", ids.CHART_RENEWALS, on_chart, Right.SEAT),
    ("entry", f"{ids.MORE_OF_RENEWAL}:{ids.GIVE_OUTCOME}", outcomes.on_open, Right.SEAT),
    ("view", ids.GIVE_OUTCOME, outcomes.on_submit, Right.SEAT),
    ("action", ids.TAKE_OUTCOME_BACK, outcomes.on_take_back, Right.SEAT),
]
