"""What happened in somebody's clients while they were away."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from bot.domain.absences import Meanwhile, Moved, Said
from bot.domain.access import Person
from storage import absences, returns
from storage.schema import change, note, person, record, standing, task

MOST = 9  # of each kind: one more than is told


def read(connection: Connection, asker: Person, absence_id: int, version: int) -> Meanwhile | None:
    """None where it was changed since that version. Whose it is looks, so what they may see is what they are told."""
    one = absences.get_own(connection, asker, absence_id)
    if one is None or one.version != version:
        return None
    first = returns.since(connection, asker, one)
    began = datetime.combine(first, time(), asker.zone)
    return Meanwhile(
        first,
        one.last,
        one.cover,
        done=_done(connection, asker, began),
        notes=_notes(connection, asker, began),
        moves=_moves(connection, asker, first),
    )


def _here(client: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    at = standing.c
    return at.installation_id == client.table.c.installation_id, at.client_id == client


def _done(connection: Connection, asker: Person, began: datetime) -> tuple[Said, ...]:
    """Tasks that others did: their own, and all of their clients."""
    one = task.c
    theirs = or_(one.assignee_id == asker.id, standing.c.person_id == asker.id)
    return _said(connection, asker, (one.title, one.done_by, one.done_at >= began, one.done_at, theirs))


def _notes(connection: Connection, asker: Person, began: datetime) -> tuple[Said, ...]:
    one = note.c
    theirs = standing.c.person_id == asker.id
    return _said(connection, asker, (one.body, one.author_id, one.made_at >= began, one.made_at, theirs))


def _said(connection: Connection, asker: Person, made: tuple[Any, ...]) -> tuple[Said, ...]:
    """What others said or did since, the first of it first."""
    text, by, since, at, theirs = made
    one = text.table.c
    who = and_(person.c.installation_id == one.installation_id, person.c.id == by)
    client = and_(record.c.installation_id == one.installation_id, record.c.id == one.client_id)
    seen = exists(select(standing.c.client_id).where(*_here(one.client_id), _sees(asker), theirs).correlate(text.table))
    query = select(record.c.name, text, person.c.name).select_from(text.table.join(record, client).join(person, who))
    mine = (one.installation_id == asker.installation_id, since, by != asker.id, seen)
    return tuple(Said(*row) for row in connection.execute(query.where(*mine).order_by(at).limit(MOST)))


def _moves(connection: Connection, asker: Person, first: date) -> tuple[Moved, ...]:
    """Those with another score than before; who fell most comes first."""
    at, one = standing.c, change.c
    earlier = select(one.score).where(*_here(one.client_id), one.day < first).order_by(one.day.desc()).limit(1)
    before = earlier.correlate(standing).scalar_subquery()
    same = (record.c.installation_id == at.installation_id) & (record.c.id == at.client_id)
    query = select(record.c.name, before.label("before"), at.score).select_from(standing.join(record, same))
    mine = (at.installation_id == asker.installation_id, _sees(asker), at.person_id == asker.id)
    moved = and_(before != at.score, record.c.archived_at.is_(None))
    query = query.where(*mine, moved).order_by(at.score - before, record.c.name).limit(MOST)
    return tuple(Moved(*row) for row in connection.execute(query))


def _sees(asker: Person) -> ColumnElement[bool]:
    return standing.c.workspace_id == asker.workspace_id
