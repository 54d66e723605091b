"""A person's CS workspace as their Home tab needs it, and what was published there last."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, ScalarSelect, select

from bot.domain.access import Person
from bot.domain.home import Kept, Space, place
from bot.domain.workspace_settings import Tab
from storage import views
from storage.schema import home, installation, saved_view, workspace, workspace_tab
from storage.sqljson import rows

VIEWS = 11  # saved views: one more than there are buttons

_one = home.c


def of(connection: Connection, asker: Person) -> Space:
    """All that a Home tab begins with. One statement."""
    at = workspace.c
    here = (at.installation_id == installation.c.id) & (at.id == asker.home)
    mine = (_one.installation_id == installation.c.id) & (_one.person_id == asker.id)
    objects = (installation.c.client_object, installation.c.service_object, installation.c.revenue_objects)
    columns = (at.id, at.name, installation.c.currency, *objects, _one.place, _one.hash, _one.slack_hash)
    query = select(*columns, _tabs().label("tabs"), _views(asker).label("views"))
    joined = installation.join(workspace, here).outerjoin(home, mine)
    row = connection.execute(query.select_from(joined).where(installation.c.id == asker.installation_id)).one()
    kept = None if row.hash is None else Kept(place(row.place), row.hash, row.slack_hash)
    return Space(
        id=row.id,
        name=row.name,
        currency=row.currency,
        client=row.client_object,
        service=row.service_object,
        revenue=tuple(row.revenue_objects),
        tabs=dict(_tab(*one) for one in row.tabs or ()),
        views=tuple((int(number), str(name)) for number, name in row.views or ()),
        kept=kept,
    )


def _tabs() -> ScalarSelect[Any]:
    one = workspace_tab.c
    columns = (one.object, one.is_shown, one.csm_property, one.renewal_property, one.pipelines)
    mine = (one.installation_id == workspace.c.installation_id, one.workspace_id == workspace.c.id)
    return select(rows(*columns, one.default_pipeline, one.layout)).where(*mine).scalar_subquery()


def _tab(
    object_: str, shown: Any, csm: str | None, renewal: str | None, pipelines: Any, default: str | None, layout: str
) -> tuple[str, Tab]:
    """SQLite gives JSON inside JSON as text."""
    names = json.loads(pipelines) if isinstance(pipelines, str) else pipelines
    return object_, Tab(bool(shown), csm, renewal, tuple(names), default, layout)


def _views(asker: Person) -> ScalarSelect[Any]:
    one = saved_view.c
    first = select(one.id, one.name).where(views.visible(asker)).order_by(one.name_key, one.team_id, one.id)
    found = first.limit(VIEWS).subquery()
    return select(rows(found.c.id, found.c.name)).scalar_subquery()
