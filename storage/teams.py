"""Teams by name: found, and made where the data names a new one."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from bot.domain.catalog import fold
from storage.schema import team


class Teams:
    """The teams of an installation, read once. For a writing transaction that holds the installation's row."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        self._here = installation_id
        mine = team.c.installation_id == installation_id
        self._known = {
            row.name_key: row.id for row in connection.execute(select(team.c.name_key, team.c.id).where(mine))
        }

    def find(self, connection: Connection, name: str) -> int | None:
        """The id of a team, which is made where there is none of that name."""
        key = fold(name)
        if key and key not in self._known:
            mine = team.c.installation_id == self._here
            number = (connection.scalar(select(func.max(team.c.id)).where(mine)) or 0) + 1
            values = {"installation_id": self._here, "id": number, "name": name.strip(), "name_key": key}
            connection.execute(insert(team).values(values))
            self._known[key] = number
        return self._known.get(key)
