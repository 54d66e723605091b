"""*Share here*: preview a card, check who would read it, and post it to a channel."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Connection

from bot.blocks import engagement as cards
from bot.blocks import ids
from bot.blocks import share as show
from bot.domain.access import Right
from bot.domain.audience import FOREIGN
from bot.domain.audience import Audience as Verdict
from bot.domain.digests import Pause
from commands.arguments import Turn, carried_client
from storage import channels, covering, digest_runs, people
from storage.audience import Audience
from storage.database import Database

LATE = 2.0  # seconds, of the 3 in which Slack wants a modal's answer

Payload = Mapping[str, Any]


def on_preview(ack: Ack, action: Payload, body: Payload, slack: WebClient, audience: Audience, turn: Turn) -> None:
    """*Share here*: the modal opens at once, since its trigger lives 3 s; who reads the channel is asked after."""
    ack()
    opened = slack.views_open(trigger_id=body["trigger_id"], view=show.checking(turn.words))["view"]
    one = carried_client(turn, action["value"])
    verdict, channel = audience.judge(turn.person.installation_id, body["channel"]["id"])
    view = show.preview(turn.catalog, one, verdict, channel, turn.words, turn.person.slack_user_id)
    try:
        slack.views_update(view_id=opened["id"], hash=opened["hash"], view=view)
    except SlackApiError as error:
        if error.response["error"] != "not_found":  # the modal was closed meanwhile
            raise


def on_share(ack: Ack, view: Payload, slack: WebClient, audience: Audience, turn: Turn) -> None:
    """Judged again when it is sent: people may have joined since the modal was drawn, of which Slack tells.

    Acknowledged before it is posted: a post that takes its time must not look like a failure and be sent again. Nor is
    anything posted where the check itself took so long that Slack may have told of a failure already.
    """
    started = time.monotonic()
    chosen = view["state"]["values"][ids.SHARE_CHANNEL][ids.SHARE_CHANNEL]["selected_conversation"]
    verdict, channel = audience.judge(turn.person.installation_id, chosen)
    if verdict is not Verdict.FINE or channel is None:
        ack(response_action="errors", errors={ids.SHARE_CHANNEL: show.refused(verdict, channel, turn.words)})
        return
    if time.monotonic() - started > LATE:  # what was asked is kept: the next press is quick
        ack(response_action="errors", errors={ids.SHARE_CHANNEL: show.slow(turn.words)})
        return
    one = carried_client(turn, view["private_metadata"])
    ack(response_action="update", view=show.sharing(channel, turn.words))
    message = cards.shared(turn.catalog, one, turn.words, turn.person.slack_user_id)
    slack.chat_postMessage(channel=channel.id, **message)
    if one.client.covered is not None:
        with turn.db.write() as connection:
            covering.acted(connection, turn.person, one.client.covered, "client.shared", turn.now)


def on_change(event: Payload, context: BoltContext, db: Database) -> None:
    """Somebody joined a channel, or it was shared with another company: who reads it is asked anew."""
    with db.write() as connection:
        here = _installation(connection, context)
        if here is not None:
            channels.changed(connection, here, event["channel"])


def on_shared(
    event: Payload, context: BoltContext, audience: Audience, db: Database, now: Callable[[], datetime]
) -> None:
    """What is posted there unasked stops before the next post, unless an admin allowed the channel."""
    on_change(event, context, db)
    with db.read() as connection:
        here = _installation(connection, context)
        running = digest_runs.in_channel(connection, here, event["channel"]) if here is not None else ()
    if here is None or not running or audience.judge(here, event["channel"])[0] not in FOREIGN:
        return
    with db.write() as connection:
        for number in running:
            digest_runs.stop(connection, here, number, Pause.SHARED, event["event_ts"], now())


def _installation(connection: Connection, context: BoltContext) -> int | None:
    installed = context.authorize_result
    return people.installation_of(connection, (installed.team_id if installed else None) or "")


LISTENERS = [
    ("action", ids.PREVIEW_SHARE, on_preview, Right.SEAT),
    ("view", ids.SHARE_CLIENT, on_share, Right.SEAT),
    ("event", "member_joined_channel", on_change, Right.SLACK),
    ("event", "channel_shared", on_shared, Right.SLACK),
]
