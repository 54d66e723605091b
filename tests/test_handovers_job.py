"""Who becomes CSM of clients by an import is told of all of them at once, once, and takes the open tasks over."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.jobs import handovers
from bot.jobs.updates import Updates
from bot.playground import people as cast
from bot.playground.model import Message
from bot.playground.server import Playground
from storage import handovers as kept
from storage import imports, installations, people, stale, standing
from storage.catalog import Catalogs
from storage.database import Database
from storage.installations import Installation
from storage.schema import absence, delivery, handover, note, person, record, task, team, team_member, workspace
from tests.bots import CATALOG, texts
from tests.conftest import NOW, TODAY
from tests.storage import bases
from tests.test_deliveries_job import LATER, client, run, slack, who

__all__ = ["slack"]

ANNA, BO, CLEO, NEW = "anna@example.com", "bo@example.com", "cleo@example.com", "new@example.com"


@pytest.fixture
def here(database: Database, installation: Installation, slack: Playground) -> int:
    with database.write() as connection:
        installations.bind(connection, installation.id, cast.TEAM.id)
        for user in client(slack).users_list()["members"]:
            people.keep(connection, installation.id, user, NOW)
    return installation.id


Load = Callable[..., None]


@pytest.fixture
def load(database: Database, here: int, tmp_path: Path) -> Load:
    """Imports clients 10, 11, 12 … of these CSMs."""

    def load(*emails: str) -> None:
        rows = "".join(f"{number},Client {number},{email}\n" for number, email in enumerate(emails, start=10))
        (tmp_path / "clients.csv").write_text(f"id,name,csm_email\n{rows}")
        imports.run(database, here, [tmp_path], catalog=CATALOG, today=TODAY, now=NOW, rejects_folder=tmp_path)

    return load


def tell(database: Database, slack: Playground, here: int) -> int:
    """One turn of each job; how many messages that made."""
    number = handovers.tell(database, here, lambda: NOW)
    run(database, slack, here)
    return number


def told(slack: Playground, user: str = cast.BO) -> list[Message]:
    return slack.actions.visible_messages(user, "D" + user[1:])


def add_task(database: Database, here: int, number: int, client: int, to: str = ANNA, **changes: Any) -> None:
    """Task *Call 1*, *Call 2* … of client 10, 11, 12 …"""
    of = select(record.c.id).where(record.c.external_id == str(client)).scalar_subquery()
    whose = select(person.c.id).where(person.c.email == to).scalar_subquery()
    values = {"id": number, "slack_view_id": f"V{number}", "client_id": of, "title": f"Call {number}"}
    values |= {"due_on": TODAY, "priority": "low", "assignee_id": whose, "author_id": whose, "made_at": NOW, **changes}
    with database.write() as connection:
        connection.execute(insert(task).values(installation_id=here, **values))


def owners(database: Database) -> dict[int, str]:
    whose = person.c.id == task.c.assignee_id
    with database.read() as connection:
        return dict(connection.execute(select(task.c.id, person.c.email).join(person, whose)).all())


@pytest.mark.parametrize("number", [0, 1, 12])
def test_one_message_says_all_that_an_import_handed_over(
    database: Database, slack: Playground, here: int, load: Load, number: int
) -> None:
    load(*[ANNA] * 13)
    assert tell(database, slack, here) == 0  # nobody was CSM before
    load(*[BO] * number, *[ANNA] * (13 - number))
    assert tell(database, slack, here) == (1 if number else 0)
    assert tell(database, slack, here) == 0
    assert len(told(slack)) == (1 if number else 0)
    assert told(slack, cast.ANNA) == []
    for message in told(slack):
        said = texts(message.blocks)
        assert [n for n in range(10, 23) if f"*Client {n}*" in said] == list(range(10, 10 + min(number, 10)))
        assert ("and 2 more" in said) is (number == 12)


def test_its_card_shows_open_tasks_and_the_last_notes(
    database: Database, slack: Playground, here: int, load: Load
) -> None:
    load(ANNA)
    add_task(database, here, 1, 10)
    add_task(database, here, 2, 10, done_at=NOW)
    with database.write() as connection:
        anna = who(database, here, cast.ANNA).id
        one = connection.execute(select(record.c.id)).scalar_one()
        for number in range(1, 5):
            values = {"id": number, "slack_view_id": f"N{number}", "client_id": one, "body": f"Note {number}"}
            values |= {"author_id": anna, "made_at": NOW - timedelta(days=number)}
            connection.execute(insert(note).values(installation_id=here, **values))
    load(BO)
    tell(database, slack, here)
    said = texts(told(slack)[0].blocks)
    assert "Call 1" in said
    assert "Call 2" not in said
    assert [n for n in range(1, 5) if f"Note {n}" in said] == [1, 2, 3]


def test_each_new_csm_hears_of_their_own(database: Database, slack: Playground, here: int, load: Load) -> None:
    load(ANNA, ANNA)
    load(BO, CLEO)
    assert tell(database, slack, here) == 2
    assert "*Client 10*" in texts(told(slack)[0].blocks)
    assert "*Client 11*" in texts(told(slack, cast.CLEO)[0].blocks)


def test_two_imports_after_each_other_are_two_messages(
    database: Database, slack: Playground, here: int, load: Load
) -> None:
    load(ANNA, ANNA)
    for csms in ((BO, ANNA), (BO, BO)):
        load(*csms)
        assert tell(database, slack, here) == 1
    assert [[n for n in (10, 11) if f"*Client {n}*" in texts(one.blocks)] for one in told(slack)] == [[10], [11]]


def test_nobody_is_told_before_the_scores_are_made(
    database: Database, slack: Playground, here: int, load: Load
) -> None:
    load(ANNA)
    load(BO)
    with database.write() as connection:
        stale.mark(connection, here, list(connection.scalars(select(record.c.id))))
    assert tell(database, slack, here) == 0


def test_who_is_not_in_slack_yet_is_told_once_they_are(
    database: Database, slack: Playground, here: int, load: Load
) -> None:
    load(ANNA)
    load(NEW)
    assert tell(database, slack, here) == 0
    with database.write() as connection:
        connection.execute(update(person).where(person.c.email == BO).values(email=None))
        connection.execute(update(person).where(person.c.email == NEW).values(slack_user_id="U0NEW", name="New"))
    assert handovers.tell(database, here, lambda: NOW) == 0  # a guest, a stranger or without a seat
    with database.write() as connection:
        connection.execute(update(person).where(person.c.email == NEW).values(slack_team_id=cast.TEAM.id))
    assert handovers.tell(database, here, lambda: NOW) == 1


def test_who_covers_for_the_new_csm_is_told_too_while_they_do_and_moves_nothing(
    database: Database, slack: Playground, here: int, load: Load
) -> None:
    """Bo works in a CS workspace of his own."""
    load(ANNA, ANNA)
    add_task(database, here, 1, 10)
    bo, cleo = (who(database, here, one).id for one in (cast.BO, cast.CLEO))
    away = {"id": 1, "person_id": bo, "cover_id": cleo, "made_by": bo, "made_at": NOW}
    with database.write() as connection:
        connection.execute(insert(workspace).values(installation_id=here, id=7, name="Bo's", is_primary=False))
        connection.execute(insert(team).values(installation_id=here, id=1, name="T", name_key="t", workspace_id=7))
        member = {"person_id": bo, "team_id": 1, "is_primary": True}
        connection.execute(insert(team_member).values(installation_id=here, **member))
        connection.execute(insert(absence).values(installation_id=here, **away, from_on=TODAY, to_on=TODAY))
        connection.execute(update(person).where(person.c.id == cleo).values(seat="on"))
        standing.resettle(connection, here)
    standing.catch_up(database, here)
    load(BO, ANNA)
    assert tell(database, slack, here) == 1
    (his,), (hers,) = told(slack), told(slack, cast.CLEO)
    assert his.text.startswith("1 client is yours now. Client 10: ")
    assert hers.text.startswith("For Bo, away to 20 Nov. 1 client is theirs now. Client 10: ")
    assert "Move the task to me" in str(his.blocks)
    assert "Move" not in str(hers.blocks)
    with database.read() as connection:
        keys = list(connection.scalars(select(delivery.c.key).where(delivery.c.kind == "handover")))
    assert [take(database, here, cast.CLEO, message=key) for key in keys] == [0, 0]
    assert sum(take(database, here, cast.BO, message=key) for key in keys) == 1
    Updates(database, client(slack), Catalogs(database, CATALOG), here, lambda: NOW, pace=0).run()
    assert ["Call 1 · due Fri 20 Nov · Bo" in told(slack, one)[0].text for one in (cast.BO, cast.CLEO)] == [True, True]
    load(BO, BO)
    handovers.tell(database, here, lambda: NOW)
    with database.write() as connection:
        connection.execute(delete(absence))
    run(database, slack, here)
    assert [len(told(slack)), len(told(slack, cast.CLEO))] == [2, 1]


def test_what_was_handed_on_since_is_not_told(database: Database, slack: Playground, here: int, load: Load) -> None:
    load(ANNA)
    load(BO)
    handovers.tell(database, here, lambda: NOW)
    load(CLEO)
    assert tell(database, slack, here) == 1
    assert (told(slack), len(told(slack, cast.CLEO))) == ([], 1)


def test_many_processes_tell_once(database: Database, slack: Playground, here: int, load: Load) -> None:
    load(ANNA)
    load(BO)
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda _: handovers.tell(database, here, lambda: NOW), range(6))) == 1
    run(database, slack, here)
    assert len(told(slack)) == 1


def take(database: Database, here: int, by: str, number: int | None = None, message: str | None = None) -> int:
    with database.write() as connection:
        key = message or connection.execute(select(delivery.c.key).where(delivery.c.kind == "handover")).scalar_one()
        return kept.take(connection, who(database, here, by), key, number, NOW)


def test_the_new_csm_takes_the_old_one_s_open_tasks(
    database: Database, slack: Playground, here: int, load: Load
) -> None:
    load(ANNA, ANNA, ANNA)
    for number, (of, whose) in enumerate([(10, ANNA), (10, CLEO), (11, ANNA), (12, ANNA)], start=1):
        add_task(database, here, number, of, whose)
    add_task(database, here, 5, 10, done_at=NOW)
    load(BO, BO, ANNA)
    tell(database, slack, here)
    before = owners(database)
    with database.read() as connection:
        noted = select(handover.c.id).join(record, record.c.id == handover.c.client_id)
        one = connection.execute(noted.where(record.c.external_id == "11")).scalar_one()
    assert [take(database, here, cast.CLEO), take(database, here, cast.ANNA), take(database, here, cast.BO, 1)] == [
        0
    ] * 3
    assert take(database, here, cast.BO, message="1") == 0
    assert owners(database) == before
    assert take(database, here, cast.BO, one) == 1
    assert owners(database) == before | {3: BO}
    assert [take(database, here, cast.BO) for _ in range(2)] == [1, 0]
    assert owners(database) == before | {1: BO, 3: BO}
    Updates(database, client(slack), Catalogs(database, CATALOG), here, lambda: LATER, pace=0).run()
    assert "Move" not in str(told(slack)[0].blocks)
    assert [len(told(slack)), told(slack, cast.ANNA)] == [1, []]


def test_many_are_shown_and_taken_by_as_few_statements_as_one(
    database: Database, slack: Playground, here: int, load: Load
) -> None:
    load(*[ANNA] * 5)
    for number in range(1, 6):
        add_task(database, here, number, number + 9)
    executed, keys = [], set[str]()
    for number in (1, 5):
        load(*[BO] * number, *[ANNA] * (5 - number))
        tell(database, slack, here)
        bo = who(database, here, cast.BO)
        with database.read() as connection, bases.statements(database) as shown:
            (key,) = set(connection.scalars(select(delivery.c.key))) - keys
            assert handovers.message(connection, bo, key, NOW)
        with bases.statements(database) as taken:
            assert take(database, here, cast.BO, message=key) == number - len(keys)
        executed.append((len(shown), len(taken)))
        keys.add(key)
    assert executed[0] == executed[1]


def test_who_is_csm_no_longer_takes_nothing(database: Database, slack: Playground, here: int, load: Load) -> None:
    load(ANNA)
    add_task(database, here, 1, 10)
    load(BO)
    tell(database, slack, here)
    load(CLEO)
    assert take(database, here, cast.BO, message=None) == 0
    assert owners(database) == {1: ANNA}
