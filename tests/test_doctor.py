"""The doctor: names what is set and what is missing, and is never fooled by a token that Slack refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text, update

from bot.doctor import Level, examine
from bot.playground.server import Playground
from bot.settings import Settings
from storage import installations, migrate, schema
from storage.database import Database
from tests.conftest import NOW, TODAY


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with Playground() as running:
        yield running


@pytest.fixture
def settings(slack: Playground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Everything set, on a database that is not there yet."""
    monkeypatch.chdir(tmp_path)
    return Settings(
        slack_bot_token=SecretStr(slack.bot_token),
        slack_app_token=SecretStr(slack.app_token),
        slack_api_url=slack.api_url,
        database_url=f"sqlite:///{tmp_path}/bot.db",
    )


def found(settings: Settings, today: date = TODAY) -> dict[str, tuple[Level, str]]:
    return {one.what: (one.level, one.says) for one in examine(settings, today)}


def broken(settings: Settings) -> set[str]:
    return {what for what, (level, _) in found(settings).items() if level is Level.BROKEN}


def made(settings: Settings) -> Database:
    database = Database(settings.database)
    migrate.upgrade(database)
    return database


def test_a_bot_that_is_set_up_is_well(settings: Settings, tmp_path: Path) -> None:
    database = made(settings)
    with database.write() as connection:
        number = installations.create(connection, NOW).id
        connection.execute(update(schema.installation).values(slack_team_id="T1"))
        source = {"name": "csv", "kind": "csv", "form": "events", "covers": "listed", "changed_at": NOW}
        connection.execute(
            insert(schema.source).values(installation_id=number, id=1, reach=date(2026, 11, 18), **source)
        )
        client = {"object": "company", "external_id": "1", "name": "Acme AS", "name_key": "acme", "properties": {}}
        connection.execute(insert(schema.record).values(installation_id=number, id=1, source_id=1, **client))
        admin = {"id": 1, "slack_user_id": "U1", "slack_team_id": "T1", "is_super_admin": True}
        connection.execute(insert(schema.person).values(installation_id=number, **admin))
    database.close()
    findings = found(settings.model_copy(update={"import_dir": tmp_path}))
    assert {level for level, _ in findings.values()} == {Level.WELL}
    assert findings["Clients"][1] == "1"
    assert findings["Source csv (csv)"][1] == "data to 2026-11-18, 2 days old"
    assert findings["People"][1] == "1 known from Slack"
    assert findings["Super admins"][1] == "1"
    assert findings["SLACK_BOT_TOKEN"][1] == "valid for Playground (T0PLAYGROUND)"
    assert "Socket Mode" in findings["SLACK_APP_TOKEN"][1]


def test_it_looks_and_makes_nothing(settings: Settings, tmp_path: Path) -> None:
    assert found(settings)["Database"][0] is Level.MISSING
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named_with_what_it_costs(settings: Settings) -> None:
    made(settings).close()
    findings = found(settings.model_copy(update={"slack_bot_token": None, "slack_app_token": None}))
    assert findings["Clients"] == (
        Level.MISSING, "none, so nothing can be looked up. Run: engagement-bot import PATH",
    )  # fmt: skip
    assert findings["Super admins"][0] is Level.MISSING
    assert "engagement-bot admin grant EMAIL" in findings["Super admins"][1]
    assert findings["Slack"] == (Level.MISSING, "no token is set, so the bot runs in the playground only")
    assert not any(level is Level.BROKEN for level, _ in findings.values())


@pytest.mark.parametrize(
    ("change", "what", "says"),
    [
        ({"slack_bot_token": SecretStr("xoxb-other")}, "SLACK_BOT_TOKEN", "Slack refuses it: invalid_auth"),
        ({"slack_app_token": SecretStr("xapp-other")}, "SLACK_APP_TOKEN", "Slack refuses it: invalid_auth"),
        ({"slack_bot_token": None}, "SLACK_BOT_TOKEN", "not set"),
        ({"slack_app_token": None}, "SLACK_APP_TOKEN", "not set, nor is SLACK_SIGNING_SECRET"),
        ({"slack_api_url": "http://127.0.0.1:9/api/"}, "SLACK_BOT_TOKEN", "Slack cannot be reached"),
        ({"catalog": Path("nowhere.toml")}, "Catalog", "nowhere.toml"),
        ({"database_url": "postgresql://anna:secret@127.0.0.1:9/x"}, "Database", "cannot be used"),
    ],
)
def test_what_is_wrong_is_broken_and_says_why(
    settings: Settings, change: dict[str, object], what: str, says: str
) -> None:
    changed = settings.model_copy(update=change)
    assert what in broken(changed)
    assert says in found(changed)[what][1]
    assert "secret@" not in str(list(examine(changed, TODAY)))


def test_http_needs_the_signing_secret(settings: Settings) -> None:
    changed = settings.model_copy(update={"slack_app_token": None, "slack_signing_secret": SecretStr("s")})
    assert found(changed)["SLACK_SIGNING_SECRET"][0] is Level.WELL


def test_a_scope_that_was_not_granted_is_named(tmp_path: Path, settings: Settings) -> None:
    manifest = tmp_path / "manifest.yml"
    text = (Path(__file__).parents[1] / "manifest.yml").read_text()
    manifest.write_text(text.replace("      - users:read.email\n", ""))
    with Playground(manifest=manifest) as poor:
        token = SecretStr(poor.bot_token)
        changed = settings.model_copy(update={"slack_api_url": poor.api_url, "slack_bot_token": token})
        level, says = found(changed)["Scopes"]
    assert level is Level.BROKEN
    assert says.startswith("users:read.email not granted")


def test_which_promise_holds_for_digests_is_said(tmp_path: Path, settings: Settings) -> None:
    assert found(settings)["Digests"] == (
        Level.WELL,
        "exactly once: where Slack does not answer, a post is looked for",
    )
    manifest = tmp_path / "manifest.yml"
    manifest.write_text((Path(__file__).parents[1] / "manifest.yml").read_text().replace("- groups:history", "# none"))
    with Playground(manifest=manifest) as poor:
        token = SecretStr(poor.bot_token)
        changed = settings.model_copy(update={"slack_api_url": poor.api_url, "slack_bot_token": token})
        level, says = found(changed)["Digests"]
    assert level is Level.MISSING
    assert says.startswith("at most once")
    assert says.endswith("Not granted: groups:history (optional)")


@pytest.mark.parametrize(
    ("version", "says"), [("0000", "newer release"), ("none", "no tables yet")], ids=["newer", "empty"]
)
def test_tables_of_another_version_are_told(settings: Settings, version: str, says: str) -> None:
    database = made(settings)
    change = "DELETE FROM alembic_version" if version == "none" else f"UPDATE alembic_version SET version_num={version}"
    with database.write() as connection:
        connection.execute(text(change))
    database.close()
    assert says in found(settings)["Database"][1]


def test_the_folder_for_imports_is_looked_at_before_files_are_put_into_it(settings: Settings, tmp_path: Path) -> None:
    assert found(settings)["IMPORT_DIR"][0] is Level.MISSING
    folder = settings.model_copy(update={"import_dir": tmp_path / "in"})
    assert found(folder)["IMPORT_DIR"][0] is Level.BROKEN
    (tmp_path / "in").mkdir()
    assert found(folder)["IMPORT_DIR"] == (Level.WELL, f"{tmp_path}/in is looked at every five minutes")
