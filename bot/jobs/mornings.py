"""Has everybody told in the morning, by one direct message, what is due and what became of their clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import Connection

from bot.blocks import morning as show
from bot.blocks.kit import Message
from bot.blocks.tasks import PAGE
from bot.blocks.words import speak
from bot.domain.access import Person, Right
from bot.domain.due import When, when
from bot.domain.filters import Filter
from bot.domain.listing import Listing, Scope, Whose
from bot.domain.morning import LATEST, Choice, Cover, Morning, Move, Topic, following, is_due
from storage import deliveries, morning_facts, mornings, people, shown, tasks
from storage.catalog import Catalogs
from storage.database import Database
from storage.mornings import Chosen, Due

KIND = "morning"  # of delivery
MOST = 100  # tasks that are counted

log = structlog.get_logger()


@dataclass(frozen=True)
class Mornings:
    """The job. Any number of processes may run it: of two that tell somebody at once one is heard."""

    database: Database
    catalogs: Catalogs
    installation_id: int
    now: Callable[[], datetime]

    def run(self) -> None:
        """One turn: whoever is due by now."""
        moment = self.now()
        with self.database.read() as connection:
            found = mornings.due(connection, self.installation_id, moment)
        for one in found:
            self._serve(one, moment)

    def _serve(self, one: Due, moment: datetime) -> None:
        with self.database.read() as connection:
            person = people.in_installation(connection, self.installation_id, one.slack_user_id, moment)
        if person is None:
            return
        if one.chosen is None:
            self._begin(person, moment)
        elif one.chosen.time_zone != person.time_zone:
            self._plan(person, one.chosen, moment - LATEST)  # where they are now, it may just have been time
        elif person.lacks(Right.SEAT) is None and _is_due(person, one.chosen, moment):
            self._tell(person, one.chosen, moment)
        else:
            self._plan(person, one.chosen, max(one.chosen.next_at, moment - LATEST))

    def _begin(self, person: Person, moment: datetime) -> None:
        """From the next day on."""
        choice, today = Choice(), person.day(moment)
        with self.database.write() as connection:
            mornings.begin(connection, person, choice, following(moment, choice.at, person.zone, today), today)

    def _plan(self, person: Person, chosen: Chosen, after: datetime) -> None:
        """Nothing is told this time; what would have been is told next time."""
        next_at = following(after, chosen.choice.at, person.zone, chosen.told_on)
        with self.database.write() as connection:
            mornings.put_off(connection, person, chosen, next_at)

    def _tell(self, person: Person, chosen: Chosen, moment: datetime) -> None:
        """Of nothing, nothing is sent; the day is done all the same."""
        day = chosen.next_at.astimezone(person.zone).date()
        asked = _own(person, day)
        with self.database.read() as connection:
            found = self._gather(connection, person, chosen, asked)
        as_of = chosen.told_as_of if asked.is_late else asked.as_of
        next_at = following(moment, chosen.choice.at, person.zone, day)
        with self.database.write() as connection:
            if mornings.told(connection, person, chosen, next_at, day, as_of or asked.as_of) and found.has_news:
                self._send(connection, person, found, moment)

    def _send(self, connection: Connection, person: Person, found: Morning, moment: datetime) -> None:
        """Its tasks are brought up to date until the next one comes."""
        here, key, message = person.installation_id, f"{person.id}/{found.day}", self._message(person, found)
        shown.leave(connection, here, person.id, KIND)
        number = deliveries.add(connection, here, person.id, KIND, key, moment, message)
        if number is not None:
            shown.add(connection, here, number, {one.id: one.version for one in found.tasks[:PAGE]})
            log.info("morning", installation=here, person=person.id)

    def _gather(self, connection: Connection, person: Person, chosen: Chosen, asked: Listing) -> Morning:
        """Only of what they want to hear."""
        catalog = self.catalogs.of(person.installation_id, person.catalog_hash)
        earlier, wants, day = self.catalogs.earlier(person.installation_id), chosen.choice.wants, asked.today
        due = tasks.due(connection, person, person.id, day, MOST) if wants(Topic.TASKS) else ()
        moves: tuple[Move, ...] = ()
        if wants(Topic.CLIENTS) and chosen.told_as_of is not None:
            moves = morning_facts.moves(connection, catalog, earlier, asked, chosen.told_as_of)
        near = morning_facts.renewals(connection, catalog, asked, chosen.told_on) if wants(Topic.RENEWALS) else ()
        covers = _covers(connection, person, day) if wants(Topic.COVER) else ()
        return Morning(day, chosen.told_on, tuple(due), moves, near, covers)

    def _message(self, person: Person, found: Morning) -> Message:
        catalog = self.catalogs.of(person.installation_id, person.catalog_hash)
        return show.message(catalog, found, person.id, speak(person.locale))


def since(connection: Connection, person: Person, key: str, now: datetime) -> Message | None:
    """What a message says once its tasks were changed."""
    said = deliveries.payload(connection, person.installation_id, KIND, key)
    if said is None:
        return None
    found = {number: tasks.told(connection, person, number) for number in show.shows(said["blocks"])}
    return show.since(said["blocks"], found, person.slack_user_id, person.day(now), speak(person.locale))


def _is_due(person: Person, chosen: Chosen, moment: datetime) -> bool:
    return is_due(chosen.next_at, moment, person.zone, chosen.told_on, person.days)


def _covers(connection: Connection, person: Person, day: date) -> tuple[Cover, ...]:
    """What is to be done for those who are away, as `/task` lists it: by the working days of who does it."""
    found = []
    for one in person.covers:
        due = tasks.due(connection, person, one.person_id, day, MOST)
        times = [when(task.due_on, day, person.days) for task in due]
        if times:
            found.append(Cover(one.name, one.last, times.count(When.OVERDUE), times.count(When.TODAY)))
    return tuple(found)


def _own(person: Person, day: date) -> Listing:
    """Their own clients."""
    mine = Scope(Whose.MINE, person_id=person.id)
    return Listing(person.installation_id, person.workspace_id, mine, Filter(), day, person.as_of, person.every)
