"""What somebody does in the place of whom they cover is kept in the audit; and who is to hear that they cover."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from bot.domain.absences import Absence, Covered
from bot.domain.access import Person
from storage import audit, people
from storage.installations import lock


def acted(connection: Connection, asker: Person, covered: Covered | None, what: str, now: datetime) -> None:
    """Nothing where it was not in another's place. The client is not named: who reads the audit may see none.

    what  such as "task.done"
    """
    if covered is not None and covered.person_id in asker.acts_for:
        lock(connection, asker.installation_id)
        here, did = asker.installation_id, {"did": what}
        audit.record(connection, here, asker.id, now, "cover.acted", covered.name, {}, did, is_shown=False)


def affected(
    connection: Connection, asker: Person, before: Absence | None, after: Absence | None, now: datetime
) -> Iterator[tuple[Person, Absence, bool]]:
    """Who covers in an absence from now on, or on other days, and who does no longer; but for who says so."""
    old, new = before and before.cover_id, after and after.cover_id
    for cover, one in ((new, after), (old, before)):
        is_other = cover != old if one is after else cover != new
        if cover is None or one is None or cover == asker.id:
            continue
        if is_other or (one is after and before is not None and before.span != one.span):
            found = people.by_id(connection, asker.installation_id, cover, now)
            if found is not None:
                yield found, one, one is after
