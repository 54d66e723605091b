"""What a test leaves open is closed: the next one would take an old modal for its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bots import Bot


@pytest.fixture(autouse=True)
def _nothing_stays_open(request: pytest.FixtureRequest) -> Iterator[None]:
    bot = request.getfixturevalue("bot") if "bot" in request.fixturenames else None
    yield
    if isinstance(bot, Bot):
        for person_id in list(bot.slack.slack.stacks):
            bot.slack.slack.clear_views(person_id)
