"""Saved views: those that a person sees, and what is written of them, one after the other by the installation's row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from secrets import randbits
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, or_, select, update

from bot.domain.access import Person
from bot.domain.catalog import fold
from bot.domain.filter_text import write
from bot.domain.filters import Filter, FilterError
from bot.domain.views import MOST, SavedView, ViewNameError, may_change
from bot.errors import UserError
from storage import digests, homes, named
from storage.installations import lock
from storage.schema import person, saved_view, saved_view_team, team

_one = saved_view.c
_csm, _of_team = person.alias("csm"), team.alias("of_team")


def _select() -> Select[Any]:
    here = _one.installation_id
    saver = (person.c.installation_id == here) & (person.c.id == _one.person_id)
    owner = (team.c.installation_id == here) & (team.c.id == _one.team_id)
    csm = (_csm.c.installation_id == here) & (_csm.c.id == _one.csm_id)
    link = (saved_view_team.c.installation_id == here) & (saved_view_team.c.view_id == _one.id)
    of_team = (_of_team.c.installation_id == here) & (_of_team.c.id == saved_view_team.c.team_id)
    joined = saved_view.join(person, saver).outerjoin(team, owner).outerjoin(_csm, csm)
    columns = (_one.id, _one.name, _one.text, _one.person_id, person.c.name, _one.team_id, team.c.name, _one.version)
    return select(*columns, _csm.c.email, _of_team.c.name).select_from(
        joined.outerjoin(saved_view_team, link).outerjoin(_of_team, of_team)
    )


_SELECT = _select()


def visible(asker: Person) -> ColumnElement[bool]:
    """What a person saved, and the views of their team. Who may see which view stands here and nowhere else."""
    shared = [] if asker.team_id is None else [_one.team_id == asker.team_id]
    here = (_one.installation_id == asker.installation_id) & (_one.workspace_id == asker.home)
    return here & or_(_one.person_id == asker.id, *shared)


def every(connection: Connection, asker: Person) -> Sequence[SavedView]:
    """All that a person sees, by name."""
    rows = connection.execute(_SELECT.where(visible(asker)).order_by(_one.name_key, _one.team_id, _one.id))
    return [SavedView(*row) for row in rows]


def get(connection: Connection, asker: Person, view_id: int) -> SavedView:
    """One that a person sees; UserError where there is none."""
    row = connection.execute(_SELECT.where(visible(asker), _one.id == view_id)).one_or_none()
    if row is None:
        raise UserError("view_gone")
    return SavedView(*row)


def changeable(connection: Connection, asker: Person, view_id: int) -> SavedView:
    """One that a person may rename or delete; UserError where they may not."""
    found = get(connection, asker, view_id)
    if not may_change(found, asker):
        raise UserError("view_not_yours", view=found.name, person=found.person)
    return found


def save(connection: Connection, asker: Person, name: str, wanted: Filter, team_id: int | None, now: datetime) -> None:
    """Keep a filter under a name, for oneself or for a team. Raises UserError."""
    lock(connection, asker.installation_id)
    mine = (_one.installation_id == asker.installation_id) & (_one.person_id == asker.id)
    if (connection.scalar(select(func.count()).where(mine)) or 0) >= MOST:
        raise ViewNameError("view_too_many", limit=MOST)
    _refuse_taken(connection, asker, name, team_id)
    here = {"installation_id": asker.installation_id}
    made = here | {"id": randbits(62), "workspace_id": asker.home, "person_id": asker.id, "team_id": team_id}
    kept = {"text": write(wanted), "csm_id": _csm_named(connection, asker, wanted), "version": 1, "updated_at": now}
    connection.execute(insert(saved_view).values(**made, **_named(name), **kept))
    of_team = _team_named(connection, asker, wanted)
    if of_team is not None:
        connection.execute(insert(saved_view_team).values(**here, view_id=made["id"], team_id=of_team))
    homes.mark(connection, asker.installation_id, homes.of_person_and_team(asker, team_id))


def rename(connection: Connection, asker: Person, view_id: int, version: int, name: str, now: datetime) -> None:
    """Raises UserError, also where it was changed since that version."""
    found = _locked(connection, asker, view_id, version)
    if fold(found.name) != fold(name):
        _refuse_taken(connection, asker, name, found.team_id)
    values = {**_named(name), "version": version + 1, "updated_at": now}
    connection.execute(update(saved_view).where(visible(asker), _one.id == view_id).values(values))


def remove(connection: Connection, asker: Person, view_id: int, version: int) -> None:
    _locked(connection, asker, view_id, version)
    connection.execute(delete(saved_view).where(visible(asker), _one.id == view_id))
    digests.rest(connection, asker.installation_id)


def _locked(connection: Connection, asker: Person, view_id: int, version: int) -> SavedView:
    lock(connection, asker.installation_id)
    found = changeable(connection, asker, view_id)
    if found.version != version:
        raise UserError("view_changed", view=found.name)
    homes.mark(connection, asker.installation_id, homes.of_person_and_team(asker, found.team_id))
    return found


def _refuse_taken(connection: Connection, asker: Person, name: str, team_id: int | None) -> None:
    """Whether one's own views, or the team's, have that name already."""
    own = _one.team_id.is_(None) & (_one.person_id == asker.id)
    here = (_one.installation_id == asker.installation_id) & (_one.workspace_id == asker.home)
    others = own if team_id is None else _one.team_id == team_id
    taken = connection.scalar(select(_one.name).where(here, others, _one.name_key == fold(name)))
    if taken is not None:
        raise ViewNameError("view_taken", view=taken)


def _named(name: str) -> dict[str, str]:
    return {"name": name, "name_key": fold(name)}


def _csm_named(connection: Connection, asker: Person, wanted: Filter) -> int | None:
    if wanted.csm in {None, "me", "nobody"}:
        return None
    found = named.csm_of(connection, asker.installation_id, str(wanted.csm))
    if found is None:
        raise FilterError("filter_unknown_csm", name="csm", word=wanted.csm)
    return found.id


def _team_named(connection: Connection, asker: Person, wanted: Filter) -> int | None:
    if wanted.team in {None, "mine", "all"}:
        return None
    found = named.team_called(connection, asker.installation_id, str(wanted.team))
    if found is None:
        raise FilterError("filter_unknown_team", name="team", word=wanted.team)
    return found.id
