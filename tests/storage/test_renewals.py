"""Renewals on each database: who is among them, by what they are weighed, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from bot.domain.absences import Covered
from bot.domain.access import Person
from bot.domain.catalog import Tier
from bot.domain.filters import Filter, Renews
from bot.domain.listing import Listing, Scope, Whose
from bot.domain.renewals import Dated, Due, Outcome, Payers, Renewals
from bot.domain.subscriptions import Subscription
from bot.errors import UserError
from storage import renewal_dates, renewal_outcomes, renewals, schema
from storage.database import Database
from storage.installations import Installation
from tests.conftest import NOW, TODAY
from tests.storage import bases

RULES = bases.small()
ANNA, BO = 1, 2
SOON, LATER, PASSED, NEVER, FORMER, OF_BO, ELSEWHERE = range(1, 8)
OTHER = 9  # another CS workspace
MONTH = Renews(0, 30)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


RENEWS = {SOON: 10, LATER: 60, PASSED: -5, NEVER: None, FORMER: 5, OF_BO: 20, ELSEWHERE: 10}


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Clients of Anna's and one of Bo's, by when they renew; one in another workspace."""
    mine: dict[str, Any] = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, *RENEWS)
        connection.execute(insert(schema.person), [mine | {"id": n, "name": f"Person {n}"} for n in (ANNA, BO)])
        for number, days in RENEWS.items():
            stands: dict[str, Any] = {
                "client_id": number,
                "person_id": BO if number == OF_BO else ANNA,
                "share": 0.2,
                "score": 2,
            }
            stands |= {"tier": "former" if number == FORMER else "low", "mrr": 100 * number, "currency": "EUR"}
            stands |= {"workspace_id": OTHER if number == ELSEWHERE else installation.workspace_id}
            stands |= {"renews_on": None if days is None else day(days), "change_7": -0.1}
            connection.execute(insert(schema.standing).values(**mine, **stands))
    return installation


def asked(here: Installation, scope: Scope | None = None, **wanted: Any) -> Listing:
    of = scope or Scope(Whose.ALL)
    return Listing(here.id, here.workspace_id, of, Filter(**{"renews": MONTH, **wanted}), TODAY, TODAY, 1)


def read(database: Database, one: Listing) -> Renewals:
    with database.read() as connection:
        return renewals.read(connection, RULES, one)


def ids(found: Any) -> list[int]:
    return sorted(one.client_id for one in found)


def asker(here: Installation, number: int = ANNA, **changes: Any) -> Person:
    made = Person(number, here.id, here.workspace_id, f"U{number}", f"Person {number}", "UTC", "en-US")
    return replace(made, **changes)


def say(database: Database, who: Person, client: int, on: date, outcome: Outcome, now: datetime = NOW) -> str:
    """The key of what is said instead."""
    try:
        with database.write() as connection:
            renewal_outcomes.say(connection, who, client, on, outcome, "Why", now)
    except UserError as error:
        return error.key
    return ""


def subscribe(database: Database, here: Installation, number: int, client: int, **days: Any) -> None:
    with database.write() as connection:
        bases.add_subscription(connection, here.id, number, client, Subscription("mail", "starter", **days))


def test_a_window_has_its_clients_and_those_that_passed_stand_apart(database: Database, here: Installation) -> None:
    found = read(database, asked(here))
    assert (ids(found.ahead), ids(found.passed)) == ([SOON, OF_BO], [PASSED])
    assert ids(read(database, asked(here, renews=Renews(15, 90))).ahead) == [LATER, OF_BO]
    assert (found.base.clients, found.base.undated) == (5, 1)
    assert found.base.payers == {"EUR": Payers(5, 100.0 * (SOON + LATER + PASSED + NEVER + OF_BO))}
    assert (found.has_more, found.has_more_passed) == (False, False)


def test_it_is_of_the_scope_and_of_what_the_filter_keeps(database: Database, here: Installation) -> None:
    mine = Scope(Whose.MINE, person_id=ANNA)
    found = read(database, asked(here, mine))
    assert (ids(found.ahead), found.base.clients) == ([SOON], 4)
    kept = read(database, asked(here, mine, tiers=(Tier.HIGH,)))
    assert (kept.ahead, kept.passed, kept.base.undated) == ([], [], 0)
    assert kept.base.clients == 4  # a portion stays one of the whole scope
    bo = Covered(BO, "Bo", "U2", "", here.workspace_id, TODAY)
    assert ids(read(database, asked(here, Scope(Whose.COVERED, person_id=BO, covered=bo))).ahead) == [OF_BO]


def test_a_line_has_what_its_order_is_made_from(database: Database, here: Installation) -> None:
    subscribe(database, here, 1, SOON, cancels_on=day(40))
    one = next(one for one in read(database, asked(here)).ahead if one.client_id == SOON)
    made = Due(SOON, "Client 1", day(10), Tier.LOW, 2, 0.2, -0.1, 100.0, "EUR", "Person 1", cancels_on=day(40))
    assert one == made
    late = replace(asked(here), as_of=TODAY - timedelta(days=60))
    assert next(one for one in read(database, late).ahead if one.client_id == SOON).change is None


def test_the_last_touch_is_what_was_logged_here_and_what_the_data_says(database: Database, here: Installation) -> None:
    mine = {"installation_id": here.id}
    at = {name: datetime(2026, 11, number, 12, tzinfo=UTC) for name, number in (("task", 2), ("done", 9), ("note", 5))}
    both = {**mine, "author_id": ANNA, "client_id": SOON}
    task = {"title": "t", "due_on": TODAY, "priority": "low", "assignee_id": ANNA}
    with database.write() as connection:
        connection.execute(insert(schema.note).values(**both, id=1, slack_view_id="1", body="b", made_at=at["note"]))
        connection.execute(
            insert(schema.task).values(**both, **task, id=1, slack_view_id="1", made_at=at["task"], done_at=at["done"])
        )
        known = {"object": "company", "name": "last_touch_on", "label": "Last touch", "type": "date"}
        connection.execute(insert(schema.field).values(**mine, id=1, **known))
        said = {"property_id": 1, "record_id": OF_BO, "day": day(-3)}
        connection.execute(insert(schema.record_date).values(**mine, **said))
    found = {one.client_id: one for one in read(database, asked(here)).ahead}
    assert (found[SOON].logged_on, found[SOON].touched_on) == (date(2026, 11, 9), None)
    assert (found[OF_BO].logged_on, found[OF_BO].touched_on) == (None, day(-3))


def test_a_cancellation_of_the_window_is_there_though_nothing_renews(database: Database, here: Installation) -> None:
    subscribe(database, here, 1, NEVER, cancels_on=day(12))
    subscribe(database, here, 2, LATER, cancels_on=day(-3))  # that is over
    subscribe(database, here, 3, PASSED, cancels_on=day(13))
    both = read(database, asked(here))
    assert both.passed == []  # each client stands in one place
    found = both.ahead
    assert ids(found) == [SOON, PASSED, NEVER, OF_BO]
    assert (found[0].client_id, found[0].day, found[0].cancels_on) == (NEVER, day(12), day(12))
    assert say(database, asker(here), NEVER, day(12), Outcome.LEAVING) == ""
    assert ids(read(database, asked(here)).ahead) == [SOON, PASSED, OF_BO]


@pytest.mark.parametrize("outcome", Outcome)
def test_what_was_answered_is_off_the_list_until_the_date_changes(
    database: Database, here: Installation, outcome: Outcome
) -> None:
    say(database, asker(here), SOON, day(10), outcome)
    say(database, asker(here), PASSED, day(-5), outcome)
    found = read(database, asked(here))
    assert (ids(found.ahead), found.passed) == ([OF_BO], [])
    with database.write() as connection:
        connection.execute(update(schema.standing).where(schema.standing.c.client_id == SOON).values(renews_on=day(25)))
    found = read(database, asked(here))
    assert ids(found.ahead) == [SOON, OF_BO]
    assert (found.ahead[0].left is not None) is (outcome is Outcome.LEAVING)
    say(database, asker(here), SOON, day(99), Outcome.RENEWED, NOW + timedelta(days=1))  # the last word counts
    assert [one.left for one in read(database, asked(here)).ahead] == [None, None]


def test_who_is_second_is_told_and_ones_own_answer_is_changed(database: Database, here: Installation) -> None:
    assert say(database, asker(here), SOON, day(10), Outcome.RENEWED) == ""
    assert say(database, asker(here, BO), SOON, day(10), Outcome.LEAVING) == "renewal_answered"
    assert say(database, asker(here), SOON, day(10), Outcome.SMALLER) == ""
    with database.read() as connection:
        one = schema.renewal_outcome.c
        assert connection.execute(select(one.outcome, one.person_id, one.reason)).all() == [("smaller", ANNA, "Why")]
    with database.write() as connection:
        # What Bo said is gone, what Anna said is there once.
        said = [renewal_outcomes.take_back(connection, here.id, SOON, day(10), who) for who in (BO, ANNA, ANNA)]
    assert said == [False, True, False]
    assert ids(read(database, asked(here)).ahead) == [SOON, OF_BO]


def test_the_months_have_what_is_open(database: Database, here: Installation) -> None:
    say(database, asker(here), OF_BO, day(20), Outcome.RENEWED)
    with database.read() as connection:
        found = renewals.by_month(connection, RULES, asked(here, renews=Renews(0, 366)))
    assert [(one.first, one.clients, one.mrr) for one in found if one.clients] == [
        (date(2026, 11, 1), 1, {"EUR": 100.0}),
        (date(2027, 1, 1), 1, {"EUR": 200.0}),
    ]


def test_of_many_those_that_renew_first_are_weighed(
    database: Database, here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewals, "MOST", 1)
    monkeypatch.setattr(renewals, "PASSED", 0)
    found = read(database, asked(here))
    assert (ids(found.ahead), found.has_more) == ([SOON], True)
    assert (found.passed, found.has_more_passed) == ([], True)


def test_each_subscription_and_service_has_its_day(database: Database, here: Installation) -> None:
    subscribe(database, here, 1, SOON, renews_on=day(10))
    subscribe(database, here, 2, SOON, cancels_on=day(30), renews_on=day(40))
    subscribe(database, here, 3, SOON, renews_on=day(50), ended_on=day(-1))
    subscribe(database, here, 4, OF_BO, renews_on=day(20))
    mine = {"installation_id": here.id}
    with database.write() as connection:
        connection.execute(update(schema.installation).values(service_object="service"))
        known = {"object": "service", "name": "until", "label": "Until", "type": "date"}
        connection.execute(insert(schema.field).values(**mine, id=1, **known))
        tab = {"object": "service", "renewal_property": "until", "workspace_id": here.workspace_id}
        connection.execute(
            insert(schema.workspace_tab).values(**mine, **tab, is_shown=True, pipelines=[], layout="table")
        )
        service = {"object": "service", "external_id": "s", "name": "Care", "name_key": "care", "source_id": 1}
        connection.execute(insert(schema.record).values(**mine, id=90, **service, client_key=str(SOON), properties={}))
        connection.execute(insert(schema.record_date).values(**mine, property_id=1, record_id=90, day=day(20)))
    with database.read() as connection:
        found = renewal_dates.of(connection, here.id, here.workspace_id, [SOON], TODAY)
        other = renewal_dates.of(connection, here.id, OTHER, [SOON, OF_BO], TODAY)
    mail = Dated("mail", day(10))
    assert found == {SOON: [mail, Dated("Care", day(20)), Dated("mail", day(30), ends=True)]}
    assert other == {SOON: [mail, Dated("mail", day(30), ends=True)], OF_BO: [Dated("mail", day(20))]}


def test_it_takes_two_statements(database: Database, here: Installation) -> None:
    said: list[str] = []
    with database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
        renewals.read(connection, RULES, asked(here))
    assert len(said) == 2


def test_a_whole_base_is_read_along_the_index_of_renewals(sqlite: Database) -> None:
    """On SQLite, which has no statistics and would guess."""
    listing = Listing(1, 1, Scope(Whose.ALL), Filter(renews=MONTH), TODAY, TODAY, 1)
    said: list[tuple[str, Any]] = []
    with sqlite.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: said.append((given[2], given[3])))
        renewals.read(connection, RULES, listing)
        statement, bound = said[-1]
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", bound)]
    read_through = sorted({one.removeprefix("SEARCH ") for one in plan if one.startswith("SEARCH standing")})
    along = "standing USING COVERING INDEX ix_standing_renews_on (installation_id=? AND workspace_id=? AND tier=?"
    by_key = "standing USING PRIMARY KEY (installation_id=? AND client_id=? AND workspace_id=?)"
    assert read_through == [f"{along} AND renews_on>? AND renews_on<?)", by_key]
    of_all = [one.partition("(")[2] for one in plan if "ix_subscription_cancels_on" in one]
    assert of_all == ["installation_id=? AND cancels_on>? AND cancels_on<?)"]
