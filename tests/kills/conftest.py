"""Where posts go, and where they are kept, while processes are killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.playground.server import Playground
from tests.conftest import Fresh
from tests.storms import CHANNELS, Place, place, rooms


@pytest.fixture
def slack() -> Iterator[Playground]:
    with rooms(CHANNELS) as running:
        yield running


@pytest.fixture
def somewhere(fresh: Fresh, tmp_path: Path) -> Iterator[Place]:
    with place(fresh, tmp_path) as found:
        yield found
