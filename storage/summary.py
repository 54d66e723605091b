"""What the Summary of the Home tab shows: tasks that are due, clients by tier, who fell, and coming renewals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from bot.domain.access import Person
from bot.domain.catalog import Catalog
from bot.domain.due import When
from bot.domain.filters import Filter, Renews, Sort
from bot.domain.first_steps import Steps
from bot.domain.home import Summary
from bot.domain.listing import Line, Listing
from bot.domain.tasks import Place
from storage import first_steps, key_accounts, listing, overview, scopes, tasks
from storage.grounds import CatalogOf

TASKS, CLIENTS = 8, 5  # lines of each part
AHEAD = 90  # days
DUE = {When.OVERDUE, When.TODAY}
_FELL, _RENEW = Filter(sort=Sort.DROP), Filter(renews=Renews(0, AHEAD), sort=Sort.RENEWAL)


def listing_of(asker: Person, today: date) -> Listing:
    """The clients that it is about: those that a person sees without saying whose."""
    scope = scopes.default(asker)
    return Listing(asker.installation_id, asker.workspace_id, scope, Filter(), today, asker.as_of, asker.every)


def read(connection: Connection, asker: Person, catalog: Catalog, catalogs: CatalogOf, today: date) -> Summary:
    """Of who has a seat, three statements; to who sets up one more; of nobody else any client."""
    steps = _steps(connection, asker, catalog)
    if not asker.has_seat:
        return Summary(steps=steps)
    asked = listing_of(asker, today)
    found = tasks.open_of(connection, asker, Place(), TASKS + 1)
    due = [one for one in found if one.when(today) in DUE]
    lists = [replace(asked, wanted=one) for one in (_FELL, _RENEW)]
    lists.append(key_accounts.followed(asker, today, Sort.DROP))  # of all clients: one may follow others' too
    fell, renewals, followed = listing.tops(connection, catalog, catalogs, lists, CLIENTS)
    return Summary(
        due=due[:TASKS],
        has_more=len(due) > TASKS,
        next=next((one for one in found if one.when(today) not in DUE), None),
        tiers=overview.tiers(connection, catalog, asked),
        fell=_fell(asked, fell),
        renewals=renewals,
        followed=followed,
        steps=steps,
    )


def _steps(connection: Connection, asker: Person, catalog: Catalog) -> Steps | None:
    """To super admins until all is done, as themselves."""
    if not asker.is_super_admin or asker.looks_as is not None:
        return None
    found = first_steps.read(connection, asker.installation_id, catalog)
    return None if all(found.done) else found


def _fell(asked: Listing, lines: tuple[Line, ...]) -> list[Line]:
    """Late data tells of no change."""
    return [] if asked.is_late else [one for one in lines if (one.change or 0) < 0]
