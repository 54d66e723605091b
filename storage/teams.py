"""Teams by name: found, and made where the data names a new one."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from bot.domain.catalog import fold
from storage.schema import team

LENGTH = 255  # of a name and of its key; longer ones are cut


def key(name: str) -> str:
    """What a team is found by."""
    return fold(name)[:LENGTH]


def exist(connection: Connection, installation_id: int) -> bool:
    """Whether there is any: until then every full member has a seat."""
    return connection.scalar(select(team.c.id).where(team.c.installation_id == installation_id).limit(1)) is not None


class Teams:
    """The teams of an installation, read once. For a writing transaction that holds the installation's row."""

    def __init__(self, connection: Connection, installation_id: int) -> None:
        self._here = installation_id
        self._known: dict[str, int] = {}
        self._read(connection)

    def find(self, connection: Connection, name: str, source_id: int | None = None) -> int | None:
        """The id of a team, which is made where there is none of that name. `source_id`: it leaves with that source."""
        found = key(name)
        if found and found not in self._known:
            self._read(connection)  # another process may have made it meanwhile
        if found and found not in self._known:
            self._known[found] = self._add(connection, name, source_id)
        return self._known.get(found)

    def _read(self, connection: Connection) -> None:
        mine = team.c.installation_id == self._here
        self._known = dict(connection.execute(select(team.c.name_key, team.c.id).where(mine)).all())

    def _add(self, connection: Connection, name: str, source_id: int | None) -> int:
        mine = team.c.installation_id == self._here
        number = (connection.scalar(select(func.max(team.c.id)).where(mine)) or 0) + 1
        values = {"name": name.strip()[:LENGTH], "name_key": key(name), "source_id": source_id}
        connection.execute(insert(team).values(installation_id=self._here, id=number, **values))
        return number
