"""The bot's token goes to Slack's hosts alone."""

from __future__ import annotations

import pytest

from bot.jobs.slack_files import is_at_slack

API = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("address", "api"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.csv", API),
        ("https://slack.com/a.csv", API),
        ("http://127.0.0.1:3000/files-pri/F1/download/a.csv", "http://127.0.0.1:3000/api/"),
        ("https://files.slack-gov.com/a.csv", "https://slack-gov.com/api/"),
        ("https://files.slack.com/a.csv", "https://proxy.example.com/api/"),
    ],
)
def test_files_lie_at_slack_or_where_its_api_is(address: str, api: str) -> None:
    assert is_at_slack(address, api)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/files/a.csv",
        "http://files.slack.com/a.csv",
        "https://evilslack.com/a.csv",
        "https://files.slack.com.example.com/a.csv",
        "https://slack.com@example.com/a.csv",
        "https://example.com/files.slack.com/a.csv",
        "file:///etc/passwd",
        "http://127.0.0.1:3001/a.csv",
    ],
)
def test_what_lies_elsewhere_is_not_fetched(address: str) -> None:
    assert not is_at_slack(address, API)
    assert not is_at_slack(address, "http://127.0.0.1:3000/api/")
