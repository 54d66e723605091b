"""What somebody does in the place of whom they cover is kept in the audit: who for whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.absences import Covered
from bot.domain.access import Person
from storage import audit
from storage.installations import lock


def acted(connection: Connection, asker: Person, covered: Covered | None, what: str, now: datetime) -> None:
    """Nothing where it was not in another's place. The client is not named: who reads the audit may see none.

    what  such as "task.done"
    """
    if covered is not None and covered.person_id in asker.acts_for:
        lock(connection, asker.installation_id)
        here, did = asker.installation_id, {"did": what}
        audit.record(connection, here, asker.id, now, "cover.acted", covered.name, {}, did, is_shown=False)
