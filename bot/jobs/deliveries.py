"""Sends messages to people and channels: each once, whatever happens on the way to Slack."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import structlog
from slack_sdk import WebClient
from sqlalchemy import Connection

from bot.blocks.kit import Message
from bot.domain.access import Person, Right
from bot.domain.audience import Audience as Verdict
from bot.edge import attempt
from bot.errors import DeliveryError
from bot.jobs import assignments, digest_failures, escalations, handovers, returns
from bot.jobs.delivery import delivering
from bot.jobs.questions import Questions
from storage import deliveries, pace, people
from storage.audience import Audience
from storage.database import LOST, Database
from storage.deliveries import Delivery, Spacing

PAUSES = tuple(timedelta(minutes=number) for number in (1, 1, 1, 1, 5, 10, 30))  # after each attempt but the last,
ATTEMPTS = len(PAUSES) + 1  # where Slack does not say how long
KILLS = 50  # after which it is the message that ends its process, and not chance
# Slack takes one a second in a channel, and several hundred a minute in all:
SPACING = Spacing(timedelta(seconds=1.1), timedelta(minutes=1) / 240)
TURN = 15.0  # seconds after which no more is begun: the bot ends within the time that it is given to
LONGEST = 2.0  # seconds that a turn waits for the next message's time
HANDS = 4  # messages that are on their way at a time: each takes Slack longer than its pace
MARGIN = timedelta(minutes=1)  # before its lease ends, when no message is sent any more: it may take that long
APART = 5.0  # seconds between two looks: Slack shows a message some time after it took it
PAGE, PAGES = 200, 25  # messages that are looked at, and how often
SKEW = timedelta(days=1)  # by which Slack's clock and ours may differ
MARK = "delivery"  # the type of a message's metadata: in it the delivery's id, and nothing of a client

Maker = Callable[[Connection, Person, str, datetime], Message | None]
# Of kinds that are made when they are sent:
MAKERS: dict[str, Maker] = {
    "task": assignments.message,
    "handover": handovers.message,
    "return": returns.message,
    escalations.KIND: escalations.message,
    **digest_failures.MAKERS,
}

log = structlog.get_logger()


class _Post(NamedTuple):
    channel: str
    ts: str


@dataclass
class Deliveries:
    """The job. Where it is not known whether a message arrived, it is looked for before it is sent again.

    Any number of processes may run it: each takes other messages, and all together keep to Slack's pace.
    """

    database: Database
    slack: WebClient  # it must not repeat a request by itself
    installation_id: int
    now: Callable[[], datetime]
    pace: float = 1.0  # times those of Slack's pace
    apart: float = APART
    hands: int = HANDS
    sleep: Callable[[float], None] = time.sleep
    audience: Audience = field(init=False)

    def __post_init__(self) -> None:
        self.audience = Audience(self.database, self.slack, self.now)
        self._questions = Questions(self.database, self.audience, self.installation_id, self.now)
        self._spacing = Spacing(*(self.pace * apart for apart in SPACING))

    def run(self) -> None:
        """One turn: what is due by now, until Slack has had enough. One statement where nothing is."""
        if self._wait() is None:
            return
        until, on_the_way = time.monotonic() + TURN, set[Future[None]]()
        with ThreadPoolExecutor(self.hands) as pool:
            while time.monotonic() < until and (wait := self._wait()) is not None and wait <= LONGEST:
                if wait > 0:
                    self.sleep(wait)
                elif one := deliveries.claim(self.database, self.installation_id, self.now(), self._spacing):
                    on_the_way.add(pool.submit(self._serve, one))
                    on_the_way = _once_a_hand_is_free(on_the_way, self.hands)
        _once_a_hand_is_free(on_the_way, 1)

    def _wait(self) -> float | None:
        """Seconds until the next message may be sent. None: nothing is due."""
        moment = self.now()
        with self.database.read() as connection:
            free_at = deliveries.free_at(connection, self.installation_id, moment)
        return None if free_at is None else max((free_at - moment).total_seconds(), 0)

    def _serve(self, one: Delivery) -> None:
        """What is wrong with one message, whatever it is, holds up no other. A lost database uses up no attempt."""
        serve, ids = partial(self._try, one), {"installation": one.installation_id, "delivery": one.id}
        if not attempt("not delivered", serve, raises=LOST, **ids):
            self._failed(one, DeliveryError("error", temporary=True, may_have_arrived=True))

    def _try(self, one: Delivery) -> bool:
        """True: nothing that was not expected went wrong."""
        try:
            post = self._deliver(one)
        except DeliveryError as error:
            self._failed(one, error)
            return True
        if post is not None:
            deliveries.sent(self.database, one, *post)
            return True
        with self.database.write() as connection:
            deliveries.end(connection, one, "failed" if one.digest_id is None else "skipped", "needless")
        return True

    def _deliver(self, one: Delivery) -> _Post | None:
        """Send it, unless an earlier attempt did of which nothing more was heard. None where nobody is to be told.

        What arrived is known as sent, though it would be told no more: else it were never brought up to date.
        """
        if one.is_doubtful and (arrived := self._arrived(one)) is not None:
            return arrived
        if one.kills > KILLS:
            raise DeliveryError("too_many_attempts", temporary=True)
        message = self._message(one)
        return None if message is None else self._post(self._place(one), message, one)

    def _place(self, one: Delivery) -> str:
        if one.channel is not None:
            return one.channel
        with self._calling():
            return str(self.slack.conversations_open(users=one.slack_user_id)["channel"]["id"])

    def _message(self, one: Delivery) -> Message | None:
        if one.slack_user_id is None:
            return self._for_channel(one)
        with self.database.read() as connection:
            person = people.in_installation(connection, one.installation_id, one.slack_user_id, self.now())
            if person is None or person.lacks(Right.SEAT) is not None:
                return None
            if one.payload is not None:
                return one.payload
            return MAKERS[one.kind](connection, person, one.key, self.now())

    def _for_channel(self, one: Delivery) -> Message | None:
        """Only where all who read the channel may: that is looked at before each post."""
        with self.database.read() as connection:
            if digest_failures.is_stopped(connection, one):
                return None
        verdict = self._questions.verdict(one.channel or "")
        if verdict is not Verdict.FINE:
            raise DeliveryError(verdict.value, temporary=False)
        return one.payload

    def _post(self, channel: str, message: Message, one: Delivery) -> _Post:
        thread: dict[str, Any] = {} if one.thread_ts is None else {"thread_ts": one.thread_ts}
        if self.now() + MARGIN > one.lease_until:  # this process stood still for long
            raise DeliveryError("lease_over", temporary=True)
        with self._calling(posts=True):
            posted = self.slack.chat_postMessage(channel=channel, metadata=_mark(one), **thread, **message)
        log.info("delivered", installation=one.installation_id, delivery=one.id, kind=one.kind)
        return _Post(channel, str(posted["ts"]))

    def _arrived(self, one: Delivery) -> _Post | None:
        """Where it stands, as Slack tells. Where we may not look, it is not sent again either."""
        channel = self._place(one)
        for after in (0.0, self.apart):
            self.sleep(after)
            for message in self._said(channel, one):
                if message.get("metadata") == _mark(one):
                    return _Post(channel, message["ts"])
        return None

    def _said(self, channel: str, one: Delivery) -> Iterator[dict[str, Any]]:
        """What was said there since it was made, the newest first; in a thread, all of it."""
        cursor, oldest = "", (one.made_at - SKEW).timestamp()
        for _ in range(PAGES):
            page = self._page(channel, one.thread_ts, cursor)
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            is_past = one.thread_ts is None and page["messages"] and float(page["messages"][-1]["ts"]) < oldest
            if not cursor or is_past:
                return
        raise DeliveryError(digest_failures.UNSEEN, temporary=False)

    def _page(self, channel: str, thread_ts: str | None, cursor: str) -> Mapping[str, Any]:
        which: dict[str, Any] = {"channel": channel, "limit": PAGE, "include_all_metadata": True}
        which |= {"cursor": cursor} if cursor else {}
        try:
            with self._calling():
                if thread_ts is not None:
                    return self.slack.conversations_replies(ts=thread_ts, **which).data  # type: ignore[return-value]
                return self.slack.conversations_history(**which).data  # type: ignore[return-value]
        except DeliveryError as error:
            if error.code == "missing_scope":
                raise DeliveryError(digest_failures.UNSEEN, temporary=False) from error
            raise

    def _failed(self, one: Delivery, error: DeliveryError) -> None:
        """Later again where it may pass; else nothing will come."""
        log.warning("not delivered", installation=one.installation_id, delivery=one.id, error=error.code)
        moment, is_doubtful = self.now(), one.is_doubtful or error.may_have_arrived
        if error.after is not None:  # Slack only asked to wait: that was no attempt
            until = moment + timedelta(seconds=error.after)
            deliveries.put_off(self.database, one, until, is_doubtful=is_doubtful, counts=False)
            return
        if error.temporary and one.attempts < ATTEMPTS:
            deliveries.put_off(self.database, one, moment + PAUSES[one.attempts - 1], is_doubtful=is_doubtful)
            return
        with self.database.write() as connection:
            if deliveries.end(connection, one, "failed", error.code[:64]) and one.digest_id is not None:
                digest_failures.answer(connection, one, error, moment, may_have_arrived=is_doubtful)

    @contextmanager
    def _calling(self, *, posts: bool = False) -> Iterator[None]:
        """Where Slack has had enough, nothing at all is sent until it takes more."""
        try:
            with delivering(posts=posts):
                yield
        except DeliveryError as error:
            if error.after is not None:
                with self.database.write() as connection:
                    pace.hold(connection, self.installation_id, self.now() + timedelta(seconds=error.after))
            raise


def _once_a_hand_is_free(on_the_way: set[Future[None]], hands: int) -> set[Future[None]]:
    """Those that are still on their way. What went wrong with the others is raised: that the database is gone."""
    while len(on_the_way) >= hands:
        done, on_the_way = wait_for(on_the_way, return_when=FIRST_COMPLETED)
        for one in done:
            one.result()
    return on_the_way


def _mark(one: Delivery) -> dict[str, Any]:
    return {"event_type": MARK, "event_payload": {"id": str(one.id)}}
