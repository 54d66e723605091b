"""The clients of an exported list: all of them, in the list's order, as they were at one moment."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import delete, update

from bot.domain.catalog import Tier
from bot.domain.filters import Filter, Sort
from bot.domain.listing import Entry, Listing, Scope, Whose
from storage import export_rows, schema
from storage.database import Database
from storage.installations import Installation
from tests.conftest import TODAY
from tests.storage.test_listing import ALL, CATALOG, Base, asked, fill, rows, walk


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_rows, "SLICE", 7)


@pytest.fixture
def base(database: Database, installation: Installation) -> Base:
    made = list(rows(installation, Random(7)))
    with database.write() as connection:
        fill(connection, installation, made)
    return made


def export(database: Database, one: Listing) -> list[Entry]:
    with database.snapshot() as connection:
        return list(export_rows.entries(connection, CATALOG, one))


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("scope", [ALL, Scope(Whose.MINE, person_id=1), Scope(Whose.TEAM, team_id=2)])
def test_it_has_the_clients_of_all_pages_in_their_order(
    database: Database, installation: Installation, base: Base, sort: Sort, scope: Scope
) -> None:
    one = asked(installation, Filter(sort=sort), scope)
    shown = [line.id for line in walk(database, one)]
    assert len(shown) > export_rows.SLICE
    assert [entry.line.id for entry in export(database, one)] == shown


def test_each_has_what_a_line_has_no_room_for(database: Database, installation: Installation, base: Base) -> None:
    with database.write() as connection:
        connection.execute(update(schema.record).values(domain="firm.example"))
    teams = {row["client_id"]: row["team_id"] and f"Team {row['team_id']}" for row in base}
    for entry in export(database, asked(installation, Filter())):
        expected = (str(entry.line.id), "firm.example", teams[entry.line.id], TODAY)
        assert (entry.external_id, entry.domain, entry.team, entry.data_to) == expected


def test_a_list_of_nobody_has_no_rows(database: Database, installation: Installation, base: Base) -> None:
    assert export(database, asked(installation, Filter(client="zzz"))) == []


def test_another_workspace_s_list_is_empty(database: Database, installation: Installation, base: Base) -> None:
    assert export(database, replace(asked(installation, Filter()), workspace_id=99)) == []


def test_what_changes_while_it_is_read_changes_nothing(
    database: Database, installation: Installation, base: Base
) -> None:
    one = asked(installation, Filter())
    before = [line.id for line in walk(database, one)]
    with database.snapshot() as connection:
        entries = export_rows.entries(connection, CATALOG, one)
        read = [next(entries).line.id]
        with database.write() as writing:
            writing.execute(delete(schema.standing).where(schema.standing.c.client_id == before[-1]))
            writing.execute(update(schema.standing).values(tier=Tier.LOW, share=0.0, score=0))
        read += [entry.line.id for entry in entries]
    assert read == before
