"""Has channels told of a client that fell between digests, what is new of it after that, and that it is up again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from bot.blocks import alert as show
from bot.blocks.kit import Message
from bot.blocks.words import speak
from bot.domain import alerts as decide
from bot.domain import digest_told
from bot.domain.access import zone
from bot.domain.alerts import End, Episode
from bot.domain.digest_news import FALLS, Moment, Named, Rule, entered
from bot.domain.digest_times import local_day
from bot.domain.digest_told import Client, Told, of_all
from bot.domain.digests import Digest
from bot.domain.local_time import moment as local_moment
from bot.jobs import digest_content
from bot.jobs.digest_content import Between, Run
from storage import alerts
from storage.alerts import Alert, Drawn
from storage.catalog import Catalogs
from storage.database import Database

SOON, DAY = timedelta(minutes=1), timedelta(days=1)  # until a message is there, and its thread
TURN = 10.0  # seconds after which no more is begun: the bot ends within the time that it is given to

log = structlog.get_logger()


@dataclass(frozen=True)
class Alerts:
    """The job. Any number of processes may run it: a channel's digests are locked by the one that looks."""

    database: Database
    catalogs: Catalogs
    installation_id: int
    now: Callable[[], datetime]

    def run(self) -> None:
        """One turn: each digest whose clients may have moved, and each once a day. One statement where none have."""
        until = time.monotonic() + TURN
        with self.database.read() as connection:
            is_due = alerts.is_any_due(connection, self.installation_id, self.now())
        while is_due and time.monotonic() < until:
            is_due = self._look_at_next()

    def _look_at_next(self) -> bool:
        moment = self.now()
        with self.database.write() as connection:
            one = alerts.take(connection, self.installation_id, moment)
            if one is None:
                return False
            look(connection, self.catalogs, one, moment)
        return True


def look(connection: Connection, catalogs: Catalogs, one: Digest, now: datetime) -> None:
    """Go on with a digest's alerts, and begin others; or close those of one that sends no more."""
    taken_back = alerts.withdraw(connection, one)
    if one.alerts is None or one.paused is not None:
        _close(connection, one, alerts.going_on(connection, one), End.OFF, now)
        return
    left = set(taken_back | alerts.left_out(connection, one))
    run, going_on, between = _begin(connection, catalogs, one, now), _here(connection, one, now), None
    if run.asked is not None and run.head.as_of is not None and one.told_on is not None and one.told_as_of is not None:
        also = [each.client_id for each in going_on]
        between = run.between(run.asked, one.told_on, one.told_as_of, also)
    if between is not None:
        clients = run.clients([*also, *(named.client_id for named in between.named)])
        looking = _Looking(connection, run, between, clients)
        for each in going_on:
            looking.go_on(each)
        left |= looking.begin({each.client_id for each in going_on} | left)
    waits = any(each.ts is None for each in going_on)
    alerts.looked(connection, one, left, now + SOON if waits else _tomorrow(one, now))


def _here(connection: Connection, one: Digest, now: datetime) -> list[Alert]:
    """What goes on in the digest's channel, or is not posted yet; in the one that it left, it is closed.

    What was told there is told: the client is in the new one only once something is new.
    """
    found = alerts.going_on(connection, one)
    left = [each for each in found if each.channel != one.channel_id]
    _close(connection, one, left, End.MOVED, now)
    return [each for each in found if each.channel == one.channel_id or each.ts is None]


def _close(connection: Connection, one: Digest, those: Sequence[Alert], end: End, now: datetime) -> None:
    """What is not posted yet waits until it is known whether it is."""
    today = local_day(one, now)
    for each in those:
        if each.ts is not None:
            over = replace(each.episode, end=end, ended_on=today)
            alerts.change(connection, one, each, over, now)
            log.info("alert closed", installation=one.installation_id, alert=each.id, end=end.value)


def _begin(connection: Connection, catalogs: Catalogs, one: Digest, now: datetime) -> Run:
    """As of now, whenever the digest was planned for."""
    return digest_content.begin(connection, catalogs, replace(one, next_at=None), now)


def _tomorrow(one: Digest, now: datetime) -> datetime:
    """Renewals come nearer by the day: at the digest's own time it is looked again."""
    return local_moment(local_day(one, now) + DAY, one.at, zone(one.time_zone))


def redraw(connection: Connection, catalogs: Catalogs, one: Digest, delivery_id: int, now: datetime) -> Message | None:
    """A message as it is by now. None where it is its alert's no longer."""
    episode = alerts.of_message(connection, one.installation_id, delivery_id)
    return None if episode is None else _message(_begin(connection, catalogs, one, now), episode)


def post_again(connection: Connection, catalogs: Catalogs, one: Digest, delivery_id: int, now: datetime) -> None:
    """In the place of one that somebody deleted, once."""
    episode = alerts.of_message(connection, one.installation_id, delivery_id)
    if episode is None or episode.end is not None:
        return
    run = _begin(connection, catalogs, one, now)
    drawn = Drawn(_message(run, episode), _facts(run, episode.named), now)
    if alerts.post_again(connection, one, delivery_id, drawn):
        log.info("alert posted again", installation=one.installation_id, digest=one.id, delivery=delivery_id)


def _message(run: Run, episode: Episode) -> Message:
    client = run.clients([episode.named.client_id]).get(episode.named.client_id)
    return show.message(run.catalog, run.digest, episode, client, run.today, speak())


def _facts(run: Run, *named: Named) -> Mapping[str, Any]:
    """By them no digest tells as news what an alert has told."""
    return digest_told.write(of_all(Told(run.today, run.head.as_of, ""), named))


@dataclass(frozen=True)
class _Looking:
    """One look at a digest's clients."""

    connection: Connection
    run: Run
    between: Between
    clients: Mapping[int, Client]

    def go_on(self, one: Alert) -> None:
        """What is new waits for a message that is not there yet: its thread cannot be."""
        if one.ts is None:
            return
        client, end = self.clients.get(one.client_id), self._over(one)
        self._tell_who_acts(one, client)
        news = None if end is not None or client is None else self._news(one, client)
        episode = decide.went_on(one.episode, self._moment(one), news, self.low, self.run.today)
        if end is not None:
            episode = self._end(one, episode, end, client)
        if episode != one.episode:
            alerts.change(self.connection, self.run.digest, one, episode, self.run.now)

    @property
    def low(self) -> int:
        return self.run.digest.thresholds.low

    def _moment(self, one: Alert) -> Moment | None:
        """How the client is by now; late data does not say."""
        past = self.between.pasts.get(one.client_id)
        return None if past is None or self.between.since.is_late else past.now

    def _over(self, one: Alert) -> End | None:
        past, thresholds = self.between.pasts.get(one.client_id), self.run.digest.thresholds
        end = decide.end(one.episode, past, thresholds, self.run.today)
        return None if end is End.UP and self.between.since.is_late else end

    def _tell_who_acts(self, one: Alert, client: Client | None) -> None:
        if client is not None and client.taken_at is not None and client.taken_at > one.opened_at:
            self._say(one, f"taken/{client.taken_at.timestamp():.0f}", show.taken(client, speak()))

    def _news(self, one: Alert, client: Client) -> Named | None:
        """What is new and was not told yet."""
        named = decide.of(self.between.named, one.client_id)
        return named if named is not None and self._tell(one, named, client) else None

    def _tell(self, one: Alert, named: Named, client: Client) -> bool:
        """In the thread. A digest tells of renewals all the same."""
        if named.rule not in show.NEWS:
            return False
        message = show.news(self.run.catalog, decide.further(one.episode, named), client, self.run.today, speak())
        if named.rule in FALLS | {Rule.QUIET}:
            return self._say(one, f"{named.rule}/{self.run.head.as_of}", message, _facts(self.run, named))
        since, ahead = self.between.since, self.run.digest.thresholds.ahead
        days = named.renews_on and entered(named.renews_on, since.told_on, since.today, ahead)
        return self._say(one, f"{named.rule}/{named.renews_on}/{days or 0}", message)

    def _end(self, one: Alert, episode: Episode, end: End, client: Client | None) -> Episode:
        over = replace(episode, end=end, ended_on=self.run.today)
        facts = _facts(self.run, decide.recovered(over)) if end is End.UP else None
        self._say(one, "end", show.ended(self.run.catalog, over, end, client, self.run.today, speak()), facts)
        log.info("alert closed", installation=self.run.digest.installation_id, alert=one.id, end=end.value)
        return over

    def _say(self, one: Alert, key: str, message: Message, facts: Mapping[str, Any] | None = None) -> bool:
        return alerts.tell(self.connection, self.run.digest, one, key, message, facts, self.run.now)

    def begin(self, without: set[int]) -> set[int]:
        """Those of whom the channel did not hear, as there were too many: they wait for the digest."""
        digest, run = self.run.digest, self.run
        fallen = [one for one in self.between.named if one.rule in FALLS and one.client_id not in without]
        if digest.alerts is None or not fallen:
            return set()
        subjects = alerts.subjects(self.connection, digest, [one.client_id for one in fallen])
        midnight = local_moment(run.today, datetime.min.time(), run.zone)
        chosen = decide.choose(fallen, subjects, digest.alerts, *alerts.counts(self.connection, digest, midnight))
        for one in chosen.opened:
            episode = decide.began(one, run.today)
            drawn = Drawn(_message(run, episode), _facts(run, one), run.now)
            number = alerts.begin(self.connection, digest, episode, drawn)
            log.info("alert", installation=digest.installation_id, digest=digest.id, alert=number)
        return {one.client_id for one in chosen.left}
