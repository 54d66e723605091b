"""The rules of the shipped catalog: each can fire, and together they leave no product and no edition out."""

from __future__ import annotations

import pytest

from bot.domain.catalog import ANY, Fact, Rule, Tier
from bot.domain.evidence import Situation
from bot.domain.opportunities import find, offers
from bot.domain.rules import properties, thresholds
from bot.domain.scoring import Entitlement
from tests.domain.catalogs import SHIPPED
from tests.domain.situations import client, fulfilling, having, owners, place

FIVE = ("marketing", "sales", "service", "content", "data")


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.because)
def test_every_shipped_rule_fires_for_whom_it_asks_and_not_for_a_little_less(rule: Rule) -> None:
    assert owners(rule)
    for products in owners(rule):
        assert rule in [SHIPPED.rules[one.rule or 0] for one in offers(SHIPPED, fulfilling(rule, *products))]
        short = offers(SHIPPED, fulfilling(rule, *products, short=True))
        assert rule not in [SHIPPED.rules[one.rule or 0] for one in short]


def offered(*products: str) -> set[str]:
    """All that the shipped rules can offer to who has these products."""
    return {one.key for rule in SHIPPED.rules for one in offers(SHIPPED, fulfilling(rule, *products))}


@pytest.mark.parametrize("product", SHIPPED.products)
def test_every_product_is_offered_to_who_lacks_it_and_each_edition_to_who_has_the_one_before(product: str) -> None:
    known = SHIPPED.products[product]
    other = "sales:starter" if product != "sales" else "service:starter"
    first = known.paid_from
    if known.always is None:
        assert f"cross-sell/{product}" in offered(other)
    else:
        first = known.editions.index(known.always)
    for lower, higher in zip(known.editions[first:], known.editions[first + 1 :], strict=False):
        assert f"upsell/{product}:{higher}" in offered(f"{product}:{lower}")


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.because)
def test_a_shipped_rule_asks_only_for_what_its_client_can_use(rule: Rule) -> None:
    """Free, included for whom it asks, or, where it asks everybody, included somewhere."""
    for one in (SHIPPED.tools[place(c.names[0])] for c in rule.when if c.fact is Fact.TOOL):
        target = rule.to
        if one.free or target is None or target.product == ANY or target.edition is None:
            continue
        mine = having(f"{target.product}:{target.edition}")
        ranks = {owned.product: owned.rank for owned in mine}
        assert any(ranks.get(grant.product, -1) >= grant.rank for grant in one.included), one.key


def test_a_client_without_facts_is_offered_nothing() -> None:
    for products in ((), ("sales:starter",), tuple(f"{one}:professional" for one in FIVE)):
        assert find(SHIPPED, client(*products, measured=0)) == ()
    nothing = Situation(Tier.UNKNOWN, None, Entitlement(0, 0, 0), 0, 0, None)
    assert find(SHIPPED, nothing) == ()


def test_a_whole_base_needs_few_counts_and_properties() -> None:
    least = {SHIPPED.tools[i].key: number for i, number in thresholds(SHIPPED).items()}
    assert least["deals"] == 10
    assert least["workflows"] == 100
    assert least.keys() == {one.names[0] for rule in SHIPPED.rules for one in rule.when if one.fact is Fact.TOOL}
    assert properties(SHIPPED) == {"marketing_contacts_used", "marketing_contacts_limit"}
