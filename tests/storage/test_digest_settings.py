"""Digests as they are set up: by whom, audited, held to a version; and at rest once what they tell of is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from bot.domain.access import Person
from bot.domain.digest_settings import Listed, Outcome, Run
from bot.domain.digests import WEEKDAYS, Alerts, Content, Digest, Pause, Thresholds
from bot.domain.filters import Filter
from bot.errors import FieldError, UserError
from storage import (
    audit,
    digest_choices,
    digest_runs,
    digest_settings,
    digests,
    installations,
    schema,
    team_settings,
    views,
)
from storage import workspace_changes as workspaces
from storage.database import Database
from storage.imports import sample
from storage.imports.staging import Stage
from tests.conftest import NOW

NORDIC, BALTIC, ELSEWHERE = 1, 2, 3  # teams of the primary CS workspace; the third is of workspace 7
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)  # nine in Oslo


@pytest.fixture
def here(database: Database) -> int:
    with database.write() as connection:
        made = installations.create(connection, NOW)
        second = {"installation_id": made.id, "id": 7, "name": "Second", "is_primary": False}
        connection.execute(insert(schema.workspace).values(second))
        for number, name in ((NORDIC, "Nordic"), (BALTIC, "Baltic"), (ELSEWHERE, "Elsewhere")):
            home = 7 if number == ELSEWHERE else None
            values = {"id": number, "name": name, "name_key": name.lower(), "workspace_id": home, "version": 1}
            connection.execute(insert(schema.team).values(installation_id=made.id, **values))
        for number, name in ((1, "Ada"), (2, "Bea")):
            connection.execute(insert(schema.person).values(installation_id=made.id, id=number, name=name))
    return made.id


def admin(here: int) -> Person:
    return Person(1, here, 1, "U1", "Ada", "Europe/Oslo", "en-US", is_super_admin=True)


def lead(here: int, team: int = NORDIC) -> Person:
    return Person(2, here, 1, "U2", "Bea", "Europe/Oslo", "en-US", team_id=team, leads=True)


def wanted(here: int, **other: object) -> Digest:
    made = Digest(here, 0, 1, "Nordic", Content.BOTH, "Europe/Oslo", 1, team_id=NORDIC, channel_id="C1")
    return replace(made, **other)  # type: ignore[arg-type]


@pytest.fixture
def made(database: Database, here: int) -> Digest:
    with database.write() as connection:
        return digest_settings.create(connection, admin(here), wanted(here), NOW)


def one(database: Database, here: int) -> Listed:
    with database.read() as connection:
        (found,) = digest_settings.every(connection, admin(here))
    return found


def told(database: Database, here: int) -> list[audit.Entry]:
    with database.read() as connection:
        return audit.read(connection, here)


def test_one_that_is_made_runs_next_at_its_time(database: Database, here: int, made: Digest) -> None:
    found = one(database, here)
    assert (found.digest, found.workspace, found.team) == (made, "Customer success", "Nordic")
    assert (made.paused, made.next_at, made.made_by) == (None, MONDAY, 1)
    (entry,) = told(database, here)
    assert (entry.who, entry.action, entry.subject) == ("Ada", "digest.created", "Nordic")
    assert entry.after["days"] == ["Mon", "Tue", "Wed", "Thu", "Fri"]


def test_without_a_channel_it_is_a_draft_until_one_is_chosen(database: Database, here: int) -> None:
    with database.write() as connection:
        draft = digest_settings.create(connection, admin(here), wanted(here, channel_id=None), NOW)
        assert (draft.paused, draft.next_at) == (Pause.DRAFT, None)
        with pytest.raises(UserError) as refused:
            digest_settings.resume(connection, admin(here), draft.id, NOW)
        assert refused.value.key == "digest_unfinished"
        changed = digest_settings.change(connection, admin(here), replace(draft, channel_id="C1"), NOW)
    assert (changed.paused, changed.next_at) == (None, MONDAY)


def test_a_change_is_written_once_and_says_from_what_to_what(database: Database, here: int, made: Digest) -> None:
    alerts = Alerts(keys=True, mrr=1000.0, currency="NOK")
    other = replace(made, name="North", at=time(7, 30), thresholds=Thresholds(low=4), alerts=alerts, escalates=4)
    with database.write() as connection:
        changed = digest_settings.change(connection, admin(here), other, NOW)
        assert changed.next_at == MONDAY - timedelta(minutes=90)
        with pytest.raises(UserError) as refused:
            digest_settings.change(connection, admin(here), replace(made, name="South"), NOW)
    assert refused.value.key == "digest_changed"
    assert one(database, here).digest == changed == replace(other, next_at=changed.next_at, version=2)
    entry = told(database, here)[0]
    assert entry.before == {"name": "Nordic", "at": "09:00", "low": 3, "alerts_keys": False, "alerts_mrr": None,
                            "escalates": None}  # fmt: skip
    assert entry.after == {"name": "North", "at": "07:30", "low": 4, "alerts_keys": True, "alerts_mrr": "1000 NOK",
                           "escalates": 4}  # fmt: skip


def test_what_changes_nothing_is_not_audited(database: Database, here: int, made: Digest) -> None:
    with database.write() as connection:
        assert digest_settings.change(connection, admin(here), made, NOW) == made
    assert len(told(database, here)) == 1


def test_a_run_that_is_due_is_not_put_off_by_another_name(database: Database, here: int, made: Digest) -> None:
    late = MONDAY + timedelta(minutes=1)
    with database.write() as connection:
        named = digest_settings.change(connection, admin(here), replace(made, name="North"), late)
        moved = digest_settings.change(connection, admin(here), replace(named, at=time(9, 30)), late)
    assert (named.next_at, moved.next_at) == (MONDAY, MONDAY + timedelta(minutes=30))


def test_what_a_run_wrote_meanwhile_is_kept(database: Database, here: int, made: Digest) -> None:
    """The form was opened before the run."""
    with database.write() as connection:
        connection.execute(update(schema.digest).values(told_on=date(2026, 11, 20), told_as_of=date(2026, 11, 19)))
        digest_settings.change(connection, admin(here), replace(made, name="North"), NOW)
    kept = one(database, here).digest
    assert (kept.told_on, kept.told_as_of) == (date(2026, 11, 20), date(2026, 11, 19))


def test_a_pause_lasts_until_it_is_resumed(database: Database, here: int, made: Digest) -> None:
    with database.write() as connection:
        paused = digest_settings.pause(connection, admin(here), made.id, NOW)
        assert (paused.paused, paused.next_at) == (Pause.PERSON, None)
        assert digest_settings.pause(connection, admin(here), made.id, NOW) == paused
        named = digest_settings.change(connection, admin(here), replace(paused, name="North"), NOW)
        assert named.paused is Pause.PERSON
        assert digest_settings.resume(connection, admin(here), made.id, NOW).next_at == MONDAY
    actions = [entry.action for entry in told(database, here)]
    assert actions == ["digest.resumed", "digest.changed", "digest.paused", "digest.created"]


@pytest.mark.parametrize("why", [Pause.ARCHIVED, Pause.NOT_IN_CHANNEL, Pause.SHARED, Pause.REFUSED])
def test_saving_one_mends_what_it_rested_for(database: Database, here: int, made: Digest, why: Pause) -> None:
    with database.write() as connection:
        connection.execute(update(schema.digest).values(paused=why.value, next_at=None))
        mended = digest_settings.change(connection, admin(here), replace(made, channel_id="C2"), NOW)
    assert (mended.paused, mended.next_at) == (None, MONDAY)


def test_one_that_is_deleted_is_gone_with_its_runs(database: Database, here: int, made: Digest) -> None:
    run(database, made, 1, NOW, "sent")
    with database.write() as connection:
        assert digest_settings.remove(connection, admin(here), made.id, 1, NOW) == "Nordic"
        assert digest_settings.every(connection, admin(here)) == []
        assert connection.execute(select(schema.delivery)).all() == []
        with pytest.raises(UserError) as refused:
            digest_settings.get(connection, admin(here), made.id)
    assert (refused.value.key, told(database, here)[0].action) == ("digest_unknown", "digest.deleted")


def test_a_name_is_taken_once_in_a_workspace(database: Database, here: int, made: Digest) -> None:
    with database.write() as connection:
        with pytest.raises(FieldError) as refused:
            digest_settings.create(connection, admin(here), wanted(here, name="NORDIC"), NOW)
        assert (refused.value.key, refused.value.field) == ("digest_taken", "name")
        digest_settings.create(connection, admin(here), wanted(here, workspace_id=7, team_id=None), NOW)


CHANGES: dict[str, Callable[..., object]] = {
    "change": lambda connection, asker, one: digest_settings.change(connection, asker, one, NOW),
    "pause": lambda connection, asker, one: digest_settings.pause(connection, asker, one.id, NOW),
    "resume": lambda connection, asker, one: digest_settings.resume(connection, asker, one.id, NOW),
    "remove": lambda connection, asker, one: digest_settings.remove(connection, asker, one.id, one.version, NOW),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_lead_changes_those_of_their_team_alone(database: Database, here: int, made: Digest, what: str) -> None:
    with database.write() as connection:
        CHANGES[what](connection, lead(here), made)
    with database.write() as connection:
        other = digest_settings.create(connection, admin(here), wanted(here, name="Baltic", team_id=BALTIC), NOW)
        whole = digest_settings.create(connection, admin(here), wanted(here, name="All", team_id=None), NOW)
        for one in (other, whole):
            with pytest.raises(UserError) as refused:
                CHANGES[what](connection, lead(here), one)
            assert refused.value.key == "digest_read_only"


def test_a_lead_gives_no_digest_to_another_team(database: Database, here: int, made: Digest) -> None:
    with database.write() as connection:
        for team in (BALTIC, None):
            with pytest.raises(FieldError):
                digest_settings.create(connection, lead(here), wanted(here, name="Other", team_id=team), NOW)
            with pytest.raises(FieldError):
                digest_settings.change(connection, lead(here), replace(made, team_id=team), NOW)


def test_others_see_those_of_their_workspace(database: Database, here: int, made: Digest) -> None:
    csm = replace(lead(here), leads=False)
    with database.write() as connection:
        digest_settings.create(connection, admin(here), wanted(here, workspace_id=7, team_id=ELSEWHERE), NOW)
        assert [found.digest.id for found in digest_settings.every(connection, csm)] == [made.id]
        assert [found.workspace for found in digest_settings.every(connection, admin(here))] == [
            "Customer success", "Second",
        ]  # fmt: skip
        with pytest.raises(UserError):
            digest_settings.pause(connection, csm, made.id, NOW)


def run(database: Database, of: Digest, number: int, at: datetime, state: str, reason: str | None = None) -> None:
    values = {"id": number, "kind": digest_runs.KIND, "key": str(number), "state": state, "due_at": at}
    values |= {"made_at": at, "digest_id": of.id, "reason": reason}
    with database.write() as connection:
        connection.execute(insert(schema.delivery).values(installation_id=of.installation_id, **values))


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("sent", Outcome.POSTED), ("quiet", Outcome.QUIET), ("skipped", Outcome.LATE), ("failed", Outcome.FAILED),
     ("waiting", Outcome.RUNNING), ("sending", Outcome.RUNNING)],
)  # fmt: skip
def test_the_last_run_is_told(database: Database, here: int, made: Digest, state: str, outcome: Outcome) -> None:
    run(database, made, 9, NOW - timedelta(days=1), "sent")
    run(database, made, 8, NOW, state, "is_archived")
    assert one(database, here).last == Run(NOW, outcome, "is_archived")


def test_a_new_workspace_has_a_draft_where_its_first_team_is(database: Database, here: int) -> None:
    with database.write() as connection:
        connection.execute(update(schema.team).where(schema.team.c.id == BALTIC).values(time_zone="Europe/Riga"))
        number = workspaces.create(connection, here, 1, "Baltics", "", [BALTIC], NOW)
        bare = workspaces.create(connection, here, 1, "Bare", "", [], NOW)
        assert digest_settings.in_workspace(connection, here, bare) == 1
    with database.read() as connection:
        (drafted,) = digests.of_workspace(connection, here, number)
        (other,) = digests.of_workspace(connection, here, bare)
    assert (drafted.name, drafted.days, drafted.at) == ("Baltics", WEEKDAYS, time(9))
    assert (drafted.paused, drafted.next_at, drafted.time_zone) == (Pause.DRAFT, None, "Europe/Riga")
    assert other.time_zone == "UTC"  # of who made it


def of_a_view(database: Database, here: int) -> Digest:
    with database.write() as connection:
        views.save(connection, lead(here), "Falling", Filter(), NORDIC, NOW)
        (view,) = views.every(connection, lead(here))
        told = wanted(here, content=Content.VIEW, view_id=view.id, name="Falling", team_id=None)
        return digest_settings.create(connection, admin(here), told, NOW)


def rests(database: Database, of: Digest) -> bool:
    with database.read() as connection:
        found = digests.get(connection, of.installation_id, of.id)
    assert found is not None
    return (found.paused, found.next_at) == (Pause.GONE, None)


def test_it_rests_once_its_view_is_deleted(database: Database, here: int, made: Digest) -> None:
    falling = of_a_view(database, here)
    with database.write() as connection:
        views.remove(connection, lead(here), falling.view_id or 0, 1)
    assert (rests(database, falling), rests(database, made)) == (True, False)


def test_it_rests_once_its_team_is_removed(database: Database, here: int, made: Digest) -> None:
    falling = of_a_view(database, here)
    with database.write() as connection:
        team_settings.remove(connection, here, NORDIC, 1, by=1, now=NOW)
    assert rests(database, made)
    assert rests(database, falling)  # the view was the team's


def test_it_rests_once_its_team_works_in_another_workspace(database: Database, here: int, made: Digest) -> None:
    with database.write() as connection:
        workspaces.create(connection, here, 1, "Nordics", "", [NORDIC], NOW)
    assert rests(database, made)


def test_it_rests_once_the_sample_leaves_with_its_team(database: Database, here: int, made: Digest) -> None:
    with database.write() as connection:
        values = {"id": 1, "name": "sample", "kind": "sample", "form": "events", "covers": "all", "changed_at": NOW}
        connection.execute(insert(schema.source).values(installation_id=here, **values))
        connection.execute(update(schema.team).where(schema.team.c.id == NORDIC).values(source_id=1))
    stage = Stage(database, here)
    sample.remove(stage, 0.0)
    stage.close()
    assert rests(database, made)


def test_one_that_rests_runs_again_once_it_tells_of_something_that_is_there(
    database: Database, here: int, made: Digest
) -> None:
    with database.write() as connection:
        team_settings.remove(connection, here, NORDIC, 1, by=1, now=NOW)
        gone = digest_settings.get(connection, admin(here), made.id).digest
        mended = digest_settings.change(connection, admin(here), replace(gone, team_id=BALTIC), NOW)
    assert (mended.paused, mended.next_at) == (None, MONDAY)


def test_a_lead_can_choose_their_team_and_who_manages_everything(database: Database, here: int) -> None:
    with database.read() as connection:
        every = digest_choices.places(connection, admin(here))
        mine = digest_choices.places(connection, lead(here))
    named = [(place.workspace, place.team) for place in every]
    assert named == [("Customer success", None), ("Customer success", "Baltic"), ("Customer success", "Nordic"),
                     ("Second", None), ("Second", "Elsewhere")]  # fmt: skip
    assert [(place.workspace_id, place.team_id) for place in mine] == [(1, NORDIC)]


def test_a_view_says_whether_it_is_fit_for_a_channel(database: Database, here: int) -> None:
    with database.write() as connection:
        views.save(connection, lead(here), "Mine", Filter(csm="me"), NORDIC, NOW)
        views.save(connection, lead(here), "Own", Filter(), None, NOW)
        views.save(connection, lead(here, BALTIC), "Theirs", Filter(team="all"), BALTIC, NOW)
        found = digest_choices.views(connection, lead(here), {})
        every = digest_choices.views(connection, admin(here), {})
        connection.execute(delete(schema.saved_view))
    assert [(view.name, view.team, view.asks) for view in found] == [
        ("Mine", "Nordic", "csm:me"), ("Own", None, None),
    ]  # fmt: skip
    assert [view.name for view in every] == ["Mine", "Theirs"]
