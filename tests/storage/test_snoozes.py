"""Snoozes on each database: kept with what the client was then, and taken out by the score that ends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, event, insert, select, update

from bot.domain.access import Person
from bot.domain.digests import Content, Digest
from bot.domain.snoozes import Snooze
from storage import claims, digests, schema, snoozes, stale, standing
from storage.database import Database
from storage.installations import Installation
from tests.conftest import NOW, TODAY
from tests.storage import bases

RULES = bases.small()
ACME, GLOBEX = 1, 2
ANNA = 1
CONTACTS, FORMS = 1, 2
UNTIL, SOON = TODAY + timedelta(days=20), TODAY + timedelta(days=60)
DIGEST, FRESH, OLD, ELSEWHERE = 7, 71, 72, 73  # of the digest: deliveries


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Two clients that use all there is, one of which is named in a new delivery and in an old one."""
    mine = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_tools(connection, installation.id, "contacts", "forms")
        bases.measure(connection, installation.id, 1, [CONTACTS, FORMS])
        bases.add_clients(connection, installation.id, ACME, GLOBEX)
        for client in (ACME, GLOBEX):
            bases.add_usage(connection, installation.id, client, CONTACTS, TODAY, 5)
            bases.add_usage(connection, installation.id, client, FORMS, TODAY, 5)
        connection.execute(insert(schema.person), mine | {"id": ANNA, "name": "Anna Aas"})
        made = Digest(installation.id, DIGEST, installation.workspace_id, "Nordic", Content.BOTH, "UTC", made_by=ANNA)
        digests.add(connection, made, NOW)
        post = mine | {
            "kind": "digest",
            "state": "sent",
            "due_at": NOW,
            "made_at": NOW,
            "digest_id": DIGEST,
            "facts": {},
        }
        connection.execute(insert(schema.delivery), [post | {"id": n, "key": str(n)} for n in (FRESH, OLD, ELSEWHERE)])
        named = [(FRESH, ACME, 14), (OLD, ACME, 15), (ELSEWHERE, GLOBEX, 0)]
        rows = [
            mine | {"delivery_id": post, "client_id": client, "digest_id": DIGEST, "rule": "low"}
            | {"named_on": TODAY - timedelta(days=age)}
            for post, client, age in named
        ]  # fmt: skip
        connection.execute(insert(schema.named_client), rows)
    settle(database, installation)
    with database.write() as connection:
        connection.execute(update(schema.standing).values(renews_on=SOON))
    return installation


def settle(database: Database, here: Installation) -> None:
    standing.advance(database, here.id, RULES, {1: TODAY}, NOW)
    standing.settle(database, here.id, RULES)


def asker(here: Installation) -> Person:
    return Person(ANNA, here.id, here.workspace_id, "U1", "Anna Aas", "UTC", "en-US")


def put_off(database: Database, here: Installation, client: int = ACME, reason: str = "They move house") -> None:
    with database.write() as connection:
        snoozes.put_off(connection, asker(here), client, UNTIL, reason, NOW)


def kept(database: Database, here: Installation) -> dict[int, Snooze]:
    with database.read() as connection:
        return dict(snoozes.of(connection, here.id, [ACME, GLOBEX, 99]))


def changes(database: Database) -> dict[int, int]:
    """What the deliveries say was changed so many times since they were drawn."""
    with database.read() as connection:
        return dict(connection.execute(select(schema.delivery.c.id, schema.delivery.c.changes)).all())


def test_it_is_kept_with_what_the_client_was_then_and_the_last_one_holds(
    database: Database, here: Installation
) -> None:
    put_off(database, here, reason="Later")
    put_off(database, here)
    assert kept(database, here) == {ACME: Snooze(ANNA, "Anna Aas", UNTIL, "They move house", TODAY, 1.0, SOON)}
    with database.write() as connection:
        snoozes.end(connection, here.id, ACME, NOW)
    assert kept(database, here) == {}


def test_a_score_that_falls_takes_it_out_and_one_that_stays_does_not(database: Database, here: Installation) -> None:
    put_off(database, here)
    put_off(database, here, GLOBEX)
    lose(database, here, FORMS)
    assert set(kept(database, here)) == {GLOBEX}


def test_where_no_score_fell_no_statement_is_about_snoozes(database: Database, here: Installation) -> None:
    put_off(database, here)
    said: list[str] = []
    with database.write() as connection:
        stale.mark(connection, here.id, [ACME])
        event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
        standing.score(connection, here.id, RULES, ACME)
    assert said
    assert [one for one in said if "snooze" in one] == []


def test_the_digests_of_two_weeks_that_name_the_client_are_drawn_again_by_whatever_is_answered_to_it(
    database: Database, here: Installation
) -> None:
    put_off(database, here)
    assert changes(database) == {FRESH: 1, OLD: 0, ELSEWHERE: 0}
    with database.write() as connection:
        snoozes.end(connection, here.id, ACME, NOW)
        claims.take(connection, asker(here), ACME, NOW, low=False)
        claims.take(connection, asker(here), ACME, NOW, low=False)  # nothing changes
        claims.give_back(connection, asker(here), ACME, ANNA, NOW)
        claims.give_back(connection, asker(here), ACME, ANNA, NOW)  # nor does it here
    assert changes(database) == {FRESH: 4, OLD: 0, ELSEWHERE: 0}


def test_a_claim_and_a_snooze_that_end_by_a_score_have_the_digests_drawn_again(
    database: Database, here: Installation
) -> None:
    put_off(database, here)
    lose(database, here, CONTACTS, FORMS)
    assert (kept(database, here), changes(database)) == ({}, {FRESH: 2, OLD: 0, ELSEWHERE: 0})
    with database.write() as connection:
        claims.take(connection, asker(here), ACME, NOW)
    assert changes(database)[FRESH] == 3
    with database.write() as connection:
        bases.add_usage(connection, here.id, ACME, CONTACTS, TODAY, 5)
        bases.add_usage(connection, here.id, ACME, FORMS, TODAY, 5)
        stale.mark(connection, here.id, [ACME, GLOBEX])
    settle(database, here)
    assert changes(database) == {FRESH: 4, OLD: 0, ELSEWHERE: 0}


def lose(database: Database, here: Installation, *tools: int) -> None:
    """A client is seen with these tools no more."""
    with database.write() as connection:
        lost = (schema.usage.c.client_id == ACME, schema.usage.c.tool_id.in_(tools))
        connection.execute(delete(schema.usage).where(*lost))
        stale.mark(connection, here.id, [ACME, GLOBEX])
    settle(database, here)
