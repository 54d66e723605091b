"""How the bot runs: health, metrics, and an end that loses neither an acknowledgement nor work, in both modes."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import serve
from storage import migrate
from storage.database import Database
from tests.processes import slow_bot

MODES = ("http", "socket_mode")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_a_listener_loses_nothing(mode: str, number: signal.Signals, tmp_path: Path) -> None:
    with slow_bot(mode, tmp_path) as bot:
        command = bot.begin("acme")
        status = bot.end(number)
        command.join()
        assert bot.answers() == ["heard acme"]  # acknowledged after the signal
        assert bot.noted()[-1] == "finished"  # and the work after the acknowledgement was done
        assert status == 0
        assert "Traceback" not in bot.log.read_text()
        assert "Warning" not in bot.log.read_text()


def test_what_still_comes_over_the_websocket_after_the_signal_is_answered(tmp_path: Path) -> None:
    """Until it hangs up Slack sends requests, and what listens for them must not have ended before."""
    with slow_bot("socket_mode", tmp_path) as bot:
        first = bot.begin("slow")
        bot.process.send_signal(signal.SIGTERM)
        while bot.get("/readyz") != (503, "stopping\n"):
            time.sleep(0.01)
        second = bot.begin("acme")
        assert bot.process.wait(timeout=20) == 0
        for command in (first, second):
            command.join()
        assert sorted(bot.answers()) == ["heard acme", "heard slow"]
        assert bot.noted().count("finished") == 2


@pytest.mark.parametrize("mode", MODES)
def test_work_that_does_not_end_holds_the_process_no_longer_than_it_may(mode: str, tmp_path: Path) -> None:
    with slow_bot(mode, tmp_path, GRACE="1") as bot:
        bot.begin("stuck").join()
        started = time.monotonic()
        bot.end()
        assert time.monotonic() - started < 10
        assert "work did not end in time" in bot.log.read_text()
        assert "finished" not in bot.noted()


@pytest.mark.parametrize("mode", MODES)
def test_health_readiness_and_metrics_are_served(mode: str, tmp_path: Path) -> None:
    with slow_bot(mode, tmp_path) as bot:
        bot.begin("acme").join()
        assert bot.get("/healthz") == (200, "ok\n")
        assert bot.get("/readyz") == (200, "ok\n")
        assert bot.get("/nothing") == (404, "Not Found\n")
        assert bot.get("/healthz", "POST")[0] == 405
        assert bot.get("/slack/events")[0] == (405 if mode == "http" else 404)
        status, figures = bot.get("/metrics")
        assert status == 200
        assert f'engagement_bot_acknowledgement_seconds_count{{transport="{mode}"}} 1.0' in figures
        assert 'engagement_bot_jobs_total{job="note",outcome="ok"} 1.0' in figures
        assert 'engagement_bot_build_info{version="' in figures
        assert bot.end() == 0


def test_several_workers_count_together(tmp_path: Path) -> None:
    with slow_bot("http", tmp_path, WORKERS="2") as bot:
        for number in range(4):
            bot.begin(str(number)).join()
        assert 'engagement_bot_acknowledgement_seconds_count{transport="http"} 4.0' in bot.get("/metrics")[1]
        assert bot.end() == 0
        assert "Traceback" not in bot.log.read_text()


def test_the_log_is_json_and_holds_nothing_of_a_refused_body(tmp_path: Path) -> None:
    with slow_bot("http", tmp_path) as bot:
        status, _ = bot.get(
            "/slack/events?text=Umbrella",
            "POST",
            {"X-Slack-Request-Timestamp": "soon", "Content-Length": "0", "User-Agent": "Umbrella"},
        )
        assert status == 401
        assert bot.end() == 0
        lines = [json.loads(line) for line in bot.log.read_text().splitlines()]
        assert [line["event"] for line in lines if line["level"] == "warning"] == ["request refused"]
        assert "Umbrella" not in bot.log.read_text()


@pytest.mark.parametrize(
    ("version", "says"), [(None, None), ("9999", "newer release"), ("", "run engagement-bot migrate")]
)
def test_tables_of_another_version_are_not_ready(tmp_path: Path, version: str | None, says: str | None) -> None:
    database = Database(f"sqlite:///{tmp_path}/bot.db")
    migrate.upgrade(database)
    if version is not None:
        with database.write() as connection:
            change = (
                f"UPDATE alembic_version SET version_num = '{version}'" if version else "DELETE FROM alembic_version"
            )
            connection.execute(text(change if version else "DELETE FROM alembic_version"))
    found = serve.tables(database)
    database.close()
    assert found is None if says is None else says in str(found)


def test_a_database_that_does_not_answer_is_not_ready() -> None:
    database = Database("postgresql://anna@127.0.0.1:9/engagement")
    assert serve.tables(database) == "the database does not answer"
    database.close()
