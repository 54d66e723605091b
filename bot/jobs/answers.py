"""Opens opportunities again whose *Not now* has come to its day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.domain.engagement import assess
from storage import catalog as catalogs
from storage import everything, facts, installations, opportunities, standing
from storage.database import Database
from storage.installations import Installation


def reopen(database: Database, now: Callable[[], datetime]) -> int:
    """Take out the answers that no longer hold; of how many clients. Any number of processes may do it at once."""
    with database.read() as connection:
        homes = installations.every(connection)
    return sum(_reopen(database, home, now()) for home in homes)


def _reopen(database: Database, home: Installation, now: datetime) -> int:
    with database.write() as connection:
        clients = opportunities.end(connection, home.id, now.date())
        if not clients:
            return 0
        catalog = catalogs.current(connection, home.id)
        anywhere = everything.widest(connection, home.id)
        for client in clients:
            found = facts.client(
                connection, home.id, anywhere, catalog, lambda _hash: None, facts.BY_ID, {"client": client}
            )
            for one in found:
                standing.notice_again(connection, home.id, assess(catalog, one, now.date()), one.answers)
    return len(clients)
