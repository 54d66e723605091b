"""Keep the people of the Slack workspace: all of them at the start and daily, between that by Slack's events."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import structlog
from slack_sdk import WebClient

from storage import people, rights, welcomes
from storage.database import Database

PAGE = 200  # the most that Slack recommends for users.list

log = structlog.get_logger()


def keep(
    database: Database,
    slack: WebClient,
    installation_id: int,
    now: Callable[[], datetime],
    first_admins: Collection[str] = (),
) -> int:
    """Read all users, page by page, and write each page in a transaction of its own. Gives how many there are.

    Guests, bots, deleted people and people of other Slack workspaces are kept too: flagged, so that they are refused.
    """
    count, cursor = 0, ""
    while True:
        page = slack.users_list(limit=PAGE, cursor=cursor, include_locale=True)
        members: list[dict[str, Any]] = page.get("members", [])
        with database.write() as connection:
            for user in members:
                people.keep(connection, installation_id, user, now())
        count += len(members)
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            break
    with database.write() as connection:
        rights.name_first(connection, installation_id, first_admins, now())
        welcomes.begin(connection, installation_id, now())  # not before: who has a seat is known only now
    log.info("people kept", installation=installation_id, people=count)
    return count
