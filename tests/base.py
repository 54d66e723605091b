"""A small catalog and clients made by hand, for tests that need no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.domain.catalog import Catalog
from bot.domain.clients import Client
from bot.domain.engagement import Engagement, assess
from bot.domain.moves import Ground
from bot.domain.scoring import Facts, Use, used_tools
from bot.domain.subscriptions import Subscription, owned
from storage import catalog as catalogs

TODAY = date(2026, 11, 20)
CATALOG: Catalog = catalogs.load()
LONG_AGO = date(2024, 1, 1)


def place(key: str) -> int:
    """Position of a tool in the shipped catalog."""
    return next(i for i, tool in enumerate(CATALOG.tools) if tool.key == key)


def client(uses: dict[str, Use] | None = None, **changes: Any) -> Client:
    """Acme AS with Marketing and Sales Hub Professional; all tools measured unless `facts` say otherwise."""
    placed = {place(key): use for key, use in (uses or {}).items()}
    subscriptions = (
        Subscription("Marketing Hub", "Professional", LONG_AGO, mrr=890.0),
        Subscription("Sales Hub", "Professional", LONG_AGO, mrr=200.0),
    )
    facts = Facts(
        subscriptions=subscriptions,
        subscribing=True,
        covered=True,
        measured=(1 << len(CATALOG.tools)) - 1,
        used=used_tools(CATALOG, placed),
    )
    made = Client(
        id=7,
        name="Acme AS",
        domain="acme.example",
        url=None,
        currency="EUR",
        mrr=1090.0,
        csm_name="Anna Aas",
        csm_slack_id="U0ANNACSM",
        renews_on=TODAY + timedelta(days=47),
        as_of=TODAY,
        facts=facts,
        uses=placed,
        properties={},
        quiet=(),
        answers={},
        before=None,
        last_score=None,
        last_used_on=max((use.last_on for use in placed.values() if use.last_on), default=None),
    )
    return replace(made, **changes)


def ground(one: Client, gained: Sequence[str] = (), lost: Sequence[str] = ()) -> Ground:
    """What the client's score was made from a week before: with tools in use that it lost, without those it gained."""
    used = (one.facts.used | CATALOG.bits(lost)) & ~CATALOG.bits(gained)
    products = owned(CATALOG, one.facts.subscriptions, TODAY) if one.facts.subscribing else None
    return Ground(CATALOG, products, one.facts.measured, used)


def scored(score: int) -> Ground:
    """What a score was made from: of ten tools of a point each, so many are in use."""
    small = [tool.key for tool in CATALOG.tools if tool.points == 1][:10]
    return Ground(CATALOG, None, CATALOG.bits(small), CATALOG.bits(small[:score]))


def with_facts(one: Client, **changes: Any) -> Client:
    return replace(one, facts=one.facts._replace(**changes))


def judged(one: Client, today: date = TODAY) -> Engagement:
    return assess(CATALOG, one, today)
