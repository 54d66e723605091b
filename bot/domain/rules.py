"""Which rules of the catalog can be put to whom, worked out once for each set of owned products."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from bot.domain.catalog import ANY, Catalog, Compare, Condition, Fact, Kind, Product, Rule, Target, fold
from bot.domain.scoring import entitle
from bot.domain.subscriptions import Owned


class Term(NamedTuple):
    condition: Condition
    place: int  # of its tool or category in the catalog; -1 where it has none


class Ask(NamedTuple):
    """A rule as it is put to who owns certain products."""

    place: int  # of the rule in `Catalog.rules`
    rule: Rule
    key: str  # what is offered, for good: answers are kept by it
    asked: str  # the product on whose account it is offered
    product: str  # the product that is offered, or that words such as "seats" are about
    edition: str | None
    each: bool  # asked of each product alike, so a subscription to several is asked once
    terms: tuple[Term, ...]
    needs: int  # the set of tools that must have been used at all


def thresholds(catalog: Catalog) -> Mapping[int, int]:
    """The tools that rules ask for (by position), and for each the least count that can matter to one of them."""
    least: dict[int, int] = {}
    for rule in catalog.rules:
        for condition, place in _terms(catalog, rule):
            if condition.fact is Fact.TOOL:
                least[place] = min(_least(condition), least.get(place, _least(condition)))
    return least


def _least(condition: Condition) -> int:
    """A count below it is as good as none."""
    if condition.compare is Compare.MORE:
        return math.floor(condition.value) + 1
    if condition.compare in {Compare.AT_LEAST, Compare.EQUAL}:
        return max(1, math.ceil(condition.value))
    return 1  # small counts hold, and are shown


def properties(catalog: Catalog) -> frozenset[str]:
    """The client properties that rules ask for."""
    asked = (one for rule in catalog.rules for one in rule.when if one.fact is Fact.LIMIT)
    return frozenset(name for one in asked for name in one.names)


@lru_cache(maxsize=65_536)  # few combinations recur over a whole base
def asks(catalog: Catalog, products: tuple[Owned, ...]) -> tuple[Ask, ...]:
    """The rules that can fire for who owns these products, in the file's order."""
    made = (
        _ask(catalog, place, asked, products)
        for place, rule in enumerate(catalog.rules)
        for asked in _asked(catalog, rule, products)
    )
    return tuple(one for one in made if one is not None)


def _asked(catalog: Catalog, rule: Rule, products: tuple[Owned, ...]) -> Iterator[str]:
    """The products on whose account a rule is put to their owner."""
    target = rule.to
    if target is None and rule.kind is Kind.UPSELL:
        target = Target(rule.offer.product)
    if target is None:
        yield str(rule.offer.product)
        return
    for one in products:
        if target.product in {ANY, one.product} and _has(catalog.products[one.product], one.rank, target.edition):
            yield one.product


def _has(product: Product, rank: int, edition: str | None) -> bool:
    """Whether it is that edition; without one, whether it is paid for."""
    return rank >= product.paid_from if edition is None else product.editions[rank] == edition


def _ask(catalog: Catalog, place: int, asked: str, products: tuple[Owned, ...]) -> Ask | None:
    """The rule on account of one product; None where the client has what it offers."""
    rule, terms = catalog.rules[place], _terms(catalog, catalog.rules[place])
    each = rule.to is not None and rule.to.product == ANY
    offered = asked if rule.offer.product in {ANY, None} else str(rule.offer.product)
    if rule.offer.words is None and not _lacks(catalog, rule, offered, products):
        return None
    key = _key(rule, offered)
    return Ask(place, rule, key, asked, offered, rule.offer.edition, each, terms, _needs(terms))


def _key(rule: Rule, offered: str) -> str:
    if rule.offer.words is not None:
        return f"{rule.kind}/{rule.offer.words}/{offered}"
    return f"{rule.kind}/{offered}:{rule.offer.edition}" if rule.kind is Kind.UPSELL else f"{rule.kind}/{offered}"


def _lacks(catalog: Catalog, rule: Rule, offered: str, products: tuple[Owned, ...]) -> bool:
    product = catalog.products[offered]
    rank = next((one.rank for one in products if one.product == offered), -1)
    if rule.kind is Kind.CROSS_SELL or rule.offer.edition is None:
        return rank < product.paid_from
    if rule.offer.edition not in product.editions:
        return False
    wanted = product.editions.index(rule.offer.edition)
    return rank < wanted and (product.always is None or _adds(catalog, Owned(offered, wanted, -1), products))


def _adds(catalog: Catalog, more: Owned, products: tuple[Owned, ...]) -> bool:
    """Whether it brings a tool that the client has not. What comes with every product, the CRM, grows with them."""
    others = tuple(one for one in products if one.product != more.product)
    return bool(entitle(catalog, (*others, more)).included & ~entitle(catalog, products).included)


@lru_cache(maxsize=1_024)
def _terms(catalog: Catalog, rule: Rule) -> tuple[Term, ...]:
    return tuple(Term(one, _place(catalog, one)) for one in rule.when)


def _place(catalog: Catalog, condition: Condition) -> int:
    if condition.fact is Fact.TOOL:
        return catalog.tool_names[fold(condition.names[0])]
    return list(catalog.categories).index(condition.names[0]) if condition.fact is Fact.CATEGORY else -1


def _needs(terms: tuple[Term, ...]) -> int:
    """Most clients have used too few tools for most rules, and are done with by this one number."""
    tools = {place for condition, place in terms if condition.fact is Fact.TOOL and not condition.holds(0)}
    return sum(1 << place for place in tools)
