"""A low client that a digest named and nobody takes goes to the team's leads: in time, once, while it is so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, literal, select, update

from bot.domain.access import Person
from bot.domain.attention import Named
from bot.domain.digest_news import Rule
from bot.domain.digests import Content, Digest
from bot.jobs.escalations import KIND, Escalations, message
from storage import attention, claims, digest_clients, digests, escalations, named_clients, schema, snoozes
from storage.database import Database
from storage.installations import Installation
from tests.conftest import TODAY
from tests.storage import bases

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)  # a Friday
ONE = NINE + timedelta(hours=4)
ANNA, BO, CLEO = 1, 2, 3  # Anna made the digest; the other two lead the team
NORDIC, DIGEST, POST = 5, 7, 70
LOW, FELL, QUIET, MEDIUM = 11, 12, 13, 14  # clients, the first three low


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    mine = {"installation_id": installation.id}
    with database.write() as connection:
        people = [{"id": n, "name": name, "slack_user_id": f"U{n}"} for n, name in enumerate(("Anna", "Bo", "Cleo"), 1)]
        connection.execute(insert(schema.person), [mine | one for one in people])
        connection.execute(insert(schema.team).values(**mine, id=NORDIC, name="Nordic", name_key="nordic"))
        lead = {"team_id": NORDIC, "is_primary": True, "is_lead": True}
        connection.execute(insert(schema.team_member), [mine | lead | {"person_id": n} for n in (BO, CLEO)])
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, LOW, FELL, QUIET, MEDIUM)
        stands = mine | {"workspace_id": installation.workspace_id, "team_id": NORDIC, "share": 0.3, "score": 3}
        rows = [
            stands | {"client_id": n, "tier": "medium" if n == MEDIUM else "low", "name_key": f"client {n}"}
            for n in (LOW, FELL, QUIET, MEDIUM)
        ]
        connection.execute(insert(schema.standing), rows)
        one = Digest(
            installation.id, DIGEST, installation.workspace_id, "CS Nordic", Content.BOTH, "UTC", ANNA, escalates=4
        )
        digests.add(connection, one, NINE)
        post = {"id": POST, "kind": "digest", "key": "1", "state": "sent", "due_at": NINE, "made_at": NINE}
        connection.execute(insert(schema.delivery).values(**mine, **post, digest_id=DIGEST, facts={}))
        named = {LOW: "low", FELL: "fell", QUIET: "quiet", MEDIUM: "fell"}
        its = select(literal(POST).label("id")).subquery()
        connection.execute(named_clients.adding(one, named, TODAY, NINE)(its))
    return installation


def person(here: Installation, number: int, **changes: Any) -> Person:
    made = Person(number, here.id, here.workspace_id, f"U{number}", f"Person {number}", "UTC", "en-US")
    return replace(made, **changes)


def run(database: Database, here: Installation, *moments: datetime) -> set[str]:
    """The keys of what is to be sent after turns at these times."""
    for at in moments:
        Escalations(database, here.id, lambda at=at: at).run()  # type: ignore[misc]
    with database.read() as connection:
        return set(connection.scalars(select(schema.delivery.c.key).where(schema.delivery.c.kind == KIND)))


def to(*people: int, clients: tuple[int, ...] = (LOW, FELL)) -> set[str]:
    return {f"{POST}/{client}/{who}" for client in clients for who in people}


def test_after_the_hours_the_leads_hear_of_each_that_is_low_and_was_named_for_it(
    database: Database, here: Installation
) -> None:
    assert run(database, here, NINE, ONE - timedelta(minutes=1)) == set()
    assert run(database, here, ONE) == to(BO, CLEO)
    assert run(database, here, ONE + timedelta(days=3)) == to(BO, CLEO)


def test_hours_are_those_of_the_teams_working_days(database: Database, here: Installation) -> None:
    christmas = datetime(2026, 12, 25, 9, tzinfo=UTC)  # a Friday
    with database.write() as connection:
        connection.execute(update(schema.delivery).values(made_at=christmas - timedelta(hours=17)))  # an hour is left
        connection.execute(update(schema.team).values(country="NO"))
    monday = christmas + timedelta(days=3)
    assert run(database, here, christmas, christmas + timedelta(hours=8), monday + timedelta(hours=2)) == set()
    assert run(database, here, monday + timedelta(hours=3)) == to(BO, CLEO)


def test_that_the_leads_were_told_stands_in_the_digest_and_on_the_card(database: Database, here: Installation) -> None:
    run(database, here, NINE, ONE)
    with database.read() as connection:
        clients = digest_clients.read(connection, here.id, here.workspace_id, [LOW, FELL, QUIET], ONE, UTC)
        changes = connection.scalar(select(schema.delivery.c.changes).where(schema.delivery.c.id == POST))
        late = digest_clients.read(connection, here.id, here.workspace_id, [LOW], ONE + timedelta(days=15), UTC)
    assert {one: client.leads_on for one, client in clients.items()} == {LOW: TODAY, FELL: TODAY, QUIET: None}
    assert (changes, late[LOW].leads_on) == (2, None)
    one = select(schema.record.c.id).select_from(schema.record).where(schema.record.c.id == LOW)
    with database.read() as connection:
        card = connection.execute(attention.beside(one)).one()
    assert attention.named(card) == Named(TODAY, Rule.LOW, ONE)


def test_a_team_without_leads_leaves_it_to_who_made_the_digest(database: Database, here: Installation) -> None:
    with database.write() as connection:
        connection.execute(update(schema.team_member).values(is_lead=False))
    assert run(database, here, NINE, ONE) == to(ANNA)


@pytest.mark.parametrize("values", [{"is_deleted": True}, {"slack_user_id": None}], ids=["gone", "not there yet"])
def test_who_is_not_in_slack_leads_nobody(database: Database, here: Installation, values: dict[str, Any]) -> None:
    with database.write() as connection:
        connection.execute(update(schema.person).where(schema.person.c.id == BO).values(**values))
    assert run(database, here, NINE, ONE) == to(CLEO)


def test_of_two_processes_one_tells(database: Database, here: Installation) -> None:
    run(database, here, NINE)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: Escalations(database, here.id, lambda: ONE).run(), range(2)))
    assert run(database, here, ONE) == to(BO, CLEO)


def test_who_is_taken_snoozed_or_low_no_more_stays_with_the_team(database: Database, here: Installation) -> None:
    run(database, here, NINE)
    with database.write() as connection:
        claims.take(connection, person(here, ANNA), LOW, NINE)
        snoozes.put_off(connection, person(here, ANNA), FELL, TODAY + timedelta(days=9), "They move", NINE)
    assert run(database, here, ONE) == set()


@pytest.mark.parametrize("values", [{"paused": "person"}, {"escalates": None}], ids=["digest paused", "digest changed"])
def test_a_digest_that_rests_or_wants_it_no_more_tells_nobody(
    database: Database, here: Installation, values: dict[str, Any]
) -> None:
    run(database, here, NINE)
    with database.write() as connection:
        connection.execute(update(schema.digest).values(**values))
    assert run(database, here, ONE) == set()


def test_what_was_not_sent_yet_waits_and_what_never_is_tells_nobody(database: Database, here: Installation) -> None:
    with database.write() as connection:
        connection.execute(update(schema.delivery).values(state="waiting"))
    assert run(database, here, NINE, ONE) == set()
    with database.write() as connection:
        connection.execute(update(schema.delivery).values(state="failed"))
    assert run(database, here, ONE + timedelta(minutes=10)) == set()
    with database.write() as connection:
        connection.execute(update(schema.delivery).values(state="sent"))
    assert run(database, here, ONE + timedelta(hours=1)) == set()


def test_the_message_is_for_who_sees_the_client_while_nobody_has_it(database: Database, here: Installation) -> None:
    def said(who: Person) -> str | None:
        with database.read() as connection:
            made = message(connection, who, f"{POST}/{LOW}/{who.id}", ONE)
        return None if made is None else str(made["text"])

    told = "The digest CS Nordic named it Fri 20 Nov; 4 working hours have passed since."
    assert said(person(here, BO)) == f"Client 11, 3 of 10 · Low: nobody has taken it. {told}"
    assert said(person(here, BO, workspace_id=99)) is None
    with database.write() as connection:
        claims.take(connection, person(here, ANNA), LOW, NINE)
    assert said(person(here, BO)) is None


def test_where_nothing_is_due_one_look_into_an_index_says_so(sqlite: Database) -> None:
    asked: list[tuple[str, Any]] = []
    with sqlite.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        assert escalations.waiting(connection, 1, NINE) == []
        ((statement, values),) = asked
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert [row.detail for row in plan] == [
        "SEARCH named_client USING INDEX ix_named_client_escalates_at (installation_id=? AND escalates_at<?)"
    ]
