"""The whole state of the local Slack behind one lock: who is where, what was written, which modals are open."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.playground.ids import fill_ids, new_id, new_secret
from bot.playground.model import (
    AppIdentity,
    Call,
    Channel,
    File,
    Json,
    Message,
    MessageRef,
    Person,
    ResponseUrl,
    Team,
    Trigger,
    View,
)
from bot.playground.refusals import RefusalError
from bot.playground.values import keep_inputs

__all__ = ["Channel", "Message", "MessageRef", "Person", "Slack", "View"]

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5
STACK = 3
REMEMBERED_CALLS = 10_000


class Slack:
    """One Slack workspace with one installed app. Every public method takes the lock itself; none waits for the bot.

    Two clocks: `now()` is the product's clock, which people may move forward; `real_time` drives triggers,
    response_urls and signatures. `on_event` is told of everything that Slack would send an event about.
    `address` is where its server is; `processing_seconds` go by before a completed file is seen.
    `longest_page` makes every list come in pages shorter than the `limit` that was asked for, as Slack may.
    """

    def __init__(
        self,
        team: Team,
        app: AppIdentity,
        people: Iterable[Person],
        channels: Iterable[Channel],
        real_time: Callable[[], float] = time.time,
    ) -> None:
        self.lock = threading.RLock()
        self._changes = threading.Condition(self.lock)
        self.version = 0
        self.closed = False
        self.team = team
        self.app = app
        self.people = {person.id: person for person in people}
        self.channels = {channel.id: channel for channel in channels}
        self.messages: dict[str, list[Message]] = {channel_id: [] for channel_id in self.channels}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}  # by person: what the app has published for them (`bot.playground.home`)
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.files: dict[str, File] = {}
        self.uploads: dict[str, str] = {}
        self.calls: deque[Call] = deque(maxlen=REMEMBERED_CALLS)
        self.longest_page: int | None = None
        self.address = "http://127.0.0.1:1"
        self.processing_seconds = 0.2
        self.on_event: Callable[[Json], None] = lambda _event: None
        self.real_time = real_time
        self._ahead = timedelta()
        self._last_ts = 0

    # The clock and the counter of changes

    def now(self) -> datetime:
        """The product's time, UTC: real time and however far people have moved it."""
        return datetime.fromtimestamp(self.real_time(), UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        """Moves the product's clock forward; a ValueError where `by` is negative."""
        if by < timedelta():
            raise ValueError("the clock moves forward only")
        with self.lock:
            self._ahead += by
            self.changed()

    def set_day(self, day: date) -> None:
        """Moves the product's clock to the same time of that (UTC) day; a ValueError for a day that is past."""
        self.advance(timedelta(days=(day - self.now().date()).days))

    def changed(self) -> None:
        with self.lock:
            self.version += 1
            self._changes.notify_all()

    def wait_for_change(self, since: int, timeout: float) -> int:
        """Waits until the counter is above `since`, `timeout` seconds at most; gives the counter as it stands then."""
        with self.lock:
            self._changes.wait_for(lambda: self.version > since or self.closed, timeout)
            return self.version

    def close(self) -> None:
        """Wakes everybody who waits for a change: the playground ends."""
        with self.lock:
            self.closed = True
            self._changes.notify_all()

    # People and channels

    def personas(self) -> list[Person]:
        """Everybody whom a visitor of the playground may be."""
        return [person for person in self.people.values() if not person.is_bot and not person.deleted]

    def set_person(self, person: Person) -> None:
        """Adds somebody, or writes over what was known of them."""
        with self.lock:
            self.people[person.id] = person
            self.changed()

    def direct_message(self, person_id: str) -> Channel | None:
        """The direct messages of that person with the bot."""
        return next((channel for channel in self.channels.values() if channel.partner == person_id), None)

    def channels_of(self, person_id: str) -> list[Channel]:
        """What that person sees in the sidebar: where they are a member; full members also see every public channel."""
        person = self.people[person_id]
        everywhere = person.guest is None and person.team_id == self.team.id
        return [
            channel
            for channel in self.channels.values()
            if person_id in channel.members or (everywhere and channel.kind == "public")
        ]

    def is_member(self, channel: Channel) -> bool:
        """Whether the bot is in the channel."""
        return self.app.user_id in channel.members

    def join(self, channel: Channel, person_id: str, inviter: str | None = None) -> None:
        """Makes somebody a member, tells the app if it is there to hear of it."""
        with self.lock:
            if person_id in channel.members:
                return
            channel.members.add(person_id)
            self.changed()
        if self.is_member(channel):
            kind = {"public": "C", "private": "G"}[channel.kind]
            event: Json = {"type": "member_joined_channel", "user": person_id, "channel": channel.id}
            event |= {"channel_type": kind, "team": self.team.id, "event_ts": self.next_ts()}
            self.on_event(event | ({"inviter": inviter} if inviter else {}))

    # Messages

    def next_ts(self) -> str:
        """A message's time stamp: product time in microseconds, never twice the same."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, int(self.now().timestamp() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def post(
        self,
        channel_id: str,
        author: str,
        text: str,
        blocks: list[Json] | None = None,
        metadata: Json | None = None,
        ephemeral_to: str | None = None,
        thread_ts: str | None = None,
    ) -> Message:
        """Writes a message; made-up block and action ids fill the gaps, as in Slack."""
        with self.lock:
            filled = fill_ids(blocks or [])
            message = Message(self.next_ts(), channel_id, author, text, filled, metadata, ephemeral_to)
            message.thread_ts = thread_ts
            self.messages[channel_id].append(message)
            self.changed()
            return message

    def find(self, ref: MessageRef) -> Message | None:
        with self.lock:
            return next((m for m in self.messages.get(ref.channel_id, []) if m.ts == ref.ts), None)

    def replace(self, message: Message, text: str, blocks: list[Json], metadata: Json | None) -> None:
        """Writes over a message in place; what people had chosen stays where block and action id stay."""
        with self.lock:
            message.text, message.blocks, message.metadata = text, fill_ids(blocks), metadata
            message.inputs = {who: keep_inputs(message.blocks, held) for who, held in message.inputs.items()}
            if message.ephemeral_to is None:
                message.edited_ts = self.next_ts()
            self.changed()

    def remove(self, message: Message) -> None:
        with self.lock:
            self.messages[message.channel].remove(message)
            self.changed()

    # Triggers and response_urls: real time

    def new_trigger(self, person_id: str, view_id: str | None = None, channel: str | None = None) -> Trigger:
        with self.lock:
            self._forget()
            trigger = Trigger(new_id("trigger"), person_id, self.real_time(), view_id, channel)
            self.triggers[trigger.id] = trigger
            return trigger

    def _forget(self) -> None:
        """Drops triggers and response_urls that nobody can use any more."""
        since = self.real_time() - 2 * RESPONSE_URL_SECONDS
        self.triggers = {name: each for name, each in self.triggers.items() if each.made_at > since}
        self.response_urls = {name: each for name, each in self.response_urls.items() if each.made_at > since}

    def take_trigger(self, trigger_id: str) -> Trigger:
        """Uses a trigger up: three seconds and one use, else Slack's refusal."""
        with self.lock:
            trigger = self.triggers.get(trigger_id)
            if trigger is None:
                raise RefusalError("invalid_trigger_id")
            if trigger.used:
                raise RefusalError("exchanged_trigger_id")
            if self.real_time() - trigger.made_at > TRIGGER_SECONDS:
                raise RefusalError("expired_trigger_id")
            trigger.used = True
            return trigger

    def new_response_url(self, person_id: str, channel_id: str, source: MessageRef | None = None) -> ResponseUrl:
        with self.lock:
            made = ResponseUrl(new_secret(), person_id, channel_id, self.real_time(), source)
            self.response_urls[made.token] = made
            return made

    def take_response_url(self, token: str) -> ResponseUrl:
        """Counts one use: five in thirty minutes, else Slack's refusal."""
        with self.lock:
            right = self.response_urls.get(token)
            if right is None or self.real_time() - right.made_at > RESPONSE_URL_SECONDS:
                raise RefusalError("expired_url")
            if right.uses >= RESPONSE_URL_USES:
                raise RefusalError("used_url")
            right.uses += 1
            return right

    # Modals

    def stack(self, person_id: str) -> list[View]:
        """The person's open modals, the visible one last."""
        with self.lock:
            return [self.views[view_id] for view_id in self.stacks.get(person_id, [])]

    def open_view(self, person_id: str, payload: Json, channel: str | None = None) -> View:
        """Shows a modal in place of whatever was open."""
        with self.lock:
            self.clear_views(person_id)
            return self._show(person_id, payload, channel)

    def push_view(self, person_id: str, payload: Json) -> View:
        """Shows a modal above the open ones: three in all, and none where the person has closed them meanwhile."""
        with self.lock:
            below = self.stack(person_id)
            if not below:
                raise RefusalError("not_found")
            if len(below) >= STACK:
                raise RefusalError("push_limit_reached")
            return self._show(person_id, payload, below[-1].channel)

    def _show(self, person_id: str, payload: Json, channel: str | None) -> View:
        below = self.stacks.setdefault(person_id, [])
        view_id = new_id("V")
        root = self.views[below[0]].id if below else view_id
        previous = below[-1] if below else None
        filled = payload | {"blocks": fill_ids(payload.get("blocks", []))}
        view = View(view_id, new_id("hash"), person_id, filled, root, previous, channel=channel)
        self.views[view_id] = view
        below.append(view_id)
        self.changed()
        return view

    def update_view(self, view: View, payload: Json) -> None:
        """Writes over a modal in place; what was typed stays where block id and action id both stay."""
        with self.lock:
            view.payload = payload | {"blocks": fill_ids(payload.get("blocks", []))}
            view.inputs = keep_inputs(view.payload["blocks"], view.inputs)
            view.hash = new_id("hash")
            self.changed()

    def close_view(self, view: View) -> None:
        """Takes a modal away; nothing happens where it is gone already."""
        with self.lock:
            if self.views.pop(view.id, None) is not None:
                self.stacks[view.person].remove(view.id)
                self.changed()

    def clear_views(self, person_id: str) -> None:
        with self.lock:
            for view_id in self.stacks.pop(person_id, []):
                del self.views[view_id]
            self.changed()

    def record(self, method: str, given: Json, status: int, answer: dict[str, Any]) -> None:
        with self.lock:
            self.calls.append(Call(method, given, status, answer))
