"""Until when a client is left out of digests: the day that was named, unless it falls again or its renewal comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.snoozes import Snooze

MADE, UNTIL = date(2026, 11, 20), date(2026, 12, 18)
FAR = MADE + timedelta(days=90)
SNOOZE = Snooze(1, "Anna", UNTIL, "They move house", MADE, share=0.35, renews_on=FAR)


@pytest.mark.parametrize(
    ("on", "ends"),
    [(MADE, False), (UNTIL - timedelta(days=1), False), (UNTIL, True), (UNTIL + timedelta(days=9), True)],
)
def test_it_ends_on_the_day_that_was_named(on: date, ends: bool) -> None:
    assert SNOOZE.ends(on, 0.35, FAR) is ends


@pytest.mark.parametrize(
    ("kept", "share", "ends"),
    [
        (0.3, 0.3, False),
        (0.3, 0.21, False),  # less than a tenth, and low as before
        (0.3, 0.2, True),  # a tenth, though floating numbers make it a little less
        (0.3, 0.9, False),
        (0.36, 0.34, True),  # 4 and medium before, 3 and low now
        (0.35, 0.34, True),  # halves were rounded up
        (0.66, 0.64, True),  # high before, medium now
        (0.64, 0.56, False),
        (0.3, None, False),  # not known is no fall
        (None, 0.1, False),
    ],
)
def test_it_ends_when_the_client_falls_again(kept: float | None, share: float | None, ends: bool) -> None:
    assert replace(SNOOZE, share=kept).ends(MADE, share, FAR) is ends


def test_a_catalog_may_have_other_tiers() -> None:
    assert SNOOZE.fell(0.34) is True
    assert SNOOZE.fell(0.34, bands=(4, 6)) is False


@pytest.mark.parametrize(
    ("then", "now", "days", "ends"),
    [
        (60, 60, 29, False),
        (60, 60, 30, True),  # 30 days are left
        (60, 60, 75, True),  # and nobody moved it
        (30, 30, 10, False),  # it was near when the client was put off
        (30, 20, 0, True),  # but has come nearer than it was to be
        (90, 15, 0, True),
        (90, 200, 80, False),
        (None, 31, 0, False),
        (None, 30, 0, True),
        (90, None, 80, False),
    ],
)
def test_it_ends_when_the_renewal_comes_within_30_days(
    then: int | None, now: int | None, days: int, ends: bool
) -> None:
    put_off = replace(SNOOZE, until=MADE + timedelta(days=300), renews_on=_in(then))
    assert put_off.ends(MADE + timedelta(days=days), 0.35, _in(now)) is ends


def _in(days: int | None) -> date | None:
    return None if days is None else MADE + timedelta(days=days)
