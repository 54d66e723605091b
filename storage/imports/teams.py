"""Teams: their rows checked and gathered, then landed in one short transaction.

The files state the whole truth for each team that they name, as far as they can be read: a team with a refused row
loses nothing, nor does one in a rejects file, which holds only some of its rows. A team that they no longer name
stays as it is, and is Slack's to change and to remove.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, insert, or_, select, update

from storage import people
from storage.imports import cells, places
from storage.imports.cells import Bad, Cells
from storage.imports.files import Batch
from storage.imports.mapping import FileMapping
from storage.imports.report import Reason
from storage.imports.roster import Roster, Said
from storage.imports.rows import Part, Rows
from storage.imports.work import Work
from storage.schema import team, team_member
from storage.teams import Teams, key

_PLACE = ("country", "time_zone")
Membership = tuple[int, int]  # ids of a person and a team


class Member(NamedTuple):
    """What a person is in a team."""

    is_primary: bool
    is_lead: bool


class Difference(NamedTuple):
    """What the files mean for the stored memberships."""

    new: dict[Membership, Member]
    changed: dict[Membership, Member]
    gone: set[Membership]
    unchanged: int


class Checks:
    """Reads one file of teams into the roster."""

    def __init__(self, roster: Roster, rows: Rows) -> None:
        reads = {
            "team": Cells(_name, required=True), "email": Cells(cells.email, required=True),
            "primary": Cells(cells.boolean()), "lead": Cells(cells.boolean()),
            "country": Cells(places.country), "time_zone": Cells(places.time_zone),
        }  # fmt: skip
        self._roster = roster
        self._rows = rows
        self._reads = {name: read for name, read in reads.items() if rows.columns.has(name)}
        self._named: set[str] = set()  # keys of teams
        self._placed = 0  # refused rows that name their team

    def take(self, batch: Batch, columns: Sequence[Sequence[str]]) -> None:
        """Add the good rows of a batch."""
        parts = {name: self._part(name, batch, columns) for name in self._reads}
        keep = self._rows.refuse_bad(batch, list(parts.values()))
        for i in range(len(batch.rows)):
            if keep is None or keep[i]:
                self._add(batch, parts, i)
            else:
                self._doubt(parts["team"].values[i])

    def finish(self) -> None:
        """A rejects file is the rest of another, and a refused row without its team may be of any."""
        is_rest = self._rows.columns.line_at is not None
        if is_rest or self._rows.report.refused > self._placed:
            self._roster.partly |= self._named
            self._roster.is_whole = False

    def _add(self, batch: Batch, parts: Mapping[str, Part], i: int) -> None:
        said = _said({name: part.values[i] for name, part in parts.items()})
        if self._roster.has(said):
            self._rows.report.repeated += 1
        elif (conflict := self._roster.conflict(said)) is not None:
            title, found, _ = parts[conflict[0]]
            self._rows.refusals.add(batch.lines[i], batch.rows[i], title, found[i], conflict[1])
            self._doubt(said.team)
        else:
            self._roster.add(said)
            self._named.add(key(said.team))

    def _doubt(self, name: Any) -> None:
        if type(name) is str:
            self._roster.partly.add(key(name))
            self._placed += 1

    def _part(self, name: str, batch: Batch, columns: Sequence[Sequence[str]]) -> Part:
        found = self._rows.columns.cells(name, batch, columns)
        return Part(self._rows.columns.title(name), found, self._reads[name].all(found))


def _name(cell: str) -> str | Bad:
    """A team's name. One of hyphens only would be found by nothing."""
    return cells.text()(cell) if key(cell) else Bad(Reason.MISSING)


def _said(values: Mapping[str, Any]) -> Said:
    """What a row says. An empty cell of `lead` says no, one of `primary` nothing."""
    lead = bool(values["lead"]) if "lead" in values else None
    place = {name: values[name] for name in _PLACE if name in values}
    return Said(values["team"], values["email"], values.get("primary"), lead, place)


def stage(work: Work, _entry: FileMapping, rows: Rows) -> None:
    """Check a file and gather its good rows."""
    checks = Checks(work.roster, rows)
    for batch, columns in rows.batches():
        checks.take(batch, columns)
    checks.finish()


def land(work: Work) -> None:
    """Bring the teams into the database; in a dry run only count what that would change."""
    if not work.roster.teams:
        return
    with work.stage.reading() if work.dry_run else work.stage.writing():
        teams = _land_teams(work)
        freed = _free_teams(work)
        difference = _compare(work.roster, _persons(work), teams, _stored_members(work))
        if not work.dry_run:
            _write(work, difference)
    work.facts("teams").changed += freed
    facts = work.facts("members")
    facts.added, facts.changed = len(difference.new), len(difference.changed)
    facts.unchanged, facts.removed = difference.unchanged, len(difference.gone)


def _land_teams(work: Work) -> dict[str, int]:
    """The ids of the named teams by key; new ones are made. In a dry run they get ids that no row has."""
    stored = {row.name_key: row for row in work.stage.connection.execute(_mine(work))}
    made = Teams(work.stage.connection, work.installation_id)
    facts, ids = work.facts("teams"), {}
    for number, (name, one) in enumerate(work.roster.teams.items(), start=1):
        before = stored.get(name)
        other = _other_place(before, one.place, is_part=name in work.roster.partly) | _taken_over(work, before)
        facts.added += before is None
        facts.changed += before is not None and bool(other)
        facts.unchanged += before is not None and not other
        if work.dry_run:
            ids[name] = -number if before is None else before.id
        else:
            ids[name] = _land_team(work, made, one.name, other)
    return ids


def _free_teams(work: Work) -> int:
    """Let go of the teams that the source named before and names no more; how many. A dry run only counts them."""
    if not work.roster.is_whole or work.source_id is None or work.kind == "sample":
        return 0
    here = (team.c.installation_id == work.installation_id, team.c.source_id == work.source_id)
    named = work.roster.teams.keys() | work.roster.partly
    ids = list(work.stage.connection.scalars(select(team.c.id).where(*here, team.c.name_key.not_in(named))))
    if ids and not work.dry_run:
        work.stage.connection.execute(update(team).where(*here, team.c.id.in_(ids)).values(source_id=None))
    return len(ids)


def _taken_over(work: Work, before: Any) -> dict[str, int | None]:
    """A team that nothing but its name was known of, or that was made in Slack, is the file's from now on."""
    is_free = before is not None and before.source_id is None and work.kind != "sample"
    return {"source_id": work.source_id} if is_free else {}


def _other_place(before: Any, place: Mapping[str, str | None], *, is_part: bool) -> dict[str, Any]:
    """A team's country and time zone where they change. Empty cells in only a part of its rows say nothing."""
    said = {column: value for column, value in place.items() if value is not None or not is_part}
    return {column: value for column, value in said.items() if value != getattr(before, column, None)}


def _land_team(work: Work, made: Teams, name: str, other: Mapping[str, Any]) -> int:
    connection = work.stage.connection
    identity = made.find(connection, name, work.source_id)
    assert identity is not None  # a name without a key is refused
    if other:
        here = (team.c.installation_id == work.installation_id, team.c.id == identity)
        connection.execute(update(team).where(*here).values(other))
    return identity


def _mine(work: Work) -> Select[Any]:
    """The stored teams, but the sample's where they are about to go."""
    stays = or_(team.c.source_id.is_(None), team.c.source_id.not_in(work.samples))
    return select(team).where(team.c.installation_id == work.installation_id, stays)


def _persons(work: Work) -> dict[str, int]:
    """The ids of the named people by address; new ones are made. In a dry run they get ids that no row has."""
    connection, here, emails = work.stage.connection, work.installation_id, work.roster.emails
    if not work.dry_run:
        return people.named(connection, here, emails)
    return {email: -i for i, email in enumerate(emails, start=1)} | people.known(connection, here, emails)


def _stored_members(work: Work) -> dict[Membership, Member]:
    one, mine = team_member.c, _mine(work).subquery()
    query = select(one.person_id, one.team_id, one.is_primary, one.is_lead).where(
        one.installation_id == work.installation_id, one.team_id.in_(select(mine.c.id))
    )
    rows = work.stage.connection.execute(query)
    return {(row.person_id, row.team_id): Member(row.is_primary, row.is_lead) for row in rows}


def _compare(
    roster: Roster, persons: Mapping[str, int], teams: Mapping[str, int], stored: Mapping[Membership, Member]
) -> Difference:
    """Find who comes, who leaves, and who is something else than before."""
    stated = {
        (persons[email], teams[name]): said for name, one in roster.teams.items() for email, said in one.members.items()
    }
    whole = {identity for name, identity in teams.items() if name not in roster.partly}
    kept = {one: member for one, member in stored.items() if one not in stated and one[1] not in whole}
    primary = _primary(roster, persons, teams, kept)
    leads = {one: member.is_lead for one, member in stored.items()}
    leads |= {one: said.lead for one, said in stated.items() if said.lead is not None}
    wanted = {one: Member(primary.get(one[0]) == one[1], leads.get(one, False)) for one in (*kept, *stated)}
    return Difference(
        new={one: member for one, member in wanted.items() if one not in stored},
        changed={one: member for one, member in wanted.items() if stored.get(one, member) != member},
        gone=stored.keys() - wanted.keys(),
        unchanged=sum(stored.get(one) == wanted[one] for one in stated),
    )


def _primary(
    roster: Roster, persons: Mapping[str, int], teams: Mapping[str, int], kept: Mapping[Membership, Member]
) -> dict[int, int]:
    """Each person's one primary team: what a row calls so, else what was so and is not spoken of, else the first."""
    primary = {persons[email]: teams[name] for email, name in roster.first.items()}
    primary |= {person: identity for (person, identity), member in kept.items() if member.is_primary}
    primary |= {persons[email]: teams[name] for email, name in roster.primary.items()}
    return primary


def _write(work: Work, difference: Difference) -> None:
    """Rows that change go and come again, so that nobody has two primary teams in between."""
    one, here, connection = team_member.c, work.installation_id, work.stage.connection
    old = [{"person": p, "team": t} for p, t in (*difference.gone, *difference.changed)]
    if old:
        this = (one.person_id == bindparam("person"), one.team_id == bindparam("team"))
        connection.execute(delete(team_member).where(one.installation_id == here, *this), old)
    new = {**difference.new, **difference.changed}
    if new:
        rows = [{"installation_id": here, "person_id": p, "team_id": t, **m._asdict()} for (p, t), m in new.items()]
        connection.execute(insert(team_member), rows)
