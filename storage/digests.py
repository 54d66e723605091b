"""Digests as they are kept. Who may see and change which is asked by who calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, exists, func, insert, null, or_, select, update

from bot.domain.catalog import fold
from bot.domain.digests import Alerts, Content, Digest, Pause, Thresholds
from storage.schema import digest, saved_view, team, workspace

_one = digest.c
_GONE: dict[str, Any] = {"paused": Pause.GONE.value, "next_at": None, "version": _one.version + 1}


def get(connection: Connection, installation_id: int, digest_id: int) -> Digest | None:
    row = connection.execute(select(digest).where(*_is(installation_id, digest_id))).one_or_none()
    return None if row is None else read(row._mapping)


def of_workspace(connection: Connection, installation_id: int, workspace_id: int) -> Sequence[Digest]:
    """By name."""
    mine = (_one.installation_id == installation_id, _one.workspace_id == workspace_id)
    rows = connection.execute(select(digest).where(*mine).order_by(_one.name_key))
    return [read(row._mapping) for row in rows]


def add(connection: Connection, one: Digest, now: datetime) -> None:
    """Its name must be free in the workspace; the caller holds the installation's row."""
    connection.execute(insert(digest).values(**_values(one), id=one.id, made_by=one.made_by, made_at=now))


def change(connection: Connection, one: Digest) -> bool:
    """Write it as it is, in its next version; its alerts are looked at. False where it is of another one by now."""
    here = (*_is(one.installation_id, one.id), _one.version == one.version)
    values = {name: value for name, value in _values(one).items() if name not in _TOLD}  # a run may just have ended
    return (
        connection.execute(update(digest).where(*here).values(**values, version=one.version + 1, look_at=None)).rowcount
        == 1
    )


def leave(connection: Connection, installation_id: int, teams: Sequence[int]) -> None:
    """Let go of teams that are about to be removed: their digests stay, and rest until they are edited."""
    mine = (_one.installation_id == installation_id, _one.team_id.in_(teams))
    connection.execute(update(digest).where(*mine).values(team_id=None, **_GONE))


def rest(connection: Connection, installation_id: int) -> None:
    """Let digests rest whose team or saved view has just gone, or is in another workspace by now."""
    primary = select(workspace.c.id).where(workspace.c.installation_id == installation_id, workspace.c.is_primary)
    home = func.coalesce(team.c.workspace_id, primary.scalar_subquery())
    its = (team.c.installation_id == installation_id, team.c.id == _one.team_id, home == _one.workspace_id)
    view = (saved_view.c.installation_id == installation_id, saved_view.c.id == _one.view_id)
    shared = (*view, saved_view.c.workspace_id == _one.workspace_id, saved_view.c.team_id.is_not(None))
    gone = or_(
        _one.team_id.is_not(None) & ~exists(select(team.c.id).where(*its)),
        (_one.content == Content.VIEW.value) & ~exists(select(saved_view.c.id).where(*shared)),
    )
    mine = (_one.installation_id == installation_id, _one.paused.is_distinct_from(Pause.GONE.value))
    connection.execute(update(digest).where(*mine, gone).values(**_GONE))


def _is(installation_id: int, digest_id: int) -> tuple[Any, Any]:
    return _one.installation_id == installation_id, _one.id == digest_id


_KEPT_AS_THEY_ARE = (
    *("installation_id", "workspace_id", "team_id", "view_id", "name", "channel_id", "time_zone", "escalates"),
    *("next_at", "told_on", "told_as_of"),
)


_TOLD = ("told_on", "told_as_of")


def _values(one: Digest) -> dict[str, Any]:
    kept = {name: getattr(one, name) for name in _KEPT_AS_THEY_ARE}
    return kept | {
        "name_key": fold(one.name),
        "content": one.content.value,
        "days": sum(1 << day for day in one.days),
        "at": one.at.hour * 60 + one.at.minute,
        "grace": int(one.grace / timedelta(minutes=1)),
        "thresholds": {} if one.thresholds == Thresholds() else asdict(one.thresholds),
        "alerts": null() if one.alerts is None else asdict(one.alerts),
        "paused": None if one.paused is None else one.paused.value,
    }


def read(row: Mapping[Any, Any]) -> Digest:
    """Of a row with all columns of the table."""
    kept = {name: row[name] for name in _KEPT_AS_THEY_ARE}
    return Digest(
        **kept,
        id=row["id"],
        made_by=row["made_by"],
        version=row["version"],
        content=Content(row["content"]),
        days=frozenset(day for day in range(7) if row["days"] >> day & 1),
        at=time(*divmod(row["at"], 60)),
        grace=timedelta(minutes=row["grace"]),
        thresholds=_thresholds(row["thresholds"]),
        alerts=None if row["alerts"] is None else Alerts(**row["alerts"]),
        paused=None if row["paused"] is None else Pause(row["paused"]),
    )


def _thresholds(kept: Mapping[str, Any]) -> Thresholds:
    return Thresholds(**{**kept, "ahead": tuple(kept["ahead"])}) if kept else Thresholds()
