"""Standings: after whatever happened to a base, they are what a whole rescoring gives."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from bot.domain.catalog import Tier
from bot.domain.engagement import assess
from bot.domain.filters import Filter
from bot.domain.listing import Listing, Page, Scope, Whose
from bot.domain.marks import Mark, names
from bot.domain.scoring import judge
from bot.domain.signs import notice
from bot.domain.subscriptions import Subscription, next_renewal
from storage import catalog, facts, listing, schema, stale, standing, tool_marks
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.storage import bases
from tests.storage.bases import CATALOG, small

START = date(2026, 6, 1)
CATALOGS = (
    small(),
    catalog.parse(CATALOG.replace("grace = 10", "grace = 25").replace("points = 3", "points = 2"), "b"),
)
CLIENTS = (1, 2, 3, 4, 90)  # close together and far away: both ways of reading a slice
DANA = 99  # who says what is said of tools


class Killed(BaseException):
    """As if the process had ended."""


class Base:
    """One installation with five clients, two sources and four tools, which bears what an import does to a base."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rules = self.scored = CATALOGS[0]
        self.reaches: dict[int, date] = {}
        self.numbers = 0
        with database.write() as connection:
            self.home = create(connection, NOW)
            self.id = self.home.id
            bases.add_source(connection, self.id, 1, "all")
            bases.add_source(connection, self.id, 2, "listed")
            bases.add_tools(connection, self.id, "contacts", "forms", "form", "campaigns", "unheard of")
            bases.measure(connection, self.id, 1, [1, 2, 3])
            bases.add_clients(connection, self.id, *CLIENTS)
            dana = {"id": DANA, "slack_user_id": "U0DANA", "name": "Dana"}
            connection.execute(insert(schema.person).values(installation_id=self.id, **dana))

    def say(self, client: int, tool: str, day: int, is_used: bool) -> None:
        mark = Mark(is_used, START + timedelta(day))
        with self.database.write() as connection:
            tool_marks.say(connection, self.id, client, names(self.scored, tool), mark, DANA)
            standing.score(connection, self.id, self.scored, client)

    def take_back(self, client: int, tool: str) -> None:
        with self.database.write() as connection:
            tool_marks.take_back(connection, self.id, client, names(self.scored, tool))
            standing.score(connection, self.id, self.scored, client)

    def use(self, client: int, tool: int, day: int, count: int, source: int) -> None:
        with self.database.write() as connection:
            bases.add_usage(connection, self.id, client, tool, START + timedelta(day), count, source)

    def reach(self, source: int, day: int) -> None:
        self.reaches[source] = START + timedelta(day)

    def subscribe(self, client: int, product: str, edition: str, started: int | None, renews: int) -> None:
        self.numbers += 1
        one = Subscription(
            product,
            edition,
            None if started is None else START + timedelta(started),
            renews_on=START + timedelta(renews),
            mrr=10.5,
        )
        with self.database.write() as connection:
            bases.add_subscription(connection, self.id, self.numbers, client, one)

    def end(self, number: int, day: int) -> None:
        with self.database.write() as connection:
            bases.end_subscription(connection, self.id, number, START + timedelta(day))

    def cancel(self, number: int, day: int) -> None:
        mine = (schema.subscription.c.installation_id == self.id) & (schema.subscription.c.id == number)
        with self.database.write() as connection:
            values = {"cancels_on": START + timedelta(day)}
            connection.execute(update(schema.subscription).where(mine).values(values))
            ids = connection.scalars(select(schema.subscription.c.client_id).where(mine)).all()
            stale.mark(connection, self.id, ids)

    def archive(self, client: int) -> None:
        mine = (schema.record.c.installation_id == self.id) & (schema.record.c.id == client)
        with self.database.write() as connection:
            connection.execute(update(schema.record).where(mine).values(archived_at=NOW))
            stale.mark(connection, self.id, [client])

    def cover_all(self) -> None:
        with self.database.write() as connection:
            mine = (schema.source.c.installation_id == self.id) & (schema.source.c.id == 2)
            connection.execute(update(schema.source).where(mine).values(covers="all"))

    def measure(self, source: int, tool: int) -> None:
        row = {"installation_id": self.id, "source_id": source, "tool_id": tool}
        mine = [schema.source_tool.c[name] == value for name, value in row.items()]
        with self.database.write() as connection:
            connection.execute(delete(schema.source_tool).where(*mine))
            connection.execute(insert(schema.source_tool).values(row))

    def change_catalog(self) -> None:
        self.rules = CATALOGS[1]

    def settle(self) -> int:
        standing.advance(self.database, self.id, self.rules, self.reaches, NOW)
        self.scored = self.rules
        return standing.settle(self.database, self.id, self.rules)

    def rows(self) -> list[Any]:
        query = select(schema.standing).where(schema.standing.c.installation_id == self.id)
        with self.database.read() as connection:
            return list(connection.execute(query.order_by(schema.standing.c.client_id)))

    def changes(self) -> list[Any]:
        query = select(schema.change).where(schema.change.c.installation_id == self.id)
        with self.database.read() as connection:
            return list(connection.execute(query.order_by(schema.change.c.client_id, schema.change.c.day)))

    def marks(self) -> int:
        mine = select(func.count()).where(schema.stale.c.installation_id == self.id)
        with self.database.read() as connection:
            return connection.scalar(mine) or 0


@pytest.fixture
def base(database: Database) -> Base:
    return Base(database)


client_ids, sources, tool_ids = st.sampled_from(CLIENTS), st.sampled_from([1, 2]), st.integers(1, 5)
day_numbers, counts = st.integers(0, 120), st.integers(1, 4)
Step = tuple[Any, ...]
marked_tools = st.sampled_from(["contacts", "forms", "campaigns"])
say = st.tuples(st.just("say"), client_ids, marked_tools, st.integers(-70, 60), st.booleans())  # fades from day 20 on
use = st.tuples(st.just("use"), client_ids, st.integers(1, 3), day_numbers, counts, st.just(1))
subscribe = st.tuples(
    st.just("subscribe"), client_ids, st.sampled_from(["mail", "mail", "CRM", "other"]),
    st.sampled_from(["starter", "professional", "pro"]), st.none() | day_numbers, st.integers(0, 200),
)  # fmt: skip
change = st.one_of(
    use,
    subscribe,
    st.tuples(st.just("use"), client_ids, tool_ids, day_numbers, counts, sources),
    st.tuples(st.just("reach"), st.just(2), day_numbers),
    st.tuples(st.just("end"), st.integers(1, 6), day_numbers),
    st.tuples(st.just("cancel"), st.integers(1, 6), day_numbers),
    st.tuples(st.just("archive"), client_ids),
    st.tuples(st.just("cover_all")),
    st.tuples(st.just("measure"), sources, tool_ids),
    st.tuples(st.just("change_catalog")),
    say,
    say,
    st.tuples(st.just("take_back"), client_ids, marked_tools),
)
imports = st.lists(st.tuples(st.lists(change, max_size=2), st.integers(0, 25)), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(use, min_size=3, max_size=12),
    st.lists(subscribe, min_size=2, max_size=6),
    st.lists(say, max_size=6),
    imports,
)
def test_after_any_sequence_of_imports_the_stored_scores_equal_a_whole_rescoring(
    database: Database, uses: list[Step], bought: list[Step], said: list[Step], after: list[tuple[list[Step], int]]
) -> None:
    base, day = Base(database), 20
    for changes, days in [([*uses, *bought, *said], 0), *after]:
        for name, *values in changes:
            getattr(base, name)(*values)
        day += days
        base.reach(1, day)
        base.settle()
        assert base.marks() == 0
        bases.check_areas(database, base.id)
    rows, history = base.rows(), base.changes()
    assert standing.rescore(database, base.id, base.rules) == len(CLIENTS)
    assert base.rows() == rows
    assert base.changes() == history
    bases.check_areas(database, base.id)
    _check_against_the_card(base, rows)


def _check_against_the_card(base: Base, rows: Sequence[Any]) -> None:
    """The card gathers by itself, in one statement; what it shows must be what is stored."""
    assert [row.client_id for row in rows] == [i for i in CLIENTS if _card(base, i)]  # archived ones stand nowhere
    for row in rows:
        (one,) = _card(base, row.client_id)
        assert one.as_of is not None
        verdict = judge(base.rules, one.facts, one.as_of)
        assert (row.name_key, row.tier) == (f"client {row.client_id}", verdict.tier)
        assert (row.score, row.share) == (verdict.score, verdict.share)
        assert (row.reason, row.first_on) == (verdict.reason, verdict.first_on)
        assert (one.renews_on, one.mrr, one.currency) == (row.renews_on, row.mrr, row.currency)
        judged = assess(base.rules, one, one.as_of)
        assert notice(base.rules, judged.situation(), base.rules.bits(one.quiet), {}).signs == row.signs


def _card(base: Base, client: int) -> list[Any]:
    with base.database.read() as connection:
        return facts.client(
            connection,
            base.id,
            base.home.workspace_id,
            base.rules,
            {base.rules.hash: base.rules}.get,
            facts.BY_ID,
            {"client": client},
        )


def test_days_that_go_by_rescore_only_the_clients_they_matter_to(base: Base) -> None:
    for client in CLIENTS:
        base.subscribe(client, "mail", "starter", None, 200)
    base.use(1, 1, 10, 3, 1)  # leaves its window of 30 days on day 40
    base.use(2, 1, 35, 3, 1)  # enters one on day 35
    base.end(3, 37)
    base.reach(1, 30)
    base.settle()
    tiers = {row.client_id: (row.tier, row.score) for row in base.rows()}
    assert tiers == {1: ("medium", 4), 2: ("low", 0), 3: ("low", 0), 4: ("low", 0), 90: ("low", 0)}
    base.reach(1, 31)
    assert base.settle() == 0
    base.reach(1, 40)
    assert base.settle() == 5  # all of these have a row of `change` 7 days back by now
    base.reach(1, 41)
    assert base.settle() == 0
    assert {row.client_id: (row.tier, row.score) for row in base.rows()} == {
        1: ("low", 0), 2: ("medium", 4), 3: ("former", None), 4: ("low", 0), 90: ("low", 0),
    }  # fmt: skip


# What a client has, each with one thing that happens as days go by. Nothing else marks it on that day.
SLOW_CHANGES: dict[str, list[Step]] = {
    "begins": [("subscribe", 1, "mail", "pro", None, 200), ("subscribe", 1, "crm", "pro", 33, 200)],
    "first begins": [("subscribe", 1, "mail", "pro", 33, 200)],
    "ends": [("subscribe", 1, "mail", "pro", None, 200), ("end", 1, 44)],
    "is cancelled": [("subscribe", 1, "mail", "pro", None, 200), ("cancel", 1, 44)],
    "grows out of grace": [
        ("subscribe", 1, "crm", "free", None, 200), ("subscribe", 1, "mail", "pro", 15, 200), ("use", 1, 1, 20, 3, 1),
    ],
    "grows out of onboarding": [("subscribe", 1, "mail", "pro", 12, 200)],
    "is renewed": [("subscribe", 1, "mail", "pro", None, 37), ("subscribe", 1, "mail", "pro", None, 52)],
    "used a tool before": [("subscribe", 1, "mail", "pro", None, 200), ("use", 1, 1, 10, 3, 1)],
    "uses a tool": [("subscribe", 1, "mail", "pro", None, 200), ("use", 1, 1, 31, 3, 1)],
    "uses a tool of a longer window": [
        ("subscribe", 1, "mail", "pro", None, 200), ("measure", 1, 4), ("use", 1, 4, 2, 3, 1),
    ],
    "is said to use a tool": [("subscribe", 1, "mail", "pro", None, 200), ("say", 1, "campaigns", -50, True)],
    "is said not to use a tool": [("subscribe", 1, "mail", "pro", None, 200), ("say", 1, "campaigns", -45, False)],
    "is said to use a tool without data of it": [
        ("subscribe", 1, "mail", "pro", None, 200), ("say", 1, "forms", -40, True),
    ],
}  # fmt: skip


@pytest.mark.parametrize("steps", SLOW_CHANGES.values(), ids=SLOW_CHANGES)
def test_each_day_that_goes_by_finds_the_clients_that_it_changes(sqlite: Database, steps: list[Step]) -> None:
    base = Base(sqlite)
    for name, *values in steps:
        getattr(base, name)(*values)
    shares: dict[int, float | None] = {}
    for day in range(20, 85):
        base.reach(1, day)
        base.settle()
        (row,) = [row for row in base.rows() if row.client_id == 1]
        (one,) = _card(base, 1)
        verdict = judge(base.rules, one.facts, START + timedelta(day))
        shares[day] = verdict.share
        assert (day, row.tier, row.share) == (day, verdict.tier, verdict.share)
        assert row.renews_on == next_renewal(one.facts.subscriptions, START + timedelta(day))
        for days, stored in ((7, row.change_7), (30, row.change_30)):
            then, now = shares.get(day - days), verdict.share
            assert (day, stored) == (day, None if then is None or now is None else now - then)


def test_reach_never_moves_back(base: Base) -> None:
    base.reach(1, 30)
    base.settle()
    base.reach(1, 10)
    base.settle()
    with base.database.read() as connection:
        assert connection.scalar(select(schema.installation.c.as_of).where(schema.installation.c.id == base.id)) == (
            START + timedelta(30)
        )


def test_late_data_never_reads_as_a_fall(base: Base) -> None:
    """The other source goes on; the window of the late one stays where its data ends."""
    base.subscribe(1, "mail", "starter", None, 200)
    base.use(1, 1, 20, 3, 1)
    base.reach(1, 20)
    base.settle()
    before = base.rows()[0].share
    base.reach(2, 140)
    base.settle()
    assert base.rows()[0].share == before == 0.4


def test_a_category_whose_source_stayed_behind_is_late_on_the_card_and_in_its_list(base: Base) -> None:
    base.measure(2, 4)  # campaigns, for the client that it names
    base.subscribe(1, "mail", "professional", None, 200)
    base.subscribe(2, "mail", "professional", None, 200)
    base.use(1, 4, 50, 1, 2)
    with base.database.write() as connection:  # contacts are the first source's; forms are nobody's
        measures = schema.source_tool.c.source_id == 1
        connection.execute(delete(schema.source_tool).where(measures, schema.source_tool.c.tool_id != 1))
    base.reach(1, 60)
    base.reach(2, 50)
    base.settle()
    today = START + timedelta(60)
    late = {client: assess(base.rules, _card(base, client)[0], today).late for client in (1, 2)}
    assert late == {1: {"mailing": START + timedelta(50)}, 2: {}}  # of the second nobody measures it
    assert {key: _page(base, key, today).late_to for key in ("core", "mailing")} == {
        "core": None, "mailing": START + timedelta(50),
    }  # fmt: skip
    assert _page(base, "mailing", today).is_measured
    assert {key: _page(base, key, today).data_to for key in ("core", "mailing")} == {
        "core": START + timedelta(60), "mailing": START + timedelta(50),
    }  # fmt: skip
    base.reach(2, 53)
    base.settle()
    assert assess(base.rules, _card(base, 1)[0], today).late == {}
    assert _page(base, "mailing", today).late_to is None
    with base.database.write() as connection:  # of a source that comes every day, that is late
        daily = (schema.source.c.installation_id == base.id, schema.source.c.id == 2)
        connection.execute(update(schema.source).where(*daily).values(every=1))
    assert assess(base.rules, _card(base, 1)[0], today).late == {"mailing": START + timedelta(53)}
    assert _page(base, "mailing", today).late_to == START + timedelta(53)


def test_a_list_of_a_category_tells_how_far_that_category_moved_and_why(base: Base) -> None:
    base.subscribe(1, "mail", "starter", None, 200)
    base.use(1, 1, 40, 5, 1)  # contacts, of the core, go on
    base.use(1, 2, 20, 3, 1)  # forms fall out of their window
    for day in (48, 55):
        base.reach(1, day)
        base.settle()
    today = START + timedelta(55)
    core, mailing = (
        next(line for line in _page(base, key, today).lines if line.id == 1) for key in ("core", "mailing")
    )
    assert (core.change, core.parts) == (0.0, ())
    assert mailing.change == -1.0
    assert [(part.tool, float(part.share)) for part in mailing.parts] == [("forms", -1.0)]


def test_a_category_that_nobody_measures_is_said_to_be_so_in_its_list(base: Base) -> None:
    base.subscribe(1, "mail", "professional", None, 200)
    base.use(1, 1, 50, 1, 1)
    with base.database.write() as connection:
        connection.execute(delete(schema.source_tool).where(schema.source_tool.c.tool_id != 1))
    base.reach(1, 60)
    base.settle()
    today = START + timedelta(60)
    found = {key: _page(base, key, today) for key in ("core", "mailing")}
    assert {key: (len(page.lines) > 0, page.is_measured) for key, page in found.items()} == {
        "core": (True, True), "mailing": (True, False),
    }  # fmt: skip


def _page(base: Base, category: str, today: date) -> Page:
    asked = Listing(base.id, base.home.workspace_id, Scope(Whose.ALL), Filter(category=category), today, today)
    with base.database.read() as connection:
        return listing.page(connection, base.rules, {base.rules.hash: base.rules}.get, asked)


def test_without_any_reach_clients_are_unknown_as_of_the_last_change(base: Base) -> None:
    base.settle()
    assert {(row.tier, row.reason) for row in base.rows()} == {("unknown", "no_source")}
    with base.database.read() as connection:
        as_of = connection.scalar(select(schema.installation.c.as_of).where(schema.installation.c.id == base.id))
    assert as_of == NOW.date()


def test_a_listed_source_covers_only_clients_that_it_named(base: Base) -> None:
    base.measure(2, 4)
    base.use(1, 5, 0, 1, 2)  # named, if only with a tool that nobody knows
    with base.database.write() as connection:
        connection.execute(delete(schema.source_tool).where(schema.source_tool.c.source_id == 1))
    base.reach(2, 10)
    base.settle()
    assert {row.client_id: (row.tier, row.reason) for row in base.rows()} == {
        1: ("low", None),
        **dict.fromkeys((2, 3, 4, 90), ("unknown", "no_source")),
    }


def test_two_names_of_one_tool_add_up(base: Base) -> None:
    base.use(1, 2, 10, 1, 1)
    base.use(1, 3, 11, 1, 1)  # "forms" and "form": two submissions make it used
    base.reach(1, 11)
    base.settle()
    assert base.rows()[0].share == 3 / 5


def test_a_standing_names_csm_renewal_and_revenue(base: Base) -> None:
    with base.database.write() as connection:
        mine = {"installation_id": base.id}
        connection.execute(insert(schema.person).values(**mine, id=1, email="anna@example.com", slack_user_id="U1"))
        for number, name, kind in ((1, "csm_email", "user"), (2, "renewal_date", "date")):
            values = {"id": number, "object": "company", "name": name, "label": name, "type": kind}
            connection.execute(insert(schema.field).values(**mine, **values))
        connection.execute(insert(schema.record_person).values(**mine, property_id=1, record_id=1, person_id=1))
        connection.execute(insert(schema.record_date).values(**mine, property_id=2, record_id=1, day=START))
        owned = (schema.record.c.installation_id == base.id) & (schema.record.c.id == 2)
        connection.execute(update(schema.record).where(owned).values(mrr=99, currency="NOK"))
    for client in (1, 2):
        base.subscribe(client, "mail", "starter", 0, 50)
        base.subscribe(client, "crm", "pro", 0, 40)
    base.reach(1, 20)
    base.settle()
    first, second = base.rows()[:2]
    assert (first.person_id, first.renews_on, first.mrr, first.currency) == (1, START, 21.0, "EUR")
    assert (second.person_id, second.renews_on, second.mrr, second.currency) == (
        None, START + timedelta(40), 99.0, "NOK",
    )  # fmt: skip
    with base.database.write() as connection:
        here = schema.workspace.c.installation_id == base.id
        connection.execute(update(schema.workspace).where(here).values(renewal_property="renewal_date"))
    base.settle()
    assert [row.renews_on for row in base.rows()[:2]] == [START, None]  # chosen: no date is no date


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "FIRST", 1)
    monkeypatch.setattr(standing, "MOST", 1)


def _kill_after(slices: int) -> Iterator[None]:
    for _ in range(slices - 1):
        yield
    raise Killed


@pytest.mark.usefixtures("small_slices")
@pytest.mark.parametrize("slices", [1, 2, 4])
def test_a_settling_that_was_cut_off_is_finished_by_the_next(base: Base, slices: int) -> None:
    for client in CLIENTS:
        base.subscribe(client, "mail", "pro", 0, 60)
        base.use(client, 2, 15, client, 1)
    base.reach(1, 20)
    standing.advance(base.database, base.id, base.rules, base.reaches, NOW)
    dying = _kill_after(slices)
    with suppress(Killed):
        standing.settle(base.database, base.id, base.rules, lambda done, total: next(dying))
    assert len(base.rows()) == slices
    assert standing.settle(base.database, base.id, base.rules) == len(CLIENTS) - slices
    rows = base.rows()
    standing.rescore(base.database, base.id, base.rules)
    assert base.rows() == rows
    assert base.marks() == 0


def test_an_advance_that_was_cut_off_leaves_scores_whole_and_is_made_again(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    base.subscribe(1, "mail", "starter", None, 200)
    base.use(1, 1, 10, 3, 1)
    base.reach(1, 30)
    base.settle()
    before = base.rows()
    base.reach(1, 60)
    with monkeypatch.context() as patch:
        patch.setattr(standing, "_write_basis", lambda *args, **kwargs: next(_kill_after(1)))
        with suppress(Killed):
            standing.advance(base.database, base.id, base.rules, base.reaches, NOW)
    assert standing.settle(base.database, base.id, base.rules) == 5
    assert base.rows() == before  # under the old reach
    base.settle()
    assert base.rows()[0].share == 0


def test_a_client_of_another_installation_is_left_alone(base: Base) -> None:
    other = Base(base.database)
    base.reach(1, 10)
    base.settle()
    assert len(base.rows()) == 5
    assert other.rows() == []
    assert other.marks() == 5


def test_services_and_deals_of_clients_are_no_clients(base: Base) -> None:
    with base.database.write() as connection:
        mine = (schema.record.c.installation_id == base.id) & schema.record.c.id.in_([3, 4])
        connection.execute(update(schema.record).where(mine).values(object="service"))
    base.reach(1, 10)
    base.settle()
    standing.rescore(base.database, base.id, base.rules)
    assert [row.client_id for row in base.rows()] == [1, 2, 90]


def test_progress_counts_up_to_all(base: Base) -> None:
    base.reach(1, 10)
    standing.advance(base.database, base.id, base.rules, base.reaches, NOW)
    seen: list[tuple[int, int]] = []
    standing.settle(base.database, base.id, base.rules, lambda done, total: seen.append((done, total)))
    assert seen == [(5, 5)]


@pytest.mark.parametrize(
    ("size", "part", "following"),
    [(200, 0.1, 800), (200, 1, 200), (200, 4, 50), (5_000, 0.01, 5_000), (20, 90, 1)],
)
def test_a_slice_is_as_large_as_its_time_allows(size: int, part: float, following: int) -> None:
    """`part`: of the time for which a slice should hold the lock."""
    assert standing._next_size(size, standing.HOLD * part) == following


def test_former_clients_keep_a_standing_of_their_own(base: Base) -> None:
    base.subscribe(1, "mail", "starter", 0, 60)
    base.end(1, 10)
    base.reach(1, 20)
    base.settle()
    assert base.rows()[0].tier == Tier.FORMER


def test_marks_are_made_once_and_only_for_clients_there_are(database: Database, installation: Installation) -> None:
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, 1, 2)
        stale.mark(connection, installation.id, [2, 1, 2, 77])
    with database.read() as connection:
        assert connection.scalars(select(schema.stale.c.client_id)).all() == [1, 2]


@pytest.mark.alone
def test_who_waits_to_write_gets_in_between_two_slices(database: Database) -> None:
    """A holder that leaves as short a gap as settling does, and never stops by itself."""
    waited, stop = [], threading.Event()

    def hold() -> None:
        while not stop.is_set():
            with database.write():
                time.sleep(0.03)
            time.sleep(standing.PAUSE)

    with ThreadPoolExecutor() as pool:
        pool.submit(hold)
        for _ in range(10):
            begun = time.monotonic()
            with database.write():
                waited.append(time.monotonic() - begun)
        stop.set()
    assert sorted(waited)[len(waited) // 2] < 0.2
