"""Which categories are late: those of which every source is, and that end before the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.freshness import EVERY, Reach, is_late, late
from bot.domain.subscriptions import Subscription
from tests.base import CATALOG, LONG_AGO, TODAY, client, judged, with_facts


def tools(*categories: str) -> int:
    return CATALOG.bits(tool.key for tool in CATALOG.tools if tool.category in categories)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


REST = EVERY & ~tools("marketing")
ALL = Reach(EVERY, TODAY)
MARKETING = Reach(tools("marketing"), ago(17))
ELSEWHERE = Reach(REST, TODAY)


@pytest.mark.parametrize(
    ("why", "reaches", "expected"),
    [
        ("nothing was loaded", [], {}),
        ("one source is late as a whole", [Reach(EVERY, ago(17))], {}),
        ("two are late by the same day", [Reach(tools("marketing"), ago(17)), Reach(REST, ago(17))], {}),
        ("its only source is late", [MARKETING, ELSEWHERE], {"marketing": ago(17)}),
        ("a week old is not late", [Reach(tools("marketing"), ago(7)), ELSEWHERE], {}),
        ("a day more is", [Reach(tools("marketing"), ago(8)), ELSEWHERE], {"marketing": ago(8)}),
        ("another source goes on", [MARKETING, ALL], {}),
        ("another source measures one of its tools", [MARKETING, ELSEWHERE, Reach(CATALOG.bits(["forms"]), TODAY)], {}),
        (
            "both of its sources are late",
            [MARKETING, Reach(CATALOG.bits(["forms"]), ago(9)), ELSEWHERE],
            {"marketing": ago(9)},
        ),
        (
            "all are late, and it ends first",
            [MARKETING, Reach(REST, ago(9))],
            {"marketing": ago(17)},
        ),
        ("nobody measures sales", [MARKETING, Reach(tools("service"), TODAY)], {"marketing": ago(17)}),
        ("a source goes to tomorrow", [Reach(EVERY, TODAY + timedelta(1))], {}),
    ],
)
def test_a_category_is_late_when_every_source_of_it_is_and_the_rest_is_newer(
    why: str, reaches: list[Reach], expected: dict[str, date]
) -> None:
    assert late(CATALOG, reaches, EVERY, TODAY) == expected, why


def test_a_source_of_tools_that_are_not_included_keeps_no_category_fresh() -> None:
    one = with_facts(client(), subscriptions=[Subscription("Marketing Hub", "Starter", LONG_AGO)])
    more = CATALOG.bits(["campaigns"])
    assert not judged(one).verdict.entitlement.included & more
    reaches = (MARKETING, ELSEWHERE, Reach(more, TODAY))
    assert judged(replace(one, reaches=reaches)).late == {"marketing": ago(17)}


@pytest.mark.parametrize(("days", "expected"), [(0, False), (7, False), (8, True)])
def test_the_whole_and_its_categories_are_late_by_the_same_rule(days: int, expected: bool) -> None:
    assert is_late(ago(days), TODAY) is expected
    assert judged(client(as_of=ago(days))).is_late is expected
    assert bool(late(CATALOG, [Reach(tools("sales"), ago(days)), ALL._replace(tools=tools("crm"))], EVERY, TODAY)) is (
        expected
    )


def test_a_client_whose_own_sources_are_late_is_late_however_new_those_of_others_are() -> None:
    one = judged(client(as_of=TODAY, reaches=(Reach(EVERY, ago(12)),)))
    assert (one.is_late, one.age, one.change, one.late) == (True, 12, None, {})
