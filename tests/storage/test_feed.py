"""What happened to key accounts, on each database: each kind from the rows that tell it, newest first, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from bot.domain.access import Person
from bot.domain.feed import DAYS, Happening, Position, Turned, What
from bot.domain.key_accounts import Owner
from storage import feed, key_accounts, schema, stale, standing
from storage.database import Database
from tests.conftest import NOW
from tests.storage.bases import small
from tests.storage.test_standing import DANA, START, Base

CONTACTS, FORMS, FORM, CAMPAIGNS, UNHEARD = 1, 2, 3, 4, 5  # tools
ONE, OTHER = 1, 2  # clients
LATER = 40  # the day that the data goes to in the end
TODAY = START + timedelta(LATER)


@pytest.fixture
def base(database: Database) -> Base:
    """Client 1 has Mail Starter and used contacts and, on two days, forms; Dana follows it. The data goes to day 30."""
    made = Base(database)
    made.subscribe(ONE, "mail", "starter", None, 300)
    for day in (2, 20, 28, 35):
        made.use(ONE, CONTACTS, day, 3, 1)
    for day in (12, 25):
        made.use(ONE, FORMS, day, 1, 1)
    made.reach(1, 30)
    made.settle()
    follow(made, ONE)
    return made


def dana(base: Base, **changes: Any) -> Person:
    made = Person(DANA, base.id, base.home.workspace_id, "U0DANA", "Dana", "UTC", "en-US")
    return replace(made, **changes)


def follow(base: Base, client: int) -> None:
    with base.database.write() as connection:
        key_accounts.keep(connection, dana(base), client, {Owner.ME}, NOW)


def settle(base: Base, day: int = LATER) -> None:
    base.reach(1, day)
    base.settle()


def told(base: Base, who: Person | None = None, limit: int = 20) -> list[Happening]:
    found, beside = list[Happening](), None
    while True:
        lines, beside = page(base, who, beside, limit)
        found += lines
        if beside is None:
            return found


def page(
    base: Base, who: Person | None, beside: Position | None, limit: int
) -> tuple[list[Happening], Position | None]:
    asked = key_accounts.followed(who or dana(base), TODAY)
    known = {base.rules.hash: base.rules, small().hash: small()}.get
    with base.database.read() as connection:
        return feed.page(connection, base.rules, known, asked, beside=beside, limit=limit)


def change(base: Base, **values: Any) -> None:
    """Another import says something else of client 1's subscription."""
    mine = (schema.subscription.c.installation_id == base.id) & (schema.subscription.c.client_id == ONE)
    with base.database.write() as connection:
        connection.execute(update(schema.subscription).where(mine).values(values))
        stale.mark(connection, base.id, [ONE])


def moment(day: int) -> datetime:
    return datetime.combine(START + timedelta(day), time(9), UTC)


def log(base: Base, client: int, done: int | None, title: str = "Call") -> None:
    made = {"slack_view_id": title, "title": title, "due_on": TODAY, "priority": "low", "assignee_id": DANA}
    done_by = {"done_at": moment(done), "done_by": DANA} if done is not None else {}
    with base.database.write() as connection:
        row = {"installation_id": base.id, "id": hash(title) % 1000, "client_id": client, "author_id": DANA}
        connection.execute(insert(schema.task).values(**row, **made, made_at=moment(1), **done_by))


def note(base: Base, client: int, day: int, body: str) -> None:
    with base.database.write() as connection:
        row = {"installation_id": base.id, "id": hash(body) % 1000, "client_id": client, "author_id": DANA}
        connection.execute(insert(schema.note).values(**row, slack_view_id=body, body=body, made_at=moment(day)))


def answer(base: Base, client: int, day: int) -> None:
    with base.database.write() as connection:
        row = {"installation_id": base.id, "client_id": client, "renews_on": TODAY, "person_id": DANA}
        said = {"outcome": "leaving", "reason": "Too dear", "answered_at": moment(day)}
        connection.execute(insert(schema.renewal_outcome).values(**row, **said))


Act = Callable[[Base], None]


@pytest.mark.parametrize(
    ("act", "what", "says"),
    [
        pytest.param(
            lambda b: b.use(ONE, CAMPAIGNS, 35, 1, 1), What.FIRST_USED, {"text": "Campaigns"}, id="first used"
        ),
        pytest.param(lambda b: None, What.QUIET, {"text": "Forms"}, id="quiet"),
        pytest.param(
            lambda b: change(b, renews_on=START + timedelta(333)),
            What.RENEWAL,
            {"days": (START + timedelta(300), START + timedelta(333))},
            id="renewal",
        ),
        pytest.param(
            lambda b: change(b, edition="professional"),
            What.SCORE,
            {"subscriptions": (Turned("mail", "starter", "professional"),)},
            id="edition",
        ),
        pytest.param(
            lambda b: b.end(1, 38), What.SCORE, {"subscriptions": (Turned("mail", "starter", None),)}, id="ended"
        ),
        pytest.param(
            lambda b: b.subscribe(ONE, "crm", "pro", 36, 300),
            What.SCORE,
            {"subscriptions": (Turned("crm", None, "pro"),)},
            id="started",
        ),
        pytest.param(lambda b: log(b, ONE, 39), What.TASK, {"text": "Call", "person": "Dana"}, id="task"),
        pytest.param(lambda b: note(b, ONE, 39, "Moved"), What.NOTE, {"text": "Moved", "person": "Dana"}, id="note"),
        pytest.param(
            lambda b: answer(b, ONE, 39),
            What.OUTCOME,
            {"text": "leaving Too dear", "person": "Dana"},
            id="outcome of a renewal",
        ),
    ],
)
def test_each_kind_is_told_by_the_rows_that_know_it(base: Base, act: Act, what: What, says: dict[str, Any]) -> None:
    act(base)
    settle(base)
    (one,) = [found for found in told(base) if found.what is what]
    assert {name: getattr(one, name) for name in says} == says
    assert (one.client_id, one.client) == (ONE, "Client 1")


def test_a_score_that_the_client_moved_is_told_with_why(base: Base) -> None:
    settle(base, 41)  # the first of the two uses of forms leaves its window
    settle(base, 42)
    (one,) = [found for found in told(base) if found.what is What.SCORE]
    assert one.scores == (10, 4)
    assert [part.tool for part in one.parts] == ["forms"]


def test_another_formula_moves_no_score(base: Base) -> None:
    base.change_catalog()
    settle(base, 31)
    assert [one.what for one in told(base) if one.what is What.SCORE] == []


def test_what_settings_change_for_everybody_is_no_event(base: Base) -> None:
    """All scores are made again: what is then quiet is not the client's doing; a renewal that an import moved is."""
    change(base, renews_on=START + timedelta(333))
    base.change_catalog()
    settle(base)
    assert {one.what for one in told(base)} - {What.SCORE} == {What.RENEWAL}


def test_a_tool_is_not_new_where_the_data_begins_with_it(database: Database) -> None:
    base = Base(database)
    base.use(ONE, CONTACTS, 35, 3, 1)
    settle(base)
    follow(base, ONE)
    assert told(base) == []


def test_the_newest_comes_first_and_pages_follow_without_gap_or_double(base: Base) -> None:
    log(base, ONE, 39)
    log(base, ONE, None, "Open")
    for day in (29, 33, 39, 40):
        note(base, ONE, day, f"On {day}")
    note(base, ONE, LATER - DAYS, "Too long ago")
    base.use(ONE, CAMPAIGNS, 35, 1, 1)
    settle(base)
    whole = told(base)
    days = [one.at.date() if isinstance(one.at, datetime) else one.at for one in whole]
    assert days == sorted(days, reverse=True)
    assert [one.text for one in whole if one.what is What.NOTE] == ["On 40", "On 39", "On 33", "On 29"]
    assert whole[0].at == moment(40)
    for limit in (1, 2, 3):
        assert told(base, limit=limit) == whole


def test_only_what_is_followed_and_seen_is_told(base: Base) -> None:
    note(base, ONE, 39, "Seen")
    note(base, OTHER, 39, "Not followed")
    assert [one.text for one in told(base) if one.what is What.NOTE] == ["Seen"]
    assert told(base, dana(base, workspace_id=99)) == []
    assert told(base, dana(base, id=98)) == []


def test_a_renewal_is_that_of_the_workspace_where_one_looks(base: Base) -> None:
    change(base, renews_on=START + timedelta(333))
    settle(base)
    with base.database.write() as connection:
        elsewhere = schema.standing.update().where(schema.standing.c.client_id == ONE)
        connection.execute(elsewhere.values(workspace_id=99))
    assert What.RENEWAL not in {one.what for one in told(base, dana(base, workspace_id=99))}


@pytest.mark.parametrize("is_marked", [True, False])
def test_where_all_scores_are_made_again_only_what_an_import_changed_is_told(base: Base, is_marked: bool) -> None:
    """Else the settings may have moved it."""
    change(base, renews_on=START + timedelta(333))
    with base.database.write() as connection:
        connection.execute(schema.stale.delete())
        if is_marked:
            stale.mark(connection, base.id, [ONE])
    assert standing.rescore(base.database, base.id, base.rules)
    assert (What.RENEWAL in {one.what for one in told(base)}) is is_marked


def test_the_first_of_a_person_s_are_one_statement_and_their_accounts_another(base: Base) -> None:
    note(base, ONE, 39, "Seen")
    statements = list[str]()
    event.listen(base.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    known, who = {base.rules.hash: base.rules}.get, dana(base, as_of=START + timedelta(30))
    with base.database.read() as connection:
        (first, *_) = key_accounts.happenings(connection, base.rules, known, who, TODAY, 3)
        found = key_accounts.accounts(connection, base.rules, known, who, TODAY, 3)
    assert (first.text, [line.name for line in found.lines], found.total) == ("Seen", ["Client 1"], 1)
    assert len([one for one in statements if not one.startswith("BEGIN")]) == 2


def test_every_table_is_read_by_the_clients_that_are_followed(sqlite: Database) -> None:
    base, plan = Base(sqlite), list[str]()

    def explain(_: object, cursor: Any, statement: str, given: Any, *_rest: object) -> None:
        plan.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", given))

    event.listen(sqlite.engine, "before_cursor_execute", explain)
    page(base, None, None, 10)
    event.remove(sqlite.engine, "before_cursor_execute", explain)
    of_clients = ("standing", "change", "client_event", "task", "note", "usage")
    read = [line for line in plan if line.startswith("SEARCH") and line.split()[1] in of_clients]
    assert {line.split()[1] for line in read} == set(of_clients)
    assert [line for line in read if "(installation_id=? AND client_id=?" not in line] == []
    assert {line for line in plan if line.startswith("SCAN")} <= {"SCAN mine", "SCAN value VIRTUAL TABLE INDEX 1:"}
