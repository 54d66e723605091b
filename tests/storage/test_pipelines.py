"""Services and revenue on each database: by pipeline and stage, only those of clients that somebody sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.blocks.scopes import FILTERS
from bot.domain.access import Person
from bot.domain.home import Place, Space
from bot.domain.listing import Whose
from bot.domain.pipelines import Board
from bot.domain.workspace_settings import BOARD, Tab, key
from storage import pipelines, schema, scopes, summary
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.storage import bases

ANNA, BO, CLEO = 1, 2, 3
OTHER = 9  # another CS workspace
AT = Place("service")


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    """Clients 1 of Anna and 2 of Bo, 3 in another CS workspace; services of all, and one of no client."""
    with database.write() as connection:
        filled(connection, installation.id)
    return installation


def filled(connection: Any, here: int) -> None:
    mine: dict[str, Any] = {"installation_id": here}
    bases.add_source(connection, here, 1, "all")
    bases.add_clients(connection, here, 1, 2, 3)
    people = [{"id": n, "slack_user_id": f"U{here}{n}", "name": f"Person {n}"} for n in (ANNA, BO, CLEO)]
    connection.execute(insert(schema.person), [mine | one for one in people])
    connection.execute(insert(schema.team).values(**mine, id=1, name="Team", name_key="team"))
    connection.execute(insert(schema.team_member).values(**mine, person_id=BO, team_id=1, is_primary=True))
    for client, who, team, where in ((1, ANNA, None, 1), (2, BO, 1, 1), (3, CLEO, None, OTHER)):
        stands = {"client_id": client, "workspace_id": where, "person_id": who, "team_id": team, "tier": "low"}
        connection.execute(insert(schema.standing).values(**mine, **stands, currency="NOK" if client == 2 else None))
    rows = [
        (11, 1, "Setup", "New", 100.0, None), (12, 1, "Setup", "Done", 50.5, None), (13, 2, "Setup", "New", 10.0, None),
        (14, 2, "Support", None, None, None), (15, 3, "Setup", "New", 7.0, None), (16, 99, "Setup", "New", 5.0, None),
        (17, 1, "Setup", "New", 30.0, "SEK"), (18, 1, None, "New", 1.0, None),
    ]  # fmt: skip
    for number, client, pipeline, stage, amount, currency in rows:
        said = {"client_id": str(client), "pipeline": pipeline, "stage": stage, "amount": amount, "currency": currency}
        add(connection, here, number, {name: value for name, value in said.items() if value is not None})


def add(connection: Any, here: int, number: int, said: dict[str, Any], **changes: Any) -> None:
    values = {"id": number, "object": "service", "external_id": str(number), "name": f"Service {number}"}
    values |= {"name_key": "", "properties": said, "source_id": 1, "client_key": said.get("client_id"), **changes}
    connection.execute(insert(schema.record).values(installation_id=here, **values))


def person(here: Installation, number: int, **changes: Any) -> Person:
    one = Person(number, here.id, 1, f"U{number}", f"Person {number}", "UTC", "en-US", owns=True)
    return replace(one, **changes)


def space(tab: Tab | None = None) -> Space:
    return Space(1, "Customer success", "EUR", "company", "service", (), {"service": tab or Tab()})


def read(
    database: Database, asker: Person, whose: Whose = Whose.ALL, tab: Tab | None = None, at: Place = AT
) -> Board | None:
    with database.read() as connection:
        scope = scopes.resolve(connection, asker, FILTERS[whose])
        asked = replace(summary.listing_of(asker, NOW.date()), scope=scope)
        return pipelines.read(connection, bases.small(), asked, space(tab), at)


def ids(board: Board | None) -> Sequence[int]:
    assert board is not None
    return [one.id for one in board.items]


def test_a_pipeline_is_shown_by_its_stages_with_sums_of_each_currency(database: Database, here: Installation) -> None:
    board = read(database, person(here, ANNA), at=replace(AT, pipeline=key("Setup")))
    assert board is not None
    assert (board.pipelines, board.pipeline) == (["", "Setup", "Support"], "Setup")
    assert [(one.name, one.number, dict(one.amounts)) for one in board.stages] == [
        ("Done", 1, {"EUR": 50.5}),
        ("New", 3, {"EUR": 100.0, "NOK": 10.0, "SEK": 30.0}),
    ]
    assert ids(board) == [11, 12, 13, 17]
    first = board.items[0]
    assert (first.client_id, first.client, first.stage, first.amount, first.currency, first.csm) == (
        1, "Client 1", "New", 100.0, "EUR", "Person 1",
    )  # fmt: skip


def test_only_clients_of_ones_own_cs_workspace_bring_their_records(database: Database, here: Installation) -> None:
    setup = replace(AT, pipeline=key("Setup"))
    assert ids(read(database, person(here, CLEO, workspace_id=OTHER), at=setup)) == [15]
    assert ids(read(database, person(here, CLEO, workspace_id=OTHER), tab=Tab(csm="lead"), at=setup)) == [15]
    assert read(database, person(here, CLEO, workspace_id=77)) is None


@pytest.mark.parametrize(
    ("who", "whose", "found"), [(ANNA, Whose.MINE, [11, 12, 17]), (BO, Whose.MINE, [13]), (BO, Whose.TEAM, [13])]
)
def test_without_a_csm_of_their_own_records_are_their_clients_csms(
    database: Database, here: Installation, who: int, whose: Whose, found: list[int]
) -> None:
    asker = person(here, who, team_id=1)
    assert ids(read(database, asker, whose, at=replace(AT, pipeline=key("Setup")))) == found


def test_the_settings_may_name_a_csm_and_a_day_of_the_records_own(database: Database, here: Installation) -> None:
    """Whose records these are then says that property alone, within the clients that somebody sees."""
    mine = {"installation_id": here.id}
    with database.write() as connection:
        for number, name, type_ in ((1, "lead", "user"), (2, "ends", "date")):
            values = {"id": number, "object": "service", "name": name, "label": name, "type": type_}
            connection.execute(insert(schema.field).values(**mine, **values))
        connection.execute(insert(schema.record_person).values(**mine, property_id=1, record_id=11, person_id=BO))
        connection.execute(insert(schema.record_person).values(**mine, property_id=1, record_id=15, person_id=BO))
        day = date(2026, 12, 24)
        connection.execute(insert(schema.record_date).values(**mine, property_id=2, record_id=13, day=day))
    tab, setup = Tab(csm="lead", renewal="ends"), replace(AT, pipeline=key("Setup"))
    assert ids(read(database, person(here, ANNA), Whose.ALL, tab, setup)) == [13, 11, 12, 17]
    assert ids(read(database, person(here, BO, team_id=1), Whose.MINE, tab, setup)) == [11]
    assert ids(read(database, person(here, BO, team_id=1), Whose.TEAM, tab, setup)) == [11]
    assert read(database, person(here, ANNA), Whose.MINE, tab, setup) is None
    board = read(database, person(here, ANNA), Whose.ALL, tab, setup)
    assert board is not None
    assert [(one.csm, one.renews_on) for one in board.items[:2]] == [(None, day), ("Person 2", None)]


def test_only_chosen_pipelines_are_there_and_the_settings_say_which_is_first(
    database: Database, here: Installation
) -> None:
    board = read(database, person(here, ANNA), tab=Tab(pipelines=("Support", "Empty"), default="Support"))
    assert board is not None
    assert (board.pipelines, board.pipeline, ids(board)) == (["Empty", "Support"], "Support", [14])
    hidden = read(database, person(here, ANNA), tab=Tab(pipelines=("Support",)), at=replace(AT, pipeline=key("Setup")))
    assert ids(hidden) == [14]


def test_a_board_has_the_first_of_each_stage_and_a_table_all_by_pages(database: Database, here: Installation) -> None:
    said = {"client_id": "1", "pipeline": "Setup", "stage": "New"}
    with database.write() as connection:
        for number in range(100, 120):
            add(connection, here.id, number, said)
    asker, setup = person(here, ANNA), replace(AT, pipeline=key("Setup"))
    assert ids(read(database, asker, tab=Tab(layout=BOARD), at=setup)) == [12, 100, 101, 102]
    found: list[int] = []
    for first in (0, 10, 20):
        page = read(database, asker, tab=Tab(layout=BOARD), at=replace(setup, stage=key("New"), first=first))
        found += ids(page)
        assert page is not None
        assert page.has_more is (first < 20)
    assert sorted(found) == [11, 13, 17, *range(100, 120)]


def test_archived_records_and_those_of_another_installation_are_nowhere(database: Database, here: Installation) -> None:
    with database.write() as connection:
        other = create(connection, NOW)
        filled(connection, other.id)
        mine = (schema.record.c.installation_id == here.id, schema.record.c.id.in_([11, 12, 17]))
        connection.execute(update(schema.record).where(*mine).values(archived_at=NOW))
    assert ids(read(database, person(here, ANNA), at=replace(AT, pipeline=key("Setup")))) == [13]
