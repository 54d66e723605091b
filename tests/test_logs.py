"""Logs: one JSON object a line, no token in it however deep it stands, and nothing of what Bolt would log of bodies."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as the other tests know it, afterwards."""
    handlers, level = logging.root.handlers, logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_a_line_is_json_with_time_level_and_values(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    structlog.get_logger().info("people kept", people=3)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["people"]) == ("people kept", "info", 3)
    assert line["timestamp"].endswith("Z")


def test_standard_loggers_go_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("WARNING")
    logging.getLogger("somewhere").info("not this")
    logging.getLogger("somewhere").warning("a %s", "value")
    assert json.loads(capsys.readouterr().err)["event"] == "a value"


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-12-34-abcDEF",
        "xoxe.xoxp-1-abc",
        "xapp-1-A0-123-abc",
        "postgresql://anna:hunter2@db/engagement",
        "https://hooks.slack.com/commands/T0/12/abcDEF",
        "https://hooks.slack.com/actions/T0/12/abcDEF",
        "wss://wss-primary.slack.com/link/?ticket=abcDEF&app_id=1",
    ],
)
def test_what_acts_as_a_password_is_taken_out(capsys: pytest.CaptureFixture[str], secret: str) -> None:
    logs.configure("INFO")
    try:
        raise ValueError(f"cannot use {secret}")
    except ValueError:
        structlog.get_logger().exception("failed", given=[{"url": secret}], why=f"because of {secret}.")
    logging.getLogger("somewhere").error("again %s", secret)
    written = capsys.readouterr().err
    assert "ValueError" in written
    for part in ("12-34-abcDEF", "xoxp-1", "A0-123", "hunter2", "abcDEF"):
        assert part not in written


def test_bolt_and_the_sdk_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("DEBUG")
    for name in ("slack_bolt.RequestVerification", "slack_sdk.web.client"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)  # as Bolt does with its own, after the root's
        logger.info("Invalid request signature detected (body: text=Umbrella)")
        logger.warning("something to know")
    written = capsys.readouterr().err
    assert "Umbrella" not in written
    assert written.count("something to know") == 2
