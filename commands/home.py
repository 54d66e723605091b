"""The Home tab: opened, another tab or pipeline of it, and a task done in place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot import home
from bot.blocks import home as show
from bot.blocks import ids, kit
from bot.blocks.tasks import Did
from bot.domain.access import Right
from bot.domain.home import Place, place
from commands.arguments import Turn, carried_id
from storage import summary, tasks

Payload = Mapping[str, Any]
Clock = Callable[[], datetime]


def on_opened(event: Payload, slack: WebClient, turn: Turn) -> None:
    """Somebody opens the Home tab. What stands there is published anew only where it is other than before."""
    if event.get("tab") == "home":
        home.publish(turn.looker, slack, there=event.get("view", {}).get("hash"))


def on_show(ack: Ack, action: Payload, slack: WebClient, turn: Turn) -> None:
    """Another tab, page, stage or layout."""
    ack()
    home.publish(turn.looker, slack, place(action.get("value") or ""))


def on_pipeline(ack: Ack, action: Payload, slack: WebClient, turn: Turn) -> None:
    ack()
    at = place(kit.carried(action["block_id"]) or "")
    home.publish(turn.looker, slack, replace(at, pipeline=action["selected_option"]["value"]))


def on_done(ack: Ack, action: Payload, slack: WebClient, turn: Turn, now: Clock) -> None:
    """*Done*, in place. Of two clicks the second one says who was faster."""
    ack()
    moment = now()

    def finish(connection: Connection, number: int) -> Did:
        return Did.DONE if tasks.finish(connection, turn.person, number, moment) else Did.DONE_BEFORE

    _change(action, slack, turn, finish)


def on_reopened(ack: Ack, action: Payload, slack: WebClient, turn: Turn, now: Clock) -> None:
    ack()
    moment = now()

    def reopen(connection: Connection, number: int) -> Did:
        tasks.reopen(connection, turn.person, number, moment)
        return Did.REOPENED

    _change(action, slack, turn, reopen)


def _change(action: Payload, slack: WebClient, turn: Turn, change: Callable[[Connection, int], Did]) -> None:
    number = carried_id(action.get("value") or "") or 0
    with turn.db.write() as connection:
        did = change(connection, number)
        one = tasks.get(connection, turn.person, number)
    told = show.done(did, one, summary.listing_of(turn.person, turn.today), turn.words)
    home.publish(turn.looker, slack, Place(), told=[told])


LISTENERS = [
    ("event", "app_home_opened", on_opened, Right.MEMBER),
    ("action", re.compile(rf"^{ids.SHOW_HOME}(:[a-z0-9]+)?$"), on_show, Right.MEMBER),
    ("action", ids.CHOOSE_PIPELINE, on_pipeline, Right.SEAT),
    ("action", ids.FINISH_AT_HOME, on_done, Right.SEAT),
    ("action", ids.REOPEN_AT_HOME, on_reopened, Right.SEAT),
]
