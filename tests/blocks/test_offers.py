"""The sentence of an opportunity: the catalog's words with its numbers in them, and nothing that can format or ping."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.blocks.offers import sentence, step
from bot.blocks.words import speak
from bot.domain.clients import Client
from bot.domain.evidence import situation
from bot.domain.marks import Marked
from bot.domain.opportunities import find
from bot.domain.scoring import Use
from bot.domain.subscriptions import Subscription
from tests.base import CATALOG, LONG_AGO, client, judged, with_facts

WORDS = speak()
LATELY = date(2026, 11, 3)
SINCE_SUMMER = date(2026, 8, 20)


def said(one: Client, key: str, properties: dict[str, object] | None = None) -> str:
    here = situation(one.facts, judged(one).verdict, one.uses, properties or {})
    return next(sentence(CATALOG, found, WORDS) for found in find(CATALOG, here) if found.key == key)


def to_do(one: Client, key: str, properties: dict[str, object] | None = None) -> str:
    here = situation(one.facts, judged(one).verdict, one.uses, properties or {})
    return next(step(CATALOG, found, WORDS) for found in find(CATALOG, here) if found.key == key)


def owner(*rows: Subscription, **uses: Use) -> Client:
    return with_facts(client(uses), subscriptions=list(rows))


SALES_STARTER = Subscription("sales", "Starter", LONG_AGO)
MARKED = with_facts(client(), measured=0, marked=Marked(unused=CATALOG.bits(["campaigns", "dashboards"])))


@pytest.mark.parametrize(
    ("one", "key", "expected"),
    [
        (client(), "activation/campaigns", "pays for Campaigns, never used"),
        (client(), "activation/dashboards", "has Dashboards, never used"),
        (MARKED, "activation/campaigns", "pays for Campaigns, marked as not used"),
        (MARKED, "activation/dashboards", "has Dashboards, marked as not used"),
        (
            client({"workflows": Use(0, SINCE_SUMMER)}),
            "activation/workflows",
            "owns Marketing Hub Professional, 0 workflows in 90 days",
        ),
        (client({"seo": Use(0, SINCE_SUMMER)}), "activation/seo", "owns Marketing Hub Professional, 0 SEO in 180 days"),
        (
            client({"deals": Use(2, LATELY)}),
            "activation/deals",
            "owns Sales Hub Professional, little use of deals: 2 in 90 days",
        ),
        (
            client({"dashboards": Use(0, SINCE_SUMMER)}),
            "activation/dashboards",
            "has Smart CRM, 0 dashboards in 90 days",
        ),
        (
            with_facts(client(), subscribing=False, subscriptions=[]),
            "activation/campaigns",
            "has Campaigns, never used",
        ),
        (
            with_facts(client({"forms": Use(0, SINCE_SUMMER)}), subscribing=False, subscriptions=[]),
            "activation/forms",
            "0 forms in 90 days",
        ),
    ],
)
def test_a_tool_that_is_not_used_is_said_with_what_is_known_of_it(one: Client, key: str, expected: str) -> None:
    assert said(one, key) == expected


def test_a_rule_speaks_with_its_numbers() -> None:
    one = client({"tickets": Use(1_288, LATELY)})
    assert said(one, "cross-sell/service") == "1,288 tickets in 90 days, no Service Hub"


def test_what_would_be_bought_is_named_where_the_rule_does_not_say_it() -> None:
    one = client({"deals": Use(51, LATELY), "templates": Use(30, LATELY), "landing_pages": Use(5, LATELY)})
    one = with_facts(one, subscriptions=[*one.facts.subscriptions[:1], SALES_STARTER])
    assert said(one, "upsell/sales:professional").endswith("ready for sequences → Sales Hub Professional")
    assert said(one, "cross-sell/content").endswith("site is elsewhere → Content Hub")


@pytest.mark.parametrize(("used", "share"), [(9_300, "93 %"), ("9999", "99 %"), (10_000, "100 %"), (12_345.6, "123 %")])
def test_a_share_of_a_limit_is_full_only_when_it_is(used: object, share: str) -> None:
    properties = {"marketing_contacts_used": used, "marketing_contacts_limit": "10000"}
    assert (
        said(client(), "upsell/marketing contacts/marketing", properties) == f"marketing contacts at {share} of 10,000"
    )


def test_seats_are_counted_for_their_product() -> None:
    one = owner(Subscription("sales", "Starter", LONG_AGO, seats=10, seats_used=9))
    assert said(one, "upsell/seats/sales") == "9 of 10 Sales Hub seats in use"


SEATS = owner(Subscription("sales", "Starter", LONG_AGO, seats=10, seats_used=9))
CONTACTS: dict[str, object] = {"marketing_contacts_used": 9_300, "marketing_contacts_limit": 10_000}


@pytest.mark.parametrize(
    ("one", "key", "expected"),
    [
        (client({"tickets": Use(1_288, LATELY)}), "cross-sell/service", "Offer Service Hub"),
        (SEATS, "upsell/seats/sales", "Offer more seats (Sales Hub)"),
        (client(), "upsell/marketing contacts/marketing", "Offer more marketing contacts (Marketing Hub)"),
        (client(), "activation/social", "Connect one account and plan two weeks of posts"),
    ],
)
def test_what_is_to_be_done_is_said_in_words_to_act_on(one: Client, key: str, expected: str) -> None:
    assert to_do(one, key, CONTACTS) == expected


def test_a_name_from_the_data_is_shown_as_it_is() -> None:
    one = owner(Subscription("customer_platform", "Starter", LONG_AGO, seats=10, seats_used=10))
    assert said(one, "upsell/seats/marketing") == "10 of 10 customer_platform seats in use"


def test_a_rule_of_any_length_and_content_stays_text() -> None:
    one = client({"tickets": Use(88, LATELY)})
    rules = tuple(replace(rule, because="<!channel> *{tickets}* & " + "much " * 200) for rule in CATALOG.rules)
    here = situation(one.facts, judged(one).verdict, one.uses, {})
    found = next(offer for offer in find(CATALOG, here) if offer.key == "cross-sell/service")
    made = sentence(replace(CATALOG, rules=rules), found, WORDS)
    assert made.startswith("&lt;!channel&gt; ∗88∗ &amp; much")
    assert made.endswith("…")
    assert len(made) < 340
