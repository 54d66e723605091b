"""Channels tied to clients, on each database: one client a channel, and a name only for who sees it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from bot.domain.access import Person
from storage import schema, ties
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.storage import bases

ACME, GLOBEX = 1, 2
HERE, OTHER = "C0ACME", "C0OTHER"
ELSEWHERE = 7  # another workspace, where only Globex stands


@pytest.fixture
def anna(database: Database, installation: Installation) -> Person:
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, ACME, GLOBEX)
        connection.execute(insert(schema.person).values(**mine, id=1, name="Anna"))
        places = [(ACME, installation.workspace_id), (GLOBEX, ELSEWHERE)]
        stands = [mine | {"client_id": one, "workspace_id": at, "tier": "low"} for one, at in places]
        connection.execute(insert(schema.standing), stands)
    return Person(1, installation.id, installation.workspace_id, "U1", "Anna", "UTC", "en-US")


def tie(database: Database, who: Person, channel: str, client: int) -> None:
    with database.write() as connection:
        ties.tie(connection, who, channel, client, NOW)


def untie(database: Database, who: Person, channel: str, client: int) -> None:
    with database.write() as connection:
        ties.untie(connection, who, channel, client)


def client_of(database: Database, who: Person, channel: str) -> int | None:
    with database.read() as connection:
        return ties.client_of(connection, who.installation_id, channel)


def seen(database: Database, who: Person, channel: str) -> tuple[int, str] | None:
    with database.read() as connection:
        return ties.seen(connection, who, channel)


def test_a_channel_is_about_the_client_that_it_was_tied_to_last(database: Database, anna: Person) -> None:
    assert client_of(database, anna, HERE) is None
    tie(database, anna, HERE, ACME)
    tie(database, anna, OTHER, ACME)
    tie(database, anna, HERE, GLOBEX)
    assert (client_of(database, anna, HERE), client_of(database, anna, OTHER)) == (GLOBEX, ACME)


def test_untied_is_only_what_it_was_tied_to(database: Database, anna: Person) -> None:
    tie(database, anna, HERE, ACME)
    untie(database, anna, HERE, GLOBEX)
    assert client_of(database, anna, HERE) == ACME
    untie(database, anna, HERE, ACME)
    assert client_of(database, anna, HERE) is None


def test_only_who_sees_the_client_is_told_which_it_is(database: Database, anna: Person) -> None:
    tie(database, anna, HERE, ACME)
    tie(database, anna, OTHER, GLOBEX)
    assert (seen(database, anna, HERE), seen(database, anna, OTHER)) == ((ACME, "Client 1"), None)


def test_an_archived_client_is_not_told_and_its_channel_is_tied_again_when_it_comes_back(
    database: Database, anna: Person
) -> None:
    tie(database, anna, HERE, ACME)
    for archived_at, found in ((NOW, None), (None, (ACME, "Client 1"))):
        with database.write() as connection:
            connection.execute(update(schema.record).where(schema.record.c.id == ACME).values(archived_at=archived_at))
        assert seen(database, anna, HERE) == found


def test_a_tie_goes_with_its_client_and_is_no_other_installation_s(database: Database, anna: Person) -> None:
    tie(database, anna, HERE, ACME)
    with database.write() as connection:
        other = create(connection, NOW)
        assert ties.client_of(connection, other.id, HERE) is None
        connection.execute(delete(schema.record).where(schema.record.c.id == ACME))
    assert client_of(database, anna, HERE) is None
