"""Who is in a channel, asked of Slack and kept for ten minutes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Lock
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.audience import FOREIGN, Channel, judge
from bot.domain.audience import Audience as Verdict
from storage import allowed_channels, people
from storage.database import Database

KEPT = 600.0  # seconds; dropped earlier when somebody joins or the channel is shared
RECENT = 60.0  # seconds; a large channel takes a few to ask, which a preview has done by the time the card is sent
UNSEEN = {"channel_not_found", "not_in_channel", "missing_scope"}  # a private channel without the bot is not found
PAGE = 200


class Audience:
    """Answers whether client data may be posted to a channel. One for the process."""

    def __init__(self, slack: WebClient) -> None:
        self._slack = slack
        self._kept: dict[str, tuple[float, Channel | None, frozenset[str]]] = {}
        self._lock = Lock()

    def judge(
        self, database: Database, installation_id: int, channel_id: str, within: float = KEPT
    ) -> tuple[Verdict, Channel | None]:
        """The verdict on a channel, with what is known of it. Asks Slack where nothing is kept of the last seconds.

        Whom an admin allowed to read along, by the channel's name, may.

        within  such as RECENT before something is posted: of several processes only one hears who joined
        """
        channel, members = self._ask(channel_id, within)
        with database.read() as connection:
            full = people.full_members(connection, installation_id, members) if members else 0
            verdict = judge(channel, len(members), full)
            if channel is not None and channel.is_member and verdict in FOREIGN:
                is_allowed = allowed_channels.is_allowed(connection, installation_id, channel.name)
                verdict = Verdict.FINE if is_allowed else verdict
        return verdict, channel

    def forget(self, channel_id: str) -> None:
        """Somebody joined, or the channel was shared: ask again next time."""
        with self._lock:
            self._kept.pop(channel_id, None)

    def _ask(self, channel_id: str, within: float) -> tuple[Channel | None, frozenset[str]]:
        with self._lock:
            kept = self._kept.get(channel_id)
        asked = time.monotonic()
        if kept is not None and asked - kept[0] < within:
            return kept[1], kept[2]
        channel = self._info(channel_id)
        if channel is None or not channel.is_member:
            return channel, frozenset()  # not kept: people invite the bot and press again
        members = frozenset(self._members(channel_id))
        with self._lock:
            self._kept[channel_id] = (asked, channel, members)
        return channel, members

    def _info(self, channel_id: str) -> Channel | None:
        if channel_id.startswith("D"):  # to ask about these would take a scope (im:read) that nothing else needs
            return Channel(channel_id, "", is_direct=True, is_member=False, is_archived=False, is_external=False)
        try:
            found: dict[str, Any] = self._slack.conversations_info(channel=channel_id)["channel"]
        except SlackApiError as error:
            if error.response["error"] in UNSEEN:
                return None
            raise
        return Channel(
            id=found["id"],
            name=found.get("name", ""),
            is_direct=bool(found.get("is_im") or found.get("is_mpim")),
            is_member=bool(found.get("is_member")),
            is_archived=bool(found.get("is_archived")),
            is_external=bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared")),
        )

    def _members(self, channel_id: str) -> Iterator[str]:
        cursor = ""
        while True:
            page = self._slack.conversations_members(channel=channel_id, limit=PAGE, cursor=cursor)
            yield from page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return
