"""What stands in an installation's database, asked another way than the code under test asks it."""

from __future__ import annotations

from sqlalchemy import select

from bot.domain.access import Person
from bot.domain.catalog import fold
from bot.domain.teams import Team
from bot.domain.workspace_settings import Settings
from bot.domain.workspaces import EVERYTHING
from storage import facts, rights, team_settings, workspaces
from storage.database import Database
from storage.schema import record_person, team, team_member, workspace
from tests.storage.bases import small

PRIMARY = 1
ADMINS, CSMS = (1, 2), (3, 4, 5)
PEOPLE = (*ADMINS, *CSMS)
CLIENTS = (1, 2, 3, 90)
PROPERTIES = {1: "csm_email", 2: "second_csm"}
RULES = small()


class There:
    """Read anew each time."""

    database: Database
    id: int

    def settings(self) -> list[Settings]:
        with self.database.read() as connection:
            found = workspaces.every(connection, self.id)
            return [workspaces.get(connection, self.id, one.id) for one in found]

    def current(self, form: Team) -> Team:
        with self.database.read() as connection:
            every = team_settings.every(connection, self.id)
        return next((one for one in every if one.id == form.id), form)

    def version(self, number: int) -> int | None:
        one = workspace.c
        with self.database.read() as connection:
            mine = (one.installation_id == self.id, one.id == number)
            return connection.scalar(select(one.version).where(*mine))

    def created(self) -> dict[int, str]:
        """The CSM property of each created workspace."""
        one = workspace.c
        mine = (one.installation_id == self.id, ~one.is_primary, one.id != EVERYTHING)
        with self.database.read() as connection:
            return dict(connection.execute(select(one.id, one.csm_property).where(*mine)).all())

    def names(self) -> set[str]:
        with self.database.read() as connection:
            return {fold(one.name) for one in workspaces.every(connection, self.id)}

    def homes(self) -> dict[int, int | None]:
        """The created workspace of each team."""
        with self.database.read() as connection:
            mine = team.c.installation_id == self.id
            return dict(connection.execute(select(team.c.id, team.c.workspace_id).where(mine)).all())

    def works_in(self) -> dict[int, int]:
        """The workspace of each person, by their primary team."""
        one, homes = team_member.c, self.homes()
        with self.database.read() as connection:
            mine = (one.installation_id == self.id, one.is_primary)
            teams: dict[int, int] = dict(connection.execute(select(one.person_id, one.team_id).where(*mine)).all())
        return {who: (homes[teams[who]] if who in teams else None) or PRIMARY for who in PEOPLE}

    def csms(self) -> dict[tuple[int, str], int]:
        """Whom each client's properties name."""
        one = record_person.c
        with self.database.read() as connection:
            found = connection.execute(
                select(one.record_id, one.property_id, one.person_id).where(one.installation_id == self.id)
            )
            return {(client, PROPERTIES[of]): who for client, of, who in found}

    def super_admins(self) -> set[int]:
        with self.database.read() as connection:
            return set(rights.super_admins(connection, self.id))

    def seen_by(self, one: Person) -> set[int]:
        """The clients whose cards somebody is shown: by the statement of the command."""
        with self.database.read() as connection:
            shown = {
                client: facts.client(
                    connection, self.id, one.workspace_id, RULES, lambda _: None, facts.BY_ID, {"client": client}
                )
                for client in CLIENTS
            }
        return {client for client, found in shown.items() if found}

    def property_of_primary(self) -> str:
        with self.database.read() as connection:
            return workspaces.get(connection, self.id, PRIMARY).csm
