"""Teams by name: one of each, whoever makes it."""

from __future__ import annotations

from storage.database import Database
from storage.installations import Installation
from storage.teams import Teams


def test_a_team_is_made_once_however_its_name_is_written(database: Database, installation: Installation) -> None:
    with database.write() as connection:
        teams = Teams(connection, installation.id)
        found = [teams.find(connection, name) for name in ("CS Nordic", "cs-nordic", " CS_NORDIC ", "Other", " - ")]
    assert found == [1, 1, 1, 2, None]


def test_a_team_that_was_made_since_the_others_were_read_is_found(
    database: Database, installation: Installation
) -> None:
    with database.write() as connection:
        early = Teams(connection, installation.id)
        Teams(connection, installation.id).find(connection, "CS Nordic")
        assert early.find(connection, "CS Nordic") == 1
