"""What a digest says on a day: of its own workspace, from how things were at the last delivery to how they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, insert, select, update

from bot.domain.digest_told import write
from bot.domain.digests import Content, Digest
from bot.jobs.composing import Compose, Composed
from bot.jobs.digest_content import compose, redraw
from bot.jobs.digests import Digests
from storage import catalog, digest_runs, digests
from storage import schema as tables
from storage.catalog import Catalogs
from storage.database import Database
from storage.digest_told import go_on
from storage.installations import Installation, create
from tests.domain.digest_histories import CATALOG, formula, using, written
from tests.storage import bases

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
ANNA, BO, NORDIC = 1, 2, 1
NUMBER = 12  # clients


class History:
    """A base whose days go on: clients use more tools or fewer, and a digest runs each morning."""

    def __init__(self, database: Database, here: Installation) -> None:
        self.database, self.here, self.day = database, here, MONDAY
        self.told: int | None = None  # the last delivery
        self.catalogs = Catalogs(database, CATALOG, fixed=True)
        place = (here.id, 7, here.workspace_id)
        self.digest = Digest(*place, "Nordic", Content.BOTH, "Europe/Oslo", made_by=ANNA, channel_id="C1")
        self._fill()

    def _fill(self) -> None:
        one = {"installation_id": self.here.id}
        with self.database.write() as connection:
            connection.execute(update(tables.installation).values(catalog_hash=CATALOG.hash))
            connection.execute(
                insert(tables.person), [{**one, "id": n, "name": name} for n, name in enumerate(("Anna", "Bo"), 1)]
            )
            connection.execute(insert(tables.team).values(**one, id=NORDIC, name="CS Nordic", name_key="cs nordic"))
            bases.add_source(connection, self.here.id, 1, "all")
            bases.add_tools(connection, self.here.id, *(tool.name for tool in CATALOG.tools))
            bases.measure(connection, self.here.id, 1, range(1, 21))
            bases.add_clients(connection, self.here.id, *range(1, NUMBER + 1))
            rows = [{**one, "client_id": n, "workspace_id": self.here.workspace_id, "person_id": ANNA if n < 9 else BO,
                     "team_id": NORDIC if n < 9 else None, "tier": "medium", "name_key": f"client {n}"}
                    for n in range(1, NUMBER + 1)]  # fmt: skip
            connection.execute(insert(tables.standing), rows)
            digests.add(connection, self.digest, bases.NOW)
        self.uses(dict.fromkeys(range(1, NUMBER + 1), 9))

    def uses(self, tools: dict[int, int], of: Any = CATALOG) -> None:
        """From the data of this day on, clients use so many tools."""
        with self.database.write() as connection:
            for client, number in tools.items():
                then, here = using(number, of), {"installation_id": self.here.id, "client_id": client}
                assert then.ground is not None
                known = {"tier": then.tier.value, "score": then.score}
                ground = f"*|{then.ground.measured:x}|{then.ground.used:x}"
                made = {**here, **known, "day": self.day, "earned": number, "possible": 20, "ground": ground}
                old = (tables.change.c.client_id == client) & (tables.change.c.day == self.day)
                connection.execute(delete(tables.change).where(old))
                connection.execute(insert(tables.change).values(**made, catalog_hash=of.hash, from_import=False))
                mine = tables.standing.c.client_id == client
                connection.execute(update(tables.standing).where(mine).values(**known, share=number / 20))
            self._reach(connection)

    def _reach(self, connection: Any) -> None:
        connection.execute(update(tables.installation).values(as_of=self.day))
        connection.execute(update(tables.source).values(reach=self.day))

    def renews(self, client: int, day: date | None, before: date | None = None) -> None:
        mine, here = tables.standing.c.client_id == client, {"installation_id": self.here.id, "client_id": client}
        moved = {"kind": "renewal", "subject": str(self.here.workspace_id), "before": before, "after": day}
        with self.database.write() as connection:
            connection.execute(update(tables.standing).where(mine).values(renews_on=day))
            if before is not None:
                connection.execute(insert(tables.client_event).values(**here, **moved, day=self.day))

    def goes_quiet(self, client: int, tool: str) -> None:
        mine, here = tables.standing.c.client_id == client, {"installation_id": self.here.id, "client_id": client}
        with self.database.write() as connection:
            connection.execute(update(tables.standing).where(mine).values(quiet=tool))
            connection.execute(insert(tables.client_event).values(**here, day=self.day, kind="quiet", subject=tool))

    def write(self, statement: Any) -> None:
        with self.database.write() as connection:
            connection.execute(statement)

    @property
    def now(self) -> datetime:
        """Nine in the morning after the data's day."""
        return datetime.combine(self.day + DAY, datetime.min.time(), UTC) + timedelta(hours=8)

    def composed(self) -> Composed:
        with self.database.read() as connection:
            return compose(connection, self.catalogs, self.digest, self.now)

    def run(self) -> list[str]:
        """The digest runs, and is kept as the job does; the clients that it names and why. Then a day goes by."""
        found = self.composed()
        with self.database.write() as connection:
            day, key = self.now.date(), f"{self.day}"
            self.told = digest_runs.keep(connection, self.digest, key, day, self.now, **vars(found))
            self.digest = digests.get(connection, self.here.id, self.digest.id) or self.digest
        self.goes_on()
        return [f"{client} {rule}" for client, rule in found.named.items()]

    def goes_on(self) -> None:
        self.day += DAY
        with self.database.write() as connection:
            self._reach(connection)


@pytest.fixture
def history(sqlite: Database) -> History:
    """For rules that have nothing to do with the database."""
    with sqlite.write() as connection:
        here = create(connection, bases.NOW)
    return History(sqlite, here)


@pytest.fixture
def either(database: Database, installation: Installation) -> History:
    """On each database."""
    return History(database, installation)


def text(found: Composed) -> str:
    assert found.message is not None
    said: str = found.message["text"]
    return said


def test_the_first_is_a_picture_of_how_things_stand_and_nothing_in_it_is_new(either: History) -> None:
    for client, days in ((3, 40), (4, 20)):
        either.renews(client, MONDAY + timedelta(days))
    either.goes_on()
    either.uses({3: 4, 4: 5, 5: 6})
    found = either.composed()
    assert text(found) == (
        "Nordic · first digest. 12 clients: 3 Low, 9 Medium. "
        "From the next one on, this channel hears only what changes. "
        "Start with these 3: low, and their renewals come first. Client 4 3 · Anna. Renews in 18 days."
        " Client 3 2 · Anna. Renews in 38 days. Client 5 3 · Anna."
    )
    assert (either.run(), either.run()) == (["4 start", "3 start", "5 start"], [])


def test_of_many_low_ones_the_first_names_the_five_whose_renewals_come_first(history: History) -> None:
    for client in range(1, 8):
        history.renews(client, MONDAY + timedelta(80 - client))
    history.goes_on()
    history.uses(dict.fromkeys(range(1, 8), 4))
    assert history.run() == ["7 start", "6 start", "5 start", "4 start", "3 start"]


def test_who_was_in_the_first_picture_is_told_of_like_anybody_else_from_then_on(history: History) -> None:
    history.uses({3: 6})
    history.goes_on()
    assert history.run() == ["3 start"]
    history.uses({3: 2})
    assert history.run() == ["3 fell"]


def test_each_thing_is_told_once(either: History) -> None:
    either.run()
    either.uses({1: 6, 2: 5})
    either.renews(3, either.now.date() + timedelta(60))
    either.renews(4, date(2027, 2, 1), before=date(2027, 3, 1))
    either.goes_quiet(5, "t3")
    expected = ["2 low", "1 low", "5 quiet", "3 renewal", "4 moved"]
    assert (either.run(), either.run(), either.run()) == (expected, [], [])


def test_a_recovery_says_after_which_task_and_of_what_was_used_before_that_it_is_again(either: History) -> None:
    either.uses({1: 16})
    either.goes_on()
    either.uses({1: 4})
    either.run()
    one, moment = {"installation_id": either.here.id, "client_id": 1}, either.now
    task = {**one, "id": 1, "slack_view_id": "V", "title": "Call", "due_on": either.day, "priority": "low"}
    either.write(insert(tables.task).values(**task, assignee_id=ANNA, author_id=ANNA, made_at=moment, done_at=moment))
    use = {**one, "tool_id": 5, "source_id": 1, "count": 1}
    either.write(insert(tables.usage).values(**use, day=MONDAY - 9 * DAY))
    either.goes_on()
    either.uses({1: 10})
    either.goes_on()
    assert text(either.composed()).partition("Anna. ")[2] == "Tool 4 on again, after the task of 26 Nov."


FILLED = """
    WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
    INSERT INTO {table} ({columns}) SELECT {values} FROM n
"""
BASE = {
    "record": "installation_id, id, object, external_id, name, name_key, properties, source_id "
    ": {here}, i, 'company', i, 'Client', 'client', '{{}}', 1",
    "standing": "installation_id, client_id, workspace_id, tier, score, renews_on, person_id "
    ": {here}, i, {workspace}, 'medium', 5, '2029-01-01', 1",
    "change": "installation_id, client_id, day, tier, earned, possible, catalog_hash, ground, from_import "
    ": {here}, i, '2026-01-01', 'medium', 9, 20, '{hash}', '*|fffff|1ff', false",
    "client_event": "installation_id, client_id, day, kind, subject : {here}, i, '2026-01-01', 'quiet', 't1'",
}


def fill(history: History, workspaces: int = 1) -> None:
    """Five thousand further clients, of which nothing is new, in as many workspaces."""
    with history.database.write() as connection:
        for table, row in BASE.items():
            columns, values = row.split(":")
            place = f"{history.here.workspace_id} + mod(i, {workspaces})"
            made = values.format(here=history.here.id, workspace=place, hash=CATALOG.hash)
            connection.exec_driver_sql(FILLED.format(table=table, columns=columns, values=made))
    history.database.analyze()


# How the plans of the two databases say that they go through all clients, and that they do not:
BIG = "(standing|record|change|client_event)"
WHOLE = re.compile(
    rf"Seq Scan on {BIG}|SCAN {BIG}|SEARCH {BIG}[_0-9]* USING PRIMARY KEY \(installation_id=\?\)",
)
INDEXED = re.compile(r"ix_change_day")
OF_BASE = re.compile(rf"\b{BIG}\b")


class Ticks:
    """What the job executes from looking what is due to planning the next run."""

    def __init__(self, history: History) -> None:
        self.history, self.plans = history, list[str]()
        self.statements: list[tuple[bool, str]] = []  # with whether it belongs to what writes

    def _note(self, connection: Connection, cursor: Any, statement: str, values: Any, *_: object) -> None:
        self.statements.append((connection.get_execution_options().get("writes", False), statement))
        if not OF_BASE.search(statement):
            return
        if self.history.database.is_sqlite:
            found = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            self.plans += [row[3] for row in found]
            return
        with cursor.connection.cursor() as asked:
            self.plans += [row[0].strip() for row in asked.execute(f"EXPLAIN {statement}", values)]

    def run(self) -> tuple[int, int, int]:
        """A due digest: its statements before it is locked, those from its lock on, and how many are on clients."""
        self.history.write(update(tables.digest).values(next_at=self.history.now))
        say: Compose = lambda connection, one, *given: compose(connection, self.history.catalogs, one, *given)  # noqa: E731
        self.statements.clear()
        event.listen(self.history.database.engine, "before_cursor_execute", self._note)
        Digests(self.history.database, say, self.history.here.id, lambda: self.history.now).run()
        event.remove(self.history.database.engine, "before_cursor_execute", self._note)
        self.history.goes_on()
        locked = len([one for writes, one in self.statements if writes])
        on_clients = len([one for _, one in self.statements if OF_BASE.search(one)])
        return len(self.statements) - 1 - locked, locked, on_clients  # the first looks whether one is due

    def messages(self) -> list[str | None]:
        with self.history.database.read() as connection:
            every = select(tables.delivery.c.payload).order_by(tables.delivery.c.made_at)
            return [said and said["text"] for said in connection.scalars(every)]


def test_a_due_digest_takes_four_statements_at_most_none_of_which_reads_through_the_base(either: History) -> None:
    fill(either, workspaces=20)
    either.uses({12: 4})
    ticks = Ticks(either)
    first, quiet = ticks.run(), ticks.run()
    either.uses(dict.fromkeys(range(1, 12), 5))
    either.renews(12, either.now.date() + timedelta(60))
    either.write(update(tables.digest).values(told_on=MONDAY - 4 * DAY))  # so that it is the first one of a week
    news = ticks.run()
    if either.database.is_sqlite:
        assert (first, quiet, news) == ((3, 4, 2), (2, 3, 1), (3, 4, 2))
    else:
        assert (first, quiet, news) == ((0, 4, 2), (0, 3, 1), (0, 4, 2))
    assert [str(one).partition(":")[0][:22] for one in ticks.messages()] == ["Nordic · first digest.", "None", "Nordic"]
    assert not [line for line in ticks.plans if WHOLE.search(line)]
    assert [line for line in ticks.plans if INDEXED.search(line)]


def test_it_tells_of_its_own_workspace_and_team_alone(either: History) -> None:
    either.run()
    mine = tables.standing.c.client_id == 1
    either.write(update(tables.standing).where(mine).values(workspace_id=either.here.workspace_id + 1))
    either.uses({1: 5, 2: 5, 10: 5})  # of another workspace, of the team, and of no team
    assert [*either.composed().named] == [2, 10]
    either.digest = replace(either.digest, team_id=NORDIC)
    assert [*either.composed().named] == [2]
    assert 'team:"CS Nordic"' in str(either.composed().facts["whose"])
    either.digest = replace(either.digest, team_id=99)
    assert either.composed() == Composed(None, either.digest.told_as_of)


@pytest.mark.parametrize(
    ("text", "csm", "team", "named"),
    [
        ("csm:bo@example.com", BO, None, [10]),
        ("csm:nobody", None, None, []),
        ('team:"CS Nordic"', None, NORDIC, [2]),
        ("team:all renews:0-90", None, None, [2]),
        ("tier:low", None, None, [2, 10]),
        ("csm:gone@example.com", None, None, None),
        ("csm:me", None, None, None),
        ("key:me", None, None, None),
        ("category:none", None, None, None),
    ],
)
def test_a_view_is_read_inside_the_workspace_and_never_by_who_made_it(
    history: History, text: str, csm: int | None, team: int | None, named: list[int] | None
) -> None:
    here = history.here
    history.run()
    view = {"id": 5, "workspace_id": here.workspace_id, "person_id": ANNA, "name": "View", "name_key": "view"}
    made = {**view, "text": text, "csm_id": csm, "version": 1, "updated_at": bases.NOW}
    history.write(insert(tables.saved_view).values(installation_id=here.id, **made))
    if team is not None:
        history.write(insert(tables.saved_view_team).values(installation_id=here.id, view_id=5, team_id=team))
    history.renews(2, MONDAY + timedelta(80))
    history.uses({2: 5, 10: 5})
    history.digest = replace(history.digest, content=Content.VIEW, view_id=5)
    found = history.composed()
    assert [*found.named] == (named or [])
    assert (found.as_of is history.digest.told_as_of) is (named is None)


def test_where_too_many_change_tier_nobody_is_named_until_it_is_right(history: History) -> None:
    history.run()
    history.uses(dict.fromkeys(range(1, 12), 5))
    found = history.composed()
    assert text(found).startswith("Nordic: 11 of 12 clients changed tier since Mon 23 Nov. That is usually the data")
    assert (history.run(), history.run()) == ([], [])  # and what was held back is not told later by itself
    history.uses({12: 5})
    assert history.run() == ["12 low"]


def test_once_it_is_right_the_names_come_with_the_next_run(either: History) -> None:
    either.uses({12: 16})
    either.run()
    either.uses({**dict.fromkeys(range(1, 12), 5), 12: 10})
    either.run()
    either.write(update(tables.delivery).where(tables.delivery.c.id == either.told).values(ts="1.2"))
    with either.database.write() as connection:
        assert go_on(connection, either.digest, "1.1", ANNA) is None
        told = go_on(connection, either.digest, "1.2", ANNA)
        assert told == go_on(connection, either.digest, "1.2", BO)
        assert told is not None
        again = redraw(connection, either.catalogs, either.digest, write(told), either.now)
    assert "the names come in the next digest" in again["text"]
    assert sorted(either.run()) == sorted(["12 fell", *(f"{client} low" for client in range(1, 12))])
    with either.database.write() as connection:
        assert go_on(connection, either.digest, "1.2", ANNA) is None  # a later run has told what came after


def test_a_new_formula_that_moves_all_of_them_names_nobody_and_says_so(history: History) -> None:
    history.run()
    heavier = formula(last=3)
    with history.database.write() as connection:
        catalog.remember(connection, history.here.id, heavier, written(last=3), bases.NOW)
    history.uses(dict.fromkeys(range(1, 13), 9), heavier)
    assert "12 of 12 clients changed tier since Mon 23 Nov (tool list version 1)" in text(history.composed())
    assert (history.run(), history.run()) == ([], [])


def test_the_same_data_once_more_tells_nothing(history: History) -> None:
    history.run()
    for _ in range(3):
        history.uses(dict.fromkeys(range(1, 13), 9))
        assert history.composed() == Composed(None, history.day)
        history.goes_on()


def test_renewal_dates_that_move_all_at_once_name_nobody(history: History) -> None:
    history.run()
    for client in range(1, 12):
        history.renews(client, date(2027, 5, 1), before=date(2027, 4, 1))
    history.uses({12: 5})
    found = history.composed()
    assert (found.named, found.facts["shifted"]) == ({12: "low"}, 11)
    history.run()
    history.uses({1: 5})
    found = history.composed()
    assert (found.named, "shifted" in found.facts) == ({1: "low"}, False)  # that was told


def test_late_data_is_told_once_it_is_not_late(history: History) -> None:
    history.run()
    history.uses({1: 5})
    history.goes_on()
    later = history.now + timedelta(9)
    history.renews(2, later.date() + timedelta(90))
    with history.database.read() as connection:
        found = compose(connection, history.catalogs, history.digest, later)
    assert (found.named, found.as_of) == ({2: "renewal"}, history.digest.told_as_of)
    assert "Not judged 1: their data is late" in text(found)
    assert history.run() == ["1 low"]


def test_what_could_not_be_posted_is_told_by_the_next_run(history: History) -> None:
    history.run()
    history.uses({1: 5})
    assert history.run() == ["1 low"]
    assert history.told is not None
    with history.database.write() as connection:
        digest_runs.take_back(connection, history.here.id, history.told)
        failed = update(tables.delivery).where(tables.delivery.c.id == history.told).values(state="failed")
        connection.execute(failed)
        history.digest = digests.get(connection, history.here.id, 7) or history.digest
    assert history.run() == ["1 low"]


def test_a_run_that_comes_after_midnight_is_that_of_its_day(history: History) -> None:
    history.run()
    history.renews(1, history.now.date() + timedelta(61))
    planned = history.now.replace(hour=22)
    late, moment = replace(history.digest, next_at=planned), planned + timedelta(hours=3)
    with history.database.read() as connection:
        assert compose(connection, history.catalogs, late, moment).message is None
        assert compose(connection, history.catalogs, history.digest, moment).named == {1: "renewal"}


def test_after_a_quiet_day_who_was_low_for_one_day_is_still_found(history: History) -> None:
    history.run()
    for number in (8, 7, 6):
        history.uses({1: number})
        assert history.run() == []
    assert (history.run(), history.run()) == (["1 low"], [])


def test_who_is_put_off_is_told_again_when_it_falls_further(either: History) -> None:
    either.run()
    put = {"installation_id": either.here.id, "person_id": ANNA, "reason": "Holiday", "made_at": bases.NOW}
    for client, share in ((1, 0.25), (2, 0.45)):
        made = {**put, "client_id": client, "until": date(2027, 3, 1), "share": share}
        either.write(insert(tables.snooze).values(made))
    either.uses({1: 5, 2: 5, 3: 5})
    assert either.run() == ["2 low", "3 low"]


def test_how_many_are_low_is_told_in_the_first_message_of_a_week_alone(either: History) -> None:
    either.uses({1: 3, 2: 3, 3: 3})
    either.run()
    claimed = {"installation_id": either.here.id, "client_id": 1, "person_id": BO, "taken_at": either.now}
    either.write(insert(tables.claim).values(claimed))
    for client in range(1, 12):  # so many at once that the clients are counted
        either.renews(client, date(2027, 5, 1), before=date(2027, 4, 1))
    either.uses({4: 5})
    assert "Still low" not in text(either.composed())
    either.run()
    while either.now.weekday() != 0:
        assert either.run() == []
    assert either.composed().message is None
    either.uses({5: 5})
    assert "Still low 5: 1 taken, 0 snoozed" in text(either.composed())


def test_drawn_again_it_says_who_has_taken_whom_by_now(history: History) -> None:
    history.run()
    history.uses({1: 5, 2: 5})
    found, moment = history.composed(), history.now
    taken = {"installation_id": history.here.id, "client_id": 1, "person_id": BO, "taken_at": moment}
    history.write(insert(tables.claim).values(taken))
    with history.database.read() as connection:
        again = redraw(connection, history.catalogs, history.digest, found.facts, moment)
    before, after = "Client 1 5 → 3 · now Low · Anna", "Client 1 5 → 3 · now Low · Bo has it (9:00\u202fAM)"
    assert before in text(found)
    assert again["text"] == text(found).replace(before, after)


def test_the_reason_says_since_when_a_tool_is_not_used_until_it_is_again(either: History) -> None:
    either.run()
    either.uses({1: 8, 2: 5})
    with either.database.write() as connection:
        for client, tool, day, count in ((2, 6, 40, 3), (2, 6, 50, 3), (2, 6, 2, 0), (2, 5, 1, 9), (3, 6, 1, 9)):
            bases.add_usage(connection, either.here.id, client, tool, either.day - day * DAY, count)
    found = either.composed()
    assert "Client 2 5 → 3 · now Low · Anna. No tool 5 since 15 Oct" in text(found)
    with either.database.write() as connection:
        bases.add_usage(connection, either.here.id, 2, 6, either.now.date(), 1)
    with either.database.read() as connection:
        again = redraw(connection, either.catalogs, either.digest, found.facts, either.now)
    assert again["text"] == text(found).replace(" since 15 Oct", "")


def test_the_rest_of_many_is_behind_a_button(history: History) -> None:
    fill(history)
    history.run()
    history.uses(dict.fromkeys(range(1000, 1040), 5))
    found = history.composed()
    assert len(found.named) == 25
    assert len(found.facts["named"]) == 40
    assert text(found).startswith("Nordic: 40 fell (Client ")
    assert "15 more" in str(found.message)
