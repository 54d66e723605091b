"""What a digest says on a day: gathered inside its own workspace, decided, drawn; and the same drawn again later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.blocks import digest as show
from bot.blocks.kit import Message
from bot.blocks.words import speak
from bot.domain import digest_news as decide
from bot.domain import digest_told as told_
from bot.domain.access import zone
from bot.domain.catalog import Catalog, Tier
from bot.domain.digest_news import FEW, MANY, PORTION, Named, News, Past, Rule, Since
from bot.domain.digest_told import Client, Held, Still, Told
from bot.domain.digests import MOST_LINES, Content, Digest
from bot.domain.filter_text import write
from bot.domain.listing import Listing
from bot.jobs.composing import Composed
from storage import digest_clients, digest_facts, overview
from storage.catalog import Catalogs
from storage.digest_facts import Head

FIRST = 5  # clients of the first delivery
Clients = Mapping[int, Client]


def compose(
    connection: Connection, catalogs: Catalogs, digest: Digest, now: datetime, head: Head | None = None
) -> Composed:
    """Nothing new, no data yet, or what it tells of is gone: no message.

    head  how things stand for it, where that is known: then it is one statement less
    """
    run = begin(connection, catalogs, digest, now, head)
    if run.asked is None or run.head.as_of is None:
        return Composed(None, digest.told_as_of)
    if digest.told_on is None or digest.told_as_of is None:
        return run.drawn(*run.start(run.asked))
    return run.drawn(*run.news(run.asked, digest.told_on, digest.told_as_of))


def redraw(
    connection: Connection, catalogs: Catalogs, digest: Digest, facts: Mapping[str, Any], now: datetime
) -> Message:
    """The same message with its clients as they are by now. Two statements."""
    return begin(connection, catalogs, digest, now).message(told_.read(facts))


def begin(connection: Connection, catalogs: Catalogs, digest: Digest, now: datetime, head: Head | None = None) -> Run:
    head = head or digest_facts.head(connection, digest, now)
    return Run(connection, catalogs, catalogs.of(digest.installation_id, head.catalog_hash), digest, head, now)


class Between(NamedTuple):
    named: tuple[Named, ...]
    pasts: Mapping[int, Past]  # by client, of all that were looked at
    since: Since


@dataclass(frozen=True)
class Run:
    """One run of a digest."""

    connection: Connection
    catalogs: Catalogs
    catalog: Catalog
    digest: Digest
    head: Head
    now: datetime

    @property
    def zone(self) -> tzinfo:
        return zone(self.digest.time_zone)

    @property
    def today(self) -> date:
        """That of the run, which may have been planned before midnight."""
        planned = self.digest.next_at
        at = self.now if planned is None else min(planned, self.now)
        return at.astimezone(self.zone).date()

    @property
    def asked(self) -> Listing | None:
        return digest_facts.listing(self.digest, self.head, self.catalog, self.today)

    def drawn(self, told: Told, clients: Clients | None) -> Composed:
        """None of its clients are known yet: they are read."""
        if not (told.named or told.held or told.start is not None):
            return Composed(None, told.as_of)
        named = {one.client_id: one.rule.value for one in told.shown}
        return Composed(self.message(told, clients), told.as_of, told_.write(told), named)

    def message(self, told: Told, clients: Clients | None = None) -> Message:
        if clients is None:
            clients = self.clients([*(one.client_id for one in told.shown), *told.alerted])
        return show.message(self.catalog, self.digest, told, clients, speak())

    def clients(self, ids: Sequence[int]) -> Clients:
        """As they are by now."""
        place = (self.digest.installation_id, self.digest.workspace_id)
        return digest_clients.read(self.connection, *place, ids, self.now, self.zone)

    def start(self, asked: Listing) -> tuple[Told, Clients]:
        """How things stand, and the low clients whose renewals come first."""
        groups = overview.tiers(self.connection, self.catalog, asked)
        low = replace(asked, wanted=replace(asked.wanted, tiers=(Tier.LOW,)))
        rows, clients = digest_clients.first(self.connection, self.catalog, low, FIRST, self.now, self.zone)
        named = [Named(row.id, Rule.START, score=row.score, renews_on=row.renews_on) for row in rows]
        told = replace(self._told(asked), start={tier: group.clients for tier, group in groups.items()})
        return told_.of_all(told, named), clients

    def news(self, asked: Listing, told_on: date, told_as_of: date) -> tuple[Told, Clients | None]:
        """What has changed since the last run; nobody is named where so much did that it must be the data.

        With the clients, where they are known by then.
        """
        is_right, last = self._new_since(told_as_of)
        since, told = self._since(asked, told_on), self._told(asked, last)
        seen = digest_facts.seen(self.connection, self.catalog, self._earlier, asked, since, last)
        if seen is None:
            return replace(told, held=Held(MANY, None, last)), None
        found = decide.news(seen, since)
        every, still, clients = self._counts(asked, since, found, self.head.alerted)
        if decide.is_mass(len(found.turned), every) and not is_right:
            is_formula = any(one.past.has_new_formula for one in seen)
            held = Held(len(found.turned), every, last, is_formula)
            return replace(told_.of_all(told, found.turned), held=held), None
        named, shifted = _without_mass(found.named, every)
        still = still if since.is_first_of_week else None
        told = replace(told, unjudged=found.unjudged, shifted=shifted, still=still, alerted=self.head.alerted)
        return told_.of_all(told, named), clients

    def between(self, asked: Listing, told_on: date, told_as_of: date, also: Sequence[int]) -> Between | None:
        """What is new since the last run before the next one, and how some clients are in any case.

        None where so much changed at once that it is for the digest to tell.
        """
        is_right, last = self._new_since(told_as_of)
        since = replace(self._since(asked, told_on), content=Content.BOTH)
        seen = digest_facts.seen(self.connection, self.catalog, self._earlier, asked, since, last, also)
        if seen is None:
            return None
        found = decide.news(seen, since)
        every, _, _ = self._counts(asked, since, found, ())
        if decide.is_mass(len(found.turned), every) and not is_right:
            return None
        named, _ = _without_mass(found.named, every)
        return Between(tuple(named), {one.client_id: one.past for one in seen}, since)

    @property
    def _last(self) -> Told | None:
        """The last message, where no run has told since what came after."""
        last = self.head.last
        return last if last is not None and last.as_of == self.digest.told_as_of else None

    def _new_since(self, told_as_of: date) -> tuple[bool, date]:
        """The day after which all is new: where names held back may come, the one after which they were new."""
        held = self._last.held if self._last is not None else None
        is_right = held is not None and held.go_on is not None
        return is_right, held.since if held is not None and is_right else told_as_of

    def _since(self, asked: Listing, told_on: date) -> Since:
        reaches = self.head.reaches(self.catalog)
        return Since(
            today=self.today,
            told_on=told_on,
            content=self.digest.content,
            thresholds=self.digest.thresholds,
            memories=told_.memories(self.head.told),
            late=decide.late_tools([tool.key for tool in self.catalog.tools], reaches, self.today),
            is_late=asked.is_late,
            has_shifted=self._last is not None and self._last.shifted > 0,
            is_settled=self._is_settled(),
        )

    def _is_settled(self) -> bool:
        last = self._last
        return last is not None and (last.start is not None or (last.held is not None and last.held.go_on is None))

    def _counts(
        self, asked: Listing, since: Since, found: News, also: Sequence[int]
    ) -> tuple[int, Still | None, Clients | None]:
        """The digest's clients, as far as it matters how many; those low, where that is told. One statement.

        And, where there is such a statement, all clients that the message may name.
        """
        most = 1 + max(len(found.turned), len(_moved(found.named))) * int(1 / PORTION)
        is_many = most > FEW / PORTION
        if not is_many and not (since.is_first_of_week and found.named):
            return 0, None, None
        low, still = self.digest.thresholds.low, [one for one in found.named if one.rule is not Rule.MOVED]
        ids = {one.client_id for one in (*found.named[:MOST_LINES], *still[:MOST_LINES])}.union(also)
        at = (low, most, sorted(ids), self.now, self.zone)
        return digest_clients.counts(self.connection, self.catalog, asked, *at)

    def _told(self, asked: Listing, last: date | None = None) -> Told:
        """With nothing in it. Late data is told once it is not late."""
        as_of = last if asked.is_late or asked.as_of is None else asked.as_of
        whose = digest_facts.whose(self.digest, self.head, asked)
        return Told(self.today, as_of or asked.as_of, write(whose), low=self.digest.thresholds.low)

    def _earlier(self, hash_: str) -> Catalog | None:
        return self.catalogs.earlier(self.digest.installation_id)(hash_)


def _moved(named: Sequence[Named]) -> list[Named]:
    return [one for one in named if one.rule is Rule.MOVED]


def _without_mass(named: Sequence[Named], every: int) -> tuple[Sequence[Named], int]:
    """Without those whose renewals moved, where so many did at once; and how many."""
    moved = _moved(named)
    if not decide.is_mass(len(moved), every):
        return named, 0
    return [one for one in named if one.rule is not Rule.MOVED], len(moved)
