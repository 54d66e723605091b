"""What holds of the opportunities of any client, by any rules."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalog import ANY, Catalog, Kind
from bot.domain.evidence import Situation
from bot.domain.marks import UNMARKED
from bot.domain.opportunities import find, offers
from bot.domain.rules import thresholds
from bot.domain.scoring import Use
from tests.domain.catalogs import SHIPPED
from tests.domain.situations import catalogs, keys, situations


@given(situations(), catalogs())
def test_no_two_opportunities_of_a_client_have_the_same_key(here: Situation, catalog: Catalog) -> None:
    for rules in (SHIPPED, catalog):
        found = keys(find(rules, here))
        assert len(found) == len(set(found))


@given(situations(), catalogs())
def test_values_fill_the_sentence(here: Situation, catalog: Catalog) -> None:
    for rules in (SHIPPED, catalog):
        for one in offers(rules, here):
            assert one.rule is not None
            assert one.size is not None
            assert "{" not in rules.rules[one.rule].because.format(**one.values)


@given(situations(), catalogs())
def test_nobody_is_offered_what_they_have(here: Situation, catalog: Catalog) -> None:
    mine = {one.product: one.rank for one in here.owned or ()}
    for one in (*offers(SHIPPED, here), *offers(catalog, here)):
        product = SHIPPED.products[one.product or ""]
        if one.kind is Kind.CROSS_SELL:
            assert mine.get(product.key, -1) < product.paid_from
        elif one.edition is not None:
            assert mine.get(product.key, -1) < product.editions.index(one.edition)


@given(situations(), st.data())
def test_more_usage_takes_no_offer_away(here: Situation, data: st.DataObject) -> None:
    more = data.draw(st.dictionaries(st.integers(0, len(SHIPPED.tools) - 1), st.integers(1, 1_000)))
    uses = dict(here.uses)
    for i, times in more.items():
        uses[i] = Use(uses.get(i, Use()).times + times)
    assert set(keys(offers(SHIPPED, here))) <= set(keys(offers(SHIPPED, here._replace(uses=uses))))


@given(situations(), st.data())
def test_what_is_not_known_fires_nothing(here: Situation, data: st.DataObject) -> None:
    """Each thing that is forgotten of a client takes offers away, if it changes any."""
    forgotten: dict[str, Any] = {
        "uses": {}, "properties": {}, "subscriptions": (), "owned": None, "score": None, "areas": (),
    }  # fmt: skip
    some = data.draw(st.sets(st.sampled_from(sorted(forgotten))))
    less = here._replace(**{name: forgotten[name] for name in some}, measured=0 if "uses" in some else here.measured)
    assert set(keys(offers(SHIPPED, less))) <= set(keys(offers(SHIPPED, here)))
    blind = here._replace(**forgotten, measured=0, marked=UNMARKED)
    assert find(SHIPPED, blind) == ()


@given(situations(), catalogs())
def test_counts_below_the_thresholds_change_nothing(here: Situation, catalog: Catalog) -> None:
    for rules in (SHIPPED, catalog):
        least = thresholds(rules)
        fewer = {i: use for i, use in here.uses.items() if i in least and use.times >= least[i]}
        assert offers(rules, here._replace(uses=fewer)) == offers(rules, here)


@given(situations(), catalogs())
def test_for_whom_a_rule_holds_depends_on_whom_it_names(here: Situation, catalog: Catalog) -> None:
    """Of two clients who do the same, only who has what a rule asks for is offered it."""
    for one in offers(catalog, here):
        target = catalog.rules[one.rule or 0].to
        if target is not None and target.product != ANY:
            ranks = {owned.product: SHIPPED.products[owned.product].editions[owned.rank] for owned in here.owned or ()}
            assert target.product in ranks
            assert target.edition in {None, ranks[target.product]}
    assert offers(catalog, here._replace(owned=())) == () or any(rule.to is None for rule in catalog.rules)
