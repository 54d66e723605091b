"""Metrics: listeners by id and outcome, and what Slack refuses."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from prometheus_client import REGISTRY
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import UserError
from bot.metrics import CountErrors, measure
from bot.playground.faults import unavailable
from bot.playground.server import Playground


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def fail(error: Exception | None) -> None:
    if error is not None:
        raise error


@pytest.mark.parametrize(
    ("error", "outcome"), [(None, "ok"), (UserError("guest"), "refused"), (ValueError("no"), "failed")]
)
def test_a_listener_is_counted_by_its_outcome_and_timed(error: Exception | None, outcome: str) -> None:
    labels = {"kind": "command", "id": f"try_{outcome}"}
    listener = measure("command", labels["id"], fail)
    for _ in range(2):
        with suppress(UserError, ValueError):
            listener(error)
    assert value("engagement_bot_listeners_total", **labels, outcome=outcome) == 2
    assert value("engagement_bot_listener_seconds_count", **labels) == 2


@pytest.mark.parametrize(
    ("identity", "label"),
    [("show", "show"), (re.compile(r"^open:\d+$"), r"^open:\d+$"), ({"type": "message", "subtype": None}, "message")],
)
def test_a_label_is_what_the_code_declares(identity: Any, label: str) -> None:
    measure("event", identity, fail)(None)
    assert value("engagement_bot_listeners_total", kind="event", id=label, outcome="ok") >= 1


def test_what_slack_refuses_is_counted_by_method_and_code() -> None:
    with Playground() as slack:
        client = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[CountErrors()])
        client.auth_test()
        with pytest.raises(SlackApiError):
            client.users_info(user="U0NOBODY")
        slack.faults.add("users.info", unavailable())
        with pytest.raises(SlackApiError):
            client.users_info(user="U0NOBODY")
    errors = "engagement_bot_slack_errors_total"
    assert value(errors, method="users.info", error="user_not_found") == 1
    assert value(errors, method="users.info", error="http_503") == 1
    assert value(errors, method="auth.test", error="unknown") == 0
