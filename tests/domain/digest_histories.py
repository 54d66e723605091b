"""Clients whose scores move day by day, and what a digest that runs each day names of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.domain.catalog import Catalog, Tier
from bot.domain.digest_news import Moment, Named, News, Past, Rule, Seen, Since, news
from bot.domain.digest_told import Told, memories, of_all
from bot.domain.moves import Ground
from bot.domain.subscriptions import Owned
from storage import catalog

TOOLS = 20
START = date(2026, 11, 2)  # a Monday
DAY = timedelta(days=1)


def formula(first: int = 1, last: int = 1) -> Catalog:
    return catalog.parse(written(first, last), f"twenty {first} {last}")


def written(first: int = 1, last: int = 1) -> str:
    """A catalog of twenty tools: the points of each of the first ten, and of the last ten."""
    head = """
version = 1
name = "Twenty"
[score]
within = 30
onboarding = 20
grace = 10
low = [0, 3]
medium = [4, 6]
high = [7, 10]
[products.crm]
name = "CRM"
editions = ["free"]
always = "free"
[products.mail]
name = "Mail"
editions = ["starter"]
[categories.core]
name = "Core"
"""
    tool = """
[tools.t{n}]
name = "Tool {n}"
category = "core"
included = ["{product}"]
points = {points}
at_least = 1
counts = "a use"
step = "Use it"
"""
    tools = (
        tool.format(n=n, points=points, product=product)
        for n, (points, product) in enumerate([(first, "crm:free")] * 10 + [(last, "mail:starter")] * 10)
    )
    return head + "".join(tools)


CATALOG = formula()


CRM, MAIL = Owned("crm", 0, 0), Owned("mail", 0, 0)  # each has ten of the tools


def using(
    number: int,
    of: Catalog = CATALOG,
    measured: int = TOOLS,
    tier: Tier | None = None,
    owned: tuple[Owned, ...] | None = None,
) -> Moment:
    """A client that uses so many of the tools, the first ones."""
    ground = Ground(of, owned, (1 << measured) - 1, (1 << number) - 1)
    score = ground.score
    assert score is not None
    return Moment(tier or of.tier(score), ground)


UNKNOWN = Moment(Tier.UNKNOWN, None)


def at(history: Sequence[Moment], day: int) -> Moment | None:
    """Each moment is a day's; none before the first, and after the last it stays."""
    return None if day < 0 else history[min(day, len(history) - 1)]


def past(history: Sequence[Moment], told: int, as_of: int) -> Past:
    return Past(
        (at(history, told), at(history, told - 1), at(history, told - 2)), at(history, as_of - 1), at(history, as_of)
    )


def run(histories: Mapping[int, Sequence[Moment]], since: Since, told: int, as_of: int, **more: object) -> News:
    """One run: of the day that the data goes to, after one that spoke of an earlier one."""
    seen = (Seen(client, past(each, told, as_of)) for client, each in histories.items())
    return news([one._replace(**more) for one in seen], since)  # type: ignore[arg-type]


def runs(history: Sequence[Moment], since: Since, days: Sequence[int] | None = None) -> list[tuple[int, Rule]]:
    """The days on which a client is named, and why, where the digest runs on these days (else on each).

    The days before the first of the history are as that is, so that nothing is new on the first.
    """
    whole = [history[0]] * 3 + list(history)
    told: list[Told] = []
    found: list[tuple[int, Rule]] = []
    before = 2
    for day in range(len(history)) if days is None else days:
        today = START + day * DAY
        asked = replace(since, today=today, told_on=today - DAY, memories=memories(told))
        named: tuple[Named, ...] = run({1: whole}, asked, before, day + 3).named
        told.append(of_all(Told(today, today, ""), named))
        found += [(day, one.rule) for one in named]
        before = day + 3
    return found
