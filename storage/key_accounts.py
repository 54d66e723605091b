"""Key accounts: kept and taken back, and what somebody's own and their team's come to."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime
from secrets import randbits

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.access import Person
from bot.domain.catalog import Catalog
from bot.domain.feed import Happening
from bot.domain.filters import Filter, Sort
from bot.domain.key_accounts import Key, Owner
from bot.domain.listing import Listing, Page, Scope, Whose
from storage import feed, homes, listing, scopes
from storage.grounds import CatalogOf
from storage.schema import key_account

_one = key_account.c


def followed(asker: Person, today: date, sort: Sort = Sort.SCORE) -> Listing:
    """The key accounts of somebody and of their team, of the clients that they see."""
    scope = Scope(Whose.ALL, followers=scopes.followers(asker, Key.ANY))
    wanted = Filter(key=Key.ANY, sort=sort)
    return Listing(asker.installation_id, asker.workspace_id, scope, wanted, today, asker.as_of, asker.every)


def accounts(
    connection: Connection, catalog: Catalog, catalogs: CatalogOf, asker: Person, today: date, limit: int
) -> Page:
    """The first of them, who fell most first, and how many there are. One statement."""
    return listing.page(connection, catalog, catalogs, followed(asker, today, Sort.DROP), limit=limit)


def happenings(
    connection: Connection, catalog: Catalog, catalogs: CatalogOf, asker: Person, today: date, limit: int
) -> list[Happening]:
    """What happened to them last, newest first. One statement."""
    return feed.page(connection, catalog, catalogs, followed(asker, today), limit=limit)[0]


def keep(connection: Connection, asker: Person, client_id: int, chosen: Set[Owner], now: datetime) -> None:
    """Follow a client that the asker sees, for oneself and for one's team as chosen, and no longer for whom it is not.

    Whoever is in a team says so for all of it: it hides nothing, and one click takes it back.
    """
    _keep(connection, asker, client_id, {"person_id": asker.id}, Owner.ME in chosen, now)
    if asker.own_team_id is not None:
        _keep(connection, asker, client_id, {"team_id": asker.own_team_id}, Owner.TEAM in chosen, now)
    homes.mark(connection, asker.installation_id, homes.of_person_and_team(asker, asker.own_team_id))


def _keep(
    connection: Connection, asker: Person, client_id: int, owner: dict[str, int], is_key: bool, now: datetime
) -> None:
    here = {"installation_id": asker.installation_id, "client_id": client_id, **owner}
    if not is_key:
        connection.execute(delete(key_account).where(*(_one[name] == value for name, value in here.items())))
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = {"id": randbits(62), "made_by": asker.id, "made_at": now}
    connection.execute(dialect.insert(key_account).values(**here, **made).on_conflict_do_nothing())
