"""The Home tab of ten thousand clients: as many statements as of a hundred, and no more than Slack takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from benchmarks import home
from bot.playground.validation import check_view
from storage.database import Database

SMALL, LARGE = 100, 10_000


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Database]]:
    folder = tmp_path_factory.mktemp("homes")
    with ExitStack() as stack:
        made = {}
        for size in (SMALL, LARGE):
            made[size] = stack.enter_context(closing(Database(f"sqlite:///{Path(folder) / str(size)}.db")))
            home.fill(made[size], size)
        yield made


@pytest.mark.parametrize("tab", home.TABS.values())
@pytest.mark.parametrize("user", [home.CSM, home.ADMIN])
def test_a_large_base_fits(bases: dict[int, Database], tab: str, user: str) -> None:
    view, statements = home.publish(bases[LARGE], user, tab)
    check_view(view, is_home=True)
    assert statements == home.publish(bases[SMALL], user, tab)[1] <= 8
    assert len(view["blocks"]) > 10  # there is something to be seen
