"""Lists of clients: every order whole and without gaps, every filter, on each database; and nobody else's clients."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, insert, update

from bot.domain import names
from bot.domain.catalog import Kind, Tier
from bot.domain.filters import NO_DATE, PASSED, Filter, Renews, Sort
from bot.domain.listing import AREA_BITS, NO_SCORE, NOT_INCLUDED, NOTHING, Line, Listing, Position, Scope, Sign, Whose
from storage import area_lists, areas, conditions, listing, name_index, schema
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW, TODAY
from tests.storage import bases

CATALOG = bases.shipped()
KNOWN = {CATALOG.hash: CATALOG}.get
ALL = Scope(Whose.ALL)
CLIENTS = 64
AREAS = list(CATALOG.categories)
MARKETING = AREAS.index("marketing")
WORDS = ("Acme", "Globex", "Ærfugl", "Ünder", "Zorg", "Beta", "Mølle", "Acme")


def rows(here: Installation, random: Random) -> Iterator[dict[str, Any]]:
    """Standings with every kind of gap: no tier, no change, no MRR, no renewal, the same values again."""
    for number in range(1, CLIENTS + 1):
        tier = random.choice([*Tier, Tier.LOW, Tier.MEDIUM])
        known = tier not in {Tier.UNKNOWN, Tier.FORMER}
        share = random.choice([0.0, 0.25, 0.5, 0.5, random.random()]) if known else None
        mrr = random.choice([None, 100.0, 100.0, random.randint(1, 900)])
        levels = [random.choice([0, 3, 4, 7, 10, NO_SCORE, NOT_INCLUDED]) for _ in AREAS]
        yield {
            "installation_id": here.id,
            "workspace_id": here.workspace_id,
            "client_id": number,
            "person_id": random.choice([1, 1, 2, None]),
            "team_id": random.choice([1, 2, None]),
            "renews_on": random.choice([None, TODAY + timedelta(random.randint(-20, 90))]),
            "mrr": mrr,
            "currency": None if mrr is None else random.choice(["EUR", "NOK"]),
            "tier": tier.value,
            "score": None if share is None else int(share * 10),
            "share": share,
            "change_7": random.choice([None, -0.2, 0.1, random.uniform(-1, 1)]) if known else None,
            "areas": NOTHING & -(1 << AREA_BITS * len(AREAS))
            | sum(level << AREA_BITS * place for place, level in enumerate(levels)),
            "signs": random.randrange(32),
            "area_changes": random.choice([None, '{"1": 0.5}', json.dumps({MARKETING: random.uniform(-1, 1)})]),
            "name_key": names.key(name(number)),
        }


def name(client: int) -> str:
    return f"{WORDS[client % 8]} {client % 11}"


Base = list[dict[str, Any]]


@pytest.fixture
def base(database: Database, installation: Installation) -> Base:
    made = list(rows(installation, Random(7)))
    with database.write() as connection:
        fill(connection, installation, made)
    return made


def fill(connection: Connection, here: Installation, standings: Base) -> None:
    bases.add_source(connection, here.id, 1, "all")
    people = [{"installation_id": here.id, "id": i, "name": f"Person {i}"} for i in (1, 2)]
    connection.execute(insert(schema.person), people)
    teams = [{"installation_id": here.id, "id": i, "name": f"Team {i}", "name_key": f"team{i}"} for i in (1, 2)]
    connection.execute(insert(schema.team), teams)
    named = [(one["client_id"], name(one["client_id"])) for one in standings]
    connection.execute(
        insert(schema.record),
        [
            {"installation_id": here.id, "id": i, "object": "company", "external_id": str(i), "name": its,
             "name_key": names.key(its), "properties": {}, "source_id": 1}
            for i, its in named
        ],
    )  # fmt: skip
    name_index.add(connection, here.id, [(number, names.key(its)) for number, its in named])
    connection.execute(insert(schema.standing), standings)
    areas.write(connection, set(), areas.stored(connection, here.id, [one["client_id"] for one in standings]))


def asked(here: Installation, wanted: Filter, scope: Scope = ALL) -> Listing:
    return Listing(here.id, here.workspace_id, scope, wanted, TODAY, TODAY)


def walk(database: Database, one: Listing, limit: int = 7) -> list[Line]:
    """All pages, one after the other, until there is none behind."""
    lines: list[Line] = []
    beside: Position | None = None
    while True:
        with database.read() as connection:
            found = listing.page(connection, CATALOG, KNOWN, one, beside=beside, limit=limit)
        lines += found.lines
        if not found.has_after:
            return lines
        beside = found.lines[-1].position


def group(row: dict[str, Any]) -> int:
    return {"onboarding": 1, "unknown": 2}.get(row["tier"], 0)


def last(value: Any) -> tuple[bool, Any]:
    return (value is None, 0 if value is None else value)


ORDERS: dict[Sort, Callable[[dict[str, Any]], tuple[Any, ...]]] = {
    Sort.SCORE: lambda row: (group(row), *last(row["share"])),
    Sort.DROP: lambda row: (group(row), *last(row["change_7"])),
    Sort.RISE: lambda row: (group(row), *last(None if row["change_7"] is None else -row["change_7"])),
    Sort.RENEWAL: lambda row: last(row["renews_on"]),
    Sort.MRR: lambda row: (row["mrr"] is None, row["currency"] == "EUR", -(row["mrr"] or 0)),
    Sort.NAME: lambda row: (row["name_key"],),
}


SCOPES = (
    ALL,
    Scope(Whose.MINE, person_id=1),
    Scope(Whose.TEAM, team_id=2),
    Scope(Whose.PERSON, person_id=2, team_id=1),
    Scope(Whose.PERSON, team_id=2),
)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("sort", Sort)
def test_each_order_is_whole_and_without_gaps_page_by_page(
    database: Database, installation: Installation, base: Base, sort: Sort, scope: Scope
) -> None:
    lines = walk(database, asked(installation, Filter(sort=sort), scope))
    mine = [row for row in base if row["tier"] != "former" and is_in(row, scope)]
    assert sorted(line.id for line in lines) == sorted(row["client_id"] for row in mine)
    by_id = {row["client_id"]: ORDERS[sort](row) for row in mine}
    keys = [by_id[line.id] for line in lines]
    assert keys == sorted(keys)


def is_in(row: dict[str, Any], scope: Scope) -> bool:
    match scope.whose:
        case Whose.ALL:
            return True
        case Whose.TEAM:
            return bool(row["team_id"] == scope.team_id)
        case _:
            return row["person_id"] == scope.person_id and scope.team_id in {None, row["team_id"]}


@pytest.mark.parametrize("sort", Sort)
def test_the_way_back_shows_the_same_pages(
    database: Database, installation: Installation, base: Base, sort: Sort
) -> None:
    one = asked(installation, Filter(sort=sort))
    with database.read() as connection:
        first = listing.page(connection, CATALOG, KNOWN, one)
        second = listing.page(connection, CATALOG, KNOWN, one, beside=first.lines[-1].position)
        third = listing.page(connection, CATALOG, KNOWN, one, beside=second.lines[-1].position)
        back = listing.page(connection, CATALOG, KNOWN, one, beside=third.lines[0].position, backwards=True)
        start = listing.page(connection, CATALOG, KNOWN, one, beside=back.lines[0].position, backwards=True)
    assert (back.lines, start.lines) == (second.lines, first.lines)
    assert (start.has_before, start.has_after, back.has_before) == (False, True, True)


@pytest.mark.parametrize("sort", Sort)
def test_an_order_can_be_turned_round(database: Database, installation: Installation, base: Base, sort: Sort) -> None:
    lines = walk(database, asked(installation, Filter(sort=sort, reverse=True)))
    assert len(lines) == sum(row["tier"] != "former" for row in base)
    shown = [line for line in lines if line.position.phase == 0]
    there = walk(database, asked(installation, Filter(sort=sort)))
    assert [line.id for line in shown] == [line.id for line in there if line.position.phase == 0][::-1]


def level(row: dict[str, Any]) -> int:
    return int(row["areas"] >> AREA_BITS * MARKETING & 15)


def days(row: dict[str, Any]) -> int | None:
    return None if row["renews_on"] is None else (row["renews_on"] - TODAY).days


FILTERS: list[tuple[Filter, Callable[[dict[str, Any]], bool]]] = [
    (Filter(tiers=(Tier.LOW,)), lambda row: row["tier"] == "low"),
    (Filter(tiers=(Tier.FORMER, Tier.UNKNOWN)), lambda row: row["tier"] in {"former", "unknown"}),
    (Filter(score=(2, 5)), lambda row: row["score"] is not None and 2 <= row["score"] <= 5),
    (Filter(opportunity=Kind.CROSS_SELL), lambda row: bool(row["signs"] & Sign.CROSS_SELL)),
    (
        Filter(opportunity=Kind.UPSELL, quiet=True),
        lambda row: row["signs"] & Sign.UPSELL > 0 and row["signs"] & Sign.QUIET > 0,
    ),
    (Filter(renews=Renews(0, 30)), lambda row: (d := days(row)) is not None and 0 <= d <= 30),
    (Filter(renews=PASSED), lambda row: (d := days(row)) is not None and d < 0),
    (Filter(renews=NO_DATE), lambda row: days(row) is None),
    (Filter(client="acme"), lambda row: row["name_key"].startswith("acme")),
    (Filter(client="cme 1"), lambda row: "cme 1" in row["name_key"]),
    (Filter(client="zzz"), lambda _row: False),
    (Filter(category="marketing"), lambda row: level(row) != NOT_INCLUDED),
    (
        Filter(category="marketing", tiers=(Tier.LOW,)),
        lambda row: row["tier"] in {"low", "medium", "high"} and level(row) <= 3,
    ),
    (Filter(category="marketing", score=(4, 7)), lambda row: 4 <= level(row) <= 7),
    (
        Filter(category="marketing", opportunity=Kind.UPSELL, sort=Sort.DROP),
        lambda row: level(row) != NOT_INCLUDED and row["signs"] & Sign.UPSELL > 0,
    ),
    (
        Filter(category="marketing", tiers=(Tier.HIGH, Tier.UNKNOWN), renews=NO_DATE),
        lambda row: (
            level(row) != NOT_INCLUDED
            and (row["tier"] == "unknown" or (row["tier"] in {"low", "medium", "high"} and 7 <= level(row) <= 10))
            and days(row) is None
        ),
    ),
    (Filter(tiers=(Tier.HIGH,), sort=Sort.NAME), lambda row: row["tier"] == "high"),
]


@pytest.mark.parametrize(("wanted", "keeps"), FILTERS, ids=[" ".join(wanted.parts()) for wanted, _ in FILTERS])
def test_a_filter_keeps_exactly_those_it_names(
    database: Database,
    installation: Installation,
    base: Base,
    wanted: Filter,
    keeps: Callable[[dict[str, Any]], bool],
) -> None:
    shown = [row for row in base if row["tier"] != "former" or Tier.FORMER in wanted.tiers]
    expected = sorted(row["client_id"] for row in shown if keeps(row))
    one = asked(installation, wanted)
    assert sorted(line.id for line in walk(database, one)) == expected
    with database.read() as connection:
        assert listing.count(connection, CATALOG, one) == len(expected)


@pytest.mark.parametrize("scope", [ALL, Scope(Whose.MINE, person_id=1), Scope(Whose.TEAM, team_id=2)])
@pytest.mark.parametrize("sort", Sort)
def test_a_name_is_found_in_every_scope_and_order(
    database: Database, installation: Installation, base: Base, sort: Sort, scope: Scope
) -> None:
    lines = walk(database, asked(installation, Filter(client="acme", sort=sort), scope))
    named = [row for row in base if row["tier"] != "former" and row["name_key"].startswith("acme")]
    assert sorted(line.id for line in lines) == sorted(row["client_id"] for row in named if is_in(row, scope))


def test_a_list_of_a_category_is_sorted_by_that_categorys_score(
    database: Database, installation: Installation, base: Base
) -> None:
    lines = walk(database, asked(installation, Filter(category="marketing")))
    judged = [line for line in lines if line.position.phase == 0]
    levels = [line.score for line in judged]
    assert levels == sorted(levels, key=lambda one: one or 0)
    assert all(line.score == level(base[line.id - 1]) for line in judged)


@pytest.mark.parametrize(
    "wanted", [Filter(sort=Sort.DROP), Filter(sort=Sort.RISE), Filter(sort=Sort.RISE, reverse=True)]
)
def test_a_list_of_a_category_tells_and_is_sorted_by_that_categorys_change(
    database: Database, installation: Installation, base: Base, wanted: Filter
) -> None:
    one = asked(installation, replace(wanted, category="marketing"))
    lines = walk(database, one)
    assert {line.id: line.change for line in lines} == {
        row["client_id"]: area_change(row) for row in base if level(row) != NOT_INCLUDED and row["tier"] != "former"
    }
    shown = [line.change for line in lines if line.position.phase == 0 and line.change is not None]
    assert len(shown) > 7
    assert shown == sorted(shown, reverse=wanted.sort is Sort.RISE and not wanted.reverse)
    with database.read() as connection:
        second = listing.page(connection, CATALOG, KNOWN, one, beside=lines[9].position)
        back = listing.page(connection, CATALOG, KNOWN, one, beside=second.lines[0].position, backwards=True)
    assert [line.id for line in back.lines] == [line.id for line in lines[:10]]


def area_change(row: dict[str, Any]) -> float | None:
    if row["change_7"] is None:
        return None
    moved: float = json.loads(row["area_changes"] or "{}").get(str(MARKETING), 0.0)
    return moved


@pytest.mark.parametrize("sort", Sort)
def test_clients_that_go_or_move_between_two_pages_take_no_others_with_them(
    database: Database, installation: Installation, base: Base, sort: Sort
) -> None:
    one = asked(installation, Filter(sort=sort))
    before = walk(database, one)
    with database.read() as connection:
        first = listing.page(connection, CATALOG, KNOWN, one)
    gone, moved = first.lines[-1].id, before[-1].id
    with database.write() as connection:
        connection.execute(delete(schema.standing).where(schema.standing.c.client_id == gone))
        connection.execute(
            update(schema.standing)
            .where(schema.standing.c.client_id == moved)
            .values(tier="low", share=0.0, score=0, change_7=0.0, renews_on=None, mrr=None, currency=None)
        )
    lines, beside = list(first.lines), first.lines[-1].position
    while True:
        with database.read() as connection:
            found = listing.page(connection, CATALOG, KNOWN, one, beside=beside)
        lines += found.lines
        if not found.has_after:
            break
        beside = found.lines[-1].position
    stayed = [line.id for line in before if line.id != moved]
    assert [line.id for line in lines if line.id != moved] == stayed


def test_clients_of_another_installation_or_workspace_are_never_listed(
    database: Database, installation: Installation, base: Base
) -> None:
    with database.write() as connection:
        other = create(connection, NOW)
        fill(connection, other, list(rows(other, Random(8))))
        connection.execute(
            insert(schema.workspace).values(
                installation_id=installation.id, id=99, name="Another", is_primary=False, csm_property="csm_email"
            )
        )
    hidden = replace(asked(installation, Filter()), workspace_id=99)
    assert walk(database, hidden) == []
    mine = {line.id for line in walk(database, asked(installation, Filter()))}
    assert mine == {row["client_id"] for row in base if row["tier"] != "former"}


@pytest.mark.parametrize("wanted", [Filter(), Filter(category="marketing")])
def test_a_page_with_its_number_of_clients_takes_one_statement_and_so_does_the_next(
    database: Database, installation: Installation, base: Base, wanted: Filter
) -> None:
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with database.read() as connection:
        event.listen(database.engine, "before_cursor_execute", count)
        first = listing.page(connection, CATALOG, KNOWN, asked(installation, wanted))
        listing.page(connection, CATALOG, KNOWN, asked(installation, wanted), beside=first.lines[-1].position)
        event.remove(database.engine, "before_cursor_execute", count)
    assert len(statements) == 2, statements


ALONG = [Filter(sort=sort) for sort in Sort]
ALONG += [Filter(category="marketing", sort=sort) for sort in (Sort.SCORE, Sort.DROP, Sort.RISE)]


@pytest.mark.parametrize("wanted", ALONG, ids=[" ".join(wanted.parts()) for wanted in ALONG])
def test_a_list_of_a_whole_base_goes_along_indexes_and_sorts_no_more_than_it_shows(
    sqlite: Database, wanted: Filter
) -> None:
    steps = plan(sqlite, Listing(1, 1, ALL, wanted, TODAY, TODAY))
    parts = {
        parent
        for parent, step in steps
        if re.match(r"SEARCH standing\S* USING (COVERING INDEX ix_|PRIMARY KEY .*phase)", step)
    }
    assert parts
    assert [step for parent, step in steps if parent in parts and not step.startswith("SEARCH standing")] == []
    assert [step for _, step in steps if step.startswith("SCAN standing")] == []


def test_only_lists_of_a_whole_base_are_read_from_the_rows_of_categories() -> None:
    whole = conditions.shape(CATALOG, Listing(1, 1, ALL, Filter(category="marketing"), TODAY, TODAY))
    assert area_lists.has(whole)
    narrower: list[dict[str, Any]] = [{"of_person": True}, {"of_team": True}, {"named": True}, {"area": None}]
    narrower += [{"scope": scope} for scope in Whose if scope is not Whose.ALL]
    assert [one for one in narrower if area_lists.has(whole._replace(**one))] == []


def plan(database: Database, one: Listing) -> list[tuple[int, str]]:
    """The steps of a page's statement, each with the number of the query that it is a part of."""
    steps: list[tuple[int, str]] = []

    def explain(_connection: object, cursor: Any, statement: str, values: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            steps.extend(
                (row[1], row[3]) for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            )

    event.listen(database.engine, "before_cursor_execute", explain)
    with database.read() as connection:
        listing.page(connection, CATALOG, KNOWN, one)
    return steps


def test_more_than_a_thousand_are_not_counted(
    database: Database, installation: Installation, monkeypatch: pytest.MonkeyPatch, base: Base
) -> None:
    monkeypatch.setattr(listing, "COUNTED", 20)
    with database.read() as connection:
        found = listing.page(connection, CATALOG, KNOWN, asked(installation, Filter()))
    assert found.total == 21


def test_the_tops_of_several_lists_come_in_one_statement(
    database: Database, installation: Installation, base: Base
) -> None:
    wanted = (
        Filter(sort=Sort.DROP),
        Filter(tiers=(Tier.LOW,), renews=Renews(0, 90), sort=Sort.RENEWAL),
        Filter(opportunity=Kind.UPSELL),
        Filter(opportunity=Kind.CROSS_SELL, quiet=True),
    )
    lists = [asked(installation, one) for one in wanted]
    with database.read() as connection:
        tops = listing.tops(connection, CATALOG, KNOWN, lists, 3)
        pages = [listing.page(connection, CATALOG, KNOWN, one, limit=3).lines for one in lists]
    assert [[line.id for line in top] for top in tops] == [[line.id for line in page] for page in pages]


def test_the_day_of_a_renewal_is_that_of_the_asker(database: Database, installation: Installation, base: Base) -> None:
    due = next(row for row in base if row["renews_on"] is not None and row["tier"] == "low")
    wanted = Filter(renews=Renews(0, 0))
    one = replace(asked(installation, wanted), today=due["renews_on"])
    assert due["client_id"] in {line.id for line in walk(database, one)}
    assert date.min not in {line.renews_on for line in walk(database, one)}
