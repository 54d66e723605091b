"""Clients as the rules of opportunities see them: by hand, from what a rule asks for, and any at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from bot.domain.catalog import ANY, Catalog, Compare, Condition, Fact, Kind, Rule, Target, Tier
from bot.domain.evidence import Situation
from bot.domain.marks import Marked
from bot.domain.opportunities import Opportunity
from bot.domain.scoring import Area, Use, entitle
from bot.domain.subscriptions import Owned, Subscription
from tests.domain.catalogs import EVERY_TOOL, SHIPPED

CRM = Owned("crm", 0, 0)


def place(key: str) -> int:
    return SHIPPED.tool_names[key.replace("_", "")]


def keys(found: Sequence[Opportunity]) -> list[str]:
    return [one.key for one in found]


def only(found: Sequence[Opportunity], key: str) -> Opportunity:
    (one,) = [one for one in found if one.key == key]
    return one


def seats(product: str, used: int | None, bought: int | None) -> Subscription:
    return Subscription(product, seats=bought, seats_used=used)


def having(*products: str, catalog: Catalog = SHIPPED) -> tuple[Owned, ...]:
    """ "sales:starter" and the CRM that everybody has, unless it is named itself."""
    pairs = [one.split(":") for one in products]
    ranks = {"crm": 0} | {key: catalog.products[key].editions.index(edition) for key, edition in pairs}
    return tuple(Owned(key, rank, rank) for key, rank in sorted(ranks.items()))


def client(*products: str, uses: dict[str, int] | None = None, score: int | None = 6, **changes: Any) -> Situation:
    """A client of the shipped catalog, all of whose tools are measured; `score` None is one that is not known."""
    mine = having(*products)
    times = {place(key): Use(number) for key, number in (uses or {}).items()}
    used = sum(1 << i for i, use in times.items() if use.times >= SHIPPED.tools[i].at_least)
    tier = Tier.UNKNOWN if score is None else SHIPPED.tier(score)
    here = Situation(tier, score, entitle(SHIPPED, mine), EVERY_TOOL, used, mine, times)
    return here._replace(**changes)


def fulfilling(rule: Rule, *products: str, short: bool = False) -> Situation:
    """A client who has these products and just what the rule asks for; `short`: a little less of the last of it."""
    numbers = {one: one.value + (one.compare is Compare.MORE) for one in rule.when}
    if short:
        numbers[rule.when[-1]] -= 1 if rule.when[-1].fact in {Fact.TOOL, Fact.SCORE} else 0.01
    wanted = {fact: [one for one in rule.when if one.fact is fact] for fact in Fact}
    uses = {one.names[0]: math.ceil(numbers[one]) for one in wanted[Fact.TOOL]}
    score = next((int(numbers[one]) for one in wanted[Fact.SCORE]), 10)
    properties: dict[str, object] = {}
    for one in wanted[Fact.LIMIT]:
        properties |= {one.names[0]: numbers[one] * 1000, one.names[1]: 1000}
    rows = [
        Subscription(product.partition(":")[0], seats=100, seats_used=round(numbers[one] * 100))
        for one in wanted[Fact.SEATS]
        for product in products
    ]
    return client(*products, uses=uses, score=score, properties=properties, subscriptions=rows)


def owners(rule: Rule) -> list[tuple[str, ...]]:
    """The products, each a way, that somebody has who may be offered what the rule offers."""
    target = rule.to or (Target(rule.offer.product) if rule.kind is Kind.UPSELL else None)
    if target is None:
        other = "sales:starter" if rule.offer.product != "sales" else "marketing:starter"
        return [(other,)]
    return [
        (f"{product.key}:{edition}",)
        for product in SHIPPED.products.values()
        for rank, edition in enumerate(product.editions)
        if target.product in {ANY, product.key}
        and (edition == target.edition if target.edition else rank >= product.paid_from)
        and not (rule.offer.edition and rule.offer.edition not in product.editions[rank + 1 :])
    ]


def _owned() -> st.SearchStrategy[tuple[Owned, ...]]:
    products = [one for one in SHIPPED.products.values() if one.key != "crm"]
    ranks = st.tuples(*(st.none() | st.integers(0, len(one.editions) - 1) for one in products))
    return st.tuples(st.integers(0, 2), ranks).map(
        lambda drawn: tuple(
            sorted(
                [Owned("crm", drawn[0], 0)]
                + [Owned(p.key, rank, rank) for p, rank in zip(products, drawn[1], strict=True) if rank is not None]
            )
        )
    )


COUNTS = st.sampled_from([0, 1, 3, 5, 10, 29, 30, 60, 100, 500, 2_000]) | st.integers(0, 3_000)
_NAMES = ("marketing_contacts_used", "marketing_contacts_limit")
_PROPERTIES: st.SearchStrategy[dict[str, object]] = st.dictionaries(
    st.sampled_from(_NAMES),
    st.sampled_from([0, 900, 1_000, "950", " 1000 ", "many", "", None, True, -5, "nan", "inf", 1e300, 10**400, [], {}]),
)
_SUBSCRIPTIONS = st.lists(
    st.builds(
        Subscription,
        st.sampled_from(["Sales Hub", "service", "Customer Platform", "marketing", "something else"]),
        seats=st.none() | st.integers(0, 20),
        seats_used=st.none() | st.integers(0, 25),
    ),
    max_size=4,
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any client of the shipped catalog, whatever is known of it."""
    mine = draw(_owned())
    tier = draw(st.sampled_from(Tier))
    score = None if tier in {Tier.UNKNOWN, Tier.FORMER} else draw(st.integers(0, 10))
    uses = draw(st.dictionaries(st.integers(0, len(SHIPPED.tools) - 1), COUNTS.map(Use)))
    known = sum(1 << i for i in uses)
    used = sum(1 << i for i, use in uses.items() if use.times >= SHIPPED.tools[i].at_least)
    said, unsaid = draw(st.sampled_from([0, EVERY_TOOL])), draw(st.integers(0, EVERY_TOOL))
    return Situation(
        tier=tier,
        score=score,
        entitlement=entitle(SHIPPED, mine),
        measured=known | draw(st.integers(0, EVERY_TOOL)),
        used=used,
        owned=draw(st.sampled_from([mine, mine, mine, None])),
        uses=uses,
        subscriptions=draw(_SUBSCRIPTIONS),
        properties=draw(_PROPERTIES),
        areas=draw(st.sampled_from([(), tuple(Area(i, 2 * i, True, True) for i in range(len(SHIPPED.categories)))])),
        marked=Marked(said & draw(st.integers(0, EVERY_TOOL)) & ~unsaid, said & unsaid),
    )


_CONDITIONS = st.one_of(
    st.builds(
        Condition,
        st.just(Fact.TOOL),
        st.sampled_from(Compare),
        st.sampled_from([0.0, 0.5, 1.0, 3.0, 4.5, 30.0]),
        st.sampled_from([(SHIPPED.tools[i].key,) for i in range(6)]),
    ),
    st.builds(
        Condition,
        st.just(Fact.CATEGORY),
        st.sampled_from(Compare),
        st.sampled_from([0.0, 0.5, 1.0]),
        st.sampled_from([(key,) for key in SHIPPED.categories]),
    ),
    st.builds(Condition, st.just(Fact.SCORE), st.sampled_from(Compare), st.integers(0, 10).map(float)),
    st.builds(Condition, st.just(Fact.SEATS), st.sampled_from(Compare), st.sampled_from([0.0, 0.5, 0.9])),
    st.builds(Condition, st.just(Fact.LIMIT), st.sampled_from(Compare), st.sampled_from([0.5, 0.9]), st.just(_NAMES)),
)
_EDITIONS = st.sampled_from([None, "starter", "professional", "enterprise"])
_TARGETS = st.builds(Target, st.sampled_from(["sales", "marketing", ANY]), _EDITIONS)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """The shipped catalog with rules of any kind in the place of its own."""
    return replace(SHIPPED, rules=tuple(draw(st.lists(_rule(), min_size=1, max_size=4))))


@st.composite
def _rule(draw: st.DrawFn) -> Rule:
    when = tuple(draw(st.lists(_CONDITIONS, min_size=1, max_size=3)))
    because = " ".join(f"{{{word}}}" for word in ["product", *(word for one in when for word in one.words)])
    if draw(st.booleans()):
        offer = Target(draw(st.sampled_from(["sales", "marketing"])), draw(_EDITIONS))
        return Rule(Kind.CROSS_SELL, offer, draw(st.none() | _TARGETS), when, because)
    edition = draw(st.sampled_from(["professional", "enterprise"]))
    offer = draw(st.sampled_from([Target("sales", edition), Target(ANY, edition), Target(words="seats")]))
    to = draw(_TARGETS) if offer.product in {None, ANY} else draw(st.none() | _TARGETS)
    return Rule(Kind.UPSELL, offer, to, when, because)
