"""Opportunities: what is offered to whom, on what evidence, what waits, and what is never offered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.catalog import ANY, Compare, Condition, Fact, Kind, Rule, Target, Tier
from bot.domain.evidence import Situation, situation
from bot.domain.opportunities import Hold, activation, bases, find, offers
from bot.domain.rules import thresholds
from bot.domain.scoring import Area, Use
from bot.domain.subscriptions import Subscription
from tests import base
from tests.domain.catalogs import SHIPPED
from tests.domain.situations import client, having, keys, only, place, seats

FIVE = ("marketing", "sales", "service", "content", "data")


CASES = [
    ("deals without Sales Hub", client("marketing:starter", uses={"deals": 10}), ["cross-sell/sales"]),
    ("one too few", client("marketing:starter", uses={"deals": 9}), []),
    ("who pays for it", client("sales:starter", uses={"deals": 20}), []),
    ("its free edition is not paid for", client("sales:free", uses={"deals": 10}), ["cross-sell/sales"]),
    ("the edition asked", client("service:starter", uses={"tickets": 60}), ["upsell/service:professional"]),
    ("not a higher one", client("service:professional", uses={"tickets": 60}), []),
    ("not without the product", client("sales:starter", uses={"tickets": 60}), ["cross-sell/service"]),
    ("one of two conditions", client("sales:starter", uses={"deals": 40}), []),
    (
        "both conditions",
        client("sales:starter", uses={"deals": 40, "templates": 30}),
        ["upsell/sales:professional"],
    ),
    (
        "each Professional edition gets its Enterprise",
        client("sales:professional", "data:professional", "content:starter", score=8,
               uses={"workflows": 500, "custom_reports": 5}),
        ["upsell/data:enterprise", "upsell/sales:enterprise"],
    ),
    (
        "a score too low for the rule",
        client("sales:professional", "data:starter", score=7, uses={"workflows": 500, "custom_reports": 5}),
        [],
    ),
    (
        "seats of one product",
        client("sales:starter", "service:starter", subscriptions=[seats("Sales Hub", 9, 10), seats("service", 8, 10)]),
        ["upsell/seats/sales"],
    ),
    ("more seats than bought", client("sales:starter", subscriptions=[seats("sales", 12, 10)]), ["upsell/seats/sales"]),
    ("no seats bought", client("sales:starter", subscriptions=[seats("sales", 5, 0)]), []),
    ("seats not known", client("sales:starter", subscriptions=[seats("sales", None, 5), seats("sales", 5, None)]), []),
    (
        "a bundle's seats once",
        client(*(f"{one}:starter" for one in FIVE), subscriptions=[seats("Starter Customer Platform", 10, 10)]),
        ["upsell/seats/marketing"],
    ),
    ("seats of an unknown product", client("sales:starter", subscriptions=[seats("Sails", 10, 10)]), []),
    (
        "the CRM for who has no hub's automation",
        client("marketing:starter", uses={"contacts": 500, "activities": 200}),
        ["upsell/crm:professional"],
    ),
    (
        "not where a hub's Professional brings it",
        client("marketing:professional", uses={"contacts": 500, "activities": 200}),
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("here", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_rule_offers_to_whom_it_names(here: Situation, expected: list[str]) -> None:
    assert keys(offers(SHIPPED, here)) == expected


LIMIT = {"marketing_contacts_used": 9_300, "marketing_contacts_limit": 10_000}


@pytest.mark.parametrize(
    ("given", "share"),
    [
        (LIMIT, 0.93),
        ({"marketing_contacts_used": "9300", "marketing_contacts_limit": " 1e4 "}, 0.93),
        (LIMIT | {"marketing_contacts_used": 9_000}, 0.9),
        (LIMIT | {"marketing_contacts_used": 8_999}, None),
        (LIMIT | {"marketing_contacts_limit": 0}, None),
        (LIMIT | {"marketing_contacts_limit": -1, "marketing_contacts_used": -1}, None),
        ({"marketing_contacts_used": 9_300}, None),
        (LIMIT | {"marketing_contacts_limit": None}, None),
        (LIMIT | {"marketing_contacts_used": "9.300,0"}, None),
        (LIMIT | {"marketing_contacts_used": "nan"}, None),
        (LIMIT | {"marketing_contacts_used": "inf"}, None),
        (LIMIT | {"marketing_contacts_used": 10**400}, None),
        (LIMIT | {"marketing_contacts_used": True, "marketing_contacts_limit": True}, None),
    ],
)
def test_a_share_of_a_limit_is_known_where_both_are_numbers(given: dict[str, object], share: float | None) -> None:
    found = offers(SHIPPED, client("marketing:professional", properties=given))
    assert [one.values["share"] for one in found] == ([] if share is None else [share])


@pytest.mark.parametrize(
    ("here", "held"),
    [
        (client("sales:starter", uses={"tickets": 10}, score=4), None),
        (client("sales:starter", uses={"tickets": 10}, score=3), Hold.LOW),
        (client("sales:starter", uses={"tickets": 10}, score=None), Hold.UNKNOWN),
        (client("sales:starter", uses={"tickets": 10}, score=9, tier=Tier.ONBOARDING), Hold.ONBOARDING),
    ],
)
def test_what_a_rule_offers_waits_and_activation_does_not(here: Situation, held: Hold | None) -> None:
    found = find(SHIPPED, here)
    assert only(found, "cross-sell/service").held is held
    assert only(found, "activation/deals").held is None


def test_a_former_client_is_offered_nothing() -> None:
    assert find(SHIPPED, client("sales:starter", uses={"tickets": 99}, score=None, tier=Tier.FORMER)) == ()


def test_where_no_subscriptions_are_loaded_nobody_knows_what_to_sell() -> None:
    here = client("sales:starter", uses={"tickets": 99}, owned=None)
    assert offers(SHIPPED, here) == ()
    assert {one.product for one in activation(SHIPPED, here)} == {None}
    assert keys(offers(SHIPPED, here._replace(owned=()))) == ["cross-sell/service"]


def test_evidence_has_its_words_and_its_size() -> None:
    rows = [seats("sales", 9, 10), seats("sales", 5, 20)]
    here = client(
        "sales:professional", "marketing:starter", score=8, subscriptions=rows, properties=LIMIT,
        uses={"workflows": 600, "custom_reports": 7, "tickets": 88},
    )  # fmt: skip
    found = offers(SHIPPED, here)
    assert [(one.key, one.evidence, one.size, one.values) for one in found] == [
        (
            "upsell/marketing contacts/marketing",
            "limit:marketing_contacts_used/marketing_contacts_limit",
            9_300,
            {"share": 0.93, "used": 9_300, "limit": 10_000, "product": "Marketing Hub"},
        ),
        ("upsell/seats/sales", "seats", 9, {"share": 0.9, "used": 9, "seats": 10, "product": "Sales Hub"}),
        (
            "upsell/sales:enterprise",
            "tool.workflows",
            600,
            {"score": 8, "workflows": 600, "custom_reports": 7, "product": "Sales Hub"},
        ),
        ("cross-sell/service", "tool.tickets", 88, {"tickets": 88, "product": "Service Hub"}),
    ]
    assert [(one.product, one.edition) for one in found[1:]] == [
        ("sales", None), ("sales", "enterprise"), ("service", None),
    ]  # fmt: skip


def at_least(tool: str, number: float) -> Condition:
    return Condition(Fact.TOOL, Compare.AT_LEAST, number, (tool,))


def test_of_two_rules_that_offer_the_same_the_stronger_evidence_speaks() -> None:
    sales = Target("sales")
    rules = tuple(
        Rule(Kind.CROSS_SELL, sales, None, (at_least(tool, number),), "") for tool, number in
        (("meetings", 10), ("deals", 100))
    )  # fmt: skip
    catalog = replace(SHIPPED, rules=rules)
    found = [
        offers(catalog, client("marketing:starter", uses={"meetings": 15, "deals": deals}))
        for deals in (99, 140, 150, 160)
    ]
    assert [[one.evidence for one in some] for some in found] == [["tool.meetings"]] * 3 + [["tool.deals"]]


def test_an_upsell_that_names_nobody_asks_who_pays_for_less() -> None:
    rule = Rule(Kind.UPSELL, Target("sales", "enterprise"), None, (at_least("deals", 1),), "")
    catalog = replace(SHIPPED, rules=(rule,))
    asked = [
        bool(offers(catalog, client(f"sales:{edition}", uses={"deals": 1})))
        for edition in SHIPPED.products["sales"].editions
    ]
    assert asked == [False, True, True, False]
    assert not offers(catalog, client("marketing:starter", uses={"deals": 1}))


def test_an_edition_that_a_product_lacks_is_not_offered() -> None:
    rule = Rule(Kind.UPSELL, Target(ANY, "starter"), Target(ANY, "free"), (at_least("deals", 1),), "")
    here = client("commerce:free", "sales:free", uses={"deals": 1})
    assert keys(offers(replace(SHIPPED, rules=(rule,)), here)) == ["upsell/sales:starter"]


def test_of_two_conditions_with_the_same_word_the_first_speaks() -> None:
    limit = Condition(Fact.LIMIT, Compare.AT_LEAST, 0.5, ("sent", "allowed"))
    full = Condition(Fact.SEATS, Compare.AT_LEAST, 0.5)
    here = client("sales:starter", properties={"sent": 6, "allowed": 10}, subscriptions=[seats("sales", 4, 5)])
    for when, used in (((limit, full), 6), ((full, limit), 4)):
        rule = Rule(Kind.UPSELL, Target(words="sending"), Target("sales"), when, "{used}")
        (found,) = offers(replace(SHIPPED, rules=(rule,)), here)
        assert (found.values["used"], found.size) == (used, used)


@pytest.mark.parametrize(
    ("compare", "number", "least"),
    [
        (Compare.AT_LEAST, 30, 30), (Compare.AT_LEAST, 4.5, 5), (Compare.AT_LEAST, 0, 1), (Compare.MORE, 30, 31),
        (Compare.MORE, 4.5, 5), (Compare.EQUAL, 7, 7), (Compare.EQUAL, 0, 1), (Compare.LESS, 30, 1),
        (Compare.AT_MOST, 30, 1),
    ],
)  # fmt: skip
def test_a_whole_base_needs_only_the_counts_that_matter(compare: Compare, number: float, least: int) -> None:
    lower = Rule(Kind.CROSS_SELL, Target("data"), None, (at_least("forms", 99),), "")
    rule = Rule(Kind.CROSS_SELL, Target("data"), None, (Condition(Fact.TOOL, compare, number, ("forms",)),), "")
    for rules in ((rule,), (rule, lower), (lower, rule)):
        assert thresholds(replace(SHIPPED, rules=rules)) == {place("forms"): least}


def test_a_rule_of_one_product_sees_the_seats_of_a_bundle_that_has_it() -> None:
    full = Condition(Fact.SEATS, Compare.AT_LEAST, 0.9)
    rule = Rule(Kind.UPSELL, Target("sales", "professional"), Target("sales", "starter"), (full,), "{product}")
    here = client(*(f"{one}:starter" for one in FIVE), subscriptions=[seats("CRM Suite", 9, 10)])
    (found,) = offers(replace(SHIPPED, rules=(rule,)), here)
    assert (found.size, found.values["product"]) == (9, "CRM Suite")


@pytest.mark.parametrize(
    ("compare", "number", "fires"),
    [
        (Compare.LESS, 1, True), (Compare.LESS, 0, False), (Compare.AT_MOST, 0, True), (Compare.EQUAL, 0, True),
        (Compare.AT_LEAST, 0, True), (Compare.MORE, 0, False), (Compare.EQUAL, 1, False),
    ],
)  # fmt: skip
def test_a_tool_that_is_measured_and_never_used_counts_as_none(compare: Compare, number: int, fires: bool) -> None:
    rule = Rule(Kind.CROSS_SELL, Target("data"), None, (Condition(Fact.TOOL, compare, number, ("forms",)),), "{forms}")
    catalog = replace(SHIPPED, rules=(rule,))
    assert [one.values["forms"] for one in offers(catalog, client("sales:starter"))] == [0] * fires
    assert not offers(catalog, client("sales:starter", measured=0))


def test_a_category_counts_by_its_share() -> None:
    condition = Condition(Fact.CATEGORY, Compare.AT_LEAST, 0.5, ("sales",))
    catalog = replace(SHIPPED, rules=(Rule(Kind.CROSS_SELL, Target("data"), None, (condition,), "{share}"),))
    for earned, possible, fires in ((1, 2, True), (1, 3, False), (0, 0, False)):
        areas = [
            Area(earned, possible, True, True) if key == "sales" else Area(0, 0, False, False)
            for key in SHIPPED.categories
        ]
        assert bool(offers(catalog, client("sales:starter", areas=areas))) is fires
    assert not offers(catalog, client("sales:starter"))


def test_a_situation_is_made_from_what_a_card_is_made_from() -> None:
    one = base.client({"tickets": Use(88, base.TODAY)})
    ended = Subscription("sales", "Starter", base.LONG_AGO, base.TODAY, seats=1, seats_used=1)
    one = base.with_facts(one, subscriptions=[*one.facts.subscriptions, ended])
    here = situation(one.facts, base.judged(one).verdict, one.uses, LIMIT)
    assert {"cross-sell/service", "upsell/marketing contacts/marketing"} <= set(keys(find(SHIPPED, here)))
    assert "upsell/seats/sales" not in keys(find(SHIPPED, here))
    nobody_knows = base.with_facts(one, subscribing=False)
    blind = situation(nobody_knows.facts, base.judged(nobody_knows).verdict, one.uses, LIMIT)
    assert blind.owned is None


def test_who_subscribes_to_what_is_what_they_pay_for() -> None:
    assert bases(SHIPPED, having("sales:professional", "marketing:free", "data:starter")) == {
        "sales": "professional",
        "data": "starter",
    }
