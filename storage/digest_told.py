"""What a digest's message told, found by the message; and that somebody said of names held back that it is right."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, Connection, select, update

from bot.domain.digest_told import Told, read, write
from bot.domain.digests import Digest
from storage.schema import delivery

_one = delivery.c


def of_message(connection: Connection, digest: Digest, ts: str) -> Told | None:
    """None where that message is none of the digest's, or no longer kept."""
    facts = connection.scalar(select(_one.facts).where(*_is(digest, ts)))
    return read(facts) if facts and "day" in facts else None


def go_on(connection: Connection, digest: Digest, ts: str, person_id: int) -> Told | None:
    """Let the names that a message held back come, in the caller's transaction; what it tells then.

    None where there is none, or a later run has told what came after.
    """
    found = of_message(connection, digest, ts)
    if found is None or found.held is None or found.day != digest.told_on:
        return None
    if found.held.go_on is None:
        found = replace(found, held=replace(found.held, go_on=person_id))
        kept = connection.scalar(select(_one.facts).where(*_is(digest, ts)))
        facts = {**(kept or {}), **write(found)}
        connection.execute(update(delivery).where(*_is(digest, ts)).values(facts=facts))
    return found


def _is(digest: Digest, ts: str) -> tuple[ColumnElement[bool], ...]:
    return _one.installation_id == digest.installation_id, _one.digest_id == digest.id, _one.ts == ts
