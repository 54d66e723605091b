"""What can be chosen in the settings of a workspace: properties and pipelines of objects, and free teams."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, or_, select

from bot.domain.workspace_settings import DATE, USER, Objects, Offered, Property
from storage.schema import field, record, team

PIPELINE = "pipeline"  # a property of services and revenue objects; pipelines are its values
MOST = 500  # pipelines of an object


def offered(
    connection: Connection, installation_id: int, objects: Objects, workspace_id: int, of: Collection[str]
) -> Offered:
    """All that an installation has, but for teams of other created workspaces than this one; pipelines of these."""
    here = installation_id
    pipelines = {one: pipelines_of(connection, here, one) for one in of}
    return Offered(properties(connection, here, objects), pipelines, free_teams(connection, here, workspace_id))


def properties(connection: Connection, installation_id: int, objects: Objects) -> dict[tuple[str, str], list[Property]]:
    one = field.c
    mine = (one.installation_id == installation_id, one.object.in_([objects.client, *objects.beside]))
    query = select(one.object, one.type, one.name, one.label).where(*mine, one.type.in_([USER, DATE]))
    found: dict[tuple[str, str], list[Property]] = {}
    for object_, type_, name, label in connection.execute(query.order_by(one.label, one.id)):
        found.setdefault((object_, type_), []).append(Property(name, label or name))
    return found


def pipelines_of(connection: Connection, installation_id: int, object_: str) -> list[str]:
    value = record.c.properties[PIPELINE].as_string()
    mine = (record.c.installation_id == installation_id, record.c.object == object_, record.c.archived_at.is_(None))
    query = select(value).distinct().where(*mine, value.is_not(None), value != "").order_by(value).limit(MOST)
    return list(connection.scalars(query))


def free_teams(connection: Connection, installation_id: int, workspace_id: int | None = None) -> dict[int, str]:
    """The teams that no created workspace has, and those of this one."""
    free = or_(team.c.workspace_id.is_(None), team.c.workspace_id == workspace_id)
    query = select(team.c.id, team.c.name).where(team.c.installation_id == installation_id, free)
    return dict(connection.execute(query.order_by(team.c.name_key)).all())
