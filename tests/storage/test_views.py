"""Saved views on each database: who sees and changes which, what they name, and that nothing is written twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from bot.domain.access import Person
from bot.domain.catalog import Tier
from bot.domain.filters import Filter
from bot.domain.key_accounts import Key
from bot.domain.views import MOST, SavedView, wanted
from bot.errors import UserError
from storage import schema, submissions, views
from storage.database import Database
from storage.installations import Installation, create
from tests.conftest import NOW
from tests.domain.filters import CATEGORIES

LOW = Filter(tiers=(Tier.LOW,))
ANNA, BO, LEAD, CLEO = 1, 2, 3, 4
NORDIC, CENTRAL = 1, 2


def asker(here: Installation, number: int, team: int | None = NORDIC, **changes: Any) -> Person:
    made = Person(number, here.id, here.workspace_id, f"U{number}", f"Person {number}", "UTC", "en-US", team_id=team)
    return replace(made, **changes)


def people(connection: Connection, here: Installation) -> None:
    """Anna, Bo and their lead in one team, Cleo in another."""
    mine = {"installation_id": here.id}
    rows = [mine | {"id": i, "name": f"Person {i}", "email": f"p{i}@example.com"} for i in (ANNA, BO, LEAD, CLEO)]
    connection.execute(insert(schema.person), rows)
    teams = [mine | {"id": i, "name": f"Team {i}", "name_key": f"team{i}"} for i in (NORDIC, CENTRAL)]
    connection.execute(insert(schema.team), teams)


@pytest.fixture
def here(database: Database, installation: Installation) -> Installation:
    with database.write() as connection:
        people(connection, installation)
    return installation


def save(database: Database, who: Person, name: str, kept: Filter = LOW, team: int | None = None) -> SavedView:
    with database.write() as connection:
        views.save(connection, who, name, kept, team, NOW)
    return next(one for one in seen(database, who) if one.name == name and one.team_id == team)


def seen(database: Database, who: Person) -> list[SavedView]:
    with database.read() as connection:
        return list(views.every(connection, who))


@pytest.mark.parametrize("key", Key)
def test_key_accounts_of_a_view_are_those_of_whoever_looks(database: Database, here: Installation, key: Key) -> None:
    save(database, asker(here, ANNA), "Key", Filter(key=key), NORDIC)
    (view,) = seen(database, asker(here, BO))
    assert (view.text, wanted(view, CATEGORIES)) == (f"key:{key}", Filter(key=key))


def test_a_view_of_ones_own_is_seen_by_nobody_else_and_one_of_the_team_by_the_team(
    database: Database, here: Installation
) -> None:
    anna = asker(here, ANNA)
    save(database, anna, "Falling")
    save(database, anna, "Ours", team=NORDIC)
    assert [(one.name, one.team, one.person) for one in seen(database, anna)] == [
        ("Falling", None, "Person 1"),
        ("Ours", "Team 1", "Person 1"),
    ]
    assert [one.name for one in seen(database, asker(here, BO))] == ["Ours"]
    assert seen(database, asker(here, CLEO, CENTRAL)) == []
    assert seen(database, asker(here, CLEO, None)) == []
    assert [one.name for one in seen(database, asker(here, ANNA, CENTRAL))] == ["Falling", "Ours"]


def test_views_of_another_installation_or_workspace_are_not_there(database: Database, here: Installation) -> None:
    view = save(database, asker(here, ANNA), "Ours", team=NORDIC)
    with database.write() as connection:
        other = create(connection, NOW)
        people(connection, other)
    for stranger in (asker(other, ANNA, leads=True), asker(here, ANNA, leads=True, workspace_id=99)):
        assert seen(database, stranger) == []
        refused(database, "view_gone", stranger, view)


def refused(database: Database, key: str, who: Person, view: SavedView) -> None:
    """Neither renaming nor deleting is possible, and why."""
    with pytest.raises(UserError) as caught, database.write() as connection:
        views.rename(connection, who, view.id, view.version, "Other", NOW)
    assert caught.value.key == key
    with pytest.raises(UserError) as caught, database.write() as connection:
        views.remove(connection, who, view.id, view.version)
    assert caught.value.key == key


def test_only_its_owner_changes_a_view_and_of_the_teams_its_lead(database: Database, here: Installation) -> None:
    own, ours = (save(database, asker(here, ANNA), "Falling", team=team) for team in (None, NORDIC))
    lead = asker(here, LEAD, leads=True)
    refused(database, "view_gone", asker(here, BO), own)
    refused(database, "view_gone", lead, own)
    refused(database, "view_not_yours", asker(here, BO), ours)
    refused(database, "view_gone", asker(here, CLEO, CENTRAL, leads=True), ours)
    with database.write() as connection:
        views.rename(connection, lead, ours.id, 1, "Sinking", NOW)
        views.remove(connection, asker(here, ANNA), ours.id, 2)
    assert seen(database, lead) == []


def test_a_view_that_was_changed_meanwhile_is_not_changed(database: Database, here: Installation) -> None:
    anna = asker(here, ANNA)
    view = save(database, anna, "Falling")
    with database.write() as connection:
        views.rename(connection, anna, view.id, view.version, "Sinking", NOW)
    refused(database, "view_changed", anna, view)
    assert [(one.name, one.version) for one in seen(database, anna)] == [("Sinking", 2)]


def test_a_view_that_is_gone_is_not_another_one_saved_after_it(database: Database, here: Installation) -> None:
    anna = asker(here, ANNA)
    view = save(database, anna, "Falling")
    with database.write() as connection:
        views.remove(connection, anna, view.id, view.version)
    save(database, anna, "Falling")
    refused(database, "view_gone", anna, view)


@pytest.mark.parametrize("name", ["Falling", "FALLING", "fal ling"])
def test_a_name_is_there_once_for_a_person_and_once_for_a_team(
    database: Database, here: Installation, name: str
) -> None:
    anna, bo = asker(here, ANNA), asker(here, BO)
    save(database, anna, "Falling")
    save(database, anna, "Falling", team=NORDIC)
    save(database, bo, "Falling")
    for who, team in ((anna, None), (anna, NORDIC), (bo, NORDIC)):
        with pytest.raises(UserError) as caught:
            save(database, who, name, team=team)
        assert (caught.value.key, caught.value.values["view"]) == ("view_taken", "Falling")
    other = save(database, anna, "Other")
    with pytest.raises(UserError, match="view_taken"), database.write() as connection:
        views.rename(connection, anna, other.id, 1, name, NOW)
    with database.write() as connection:
        views.rename(connection, anna, other.id, 1, "OTHER", NOW)


def test_a_person_saves_50_views_and_not_one_more(database: Database, here: Installation) -> None:
    anna = asker(here, ANNA)
    with database.write() as connection:
        for number in range(MOST):
            views.save(connection, anna, f"View {number}", LOW, NORDIC if number % 2 else None, NOW)
    with pytest.raises(UserError, match="view_too_many"):
        save(database, anna, "One more")
    save(database, asker(here, BO), "Another's")


def test_two_that_save_the_last_view_at_once_save_one(database: Database, here: Installation) -> None:
    anna = asker(here, ANNA)
    with database.write() as connection:
        for number in range(MOST - 1):
            views.save(connection, anna, f"View {number}", LOW, None, NOW)

    def last(number: int) -> bool:
        try:
            with database.write() as connection:
                views.save(connection, anna, f"Last {number}", LOW, None, NOW)
        except UserError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(last, range(4))) == [False, False, False, True]


def test_what_a_view_names_is_found_under_its_name_of_today(database: Database, here: Installation) -> None:
    kept = Filter(csm="p2@example.com", team="team 2", category="marketing")
    save(database, asker(here, ANNA), "Falling", kept)
    with database.write() as connection:
        renamed = {"name": "CS Central", "name_key": "cscentral"}
        connection.execute(update(schema.team).where(schema.team.c.id == CENTRAL).values(renamed))
        connection.execute(update(schema.person).where(schema.person.c.id == BO).values(email="bo@new.example"))
    [view] = seen(database, asker(here, ANNA))
    assert wanted(view, CATEGORIES) == Filter(csm="bo@new.example", team="CS Central", category="marketing")


@pytest.mark.parametrize(
    ("kept", "word"),
    [
        (Filter(csm="p2@example.com", tiers=(Tier.LOW,)), "csm:p2@example.com"),
        (Filter(team="Team 2"), "team:Team 2"),
        (Filter(category="marketing"), "category:marketing"),
    ],
)
def test_a_view_of_what_is_gone_says_so_even_if_another_has_its_number(
    database: Database, here: Installation, kept: Filter, word: str
) -> None:
    save(database, asker(here, ANNA), "Falling", kept)
    with database.write() as connection:
        connection.execute(update(schema.person).where(schema.person.c.id == BO).values(email=None))
        connection.execute(delete(schema.team).where(schema.team.c.id == CENTRAL))
        another = {"installation_id": here.id, "id": CENTRAL, "name": "Another", "name_key": "another"}
        connection.execute(insert(schema.team).values(another))
    [view] = seen(database, asker(here, ANNA))
    with pytest.raises(UserError) as caught:
        wanted(view, {"sales": "Sales"})
    assert (caught.value.key, caught.value.values) == ("view_names_gone", {"view": "Falling", "word": word})


@pytest.mark.parametrize("kept", [Filter(csm="x@example.com"), Filter(team="Team 9")])
def test_what_is_not_there_cannot_be_saved(database: Database, here: Installation, kept: Filter) -> None:
    with pytest.raises(UserError, match="filter_unknown"):
        save(database, asker(here, ANNA), "Falling", kept)


def test_a_submission_is_claimed_once_in_an_installation_and_forgotten_after_a_day(
    database: Database, here: Installation
) -> None:
    with database.write() as connection:
        other = create(connection, NOW)
        assert submissions.claim(connection, here.id, "V1", NOW)
        assert not submissions.claim(connection, here.id, "V1", NOW + timedelta(hours=23))
        assert submissions.claim(connection, other.id, "V1", NOW)
        assert submissions.claim(connection, here.id, "V2", NOW + timedelta(days=2))
        kept = connection.execute(select(schema.submission.c.installation_id, schema.submission.c.slack_view_id)).all()
    assert set(kept) == {(here.id, "V2"), (other.id, "V1")}


def test_of_two_submissions_at_once_one_is_the_first(database: Database, here: Installation) -> None:
    def claim(_: int) -> bool:
        with database.write() as connection:
            return submissions.claim(connection, here.id, "V1", NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(claim, range(4))) == [False, False, False, True]
