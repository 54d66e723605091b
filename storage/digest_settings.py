"""Digests as they are set up: seen, made, changed, paused and deleted. Each change is audited and held to a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from secrets import randbits
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from bot.domain import digest_settings as rules
from bot.domain.access import Person
from bot.domain.catalog import fold
from bot.domain.digest_settings import MOST, UNFINISHED, Listed, Outcome, Run
from bot.domain.digests import Content, Digest, Pause
from bot.errors import FieldError, UserError
from storage import alerts, audit, digest_runs, digests, installations
from storage.schema import digest, person, saved_view, team, workspace

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # as the audit keeps them

_one = digest.c


def every(connection: Connection, asker: Person) -> list[Listed]:
    """Those that somebody sees, by CS workspace and name, with their last runs. Two statements."""
    found = _read(connection, asker.installation_id, *_visible(asker))
    runs = digest_runs.last(connection, asker.installation_id, [one.digest.id for one in found])
    return [one._replace(last=_run(runs[one.digest.id]) if one.digest.id in runs else None) for one in found]


def _visible(asker: Person) -> Sequence[ColumnElement[bool]]:
    """Who sets them up sees all, others those of their CS workspace. It stands here and nowhere else."""
    return () if rules.manages(asker) else (_one.workspace_id == asker.workspace_id,)


def get(connection: Connection, asker: Person, digest_id: int) -> Listed:
    """One that somebody sees. Raises UserError where there is none."""
    found = _read(connection, asker.installation_id, *_visible(asker), _one.id == digest_id)
    if not found:
        raise UserError("digest_unknown")
    return found[0]


def called(connection: Connection, installation_id: int, name: str) -> list[Listed]:
    """Those of this name, each of a CS workspace of its own."""
    return _read(connection, installation_id, _one.name_key == fold(name))


def changeable(connection: Connection, asker: Person, digest_id: int, version: int | None = None) -> Listed:
    """The same, to be changed by them, and of this version. Raises UserError."""
    found = get(connection, asker, digest_id)
    if not rules.may_change(asker, found.digest):
        raise UserError("digest_read_only", digest=found.digest.name)
    if version is not None and found.digest.version != version:
        raise UserError("digest_changed", digest=found.digest.name)
    return found


def _read(connection: Connection, installation_id: int, *which: ColumnElement[bool]) -> list[Listed]:
    home = and_(workspace.c.installation_id == _one.installation_id, workspace.c.id == _one.workspace_id)
    its = and_(team.c.installation_id == _one.installation_id, team.c.id == _one.team_id)
    shown = and_(saved_view.c.installation_id == _one.installation_id, saved_view.c.id == _one.view_id)
    names = (workspace.c.name.label("in"), team.c.name.label("of"), saved_view.c.name.label("of_view"))
    query = (
        select(digest, *names)
        .select_from(digest.join(workspace, home).outerjoin(team, its).outerjoin(saved_view, shown))
        .where(_one.installation_id == installation_id, *which)
        .order_by(workspace.c.is_primary.desc(), _one.workspace_id, _one.name_key)
    )
    rows = [row._mapping for row in connection.execute(query)]
    return [Listed(digests.read(row), row["in"], row["of"], row["of_view"]) for row in rows]


def _run(one: digest_runs.Run) -> Run:
    return Run(one.at, Outcome.RUNNING if one.state == "waiting" else Outcome(one.state), one.reason)


def create(connection: Connection, asker: Person, wanted: Digest, now: datetime) -> Digest:
    """Make one, as it is to run. Raises FieldError where its name is taken, or there are too many."""
    installations.lock(connection, asker.installation_id)
    if not rules.may_change(asker, wanted):
        raise FieldError("digest_of_others", "digest/of")
    made = replace(rules.edited(wanted, None, now), id=randbits(62), made_by=asker.id)
    _refuse_many(connection, made)
    _refuse_taken(connection, made)
    digests.add(connection, made, now)
    _record(connection, "digest.created", asker.id, None, _again(connection, made), now)
    return made


def draft(connection: Connection, installation_id: int, by: int, workspace_id: int, name: str, now: datetime) -> None:
    """The first one of a new CS workspace: each weekday at nine where its first team is, once a channel is chosen.

    The audit tells of it with the workspace.
    """
    its = (team.c.installation_id == installation_id, team.c.workspace_id == workspace_id)
    zone = connection.scalar(select(team.c.time_zone).where(*its, team.c.time_zone.is_not(None)).order_by(team.c.id))
    maker = (person.c.installation_id == installation_id, person.c.id == by)
    zone = zone or connection.scalar(select(person.c.time_zone).where(*maker)) or "UTC"
    made = Digest(installation_id, randbits(62), workspace_id, name, Content.BOTH, zone, by, paused=Pause.DRAFT)
    digests.add(connection, made, now)


def change(connection: Connection, asker: Person, wanted: Digest, now: datetime) -> Digest:
    """Write what a form says of one, which was opened with `wanted.version`. Raises UserError, FieldError."""
    before = _locked(connection, asker, wanted.id, wanted.version)
    if not rules.may_change(asker, wanted):
        raise FieldError("digest_of_others", "digest/of")
    _refuse_taken(connection, wanted)
    kept = replace(wanted, told_on=before.digest.told_on, told_as_of=before.digest.told_as_of)
    return _write(connection, "digest.changed", asker.id, before, rules.edited(kept, before.digest, now), now)


def pause(connection: Connection, asker: Person, digest_id: int, now: datetime) -> Digest:
    """Raises UserError. One that rests already stays as it is."""
    before = _locked(connection, asker, digest_id)
    if before.digest.paused is not None:
        return before.digest
    return _write(connection, "digest.paused", asker.id, before, rules.paused(before.digest), now)


def resume(connection: Connection, asker: Person, digest_id: int, now: datetime) -> Digest:
    """Raises UserError, also where it has to be edited first. One that runs already stays as it is."""
    before = _locked(connection, asker, digest_id)
    if before.digest.paused in UNFINISHED or before.digest.channel_id is None:
        raise UserError("digest_unfinished", digest=before.digest.name)
    if before.digest.paused is None:
        return before.digest
    return _write(connection, "digest.resumed", asker.id, before, rules.resumed(before.digest, now), now)


def remove(connection: Connection, asker: Person, digest_id: int, version: int, now: datetime) -> str:
    """Delete one with what is kept of its runs. Its alerts are closed; what else stands in Slack stays.

    Gives its name. Raises UserError.
    """
    before = _locked(connection, asker, digest_id, version)
    alerts.leave(connection, before.digest, asker.id)
    connection.execute(delete(digest).where(_one.installation_id == asker.installation_id, _one.id == digest_id))
    _record(connection, "digest.deleted", asker.id, before, None, now)
    return before.digest.name


def in_workspace(connection: Connection, installation_id: int, workspace_id: int) -> int:
    """How many go with a CS workspace."""
    here = (_one.installation_id == installation_id, _one.workspace_id == workspace_id)
    return connection.scalar(select(func.count()).select_from(digest).where(*here)) or 0


def _locked(connection: Connection, asker: Person, digest_id: int, version: int | None = None) -> Listed:
    """One that is changed in this transaction: neither settings nor a run of it change it meanwhile."""
    installations.lock(connection, asker.installation_id)
    mine = (_one.installation_id == asker.installation_id, _one.id == digest_id)
    connection.execute(select(_one.id).where(*mine).with_for_update())
    return changeable(connection, asker, digest_id, version)


def _write(connection: Connection, action: str, by: int, before: Listed, after: Digest, now: datetime) -> Digest:
    if after == before.digest:
        return after
    if not digests.change(connection, after):
        raise UserError("digest_changed", digest=before.digest.name)
    _record(connection, action, by, before, _again(connection, after), now)
    return replace(after, version=after.version + 1)


def _again(connection: Connection, one: Digest) -> Listed:
    (found,) = _read(connection, one.installation_id, _one.id == one.id)
    return found


def _record(
    connection: Connection, action: str, by: int, before: Listed | None, after: Listed | None, now: datetime
) -> None:
    one = after or before
    assert one is not None
    told = (_told(before) if before else {}, _told(after) if after else {})
    here = one.digest.installation_id
    audit.record(connection, here, by, now, action, one.digest.name, *told, one.digest.id, is_shown=False)


def _told(one: Listed) -> dict[str, Any]:
    """A digest as the audit keeps it."""
    it, wanted = one.digest, one.digest.alerts
    return {
        "name": it.name,
        "what": one.view if it.content is Content.VIEW else it.content.value,
        "workspace": one.workspace,
        "team": one.team,
        "channel": it.channel_id,
        "days": [name for day, name in enumerate(DAYS) if day in it.days],
        "at": it.at.isoformat("minutes"),
        "time_zone": it.time_zone,
        "grace": int(it.grace.total_seconds() // 60),
        "low": it.thresholds.low,
        "fall": it.thresholds.fall,
        "ahead": list(it.thresholds.ahead),
        "alerts_keys": bool(wanted and wanted.keys),
        "alerts_mrr": f"{wanted.mrr:g} {wanted.currency}" if wanted and wanted.mrr is not None else None,
        "escalates": it.escalates,
        "paused": it.paused.value if it.paused else None,
    }


def _refuse_taken(connection: Connection, wanted: Digest) -> None:
    here = (_one.installation_id == wanted.installation_id, _one.workspace_id == wanted.workspace_id)
    others = (*here, _one.name_key == fold(wanted.name), _one.id != wanted.id)
    taken = connection.scalar(select(_one.name).where(*others))
    if taken is not None:
        raise FieldError("digest_taken", "name", digest=taken)


def _refuse_many(connection: Connection, wanted: Digest) -> None:
    if in_workspace(connection, wanted.installation_id, wanted.workspace_id) >= MOST:
        raise FieldError("digest_too_many", "name", limit=MOST)
