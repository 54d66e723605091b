"""The clients without a part of their own: companies that were dealt a story, a subscription and a CSM each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from bot.domain.catalog import Catalog
from bot.domain.scoring import Entitlement, entitle
from bot.domain.subscriptions import Subscription, owned
from bot.playground.sample.accounts import BALTIC, CENTRAL, IBERIA, NORDIC, TEAMS, YEAR, Account, Habit, Purchase
from bot.playground.sample.names import Company, companies
from bot.playground.sample.stories import STORIES, Scene, Story, choose

_TEAM_OF = {
    "NO": NORDIC, "SE": NORDIC, "FI": NORDIC, "DE": CENTRAL, "PL": CENTRAL, "EE": BALTIC, "ES": IBERIA, "GR": IBERIA,
}  # fmt: skip
_CURRENCIES = {"NO": ("NOK", 11.5, 0.3), "PL": ("PLN", 4.25, 0.6)}  # country -> currency, rate, how many use it
_NOBODY = 0.03  # of the clients have no CSM
_UNDATED = 0.06  # no renewal date
_UPGRADED = 0.2  # of those who could have been: a bigger edition for half a year
_DROPPED = 0.06  # gave one product up
_FREE = 0.2  # use free tools of a product that they have not bought


class _Price(NamedTuple):
    flat: int
    seat: int


_PRICES = {
    ("Marketing Hub", "Starter"): _Price(30, 15),
    ("Marketing Hub", "Professional"): _Price(740, 50),
    ("Marketing Hub", "Enterprise"): _Price(3_300, 75),
    ("Sales Hub", "Starter"): _Price(0, 20),
    ("Sales Hub", "Professional"): _Price(0, 100),
    ("Sales Hub", "Enterprise"): _Price(0, 150),
    ("Service Hub", "Starter"): _Price(0, 20),
    ("Service Hub", "Professional"): _Price(0, 100),
    ("Content Hub", "Professional"): _Price(400, 50),
    ("Data Hub", "Professional"): _Price(620, 50),
    ("Commerce Hub", "Professional"): _Price(0, 85),
    ("Customer Platform", "Starter"): _Price(0, 20),
}
_PLANS = (  # how many in a hundred buy what
    (13, (("Marketing Hub", "Starter"),)),
    (16, (("Marketing Hub", "Professional"),)),
    (8, (("Sales Hub", "Starter"),)),
    (10, (("Sales Hub", "Professional"),)),
    (14, (("Marketing Hub", "Professional"), ("Sales Hub", "Starter"))),
    (8, (("Marketing Hub", "Professional"), ("Sales Hub", "Professional"))),
    (8, (("Customer Platform", "Starter"),)),
    (6, (("Service Hub", "Professional"),)),
    (5, (("Service Hub", "Starter"), ("Sales Hub", "Starter"))),
    (4, (("Marketing Hub", "Professional"), ("Content Hub", "Professional"))),
    (4, (("Sales Hub", "Professional"), ("Data Hub", "Professional"))),
    (2, (("Sales Hub", "Professional"), ("Commerce Hub", "Professional"))),
    (2, (("Marketing Hub", "Enterprise"), ("Sales Hub", "Enterprise"))),
)


def crowd(catalog: Catalog, today: date, seed: int) -> list[Account]:
    """As many clients as the stories have, in an order of the generator's."""
    random = Random(f"{seed}/crowd")  # noqa: S311 (no secret is made here)
    stories = [story for story in STORIES for _ in range(story.clients)]
    random.shuffle(stories)
    return [
        _account(catalog, today, company, story, Random(f"{seed}/{company.name}"))  # noqa: S311
        for company, story in zip(companies(random), stories, strict=True)
    ]


def _account(catalog: Catalog, today: date, company: Company, story: Story, random: Random) -> Account:
    renews = None if story.leaves else random.randint(4, 340)
    purchases = _purchases(story, renews, random)
    team = _TEAM_OF.get(company.country) or random.choice([*TEAMS])
    currency, rate = _currency(company, random)
    dated = None if random.random() < _UNDATED else renews
    return Account(
        name=company.name,
        domain=company.domain,
        country=company.country,
        industry=company.industry,
        csm=None if random.random() < _NOBODY else random.choice(TEAMS[team]),
        team=team,
        background=random.choice(story.causes),
        purchases=tuple(_priced(one, rate, dated) for one in purchases),
        habits=tuple(_habits(catalog, today, company, story, purchases, random)),
        currency=currency,
        renews=dated,
        touched=random.randint(-75, -1) if random.random() < 0.93 else None,
        size=random.choice((1, 1, 1, 2, 2, 3)),
        contacts=_contacts(purchases, random),
    )


def _currency(company: Company, random: Random) -> tuple[str, float]:
    currency, rate, share = _CURRENCIES.get(company.country, ("EUR", 1.0, 1.0))
    return (currency, rate) if random.random() < share else ("EUR", 1.0)


def _priced(one: Purchase, rate: float, renews: int | None) -> Purchase:
    """In the client's currency; only what runs on renews."""
    mrr = one.mrr if rate == 1.0 else round(one.mrr * rate, -1)
    return one._replace(mrr=int(mrr), renews=renews if one.ended is None else None)


def _purchases(story: Story, renews: int | None, random: Random) -> list[Purchase]:
    """What the client bought, before currency and renewal: years ago, unless the story says otherwise."""
    [plan] = random.choices([plan for _, plan in _PLANS], [weight for weight, _ in _PLANS])
    start = -random.randint(5, 80) if story.new else (renews or 0) - 365 * random.randint(2, 5)
    end = -random.randint(20, 200) if story.leaves else None
    seats = random.choice((2, 3, 4, 5, 6, 8, 10, 12, 15, 20))
    bought = [_purchase(product, edition, seats, start, end, random) for product, edition in plan]
    if story.new or story.leaves:
        return bought
    first = bought[0]
    if first.edition == "Professional" and (first.product, "Starter") in _PRICES and random.random() < _UPGRADED:
        upgrade = -random.randint(165, 200)
        before = _purchase(first.product, "Starter", max(1, seats - 2), start, upgrade, random)
        bought = [before, first._replace(started=upgrade), *bought[1:]]
    products = {one.product for one in bought}
    if not products & {"Service Hub", "Customer Platform"} and random.random() < _DROPPED:
        bought.append(_purchase("Service Hub", "Starter", 2, start, -random.randint(100, 250), random))
    return bought


def _purchase(product: str, edition: str, seats: int, start: int, end: int | None, random: Random) -> Purchase:
    price = _PRICES[product, edition]
    used = min(seats, round(seats * random.uniform(0.35, 1.1)))
    return Purchase(product, edition, price.flat + price.seat * seats, seats, used, start, end)


def _contacts(purchases: Sequence[Purchase], random: Random) -> tuple[int, int] | None:
    """Marketing contacts, in use and allowed: for those who have Marketing Hub."""
    if not any(one.product == "Marketing Hub" and one.ended is None for one in purchases):
        return None
    limit = random.choice((1_000, 2_000, 5_000, 10_000, 20_000))
    return round(limit * random.uniform(0.2, 0.98)), limit


def _habits(
    catalog: Catalog, today: date, company: Company, story: Story, purchases: Sequence[Purchase], random: Random
) -> list[Habit]:
    ends = [one.ended for one in purchases if one.ended is not None]
    end = max(ends) - 1 if story.leaves else 0
    entitlement = _entitlement(catalog, purchases, today, end)
    used, spare = choose(catalog, entitlement, random.uniform(story.least, story.most), random)
    start = max(-YEAR, min(one.started for one in purchases))
    told = story.plot(Scene(used, spare, company.industry, today, start, end, random))
    if not told or story.leaves:
        return told
    habits = _as_bought(catalog, purchases, today, told)
    if random.random() < _FREE:
        habits += _free_use(catalog, entitlement, start, random)
    return habits


def _entitlement(catalog: Catalog, purchases: Sequence[Purchase], today: date, at: int) -> Entitlement:
    bought = [
        Subscription(
            one.product,
            one.edition,
            today + timedelta(days=one.started),
            None if one.ended is None else today + timedelta(days=one.ended),
        )
        for one in purchases
    ]
    return entitle(catalog, owned(catalog, bought, today + timedelta(days=at)))


def _as_bought(catalog: Catalog, purchases: Sequence[Purchase], today: date, told: Sequence[Habit]) -> list[Habit]:
    """The habits from when the tool was bought on, and those of a product that was given up, until then."""
    habits = list(told)
    for ended in {one.ended for one in purchases if one.ended is not None}:
        before = _entitlement(catalog, purchases, today, ended - 1).included
        after = _entitlement(catalog, purchases, today, ended).included
        gained, lost = after & ~before, before & ~after
        for i, habit in enumerate(habits):
            if catalog.bits([habit.tool]) & gained:
                habits[i] = habit._replace(first=max(habit.first, ended))
        lost_tools = [tool.key for i, tool in enumerate(catalog.tools) if lost >> i & 1 and tool.points > 1]
        habits += [Habit(tool, last=ended - 12) for tool in lost_tools]
    return [habit for habit in habits if habit.first <= habit.last]


def _free_use(catalog: Catalog, entitlement: Entitlement, start: int, random: Random) -> list[Habit]:
    """One of the daily tools of a product that the client lacks, in its free version."""
    lacking = [
        tool.key
        for i, tool in enumerate(catalog.tools)
        if tool.free and tool.points == 3 and not entitlement.included >> i & 1
    ]
    return [Habit(random.choice(lacking), max(start, -200))] if lacking else []
