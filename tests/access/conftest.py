"""One world for the whole matrix, and as it was at first for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.access.world import World, built


@pytest.fixture(scope="package")
def whole(small_base: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with built(small_base, tmp_path_factory.mktemp("access")) as made:
        yield made


@pytest.fixture
def world(whole: World) -> Iterator[World]:
    """As it was built, whatever was written to it."""
    yield whole
    whole.restore()
