"""The filter object: one way to say each thing, what it takes away and adds, and how it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.catalog import Kind, Tier
from bot.domain.filters import (
    FIELDS,
    LENGTHS,
    NO_DATE,
    PASSED,
    Filter,
    FilterError,
    Renews,
    Sort,
)
from bot.domain.key_accounts import Key

FULL = Filter(
    tiers=(Tier.LOW, Tier.MEDIUM),
    score=(0, 3),
    category="marketing",
    opportunity=Kind.CROSS_SELL,
    quiet=True,
    client="acme",
    csm="me",
    team="CS Nordic",
    key=Key.ANY,
    renews=Renews(0, 60),
    sort=Sort.DROP,
    reverse=True,
    view="falling",
)
WORDS = (
    "tier:low,medium", "score:0-3", "category:marketing", "opportunity:cross-sell", "going:quiet", "client:acme",
    "csm:me", 'team:"CS Nordic"', "key:any", "renews:60", "sort:-drop", "view:falling",
)  # fmt: skip


def test_each_filter_is_one_word_in_a_fixed_order() -> None:
    assert FULL.parts() == WORDS
    assert tuple(FULL.texts()) == tuple(FIELDS)
    assert Filter().parts() == ()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Filter(tiers=(Tier.HIGH, Tier.LOW, Tier.HIGH)), Filter(tiers=(Tier.LOW, Tier.HIGH))),
        (Filter(client="  acme \t as\n"), Filter(client="acme as")),
        (Filter(client=" \x00\u2028 ", team="", view=" "), Filter()),
        (Filter(csm="Anna@Example.COM"), Filter(csm="anna@example.com")),
        (Filter(csm="Nobody"), Filter(csm="nobody")),
        (Filter(team="MINE"), Filter(team="mine")),
        (Filter(reverse=True), Filter(sort=Sort.SCORE, reverse=True)),
    ],
)
def test_what_means_the_same_is_the_same(given: Filter, kept: Filter) -> None:
    assert given == kept
    assert hash(given) == hash(kept)


def test_a_joined_emoji_and_a_half_space_of_persian_stay_whole() -> None:
    assert Filter(client="👩‍🚀 می‌خواهم").client == "👩‍🚀 می‌خواهم"


@pytest.mark.parametrize("name", FIELDS)
def test_one_filter_can_be_taken_away(name: str) -> None:
    rest = tuple(one for one in WORDS if not one.startswith(f"{name}:"))
    assert FULL.without(name).parts() == rest
    assert len(rest) == len(WORDS) - 1


def test_without_its_filters_nothing_is_left() -> None:
    one = FULL
    for name in FIELDS:
        assert not one.is_default
        one = one.without(name)
    assert one.is_default


@pytest.mark.parametrize(
    ("by", "narrowed"),
    [
        (Filter(), FULL),
        (Filter(tiers=(Tier.HIGH,)), replace(FULL, tiers=(Tier.HIGH,))),
        (Filter(sort=Sort.NAME), replace(FULL, sort=Sort.NAME, reverse=False)),
        (Filter(score=(0, 0)), replace(FULL, score=(0, 0))),
        (Filter(renews=NO_DATE), replace(FULL, renews=NO_DATE)),
    ],
)
def test_the_later_filter_takes_the_place_of_the_earlier(by: Filter, narrowed: Filter) -> None:
    assert FULL.narrowed(by) == narrowed
    assert Filter().narrowed(by) == by


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("renews", "text", "dates"),
    [
        (Renews(0, 60), "60", (TODAY, date(2027, 1, 19))),
        (Renews(0, 0), "0", (TODAY, TODAY)),
        (Renews(30, 90), "30-90", (date(2026, 12, 20), date(2027, 2, 18))),
        (PASSED, "passed", (None, date(2026, 11, 19))),
        (NO_DATE, "none", (None, None)),
    ],
)
def test_a_renewal_window_has_its_days(renews: Renews, text: str, dates: tuple[date | None, date | None]) -> None:
    assert str(renews) == text
    assert renews.dates(TODAY) == dates


@pytest.mark.parametrize("ends", [(-5, 10), (None, 10), (10, None), (90, 30), (0, 3651), (-1, -1)])
def test_a_renewal_window_that_cannot_be_is_refused(ends: tuple[int | None, int | None]) -> None:
    with pytest.raises(FilterError) as caught:
        Renews(*ends)
    assert caught.value.values["name"] == "renews"


@pytest.mark.parametrize(
    ("ends", "key"),
    [((-1, 3), "filter_out_of_range"), ((3, 11), "filter_out_of_range"), ((3, 0), "filter_meant")],
)
def test_a_score_that_cannot_be_is_refused(ends: tuple[int, int], key: str) -> None:
    with pytest.raises(FilterError) as caught:
        Filter(score=ends)
    assert caught.value.key == key


@pytest.mark.parametrize("name", LENGTHS)
def test_a_text_has_its_longest_length(name: str) -> None:
    longest = "a@" + "x" * (LENGTHS[name] - 2)
    assert vars(Filter(**{name: longest}))[name] == longest  # type: ignore[arg-type]
    with pytest.raises(FilterError) as caught:
        Filter(**{name: longest + "x"})  # type: ignore[arg-type]
    assert caught.value.key == "filter_too_long"
    assert caught.value.values == {"name": name, "limit": LENGTHS[name]}


@pytest.mark.parametrize("csm", ["anna", "a b@c", "@", 'a"@b', "me too"])
def test_a_csm_is_me_nobody_or_an_address(csm: str) -> None:
    with pytest.raises(FilterError) as caught:
        Filter(csm=csm)
    assert caught.value.key == "filter_csm"
