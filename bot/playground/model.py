"""The nouns of the local Slack: people, channels, messages, modals, and the short-lived rights to answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
Values = dict[str, dict[str, Any]]
"""What a person has put into inputs: block id, then action id, then the value as Slack writes it in `state.values`."""


@dataclass(frozen=True)
class Team:
    """One Slack workspace. `TEAM` is where the bot lives; people of any other are strangers (Slack Connect)."""

    id: str
    domain: str
    name: str


@dataclass(frozen=True)
class AppIdentity:
    """The installed app as Slack names it: the app, its bot and the bot's user."""

    id: str
    bot_id: str
    user_id: str


@dataclass
class Person:
    """One Slack user. `guest` is "single" or "multi" channel; `team_id` tells strangers from colleagues."""

    id: str
    name: str
    real_name: str
    email: str
    team_id: str
    tz: str = "Europe/Oslo"
    locale: str = "en-US"
    is_admin: bool = False
    is_owner: bool = False
    guest: str | None = None
    is_bot: bool = False
    deleted: bool = False
    title: str = ""

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.tz)


@dataclass
class Channel:
    """One conversation. `kind` is "public", "private" or "im"; `partner` is who writes with the bot in an im."""

    id: str
    name: str
    kind: str
    members: set[str]
    topic: str = ""
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    is_archived: bool = False
    is_general: bool = False
    partner: str | None = None
    is_read_only: bool = False  # only some may post there, and no app


@dataclass(frozen=True)
class MessageRef:
    """Where a message stands: `ts` is unique within its channel."""

    channel_id: str
    ts: str


@dataclass
class File:
    """One file. `content` is there once its bytes were uploaded, `title` once the upload was completed."""

    id: str
    name: str
    length: int
    created: int
    content: bytes | None = None
    title: str = ""
    user: str = ""  # who put it into a form; empty: the bot

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""


@dataclass
class Message:
    """One message as it stands now. `ephemeral_to` names the one person who sees it; `author` is a user id."""

    ts: str
    channel: str
    author: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    ephemeral_to: str | None = None
    edited_ts: str | None = None
    inputs: dict[str, Values] = field(default_factory=dict)
    """Per person, what they have chosen in the message's elements."""
    files: list[File] = field(default_factory=list)
    thread_ts: str | None = None  # of a reply: the message that it answers

    @property
    def ref(self) -> MessageRef:
        return MessageRef(self.channel, self.ts)


@dataclass
class View:
    """One modal or Home tab. `payload` is what the app sent, ids filled in; `inputs` what the person has entered.

    `channel` is where the person was when it was opened; `notice` what Slack says above it when a press failed;
    `loaded` what its external selects were offered while something was typed: by block and action id, and by value.
    """

    id: str
    hash: str
    person: str
    payload: Json
    root: str
    previous: str | None = None
    inputs: Values = field(default_factory=dict)
    channel: str | None = None
    notice: str = ""
    loaded: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict)

    @property
    def is_home(self) -> bool:
        return bool(self.payload.get("type") == "home")

    @property
    def callback_id(self) -> str:
        return str(self.payload.get("callback_id", ""))

    @property
    def private_metadata(self) -> str:
        return str(self.payload.get("private_metadata", ""))

    @property
    def external_id(self) -> str:
        return str(self.payload.get("external_id", ""))


@dataclass
class Trigger:
    """The right to open one modal within three seconds (real time). `view_id` is the modal it came from, if any."""

    id: str
    person: str
    made_at: float
    view_id: str | None = None
    channel: str | None = None
    used: bool = False


@dataclass
class ResponseUrl:
    """The right to answer where something was done: 5 uses in 30 minutes. `source` is the message that was pressed."""

    token: str
    person: str
    channel: str
    made_at: float
    source: MessageRef | None = None
    uses: int = 0


@dataclass(frozen=True)
class Call:
    """One request of the bot as it came in: a method (or "response_url", "upload"), what it gave, how it went."""

    method: str
    given: Json
    status: int
    answer: Json
