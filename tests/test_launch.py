"""What one process runs unasked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import launch
from bot.identity import Identity
from bot.schedule import Job
from bot.settings import Settings
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
