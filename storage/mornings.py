"""Who hears when of what in the morning: what people chose, and up to which day each was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person, zone
from bot.domain.morning import Choice, Topic, Way, planned_again
from storage import welcomes
from storage.schema import morning, person

MOST = 100  # people of a turn

_one = morning.c


@dataclass(frozen=True)
class Chosen:
    """What somebody chose, and where their messages stand."""

    choice: Choice
    version: int
    next_at: datetime  # when it is looked at next, in this zone:
    time_zone: str
    told_on: date
    told_as_of: date | None  # the day that the scores spoke of then


@dataclass(frozen=True)
class Due:
    """Somebody who is looked at now. None: for the first time."""

    slack_user_id: str
    chosen: Chosen | None


def due(connection: Connection, installation_id: int, now: datetime) -> list[Due]:
    """Whose time has come, who moved to another time zone, and who is new. One statement.

    In no order, so that nobody waits for long behind somebody of whom something is wrong.
    """
    same = and_(_one.installation_id == person.c.installation_id, _one.person_id == person.c.id)
    comes = or_(_one.person_id.is_(None), _one.next_at <= now, _one.time_zone != person.c.time_zone)
    query = select(person.c.slack_user_id, morning).select_from(person.outerjoin(morning, same))
    query = query.where(*welcomes.at_work(installation_id), comes).order_by(func.random()).limit(MOST)
    return [Due(row.slack_user_id, _chosen(row._mapping)) for row in connection.execute(query)]


def of(connection: Connection, asker: Person) -> Chosen | None:
    """What somebody chose; None where nothing is kept of them yet."""
    row = connection.execute(select(morning).where(*_is(asker))).one_or_none()
    return None if row is None else _chosen(row._mapping)


def begin(connection: Connection, one: Person, choice: Choice, next_at: datetime, today: date) -> bool:
    """Write somebody down for the first time. False where another process has."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    whose = {"installation_id": one.installation_id, "person_id": one.id, "time_zone": one.time_zone}
    kept = {"next_at": next_at, "told_on": today, "told_as_of": one.as_of, **_choice(choice)}
    row = dialect.insert(morning).values(**whose, **kept).on_conflict_do_nothing().returning(_one.person_id)
    return connection.scalar(row) is not None


def choose(connection: Connection, one: Person, choice: Choice, version: int, next_at: datetime) -> bool:
    """Write what was chosen. False where it is of another version by now."""
    values = {"version": version + 1, "next_at": next_at, "time_zone": one.time_zone, **_choice(choice)}
    return _change(connection, one, _one.version == version, values)


def put_off(connection: Connection, one: Person, found: Chosen, next_at: datetime) -> bool:
    """Look again then; nothing was told. False where another process has done it."""
    return _change(connection, one, _as_it_was(found), {"next_at": next_at, "time_zone": one.time_zone})


def told(connection: Connection, one: Person, found: Chosen, next_at: datetime, day: date, as_of: date | None) -> bool:
    """All up to a day is told, or there was nothing. False where another process has done it."""
    values = {"next_at": next_at, "time_zone": one.time_zone, "told_on": day, "told_as_of": as_of}
    return _change(connection, one, _as_it_was(found), values)


def plan_again(connection: Connection, installation_id: int) -> None:
    """The next times by the rules that time zones have now: a bot that starts may bring others with it."""
    for row in connection.execute(select(morning).where(_one.installation_id == installation_id)).all():
        planned = planned_again(row.next_at, row.at, zone(row.time_zone), row.told_on)
        if planned != row.next_at:
            mine = (_one.installation_id == installation_id, _one.person_id == row.person_id)
            same = (*mine, _one.next_at == row.next_at, _one.version == row.version)
            connection.execute(update(morning).where(*same).values(next_at=planned))


def _as_it_was(found: Chosen) -> ColumnElement[bool]:
    return and_(_one.version == found.version, _one.next_at == found.next_at, _one.time_zone == found.time_zone)


def _change(connection: Connection, one: Person, as_it_is: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    """Of two at the same moment one changes it."""
    return connection.execute(update(morning).where(*_is(one), as_it_is).values(values)).rowcount == 1


def _is(one: Person) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _one.installation_id == one.installation_id, _one.person_id == one.id


def _choice(choice: Choice) -> dict[str, Any]:
    return {"at": choice.at, **{topic.value: way.value for topic, way in choice.ways.items()}}


def _chosen(row: Mapping[Any, Any]) -> Chosen | None:
    if row["person_id"] is None:
        return None
    choice = Choice(row["at"], {topic: Way(row[topic.value]) for topic in Topic})
    kept = (row["version"], row["next_at"], row["time_zone"], row["told_on"], row["told_as_of"])
    return Chosen(choice, *kept)
