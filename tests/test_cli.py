"""The command line: each command does its work, and what can go wrong is one line on standard error."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import insert, select
from typer.testing import CliRunner, Result

from bot import manifest, serve, settings
from bot.__main__ import app
from bot.cli import export as cli_export
from bot.cli import running
from bot.cli.frame import progress
from bot.cli.running import needs_sample
from bot.domain.digests import Content, Digest, Pause
from bot.launch import catalog_of
from bot.playground import sample
from bot.playground.people import ANNA, GENERAL
from bot.playground.server import Playground
from bot.settings import Settings
from storage import audit, digests, export_rows, installations, migrate, schema
from storage import catalog as catalogs
from storage.database import Database
from tests.conftest import NOW, TODAY, Fresh

ROOT = Path(__file__).parents[1]
NAMES = {"http": "HTTP", "socket_mode": "Socket Mode"}
CLIENTS = "id,name\n1,Acme AS\n2,Globex Oy\n"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty working directory, and an environment that sets nothing."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with Playground(manifest=manifest.FILE) as running:
        yield running


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def refused(*arguments: str) -> str:
    """The one line with which a command refuses."""
    result = call(*arguments)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


def test_every_command_explains_itself() -> None:
    listed = call("--help")
    assert listed.exit_code == 0
    for command in app.registered_commands:
        name = str(command.name or getattr(command.callback, "__name__", ""))
        assert name in listed.output
        assert call(name, "--help").exit_code == 0


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["import"], ["import", "nowhere.csv"], ["playground", "--port", "x"]]
)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    assert call(*arguments).exit_code == 2


def test_an_import_makes_the_database_and_reports(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    result = call("import", "clients.csv")
    assert result.exit_code == 0, result.output
    assert "2 rows read, 0 refused" in result.stdout
    assert "2 added" in result.stdout
    assert "2 unchanged" in call("import", "clients.csv").stdout
    assert call("score").stdout == "2 clients scored.\n"
    database = Database("sqlite:///playground.db")
    with database.read() as connection:
        runs = connection.execute(select(schema.import_run.c.origin, schema.import_run.c.rows_read)).all()
    database.close()
    assert runs == [("command", 2), ("command", 2)]


def test_an_import_of_nothing_says_why_and_is_a_failure(folder: Path) -> None:
    (folder / "accounts.csv").write_text(CLIENTS)
    for dry in ([], ["--dry-run"]):
        result = call("import", "accounts.csv", *dry)
        assert result.exit_code == 1
        assert "accounts.csv: not read: neither its name nor the mapping" in result.stdout
        assert "tools" not in result.stdout
        assert result.stderr == "Nothing was imported: see above.\n"
    (folder / "empty").mkdir()
    assert call("import", "empty").stderr == "Nothing was imported: no CSV file is there.\n"


def test_a_dry_run_changes_nothing(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    assert call("import", "--dry-run", "clients.csv").exit_code == 0
    assert "2 added" in call("import", "clients.csv").stdout


@pytest.mark.parametrize("prepared", [False, True])
def test_a_dry_run_on_nothing_leaves_nothing(folder: Path, prepared: bool) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    if prepared:
        assert call("migrate").exit_code == 0
    before = set(folder.iterdir())
    assert "2 added" in call("import", "--dry-run", "clients.csv").stdout
    assert set(folder.iterdir()) == before
    assert "There is nothing here yet" in refused("score")


def test_the_day_of_the_data_is_not_after_today(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    assert refused("import", "clients.csv", "--as-of", "2999-01-01").startswith("--as-of: ")
    assert call("import", "clients.csv", "--as-of", "soon").exit_code == 2


def test_a_catalog_that_contradicts_itself_is_named_with_its_line(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    (folder / "mine.toml").write_text("version = \n")
    assert "mine.toml, line 1" in refused("import", "clients.csv", "--catalog", "mine.toml")


def test_the_catalog_of_an_import_stays_in_use(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    text = catalogs.read().replace("grace = 60", "grace = 61")
    (folder / "mine.toml").write_text(text)
    assert call("import", "clients.csv", "--catalog", "mine.toml").exit_code == 0
    (folder / "mine.toml").unlink()
    assert call("import", "clients.csv").exit_code == 0
    assert call("score").exit_code == 0
    database = Database("sqlite:///playground.db")
    found = catalog_of(settings.load(), database, 1)
    database.close()
    assert found.grace == 61


def test_a_catalog_edited_since_the_import_makes_all_scores_again_at_the_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    call("import", "clients.csv")
    (folder / "mine.toml").write_text(catalogs.read().replace("grace = 60", "grace = 61"))
    monkeypatch.setenv("CATALOG", "mine.toml")
    database, chosen = Database("sqlite:///playground.db"), settings.load()
    for _ in range(2):  # the second start finds nothing to do
        with database.read() as connection:
            bound = installations.every(connection)[0]
        running.follow_catalog(database, bound, chosen)
    assert bound.catalog_hash == catalogs.load(folder / "mine.toml").hash
    monkeypatch.delenv("CATALOG")
    assert catalog_of(settings.load(), database, 1).grace == 61
    database.close()


def test_a_mapping_that_is_wrong_is_one_line(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    (folder / "mapping.toml").write_text("nonsense = 1\n")
    assert "mapping.toml" in refused("import", "clients.csv", "--mapping", "mapping.toml")


def test_scoring_nothing_says_where_to_start(folder: Path) -> None:
    assert "engagement-bot import" in refused("score")
    assert list(folder.iterdir()) == []


def test_where_there_are_several_installations_one_must_be_named(folder: Path) -> None:
    database = Database("sqlite:///playground.db")
    migrate.upgrade(database)
    with database.write() as connection:
        for _ in range(2):
            installations.create(connection, NOW)
    database.close()
    assert "--installation: 1, 2" in refused("score")
    assert "--installation: 1, 2" in refused("score", "--installation", "3")
    assert call("score", "--installation", "2").exit_code == 0


def test_a_sample_that_was_cut_off_is_loaded_again(folder: Path) -> None:
    database = Database("sqlite:///playground.db")
    migrate.upgrade(database)
    with database.write() as connection:
        number = installations.create(connection, NOW).id
    assert needs_sample(database, number, TODAY)
    (folder / "clients.csv").write_text(CLIENTS)
    assert call("import", "clients.csv").exit_code == 0
    assert not needs_sample(database, number, TODAY)
    begun = {"name": "sample", "kind": "sample", "form": "events", "covers": "listed", "changed_at": NOW}
    with database.write() as connection:
        connection.execute(insert(schema.source).values(installation_id=number, id=99, **begun))
    assert needs_sample(database, number, TODAY)
    database.close()


def test_a_sample_is_made_again_when_it_is_older_than_a_day_and_alone(folder: Path) -> None:
    database = Database("sqlite:///playground.db")
    migrate.upgrade(database)
    with database.write() as connection:
        number = installations.create(connection, NOW).id
    sample.load(database, number, catalogs.load(), NOW)
    asked = [needs_sample(database, number, TODAY + timedelta(days)) for days in (0, 1, 2, 300)]
    assert asked == [False, False, True, True]
    mine = {"name": "csv", "kind": "csv", "form": "events", "covers": "listed", "changed_at": NOW}
    with database.write() as connection:
        connection.execute(insert(schema.source).values(installation_id=number, id=99, **mine))
    assert not needs_sample(database, number, TODAY + timedelta(300))
    database.close()


SHEET = "Client ID,Name,Domain,Score,Tier,Change in 7 days,MRR,Currency,"


def sheet(text: bytes) -> list[str]:
    """The names in an exported file."""
    assert text.startswith(f"\ufeff{SHEET}".encode())
    return [line.split(",")[1] for line in text.decode().splitlines()[1:]]


def test_an_export_goes_to_standard_output_or_to_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_rows, "SLICE", 2)
    (folder / "clients.csv").write_text("id,name\n1,Acme AS\n2,Globex Oy\n3,=Zorg\n4,Ærfugl AS\n5,Beta\n")
    assert call("import", "clients.csv").exit_code == 0
    assert sheet(call("export", "sort:name").stdout_bytes) == ["Acme AS", "Ærfugl AS", "Beta", "Globex Oy", "'=Zorg"]
    assert sheet(call("export", "acme").stdout_bytes) == ["Acme AS"]
    assert sheet(call("export", "csm:nobody tier:low", "--out", "-").stdout_bytes) == []
    written = call("export", "tier:unknown", "--out", "mine.csv")
    assert (written.exit_code, written.output) == (0, "")
    assert len(sheet((folder / "mine.csv").read_bytes())) == 5


def test_the_audit_is_exported_whole_the_newest_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SLICE", 2)
    (folder / "clients.csv").write_text(CLIENTS)
    assert call("import", "clients.csv").exit_code == 0
    database = Database(f"sqlite:///{folder / 'playground.db'}")
    with database.write() as connection:
        (here,) = installations.every(connection)
        for number in range(5):
            audit.record(
                connection, here.id, None, NOW, "workspace.changed", f"N{number}", {"name": "A"}, {"name": "B"}
            )
    database.close()
    lines = call("export", "audit").stdout_bytes.decode().splitlines()
    assert lines[0] == "\ufeffWhen (UTC),Who,Action,Subject,Setting,Before,After"
    when = NOW.isoformat(timespec="seconds")
    assert lines[1] == f"{when},,workspace.changed,N4,name,A,B"
    assert [line.split(",")[3] for line in lines[1:]] == ["N4", "N3", "N2", "N1", "N0"]
    assert call("export", "audit", "--out", "audit.csv").output == ""
    assert (folder / "audit.csv").read_text(encoding="utf-8").splitlines() == lines


@pytest.mark.parametrize("mine", ["csm:me", "team:mine", "view:falling"])
def test_an_export_is_nobody_s_and_refuses_what_depends_on_who_asks(folder: Path, mine: str) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    call("import", "clients.csv")
    (folder / "kept.csv").write_text("kept")
    line = refused("export", f"tier:low {mine}", "--out", "kept.csv")
    assert line.startswith(f"{mine} depends on who asks, and on the command line nobody does.")
    assert (folder / "kept.csv").read_text() == "kept"


def test_a_digest_is_previewed_and_sent_by_its_name(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    (folder / "usage.csv").write_text("client_id,tool,used_on,count\n1,Forms,2026-11-19,3\n")
    assert call("import", "clients.csv", "usage.csv").exit_code == 0
    database = Database(f"sqlite:///{folder / 'playground.db'}")
    with database.write() as connection:
        (here,) = installations.every(connection)
        connection.execute(insert(schema.person).values(installation_id=here.id, id=1, name="Anna"))
        for number, name in ((1, "Nordic"), (2, "Draft")):
            channel, rests = (None, Pause.DRAFT) if name == "Draft" else ("C1", None)
            made = Digest(here.id, number, here.workspace_id, name, Content.BOTH, "UTC", 1, paused=rests)
            digests.add(connection, replace(made, channel_id=channel), NOW)
    assert call("digest", "preview", "nordic").output.startswith("Nordic · first digest. 2 clients")
    assert call("digest", "send", "Nordic").output == "Nordic is kept; a running bot posts it within seconds.\n"
    with database.read() as connection:
        (kept,) = connection.execute(select(schema.delivery.c.digest_id, schema.delivery.c.state)).all()
    assert tuple(kept) == (1, "waiting")
    assert refused("digest", "send", "Draft") == "Draft has no channel that takes it: edit it in Slack, with /digest."
    assert refused("digest", "preview", "Other") == "There is no digest Other. /digest lists them."
    with database.write() as connection:
        second = {"installation_id": here.id, "id": 7, "name": "Second", "is_primary": False}
        connection.execute(insert(schema.workspace).values(second))
        made = Digest(here.id, 3, 7, "Nordic", Content.BOTH, "UTC", 1)
        digests.add(connection, made, NOW)
    database.close()
    line = "Several CS workspaces have a digest Nordic: Customer success, Second. Say which: --workspace NAME"
    assert refused("digest", "preview", "Nordic") == line
    assert call("digest", "preview", "Nordic", "--workspace", "second").exit_code == 0


def test_what_is_wrong_with_an_export_is_one_line(folder: Path) -> None:
    assert "There is nothing here yet" in refused("export")
    (folder / "clients.csv").write_text(CLIENTS)
    call("import", "clients.csv")
    assert refused("export", "tier:lo") == "Not understood: tier:lo → tier:low?"
    assert refused("export", "team:nobody") == "No team is called nobody. Try team:all."
    assert refused("export", "--out", "nowhere/mine.csv") == "nowhere/mine.csv: No such file or directory"
    assert call("export", "--out", ".").exit_code == 2


def test_whoever_reads_only_the_first_lines_of_an_export_ends_it_quietly(folder: Path) -> None:
    rows = "".join(f"{number},Client {number}\n" for number in range(3_000))
    (folder / "clients.csv").write_text(f"id,name\n{rows}")
    assert call("import", "clients.csv").exit_code == 0
    with python("export", cwd=folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("\ufeffClient ID,")
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_an_export_shows_how_far_it_is_on_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    call("import", "clients.csv")
    shown: list[tuple[str, int, int]] = []

    @contextmanager
    def terminal() -> Iterator[Callable[[str, int, int], None]]:
        yield lambda *told: shown.append(told)

    monkeypatch.setattr(cli_export, "progress", terminal)
    monkeypatch.setattr(export_rows, "SLICE", 1)
    assert call("export", "--out", "mine.csv").exit_code == 0
    assert shown == [("clients", 0, 2), ("clients", 1, 2)]


def test_the_manifest_is_printed_as_it_stands_or_with_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    text = manifest.FILE.read_text(encoding="utf-8")
    assert call("manifest").stdout == text
    monkeypatch.setenv("COMMAND_PREFIX", "acme-")
    assert call("manifest", "--url", "https://bot.example.com").stdout == manifest.render(
        text, "acme-", "https://bot.example.com"
    )


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_long_work_shows_how_far_it_is_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = {}
    for stream in (Terminal(), StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        with progress() as show:
            for done in range(3):
                show("scores", done, 2)
        shown[type(stream)] = stream.getvalue()
    assert "scores" in shown[Terminal]
    assert "2/2" in shown[Terminal]
    assert shown[StringIO] == ""


def test_migrate_makes_the_tables_once() -> None:
    assert call("migrate").stdout == call("migrate").stdout == f"The tables are those of version {migrate.head()}.\n"


def outdate(url: str, version: str) -> None:
    database = Database(url)
    migrate.upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    database.close()


def test_a_database_of_a_newer_release_is_refused() -> None:
    outdate("sqlite:///playground.db", "9999")
    assert "newer release" in refused("score")
    assert "newer release" in refused("migrate")


def test_older_tables_are_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    migrate.upgrade(Database("sqlite:///playground.db"))
    monkeypatch.setattr(migrate, "version", lambda _: "outdated")
    assert "engagement-bot migrate" in refused("score")


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "http")
    assert refused("doctor").startswith("PORT: ")


def test_a_database_that_does_not_answer_is_one_line_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://anna:secret@127.0.0.1:9/engagement")
    line = refused("score")
    assert line.startswith("The database cannot be used: ")
    assert "secret" not in line


def test_a_file_that_is_no_database_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("notes.txt").write_text("These are notes, and no database at all. " * 20)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///notes.txt")
    assert refused("score") == "The database cannot be used: file is not a database"
    assert "✗ Database: sqlite:///notes.txt cannot be used: file is not a database" in call("doctor").output


def test_a_catalog_that_is_not_utf8_is_one_line() -> None:
    Path("clients.csv").write_text("id,name\n1,Acme AS\n")
    Path("mine.toml").write_bytes('name = "Größe"'.encode("latin-1"))
    line = refused("import", "clients.csv", "--catalog", "mine.toml")
    assert line == "mine.toml, line 1: not UTF-8 (byte 10)"


def test_running_without_slack_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "engagement-bot playground" in refused("run")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    assert refused("run").startswith("SLACK_BOT_TOKEN is missing")
    monkeypatch.delenv("SLACK_SIGNING_SECRET")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    assert "SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)" in refused("run")


def test_a_token_that_slack_refuses_is_one_line(monkeypatch: pytest.MonkeyPatch, slack: Playground) -> None:
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-other")
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    monkeypatch.setenv("PORT", "0")
    assert refused("run") == "Slack refused: invalid_auth. Try: engagement-bot doctor"


def test_an_app_token_that_slack_refuses_ends_the_start_in_one_line(folder: Path, slack: Playground) -> None:
    tokens = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": "xapp-other"}
    with python("run", cwd=folder, PORT="0", LOG_LEVEL="WARNING", **tokens) as process:
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert err.splitlines()[-1] == "Slack refused: invalid_auth. Try: engagement-bot doctor"
    assert "Traceback" not in err


def test_a_database_of_another_slack_workspace_is_refused(monkeypatch: pytest.MonkeyPatch, slack: Playground) -> None:
    database = Database("sqlite:///engagement.db")
    migrate.upgrade(database)
    with database.write() as connection:
        installations.bind(connection, installations.create(connection, NOW).id, "T0OTHER")
    database.close()
    monkeypatch.setenv("SLACK_API_URL", slack.api_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", slack.bot_token)
    monkeypatch.setenv("SLACK_APP_TOKEN", slack.app_token)
    monkeypatch.setenv("PORT", "0")
    assert "another Slack workspace" in refused("run")


def test_a_taken_port_is_one_line_with_the_remedy(slack: Playground) -> None:
    port = slack.url.rsplit(":", 1)[1]
    line = refused("playground", "--port", port)
    assert line == (
        f"Port {port} is taken by another program. Choose another: engagement-bot playground --port {int(port) + 1}"
    )


def test_the_doctor_ends_with_status_1_when_something_needed_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert call("doctor").exit_code == 0
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    result = call("doctor")
    assert result.exit_code == 1
    assert "✗ SLACK_BOT_TOKEN" in result.stdout


@contextmanager
def python(*arguments: str, cwd: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m bot` as a process of its own, which does not outlive the test."""
    command = [sys.executable, "-W", "error", "-W", "ignore::ResourceWarning", "-m", "bot", *arguments]
    inherited = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | environment
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=cwd, env=inherited, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.kill()


def address(process: subprocess.Popen[str]) -> str:
    """What the playground prints first: where it is."""
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
    assert found is not None, process.communicate()[1]
    return found[0]


def test_the_playground_starts_with_sample_clients_and_ends_quietly_on_ctrl_c(folder: Path) -> None:
    with python("start", cwd=folder, PORT="0") as process:
        address(process)
        assert process.stdout is not None
        assert "/engagement acme" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "Making sample clients …\n")
    doctor = call("doctor").stdout
    assert "Source sample" in doctor
    assert "known from Slack" in doctor


def test_what_was_imported_before_stays_when_the_playground_starts(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    assert call("import", "clients.csv").exit_code == 0
    with python("playground", "--port", "0", "--no-open", cwd=folder) as process:
        address(process)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
    assert "✓ Clients: 2\n" in call("doctor").stdout


@pytest.mark.parametrize(
    ("mode", "backend", "workers"), [("http", "sqlite", 1), ("socket_mode", "sqlite", 1), ("http", "postgres-wheel", 2)]
)
def test_run_answers_a_command_of_slack(folder: Path, fresh: Fresh, mode: str, backend: str, workers: int) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    with serve.listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    request_url = f"http://127.0.0.1:{port}/slack/events" if mode == "http" else None
    with Playground(manifest=manifest.FILE, request_url=request_url) as slack:
        chosen = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url, "PORT": str(port)}
        chosen |= {"WORKERS": str(workers)} | TRANSPORT[mode](slack)
        if backend != "sqlite":
            chosen["DATABASE_URL"] = without_tables(fresh(backend))
        with python("import", "clients.csv", cwd=folder, **chosen) as loading:
            assert loading.wait(20) == 0, loading.communicate()[1]
        with python("run", cwd=folder, **chosen) as process:
            wait_for(lambda: status(f"http://127.0.0.1:{port}/readyz") == 200)
            assert mode == "http" or slack.wait_for_bot()
            slack.actions.command(ANNA, GENERAL, "/engagement acmee")
            with suppress(TimeoutError):
                wait_for(lambda: "Acme AS" in str(answers(slack)))
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=20)
            assert process.returncode == 0, err
            assert "Acme AS" in str(answers(slack)), err
    events = [json.loads(line)["event"] for line in err.splitlines()]
    assert events == [f"running over {NAMES[mode]}"] + ["people kept"] * workers, err


TRANSPORT: dict[str, Callable[[Playground], dict[str, str]]] = {
    "http": lambda slack: {"SLACK_SIGNING_SECRET": slack.signing_secret},
    "socket_mode": lambda slack: {"SLACK_APP_TOKEN": slack.app_token},
}


def without_tables(url: str) -> str:
    database = Database(url)
    with database.write() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    database.close()
    return url


def wait_for(look: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError("waited in vain")
        time.sleep(0.05)


def status(url: str) -> int:
    try:
        with urlopen(url, timeout=2) as answer:
            return int(answer.status)
    except OSError:
        return 0


def answers(slack: Playground) -> list[str]:
    return [m.text for m in slack.actions.visible_messages(ANNA, GENERAL) if m.ephemeral_to == ANNA]


def begun(folder: Path) -> None:
    (folder / "clients.csv").write_text(CLIENTS)
    assert call("import", "clients.csv").exit_code == 0


def test_a_super_admin_is_granted_and_made_if_need_be_and_audited_with_nobody_as_who(folder: Path) -> None:
    begun(folder)
    result = call("admin", "grant", " Dina@Example.com")
    assert result.exit_code == 0, result.stderr
    assert "dina@example.com is a super admin" in result.stdout
    database = Database(f"sqlite:///{folder}/playground.db")
    with database.read() as connection:
        row = connection.execute(select(schema.person)).one()
        (entry,) = audit.read(connection, row.installation_id)
    database.close()
    assert (row.email, row.is_super_admin, row.seat) == ("dina@example.com", True, None)
    assert (entry.who, entry.action, entry.after) == (None, "right.changed", {"is_super_admin": True})


@pytest.mark.parametrize("email", ["dina", "@example.com", "dina @example.com", "d" * 320 + "@example.com"])
def test_what_is_no_address_is_granted_nothing(folder: Path, email: str) -> None:
    begun(folder)
    result = call("admin", "grant", email)
    assert (result.exit_code, result.stderr.strip()) == (1, f"{email} is no e-mail address.")


def test_a_channel_is_allowed_by_its_name_and_that_is_taken_back_and_audited(folder: Path) -> None:
    begun(folder)
    for words in (("allow", "#with-customer"), ("allow", "with-customer"), ("forbid", "with-customer")):
        result = call("admin", *words)
        assert result.exit_code == 0, result.stderr
        assert "#with-customer may have client data" in result.stdout
    assert call("admin", "forbid", "with-customer").stderr.strip() == "#with-customer was not allowed."
    database = Database(f"sqlite:///{folder}/playground.db")
    with database.read() as connection:
        (number,) = connection.scalars(select(schema.installation.c.id))
        entries = [(one.action, one.subject) for one in audit.read(connection, number)]
    database.close()
    assert entries == [("channel.forbidden", "with-customer"), ("channel.allowed", "with-customer")]


@pytest.mark.parametrize("name", ["", "#", "With", "a b", "x" * 81])
def test_what_is_no_channel_s_name_is_not_allowed(folder: Path, name: str) -> None:
    begun(folder)
    assert "is no channel's name" in call("admin", "allow", name).stderr
