"""A client's card: looked up by name, opened from a picker or a list, and the details of its categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.blocks import details, kit
from bot.blocks import engagement as show
from bot.blocks import timeline as over_time
from bot.domain.engagement import Engagement, weakest
from bot.reply import Reply
from commands.arguments import Turn, carried_client, chosen, find_client
from storage import timeline

Payload = Mapping[str, Any]


def answer(text: str, turn: Turn) -> kit.Message:
    """The card of the client meant by the text, or what to do instead."""
    return find_client(text, turn, lambda one: show.card(turn.catalog, one, turn.words))


def history_of(text: str, turn: Turn) -> kit.Message:
    """The score over time of the client meant by the text."""
    return find_client(text, turn, lambda one: history(one, turn))


def history(engagement: Engagement, turn: Turn) -> kit.Message:
    """A client's score over time."""
    client = engagement.client
    with turn.db.read() as connection:
        stages = (
            timeline.read(connection, turn.catalogs, turn.person.installation_id, client.id, client.as_of)
            if client.as_of is not None
            else ()
        )
    return over_time.history(turn.catalog, engagement, stages, turn.words)


def on_history(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """*History*: in the place of the card, which is a button away."""
    ack()
    reply(**history(carried_client(turn, chosen(action)), turn))


def on_open(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """A name in a picker: its card takes the picker's place."""
    ack()
    reply(**show.card(turn.catalog, carried_client(turn, action["value"]), turn.words))


def on_listed(ack: Ack, action: Payload, reply: Reply, turn: Turn) -> None:
    """A name in a list: its card comes below, and the list stays."""
    ack()
    reply(replace_original=False, **show.card(turn.catalog, carried_client(turn, chosen(action)), turn.words))


def on_details(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*Details*: a category's tools in a modal, first the one where most is missing."""
    ack()
    one = carried_client(turn, action["value"])
    view = details.category(turn.catalog, one, weakest(one), turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)


def on_category(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """Another category chosen in the modal. Without its hash: of two quick choices the later one shall stay."""
    ack()
    one = carried_client(turn, body["view"]["private_metadata"])
    view = details.category(turn.catalog, one, action["selected_option"]["value"], turn.words)
    slack.views_update(view_id=body["view"]["id"], view=view)


def on_missing(ack: Ack, action: Payload, body: Payload, slack: WebClient, turn: Turn) -> None:
    """*What is missing?*: why a score is not known, and what would make it known. Known by now: its details."""
    ack()
    one = carried_client(turn, action["value"])
    known = one.verdict.reason is None
    view = details.category(turn.catalog, one, weakest(one), turn.words) if known else details.missing(one, turn.words)
    slack.views_open(trigger_id=body["trigger_id"], view=view)
