"""What one process runs unasked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from bot import launch
from bot.domain.audience import Channel
from bot.domain.digests import Content, Digest, Pause
from bot.domain.morning import Choice
from bot.identity import Identity
from bot.schedule import Job
from bot.settings import Settings
from storage import channels, digests, schema
from storage.channels import Kept
from storage.database import Database
from storage.installations import Installation

IDENTITY = Identity("T1", "A team", "", None, "U0BOT", "B0BOT", frozenset())


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """The jobs that are handed to the schedule."""
    found: list[Job] = []
    monkeypatch.setattr(launch, "Schedule", found.extend)
    return found


@pytest.mark.parametrize("is_set", [True, False])
def test_the_folder_for_imports_is_looked_at_every_five_minutes_where_there_is_one(
    jobs: list[Job], database: Database, installation: Installation, tmp_path: Path, is_set: bool
) -> None:
    url = database.url.render_as_string(hide_password=False)
    settings = Settings(slack_bot_token=SecretStr("xoxb-1"), database_url=url, import_dir=tmp_path if is_set else None)
    launch.assemble(settings, IDENTITY, installation.id).database.close()
    assert [job.every for job in jobs if job.name == "import folder"] == [timedelta(minutes=5)] * is_set


def test_digests_are_planned_again_by_the_rules_that_their_zones_have_now(
    jobs: list[Job], database: Database, installation: Installation
) -> None:
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)  # nine in Oslo
    kept = {1: at - timedelta(hours=1), 2: at, 3: at + timedelta(hours=1), 4: None}
    with database.write() as connection:
        connection.execute(insert(schema.person).values(installation_id=installation.id, id=1, name="Anna Aas"))
        for number, next_at in kept.items():
            place = (installation.id, number, installation.workspace_id, f"Nordic {number}")
            one = Digest(*place, Content.BOTH, "Europe/Oslo", made_by=1, next_at=next_at)
            digests.add(connection, replace(one, paused=None if next_at else Pause.PERSON), at)
    url = database.url.render_as_string(hide_password=False)
    settings = Settings(slack_bot_token=SecretStr("xoxb-1"), database_url=url)
    launch.assemble(settings, IDENTITY, installation.id).database.close()
    with database.read() as connection:
        found = digests.of_workspace(connection, installation.id, installation.workspace_id)
    assert [(one.next_at, one.version) for one in found] == [(at, 1)] * 3 + [(None, 1)]


def test_so_are_mornings(jobs: list[Job], database: Database, installation: Installation) -> None:
    at = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # half past eight in Oslo
    kept = {1: at - timedelta(hours=1), 2: at, 3: at + timedelta(hours=1)}
    here = {"installation_id": installation.id}
    usual = {**here, "at": time(8, 30), "time_zone": "Europe/Oslo", "told_on": date(2026, 11, 20)}
    wants = {topic.value: way.value for topic, way in Choice().ways.items()}
    with database.write() as connection:
        for number, next_at in kept.items():
            connection.execute(insert(schema.person).values(**here, id=number, name=f"Person {number}"))
            connection.execute(insert(schema.morning).values(**usual, **wants, person_id=number, next_at=next_at))
    url = database.url.render_as_string(hide_password=False)
    settings = Settings(slack_bot_token=SecretStr("xoxb-1"), database_url=url)
    launch.assemble(settings, IDENTITY, installation.id).database.close()
    with database.read() as connection:
        found = connection.execute(select(schema.morning.c.next_at, schema.morning.c.version)).all()
    assert [tuple(one) for one in found] == [(at, 1)] * 3


def test_who_reads_a_channel_is_asked_anew_by_a_bot_that_starts(
    jobs: list[Job], database: Database, installation: Installation
) -> None:
    """Of who joined while no bot ran, none has heard."""
    known = Kept(Channel("C1", "cs-nordic", False, True, False, False), frozenset({"U1"}), datetime.now(UTC))
    with database.write() as connection:
        assert channels.keep(connection, installation.id, known, 0)
    settings = Settings(
        slack_bot_token=SecretStr("xoxb-1"), database_url=database.url.render_as_string(hide_password=False)
    )
    launch.assemble(settings, IDENTITY, installation.id).database.close()
    with database.read() as connection:
        assert channels.kept(connection, installation.id, "C1") == (None, 1)
    assert [job.every for job in jobs if job.name == "old channels"] == [timedelta(days=1)]
