"""A score over time: one value a week, and the days on which it moved."""

from __future__ import annotations

from datetime import date, timedelta

from bot.domain.catalog import Tier
from bot.domain.listing import Group, gather, pack, portions, unpack
from bot.domain.moves import Ground
from bot.domain.scoring import Area
from bot.domain.timeline import Stage, events, weekly
from tests.domain.catalogs import EVERY_TOOL, SHIPPED
from tests.domain.test_moves import ACME, USED

DAY = date(2026, 11, 20)


def stage(days_ago: int, score: int | None, ground: Ground | None = None) -> Stage:
    return Stage(DAY - timedelta(days_ago), score, None if score is None else score / 10, ground)


def test_each_week_has_the_score_that_was_in_force_at_its_end() -> None:
    stages = [stage(30, 5), stage(15, 7), stage(8, 2), stage(0, 9)]
    assert weekly(stages, DAY, weeks=5) == [
        (DAY - timedelta(28), 5.0), (DAY - timedelta(21), 5.0), (DAY - timedelta(14), 7.0), (DAY - timedelta(7), 2.0),
        (DAY, 9.0),
    ]  # fmt: skip


def test_weeks_before_the_first_score_and_without_one_are_left_out() -> None:
    assert weekly([stage(10, 4), stage(3, None)], DAY, weeks=4) == [(DAY - timedelta(7), 4.0)]


def test_an_event_is_a_change_of_half_a_point_or_of_the_whole_score() -> None:
    less = Ground(SHIPPED, ACME.products, EVERY_TOOL, USED & ~SHIPPED.bits(["forms"]))
    small = Ground(SHIPPED, ACME.products, EVERY_TOOL, USED | SHIPPED.bits(["ads"]))
    assert [(one.day, one.before, one.after) for one in events([stage(9, 4, ACME), stage(5, 3, less)])] == [
        (DAY - timedelta(5), 4, 3)
    ]
    assert events([stage(9, 4, ACME), stage(5, 4, small)]) == []
    assert len(events([stage(9, 4, ACME), stage(5, 5, small)])) == 1
    assert events([stage(9, 4, ACME), stage(5, 4, ACME)]) == []


def test_what_is_no_longer_known_is_no_event() -> None:
    assert events([stage(9, 4), stage(5, 3, ACME), stage(1, None)]) == []


def test_currencies_are_never_mixed() -> None:
    rows = [
        (Tier.LOW, "EUR", 2, 10.0), (Tier.LOW, "NOK", 1, 90.0), (Tier.HIGH, "EUR", 1, 30.0), (Tier.HIGH, None, 4, None),
    ]  # fmt: skip
    groups = gather(rows)
    assert groups == {Tier.LOW: Group(3, {"EUR": 10.0, "NOK": 90.0}), Tier.HIGH: Group(5, {"EUR": 30.0})}
    assert portions(groups) == {Tier.LOW: {"EUR": 0.25, "NOK": 1.0}, Tier.HIGH: {"EUR": 0.75}}


def test_the_scores_of_categories_stand_side_by_side_in_one_number() -> None:
    areas = [Area(3, 4, True, True), Area(0, 0, False, False), Area(0, 0, True, True), Area(0, 9, True, True)]
    packed = pack(areas)
    assert [packed >> 4 * place & 15 for place in range(4)] == [8, 15, 14, 0]
    assert unpack(packed) == ((0, 8), (2, 14), (3, 0))
    assert pack([Area(1, 1, True, True)] * 15) < 2**63
    assert unpack(pack([])) == ()
