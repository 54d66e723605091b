"""Somebody joins the Slack workspace or changes: Slack says so, and the person is kept. Nobody sees an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from slack_bolt import BoltContext

from bot.domain.access import Right
from storage import people, rights
from storage.database import Database


def keep(
    event: dict[str, Any],
    context: BoltContext,
    db: Database,
    now: Callable[[], datetime],
    first_admins: Collection[str],
) -> None:
    """Both events carry the whole user (docs: events/team_join, events/user_change).

    The installation is the token's: a user of another company, in a shared channel, has another team.
    """
    installed = context.authorize_result
    with db.write() as connection:
        installation_id = people.installation_of(connection, (installed.team_id if installed else None) or "")
        if installation_id is not None:
            people.keep(connection, installation_id, event["user"], now())
            rights.name_first(connection, installation_id, first_admins, now())


LISTENERS = [
    ("event", "team_join", keep, Right.SLACK),
    ("event", "user_change", keep, Right.SLACK),
]
