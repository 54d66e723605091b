"""The write lock is held at most 200 ms at a time: so much is merged in a slice as that allows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.imports import merging
from storage.imports.merging import FIRST, LEAST, MOST, Pace

LONGEST = 0.2  # seconds


@given(
    st.lists(st.floats(0.7, 1.4), min_size=1, max_size=40),
    st.floats(LONGEST / MOST / 100, LONGEST / FIRST),
)
def test_no_slice_holds_the_lock_for_longer_however_costs_change(changes: list[float], cost: float) -> None:
    """What a row costs is known only from the slice before: it may double by the next one."""
    pace = Pace()
    for change in changes:
        held = pace.weight * cost
        assert held <= LONGEST or pace.weight == LEAST
        pace.learn(held)
        cost = min(cost * change / 0.7, LONGEST / LEAST)


def test_slices_grow_until_they_are_worth_their_transaction() -> None:
    pace = Pace()
    for _ in range(20):
        pace.learn(pace.weight * 1e-6)
    assert pace.weight * 1e-6 == pytest.approx(merging.HOLD, rel=0.01)


def test_a_slice_takes_no_more_on_than_the_pace_allows_but_for_a_client_that_alone_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights = [30, 30, 30, 30, 500, 10, 90, 1, 1]
    monkeypatch.setattr(merging, "_touched", lambda _: enumerate(weights, start=1))
    work: Any = SimpleNamespace()
    pace = Pace()
    pace.weight = 100
    slices = [(first, last) for first, last, _ in merging._slices(work, pace)]
    assert slices == [(1, 3), (4, 4), (5, 5), (6, 7), (8, 9)]
