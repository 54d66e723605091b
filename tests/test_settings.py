"""Settings: each variable is checked, and a wrong one is named in one line that does not repeat its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import settings
from bot.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment and a folder that set nothing."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_everything_has_a_default() -> None:
    found = settings.load()
    assert (found.database, found.port, found.workers) == ("sqlite:///playground.db", 3000, 1)
    assert not found.speaks_to_slack


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-secret", "SLACK_BOT_TOKEN: should begin with xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-secret", "SLACK_APP_TOKEN: should begin with xapp-"),
        ("SLACK_API_URL", "slack.example", "SLACK_API_URL: should begin with https://"),
        ("DATABASE_URL", "mysql://anna:secret@db/x", "DATABASE_URL: should be like sqlite:///engagement.db or "
         "postgresql://user:password@host/database"),
        ("DATABASE_URL", "engagement.db", "DATABASE_URL: should be like sqlite:///engagement.db or "
         "postgresql://user:password@host/database"),
        ("DATABASE_URL", "sqlite://", "DATABASE_URL: should be like sqlite:///engagement.db or "
         "postgresql://user:password@host/database"),
        ("DATABASE_URL", "sqlite:///:memory:", "DATABASE_URL: should be like sqlite:///engagement.db or "
         "postgresql://user:password@host/database"),
        ("DATABASE_URL", "postgresql+asyncpg://anna:secret@db/x", "DATABASE_URL: should be like "
         "sqlite:///engagement.db or postgresql://user:password@host/database"),
        ("PORT", "http", "PORT: input should be a valid integer, unable to parse string as an integer"),
        ("PORT", "70000", "PORT: input should be less than or equal to 65535"),
        ("WORKERS", "2", "WORKERS should be 1 on SQLite; more than one process needs PostgreSQL"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL: input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("COMMAND_PREFIX", "a b", "COMMAND_PREFIX: string should match pattern '^[a-z0-9_-]{0,20}$'"),
        ("CURRENCY", "euro", "CURRENCY: string should match pattern '^[A-Z]{3}$'"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        settings.load()
    assert str(refused.value) == line
    assert "secret" not in str(refused.value)


def test_an_empty_variable_is_as_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    monkeypatch.setenv("PORT", "")
    assert settings.load().slack_bot_token is None


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CURRENCY=NOK\nLOG_LEVEL=debug\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("CURRENCY", "SEK")
    found = settings.load()
    assert (found.currency, found.log_level) == ("SEK", "DEBUG")


def test_tokens_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    assert "secret" not in repr(settings.load()).replace("slack_signing_secret", "")


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_any_part_of_a_slack_app_means_slack(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}.get(name, "0"))
    assert settings.load().speaks_to_slack


def test_the_playground_and_slack_have_databases_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.load().database == "sqlite:///playground.db"
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    assert settings.load().database == "sqlite:///engagement.db"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///mine.db")
    assert settings.load().database == "sqlite:///mine.db"


def test_the_first_super_admins_are_addresses_in_whatever_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPER_ADMINS", " Dina@Example.com, ,bo@example.com")
    assert settings.load().first_admins == {"dina@example.com", "bo@example.com"}
    monkeypatch.setenv("SUPER_ADMINS", "dina")
    with pytest.raises(SettingsError, match="SUPER_ADMINS: should be e-mail addresses"):
        settings.load()
