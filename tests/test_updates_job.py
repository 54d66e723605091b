"""A direct message shows its task as it is, whoever changed it, and whatever happens on the way to Slack."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, select, update

from bot.domain.activity import Priority, Task
from bot.jobs.updates import Updates
from bot.playground import people as cast
from bot.playground.faults import killed_after, killed_before, rate_limited, unavailable
from bot.playground.server import Playground
from storage import shown, tasks
from storage.catalog import Catalogs
from storage.database import Database
from storage.schema import delivery, person, standing, task
from tests.bots import CATALOG
from tests.conftest import NOW
from tests.test_deliveries_job import LATER, client, give, here, run, slack, told, who

__all__ = ["here", "slack"]

SENT = "A task for you · Client 1: Call them · due Wed 25 Nov · logged by Anna"


@pytest.fixture
def number(database: Database, slack: Playground, here: int) -> int:
    """The task that Anna gave to Bo, who was told."""
    give(database, here)
    run(database, slack, here)
    assert told(slack) == [SENT]
    with database.read() as connection:
        return int(connection.execute(select(task.c.id)).scalar_one())


def bring_up_to_date(database: Database, slack: Playground, here: int, now: datetime = NOW) -> int:
    """One turn; how many updates that took."""
    before = len(calls(slack))
    Updates(database, client(slack), Catalogs(database, CATALOG), here, lambda: now, pace=0).run()
    return len(calls(slack)) - before


def calls(slack: Playground) -> list[object]:
    return [one for one in slack.calls if one.method == "chat.update"]


def finish(database: Database, here: int, number: int, by: str = cast.BO) -> None:
    with database.write() as connection:
        assert tasks.finish(connection, who(database, here, by), number, NOW)


def give_on(database: Database, here: int, number: int) -> None:
    made = Task(1, None, "Call them", "", date(2026, 11, 25), Priority.LOW, cast.CLEO)
    with database.write() as connection:
        tasks.change(connection, who(database, here, cast.BO), number, 1, made, NOW)


def test_what_was_not_changed_is_not_sent_again(database: Database, slack: Playground, here: int, number: int) -> None:
    assert bring_up_to_date(database, slack, here) == 0


def test_several_changes_are_one_update(database: Database, slack: Playground, here: int, number: int) -> None:
    with database.write() as connection:
        bo = who(database, here, cast.BO)
        assert tasks.put_off(connection, bo, number, date(2026, 11, 27), NOW)
        assert tasks.put_off(connection, bo, number, date(2026, 11, 30), NOW)
    assert [bring_up_to_date(database, slack, here) for _ in range(2)] == [1, 0]
    assert told(slack) == [SENT.replace("Wed 25", "Mon 30")]


def test_done_and_reopened_it_shows_so(database: Database, slack: Playground, here: int, number: int) -> None:
    finish(database, here, number)
    bring_up_to_date(database, slack, here)
    assert told(slack) == ["✓ Done by Bo: Client 1: Call them"]
    with database.write() as connection:
        assert tasks.reopen(connection, who(database, here, cast.BO), number, NOW)
    bring_up_to_date(database, slack, here)
    assert told(slack) == [SENT]


def test_who_had_it_before_sees_who_has_it_now(database: Database, slack: Playground, here: int, number: int) -> None:
    give_on(database, here, number)
    run(database, slack, here)
    bring_up_to_date(database, slack, here)
    assert told(slack) == ["Cleo has it now: Client 1: Call them"]
    assert told(slack, cast.CLEO) == [SENT]


def test_who_no_longer_sees_the_client_reads_no_more_of_it(
    database: Database, slack: Playground, here: int, number: int
) -> None:
    give_on(database, here, number)
    with database.write() as connection:
        connection.execute(delete(standing))
    bring_up_to_date(database, slack, here)
    assert told(slack) == ["This task is no longer there, or no longer yours to see."]


@pytest.mark.parametrize("fault", [rate_limited(), unavailable(), killed_before(), killed_after()])
def test_whatever_happens_it_shows_the_truth_in_the_end(
    database: Database, slack: Playground, here: int, number: int, fault: object
) -> None:
    finish(database, here, number)
    slack.faults.add("chat.update", fault)  # type: ignore[arg-type]
    assert bring_up_to_date(database, slack, here) == 1
    assert bring_up_to_date(database, slack, here) == 0  # not before its pause is over
    assert bring_up_to_date(database, slack, here, LATER) == 1
    assert told(slack) == ["✓ Done by Bo: Client 1: Call them"]
    assert bring_up_to_date(database, slack, here, LATER) == 0


def test_a_limit_is_waited_out_for_as_long_as_slack_says(
    database: Database, slack: Playground, here: int, number: int
) -> None:
    finish(database, here, number)
    slack.faults.add("chat.update", rate_limited(30))
    bring_up_to_date(database, slack, here)
    assert bring_up_to_date(database, slack, here, NOW + timedelta(seconds=29)) == 0
    assert bring_up_to_date(database, slack, here, NOW + timedelta(seconds=30)) == 1


def test_what_fails_for_hours_is_left_until_it_changes_again(
    database: Database, slack: Playground, here: int, number: int
) -> None:
    finish(database, here, number)
    slack.faults.add("chat.update", *[unavailable()] * 20)
    made = [bring_up_to_date(database, slack, here, NOW + timedelta(hours=hour)) for hour in range(30)]
    assert made == [1] * 20 + [0] * 10
    assert told(slack) == [SENT]
    with database.write() as connection:
        assert tasks.reopen(connection, who(database, here, cast.BO), number, NOW)
        assert tasks.finish(connection, who(database, here, cast.BO), number, NOW)
    bring_up_to_date(database, slack, here, NOW + timedelta(hours=30))
    assert told(slack) == ["✓ Done by Bo: Client 1: Call them"]


def test_a_process_that_was_killed_leaves_it_to_the_next(
    database: Database, slack: Playground, here: int, number: int
) -> None:
    finish(database, here, number)
    assert shown.claim(database, here, NOW) is not None  # and killed there
    assert bring_up_to_date(database, slack, here) == 0
    assert bring_up_to_date(database, slack, here, LATER) == 1


def test_what_changes_while_it_is_sent_is_shown_next(
    database: Database, slack: Playground, here: int, number: int
) -> None:
    finish(database, here, number)
    claimed = shown.claim(database, here, NOW)
    with database.write() as connection:
        assert tasks.reopen(connection, who(database, here, cast.BO), number, NOW)
    assert claimed is not None
    shown.renewed(database, claimed)
    assert [bring_up_to_date(database, slack, here) for _ in range(2)] == [1, 0]


def test_a_message_that_was_deleted_is_forgotten(database: Database, slack: Playground, here: int, number: int) -> None:
    with database.read() as connection:
        where = connection.execute(select(delivery.c.channel, delivery.c.ts)).one()
    client(slack).chat_delete(channel=where.channel, ts=where.ts)
    finish(database, here, number)
    assert bring_up_to_date(database, slack, here) == 1
    with database.write() as connection:
        assert tasks.reopen(connection, who(database, here, cast.BO), number, NOW)
    assert bring_up_to_date(database, slack, here) == 0


def test_who_lost_their_seat_reads_no_more(database: Database, slack: Playground, here: int, number: int) -> None:
    finish(database, here, number)
    with database.write() as connection:
        connection.execute(update(person).where(person.c.slack_user_id == cast.BO).values(seat="off"))
    assert bring_up_to_date(database, slack, here) == 0
    assert told(slack) == [SENT]


def test_what_is_old_is_found_by_indexes_that_hold_nothing_else(sqlite: Database) -> None:
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            plans.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(sqlite.engine, "before_cursor_execute", explain)
    assert shown.claim(sqlite, 1, NOW) is None
    found = {plan.partition(" (")[0] for plan in plans if plan.startswith(("SEARCH", "SCAN"))}
    assert found == {
        "SEARCH delivery USING INDEX sqlite_autoindex_delivery_1",
        "SEARCH shown USING INDEX ix_shown_old",
        "SEARCH changed USING INDEX ix_delivery_changes",
        "SEARCH person USING INDEX sqlite_autoindex_person_1",
    }
