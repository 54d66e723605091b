"""Key accounts on each database: of a person and of a team, listed to who sees the clients, and found by an index."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, func, insert, select, update

from bot.domain.access import Person
from bot.domain.filters import Filter, FilterError, Sort
from bot.domain.key_accounts import Key, Owner
from bot.domain.listing import Listing
from storage import key_accounts, listing, offers, overview, schema, scopes
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW, TODAY
from tests.storage import bases

CATALOG = bases.shipped()
KNOWN = {CATALOG.hash: CATALOG}.get
ACME, GLOBEX, WONKA, TWIN, HIDDEN, OTHER = range(1, 7)
NORDIC, CENTRAL = 1, 2
ANNA, BO = 1, 2
ME, TEAM = Owner.ME, Owner.TEAM
ELSEWHERE = 7  # another workspace, where HIDDEN stands


def asker(here: Installation, number: int, team: int | None = NORDIC, **changes: Any) -> Person:
    made = Person(number, here.id, here.workspace_id, f"U{number}", f"Person {number}", "UTC", "en-US", team_id=team)
    return replace(made, team=f"Team {team}", **changes)


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Anna is CSM of Acme and Globex, Bo of the others; Hidden is another workspace's."""
    mine = {"installation_id": installation.id}
    with database.write() as connection:
        bases.add_source(connection, installation.id, 1, "all")
        bases.add_clients(connection, installation.id, ACME, GLOBEX, WONKA, TWIN, HIDDEN, OTHER)
        connection.execute(insert(schema.person), [mine | {"id": n, "name": f"Person {n}"} for n in (ANNA, BO)])
        teams = [mine | {"id": n, "name": f"Team {n}", "name_key": f"team{n}"} for n in (NORDIC, CENTRAL)]
        connection.execute(insert(schema.team), teams)
        places = dict.fromkeys((ACME, GLOBEX, WONKA, TWIN, OTHER), installation.workspace_id) | {HIDDEN: ELSEWHERE}
        stands = [
            mine | {"client_id": one, "workspace_id": at, "tier": ("low", "high", "unknown")[one % 3],
                    "team_id": NORDIC, "person_id": ANNA if one <= GLOBEX else BO, "renews_on": TODAY + timedelta(one)}
            for one, at in places.items()
        ]  # fmt: skip
        connection.execute(insert(schema.standing), stands)
    return installation


def follow(database: Database, who: Person, client: int, *owners: Owner) -> None:
    with database.write() as connection:
        key_accounts.keep(connection, who, client, set(owners), NOW)


@pytest.fixture
def followed(database: Database, here: Installation) -> Installation:
    """Anna follows Acme and Wonka, their team Globex and Wonka, Bo follows Twin; both follow Hidden from before."""
    anna, bo = asker(here, ANNA), asker(here, BO)
    for who, client, owners in (
        (anna, ACME, [ME]),
        (anna, WONKA, [ME, TEAM]),
        (bo, GLOBEX, [TEAM]),
        (bo, TWIN, [ME]),
        (anna, HIDDEN, [ME, TEAM]),
        (asker(here, BO, CENTRAL), OTHER, [TEAM]),
    ):
        follow(database, who, client, *owners, *([ME] if who is bo and client == TWIN else []))
    return here


def asked(database: Database, who: Person, wanted: Filter) -> Listing:
    with database.read() as connection:
        scope = scopes.resolve(connection, who, wanted)
    return Listing(who.installation_id, who.workspace_id, scope, wanted, TODAY, TODAY)


def listed(database: Database, who: Person, wanted: Filter, limit: int = 2) -> list[int]:
    """All pages of a list, one after the other."""
    one, found, beside = asked(database, who, wanted), list[int](), None
    while True:
        with database.read() as connection:
            page = listing.page(connection, CATALOG, KNOWN, one, beside=beside, limit=limit)
        found += [line.id for line in page.lines]
        if not page.has_after:
            return found
        beside = page.lines[-1].position


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize(
    ("who", "key", "more", "kept"),
    [
        (ANNA, Key.ME, {}, {ACME, WONKA}),
        (ANNA, Key.TEAM, {}, {GLOBEX, WONKA}),
        (ANNA, Key.ANY, {}, {ACME, GLOBEX, WONKA}),
        (ANNA, Key.ANY, {"csm": "me"}, {ACME, GLOBEX}),
        (ANNA, Key.ME, {"team": "mine"}, {ACME, WONKA}),
        (BO, Key.ME, {}, {TWIN}),
        (BO, Key.TEAM, {}, {GLOBEX, WONKA}),
    ],
)
def test_the_filter_keeps_key_accounts_that_the_asker_sees(
    database: Database,
    followed: Installation,
    sort: Sort,
    who: int,
    key: Key,
    more: dict[str, str],
    kept: set[int],
) -> None:
    found = listed(database, asker(followed, who, owns=True), Filter(key=key, sort=sort, **more))  # type: ignore[arg-type]
    assert (set(found), len(found)) == (kept, len(kept))


def test_counts_and_offers_are_of_the_same_clients(database: Database, followed: Installation) -> None:
    one = asked(database, asker(followed, ANNA), Filter(key=Key.ANY))
    with database.read() as connection:
        assert listing.count(connection, CATALOG, one) == 3
        assert overview.read(connection, CATALOG, KNOWN, one, by_csm=False).clients == 3
        assert offers.count(connection, CATALOG, one).clients == 3


def test_who_is_in_no_team_has_no_key_accounts_of_one(database: Database, followed: Installation) -> None:
    alone = asker(followed, ANNA, None)
    assert set(listed(database, alone, Filter(key=Key.ANY))) == {ACME, WONKA}
    with pytest.raises(FilterError) as refused:
        asked(database, alone, Filter(key=Key.TEAM))
    assert refused.value.key == "filter_no_team_key"


def test_said_twice_it_is_kept_once_and_taken_back_by_any_of_the_team(
    database: Database, followed: Installation
) -> None:
    anna, bo = asker(followed, ANNA), asker(followed, BO)
    follow(database, anna, ACME, ME, TEAM)
    follow(database, anna, ACME, ME, TEAM)
    assert kept(database, ACME) == [(ANNA, None), (None, NORDIC)]
    follow(database, bo, ACME)
    assert kept(database, ACME) == [(ANNA, None)]


def kept(database: Database, client: int) -> list[tuple[int | None, int | None]]:
    one = schema.key_account.c
    with database.read() as connection:
        query = select(one.person_id, one.team_id).where(one.client_id == client)
        return sorted(map(tuple, connection.execute(query)), key=str)


def test_a_team_s_stay_when_who_made_them_goes_to_another_and_go_with_the_team(
    database: Database, followed: Installation
) -> None:
    moved = asker(followed, ANNA, CENTRAL)
    assert set(listed(database, asker(followed, BO), Filter(key=Key.TEAM))) == {GLOBEX, WONKA}
    assert set(listed(database, moved, Filter(key=Key.TEAM))) == {OTHER}
    assert set(listed(database, moved, Filter(key=Key.ME))) == {ACME, WONKA}
    with database.write() as connection:
        connection.execute(delete(schema.team).where(schema.team.c.id == NORDIC))
    assert kept(database, WONKA) == [(ANNA, None)]


def test_looking_as_another_nothing_is_said_for_their_team(database: Database, here: Installation) -> None:
    follow(database, asker(here, ANNA, looks_as=BO), ACME, ME, TEAM)
    assert kept(database, ACME) == [(ANNA, None)]


def test_a_client_that_comes_back_is_a_key_account_again(database: Database, followed: Installation) -> None:
    anna, stands = asker(followed, ANNA), schema.standing.c
    mine = stands.client_id == ACME
    with database.write() as connection:
        connection.execute(update(schema.standing).where(mine).values(workspace_id=ELSEWHERE))
    assert listed(database, anna, Filter(key=Key.ME)) == [WONKA]
    with database.write() as connection:
        connection.execute(update(schema.standing).where(mine).values(workspace_id=followed.workspace_id))
    assert set(listed(database, anna, Filter(key=Key.ME))) == {ACME, WONKA}


def test_another_installation_s_are_never_listed(database: Database, followed: Installation) -> None:
    with database.write() as connection:
        other = create(connection, NOW)
        assert connection.scalar(select(func.count()).select_from(schema.key_account)) == 8
    assert listed(database, asker(other, ANNA), Filter(key=Key.ANY)) == []


@pytest.mark.parametrize("key", Key)
@pytest.mark.parametrize("sort", Sort)
def test_a_list_is_one_statement_that_reads_key_accounts_and_not_the_base(
    sqlite: Database, key: Key, sort: Sort
) -> None:
    with sqlite.write() as connection:
        who = asker(create(connection, NOW), ANNA)
    plan = list[str]()

    def explain(_: object, cursor: Any, statement: str, given: Any, *_rest: object) -> None:
        plan.append("statement")
        plan.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", given))

    one = asked(sqlite, who, Filter(key=key, sort=sort))
    with sqlite.read() as connection:
        event.listen(sqlite.engine, "before_cursor_execute", explain)
        listing.page(connection, CATALOG, KNOWN, one)
        event.remove(sqlite.engine, "before_cursor_execute", explain)
    assert plan.count("statement") == 1
    searched = {(line.split()[1], line.partition("(")[2]) for line in plan if line.startswith(("SEARCH", "SCAN"))}
    by = {by for table, by in searched if table in {"standing", "key_account"}}
    assert all(one.startswith(("installation_id=? AND client_id=?", *OWNERS)) for one in by), plan


OWNERS = ("installation_id=? AND person_id=?", "installation_id=? AND team_id=?")  # of key_account's own indexes
