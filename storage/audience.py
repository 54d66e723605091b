"""Who reads a channel: asked of Slack, and kept for all processes until somebody joins or it is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse
from sqlalchemy import Connection

from bot.domain.audience import FOREIGN, Channel, judge
from bot.domain.audience import Audience as Verdict
from bot.errors import DeliveryError
from storage import allowed_channels, channels, people
from storage.channels import Kept
from storage.database import Database

KEPT = timedelta(minutes=10)  # that it is fine; else it is asked again: people mend it, and nobody tells who left
UNSEEN = {"channel_not_found", "not_in_channel", "missing_scope"}  # a private channel without the bot is not found
TRIES = 3
PAGE = 200  # the most that Slack recommends


class Audience:
    """Answers whether client data may be posted to a channel."""

    def __init__(
        self,
        database: Database,
        slack: WebClient,
        now: Callable[[], datetime],
        rest: Callable[[], None] = lambda: None,
    ) -> None:
        """`rest` is called after each page of members that was asked for."""
        self._database = database
        self._slack = slack
        self._now = now
        self._rest = rest

    def judge(self, installation_id: int, channel_id: str) -> tuple[Verdict, Channel | None]:
        """The verdict on a channel, with what is known of it. Asks Slack where nothing is kept.

        Whom an admin allowed to read along, by the channel's name, may.
        """
        known = self.known(installation_id, channel_id)
        return self.ask(installation_id, channel_id) if known is None else (Verdict.FINE, known)

    def known(self, installation_id: int, channel_id: str) -> Channel | None:
        """The channel, where client data may be posted there as far as is known without asking Slack."""
        with self._database.read() as connection:
            kept, _ = channels.kept(connection, installation_id, channel_id)
            if kept is None or abs(self._now() - kept.asked_at) >= KEPT:
                return None
            return kept.channel if _verdict(connection, installation_id, kept) is Verdict.FINE else None

    def ask(self, installation_id: int, channel_id: str) -> tuple[Verdict, Channel | None]:
        """The same, asked of Slack whatever is kept. Raises DeliveryError where it changes meanwhile each time."""
        for _ in range(TRIES):
            with self._database.read() as connection:
                _, changes = channels.kept(connection, installation_id, channel_id)
            asked_at, channel = self._now(), self._info(channel_id)
            if channel is None or channel.is_direct or not channel.is_member:
                return judge(channel, 0, 0), channel  # not kept: people invite the bot and press again
            verdict = self.learn(installation_id, channel, asked_at, changes)
            if verdict is not None:
                return verdict, channel
        raise DeliveryError("channel_changes", temporary=True)

    def learn(self, installation_id: int, channel: Channel, asked_at: datetime, changes: int) -> Verdict | None:
        """Ask who reads a channel that the bot is in, and keep it. None where that changed meanwhile.

        asked_at, changes  when Slack was asked about the channel itself, and what `channels` had heard of it before
        """
        found = Kept(channel, frozenset(self._members(channel.id)), asked_at)
        with self._database.write() as connection:
            is_kept = channels.keep(connection, installation_id, found, changes)
            return _verdict(connection, installation_id, found) if is_kept else None

    def joined(self) -> dict[str, Channel]:
        """All channels that the bot is in, by id: in a few calls what `conversations.info` tells of one."""
        which: dict[str, Any] = {"types": "public_channel,private_channel", "limit": PAGE}
        pages = _pages(lambda cursor: self._slack.users_conversations(cursor=cursor, **which))
        return {one["id"]: _channel(one, is_member=True) for page in pages for one in page["channels"]}

    def _info(self, channel_id: str) -> Channel | None:
        if channel_id.startswith("D"):  # to ask about these would take a scope (im:read) that nothing else needs
            return Channel(channel_id, "", is_direct=True, is_member=False, is_archived=False, is_external=False)
        try:
            found: dict[str, Any] = self._slack.conversations_info(channel=channel_id)["channel"]
        except SlackApiError as error:
            if error.response["error"] in UNSEEN:
                return None
            raise
        return _channel(found, is_member=bool(found.get("is_member")))

    def _members(self, channel_id: str) -> Iterator[str]:
        which: dict[str, Any] = {"channel": channel_id, "limit": PAGE}
        for page in _pages(lambda cursor: self._slack.conversations_members(cursor=cursor, **which)):
            yield from page["members"]
            self._rest()


def _pages(ask: Callable[[str], SlackResponse]) -> Iterator[SlackResponse]:
    """One after the other, each asked for by the cursor that the one before it gave."""
    cursor = ""
    while True:
        page = ask(cursor)
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
        if not cursor:
            return


def _channel(found: Mapping[str, Any], *, is_member: bool) -> Channel:
    """`users.conversations` leaves out whether the bot is a member: of all that it lists, it is."""
    return Channel(
        id=found["id"],
        name=found.get("name", ""),
        is_direct=bool(found.get("is_im") or found.get("is_mpim")),
        is_member=is_member,
        is_archived=bool(found.get("is_archived")),
        is_external=bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared")),
    )


def _verdict(connection: Connection, installation_id: int, one: Kept) -> Verdict:
    full = people.full_members(connection, installation_id, one.members) if one.members else 0
    verdict = judge(one.channel, len(one.members), full)
    is_allowed = verdict in FOREIGN and allowed_channels.is_allowed(connection, installation_id, one.channel.name)
    return Verdict.FINE if is_allowed else verdict
