"""`/engagement`: the overview, a client's card, or a list of clients, by what is typed; the same by direct message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import ids, kit, no_card
from bot.blocks import usage as help_
from bot.domain.access import Right
from bot.domain.filter_text import is_filter
from bot.reply import Reply
from commands.arguments import Turn, typed
from commands.engagement import card, claims, feed, filters, key_accounts, lists, menu, tool_marks, views
from storage import clients

Payload = Mapping[str, Any]

HISTORY = "history"  # after a client's name: its score over time


def on_command(ack: Ack, command: Payload, turn: Turn) -> None:
    """`/engagement [client | filters]`. The reply rides on the acknowledgement: no call to Slack.

    Alone, in a channel that is tied to a client, it shows that one to whoever may see it.
    """
    text = typed(command.get("text"))
    about = None if text else key_accounts.tied(turn)
    ack(**(about or answer(text, turn)))


def on_message(message: Payload, slack: WebClient, turn: Turn) -> None:
    """A direct message to the bot is answered like `/engagement <text>`."""
    text = typed(message.get("text")).removeprefix(turn.command).strip()
    slack.chat_postMessage(channel=message["channel"], **answer(text, turn))


def on_other_message() -> None:
    """An edit, a deletion, a file: nothing is asked. Left unacknowledged, Slack would send it three times more."""


def answer(text: str, turn: Turn) -> kit.Message:
    if text.casefold() in {"help", "?"}:
        return usage(turn)
    if text.casefold() in {"views", "saved views"}:
        return views.page(turn)
    if not text:
        return lists.overview("", turn)
    if is_filter(text):
        return lists.page(text, turn)
    name, _, last = text.rpartition(" ")
    if name and last.casefold() == HISTORY:
        return card.history_of(name, turn)
    return card.answer(text, turn)


def usage(turn: Turn) -> kit.Message:
    with turn.db.read() as connection:
        number = clients.count(connection, turn.person.installation_id, turn.person.workspace_id, turn.person.covered)
    return (
        help_.usage(turn.command, number, turn.words)
        if number
        else no_card.no_clients(f"{turn.called('workspace')} data", turn.words)
    )


def on_usage(ack: Ack, reply: Reply, turn: Turn) -> None:
    """*More*: below the overview, which stays."""
    ack()
    reply(replace_original=False, **usage(turn))


LISTENERS = [
    ("command", "engagement", on_command, Right.SEAT),
    ("action", ids.SHOW_USAGE, on_usage, Right.SEAT),
    ("action", ids.SHOW_DETAILS, card.on_details, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_LIST}:[a-z-]+$"), lists.on_page, Right.SEAT),
    ("action", re.compile(rf"^{ids.LIST_BELOW}(:[a-z]+)?$"), lists.on_below, Right.SEAT),
    ("action", ids.OPEN_LISTED, card.on_listed, Right.SEAT),
    ("entry", f"{ids.MORE_OF_RENEWAL}:{ids.OPEN_LISTED}", card.on_listed, Right.SEAT),
    ("entry", f"{ids.MORE_OF_CARD}:{ids.HISTORY}", card.on_history, Right.SEAT),
    ("entry", f"{ids.MORE_OF_CARD}:{ids.KEY_ACCOUNT}", key_accounts.on_open, Right.SEAT),
    ("view", ids.KEY_ACCOUNT, key_accounts.on_submit, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_FEED}:[a-z]+$"), feed.on_feed, Right.SEAT),
    ("action", ids.UNTIE, key_accounts.on_untie, Right.SEAT),
    ("action", ids.TAKE_CLIENT, claims.on_take, Right.SEAT),
    ("action", ids.GIVE_BACK, claims.on_give_back, Right.SEAT),
    ("action", ids.SHOW_CHART, lists.on_chart, Right.SEAT),
    ("action", ids.CHOOSE_CATEGORY, card.on_category, Right.SEAT),
    ("action", ids.MARK_TOOL, tool_marks.on_mark, Right.SEAT),
    ("action", re.compile(rf"^{ids.OPEN_CLIENT}:\d+$"), card.on_open, Right.SEAT),
    ("action", ids.SHOW_MISSING, card.on_missing, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_OVERVIEW}(:[a-z]+)?$"), lists.on_overview, Right.SEAT),
    ("action", ids.SORT_LIST, lists.on_sort, Right.SEAT),
    ("action", ids.MORE_OF_LIST, menu.on_more, Right.SEAT),
    ("action", ids.FILTER_LIST, filters.on_open, Right.SEAT),
    ("view", ids.FILTER_FORM, filters.on_submit, Right.SEAT),
    ("view", ids.SAVE_VIEW, views.on_saved, Right.SEAT),
    ("action", re.compile(rf"^{ids.SHOW_VIEW}(:\d+)?$"), views.on_show, Right.SEAT),
    ("action", ids.CHANGE_VIEW, views.on_change, Right.SEAT),
    ("action", re.compile(rf"^{ids.TURN_VIEWS}:[a-z]+$"), views.on_turn, Right.SEAT),
    ("view", ids.RENAME_VIEW, views.on_renamed, Right.SEAT),
    ("view", ids.DELETE_VIEW, views.on_deleted, Right.SEAT),
    ("event", {"type": "message", "subtype": None}, on_message, Right.SEAT),
    ("event", {"type": "message"}, on_other_message, Right.SLACK),
]
