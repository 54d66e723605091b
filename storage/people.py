"""People: kept from Slack, or made from an e-mail address where the data names one first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Exists,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    insert,
    literal_column,
    select,
    update,
)

from bot.domain.access import Person, has_seat, refusal
from bot.domain.workspaces import EVERYTHING
from storage import absences, lists, reaches
from storage.everything import IS_WHOLE
from storage.prepared import named as named_rows
from storage.prepared import prepared
from storage.schema import channel_tie, installation, person, person_address, standing, team, team_member, workspace

_membership_of, _any_team = team_member.alias("membership"), team.alias("any_team")
_membership = select(_membership_of.c.team_id).where(_membership_of.c.installation_id == installation.c.id)
_home = func.coalesce(team.c.workspace_id, workspace.c.id)
_everything: ColumnElement[int] = literal_column(str(EVERYTHING))
_all = case((IS_WHOLE, _everything), else_=workspace.c.id)  # where who sees all sees them
_whole = workspace.alias("whole")


def _owns(workspace_id: ColumnElement[int]) -> Exists:
    return exists(
        select(standing.c.client_id).where(
            standing.c.installation_id == person.c.installation_id,
            standing.c.workspace_id == workspace_id,
            standing.c.person_id == person.c.id,
        )
    )


_PERSON: Select[Any] = (
    select(
        person.c.id,
        person.c.installation_id,
        person.c.slack_user_id,
        _home.label("home_id"),
        person.c.name,
        person.c.time_zone,
        person.c.locale,
        installation.c.catalog_hash,
        installation.c.as_of,
        reaches.rhythm().label("every"),
        installation.c.crm,
        team.c.id.label("team_id"),
        func.coalesce(team.c.name, "").label("team"),
        func.coalesce(team_member.c.is_lead, false()).label("leads"),
        _owns(_home).label("owns"),
        and_(person.c.is_super_admin, _whole.c.id.is_not(None)).label("may_see_all"),
        and_(person.c.is_super_admin, _owns(_all)).label("owns_of_all"),
        _all.label("all_id"),
        person.c.seat,
        installation.c.seats_by_hand,
        exists(_membership.where(_membership_of.c.person_id == person.c.id)).label("in_team"),
        exists(select(_any_team.c.id).where(_any_team.c.installation_id == installation.c.id)).label("any_team"),
        person.c.manages,
        person.c.looks_as,
        person.c.is_super_admin,
        person.c.is_admin,
        person.c.is_guest,
        person.c.is_bot,
        person.c.is_deleted,
        person.c.slack_team_id.is_distinct_from(installation.c.slack_team_id).label("is_stranger"),
        team.c.country,
        absences.recent(person.c.id).label("away"),
        absences.covers(person.c.id, workspace.c.id).label("covers"),
    )
    .select_from(installation)
    .join(person, person.c.installation_id == installation.c.id)
    .join(workspace, (workspace.c.installation_id == installation.c.id) & workspace.c.is_primary)
    .outerjoin(_whole, (_whole.c.installation_id == installation.c.id) & (_whole.c.id == _everything))
    .outerjoin(
        team_member,
        (team_member.c.installation_id == person.c.installation_id)
        & (team_member.c.person_id == person.c.id)
        & team_member.c.is_primary,
    )
    .outerjoin(team, (team.c.installation_id == team_member.c.installation_id) & (team.c.id == team_member.c.team_id))
)
_TIED = select(channel_tie.c.client_id).where(
    channel_tie.c.installation_id == installation.c.id, channel_tie.c.channel_id == bindparam("channel")
)
_FIND = prepared(
    _PERSON.add_columns(_TIED.scalar_subquery().label("tied")).where(
        installation.c.slack_team_id == bindparam("team"),
        person.c.slack_user_id == bindparam("user"),
    )
)
_BY_ID = _PERSON.where(
    installation.c.id == bindparam("installation"),
    person.c.id == bindparam("person"),
    person.c.slack_user_id.is_not(None),
)
_SEVERAL = _PERSON.where(
    installation.c.id == bindparam("installation"),
    person.c.slack_user_id.is_not(None),
    person.c.id.in_(select(lists.numbers("people").c.value)),
).order_by(person.c.id)
_LOOKED_AT = _PERSON.where(installation.c.id == bindparam("installation"), person.c.id == bindparam("person"))
IN_INSTALLATION = _PERSON.where(
    installation.c.id == bindparam("installation"), person.c.slack_user_id == bindparam("user")
)
_BY_EMAIL = select(person.c.email, person.c.id).where(
    person.c.installation_id == bindparam("installation"), lists.among_texts(person.c.email, "emails")
)
_BOUND = select(person_address.c.email, person_address.c.person_id).where(
    person_address.c.installation_id == bindparam("installation"), lists.among_texts(person_address.c.email, "emails")
)
_FULL_MEMBERS = select(func.count()).where(
    person.c.installation_id == bindparam("installation"),
    lists.among_texts(person.c.slack_user_id, "users"),
    person.c.slack_team_id == installation.c.slack_team_id,
    installation.c.id == person.c.installation_id,
    ~person.c.is_guest,
    ~person.c.is_deleted,
)


def find(
    connection: Connection, team_id: str, slack_user_id: str, now: datetime | None = None, channel: str | None = None
) -> Person | None:
    """The person behind a Slack user of an installation's Slack workspace; None where not known yet.

    now      when they ask; without it they neither are away nor cover for anybody
    channel  where they ask; with it they know which client it is tied to
    """
    return _looking(connection, _FIND, {"team": team_id, "user": slack_user_id, "channel": channel}, now)


def by_id(connection: Connection, installation_id: int, person_id: int, now: datetime | None = None) -> Person | None:
    """The person who asked for something that is done later, as they are now; None where not known to Slack."""
    return _looking(connection, _BY_ID, {"installation": installation_id, "person": person_id}, now)


def several(connection: Connection, installation_id: int, ids: Sequence[int]) -> list[Person]:
    """Those of these people whom Slack knows, each with what they see themselves, as whomever they look."""
    parameters = {"installation": installation_id, "people": ids, **absences.days(None)}
    return [read(row, None) for row in connection.execute(_SEVERAL, parameters)]


def _looking(
    connection: Connection, query: Executable, parameters: Mapping[str, Any], now: datetime | None
) -> Person | None:
    """The person, with what somebody else sees where they look as them: then it is one statement more."""
    row = next(iter(named_rows(connection.execute(query, {**parameters, **absences.days(now)}).all())), None)
    if row is None:
        return None
    found = read(row, now)
    if row.looks_as is None:
        return found
    other = {"installation": found.installation_id, "person": row.looks_as, **absences.days(now)}
    looked_at = connection.execute(_LOOKED_AT, other).one_or_none()
    return found if looked_at is None else found.looking_as(read(looked_at, now))


def read(row: Any, now: datetime | None) -> Person:
    """A row of what a person is found by."""
    refused = refusal(
        is_guest=row.is_guest, is_bot=row.is_bot, is_deleted=row.is_deleted, is_stranger=bool(row.is_stranger)
    )
    seated = has_seat(
        by_hand=row.seats_by_hand,
        choice=row.seat,
        owns=bool(row.owns),
        in_team=bool(row.in_team),
        any_team=bool(row.any_team),
    )
    sees_all = seated and bool(row.may_see_all)
    return Person(
        id=row.id,
        installation_id=row.installation_id,
        workspace_id=row.all_id if sees_all else row.home_id,
        home_id=row.home_id,
        slack_user_id=row.slack_user_id,
        name=row.name,
        time_zone=row.time_zone,
        locale=row.locale,
        catalog_hash=row.catalog_hash,
        as_of=row.as_of,
        every=row.every,
        crm=row.crm,
        team_id=row.team_id,
        team=row.team,
        leads=bool(row.leads),
        owns=bool(row.owns_of_all if sees_all else row.owns),
        has_seat=seated,
        manages=bool(row.manages),
        is_super_admin=bool(row.is_super_admin),
        is_slack_admin=bool(row.is_admin),
        refusal=refused,
        country=row.country,
        away=tuple(map(absences.span, row.away or ())),
        covers=absences.covered(row.covers, now),
        tied=getattr(row, "tied", None),
    )


def in_slack(connection: Connection, installation_id: int, slack_user_id: str) -> int | None:
    """The id of the person behind a Slack user."""
    mine = (person.c.installation_id == installation_id, person.c.slack_user_id == slack_user_id)
    return connection.scalar(select(person.c.id).where(*mine))


def in_installation(
    connection: Connection, installation_id: int, slack_user_id: str, now: datetime | None = None
) -> Person | None:
    """The person behind a Slack user with what they see themselves, as whomever they look."""
    parameters = {"installation": installation_id, "user": slack_user_id, **absences.days(now)}
    row = connection.execute(IN_INSTALLATION, parameters).one_or_none()
    return None if row is None else read(row, now)


def installation_of(connection: Connection, team_id: str) -> int | None:
    """The installation that a Slack workspace is bound to."""
    return connection.scalar(select(installation.c.id).where(installation.c.slack_team_id == team_id))


def full_members(connection: Connection, installation_id: int, slack_user_ids: Collection[str]) -> int:
    """How many of these Slack users are known full members (bots of the workspace among them) of it."""
    parameters = {"installation": installation_id, "users": list(slack_user_ids)}
    return connection.scalar(_FULL_MEMBERS, parameters) or 0


def known(connection: Connection, installation_id: int, emails: Collection[str]) -> dict[str, int]:
    """The people with these addresses, by address: the one that Slack knows, or one that was bound to them."""
    if not emails:
        return {}
    parameters = {"installation": installation_id, "emails": list(emails)}
    of_slack = dict(connection.execute(_BY_EMAIL, parameters).all())
    return of_slack | dict(connection.execute(_BOUND, parameters).all())


def named(connection: Connection, installation_id: int, emails: Collection[str]) -> dict[str, int]:
    """The same; made where there is none yet. For a writing transaction that holds the installation's row."""
    found = known(connection, installation_id, emails)
    new = sorted(set(emails) - found.keys())
    if new:
        mine = person.c.installation_id == installation_id
        highest = connection.scalar(select(func.max(person.c.id)).where(mine)) or 0
        found |= {email: highest + i for i, email in enumerate(new, start=1)}
        rows = [{"installation_id": installation_id, "id": found[e], "email": e, "name": e[:255]} for e in new]
        connection.execute(insert(person), rows)
    return found


def keep(connection: Connection, installation_id: int, user: Mapping[str, Any], now: datetime) -> int:
    """Write what Slack says of a user (an object of users.info or users.list); gives the person's id.

    Somebody whom the data named first, by the same e-mail address, becomes one with the Slack user. Of somebody from
    another Slack workspace the address is not kept: they must not become a CSM of ours who has the same one.
    """
    values = _values(user, now)
    mine = person.c.installation_id == installation_id
    # Two processes may hear of the same new person at once: one after the other, by the installation's row.
    home = select(installation.c.slack_team_id).where(installation.c.id == installation_id).with_for_update()
    if connection.scalar(home) != values["slack_team_id"]:
        values["email"] = None
    known = connection.scalar(select(person.c.id).where(mine, person.c.slack_user_id == user["id"]))
    named = None
    if values["email"] is not None:
        namesake = select(person.c.id, person.c.slack_user_id).where(mine, person.c.email == values["email"])
        named = connection.execute(namesake).one_or_none()
    if named is not None and named.id != known and (known is not None or named.slack_user_id is not None):
        values["email"] = None  # another person has that address, and keeps it until somebody decides
        named = None
    identity = known if named is None else named.id
    if identity is not None:
        connection.execute(update(person).where(mine, person.c.id == identity).values(values))
        return int(identity)
    return _add(connection, installation_id, values)


def _add(connection: Connection, installation_id: int, values: Mapping[str, Any]) -> int:
    mine = person.c.installation_id == installation_id
    next_id = connection.scalar(select(func.coalesce(func.max(person.c.id), 0) + 1).where(mine)) or 1
    connection.execute(insert(person).values(installation_id=installation_id, id=next_id, **values))
    return next_id


def _values(user: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A row from a Slack user object (docs: objects/user-object). Guests: `is_restricted` and `is_ultra_restricted`.

    Zone and language are not in every answer of Slack's; what is known of them then stays.
    """
    profile = user.get("profile", {})
    told = {"time_zone": user.get("tz"), "locale": user.get("locale")}
    return {name: value for name, value in told.items() if value} | {
        "slack_user_id": user["id"],
        "slack_team_id": user.get("team_id"),
        "email": (profile.get("email") or "").lower() or None,
        "name": profile.get("display_name") or profile.get("real_name") or user.get("name", ""),
        "is_admin": bool(user.get("is_admin") or user.get("is_owner")),
        "is_guest": bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        "is_bot": bool(user.get("is_bot") or user["id"] == "USLACKBOT"),
        "is_deleted": bool(user.get("deleted")),
        "seen_at": now,
    }
