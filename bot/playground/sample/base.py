"""The sample as rows of the CSV contract: a year of usage up to today. The same seed and day give the same rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from bot.domain.catalog import Catalog, Tool
from bot.playground.sample.accounts import PLACES, TEAMS, YEAR, Account, Habit
from bot.playground.sample.cast import cast
from bot.playground.sample.crowd import crowd

SEED = 20_261_122
FRIDAY = 4
_ALWAYS_OPEN = frozenset(
    {"forms", "live_chat", "workflows", "payments", "custom_code", "custom_events"}
)  # weekends too
_SUMMER = {  # country -> first and last day of its holidays, as (month, day)
    "NO": ((7, 6), (7, 26)),
    "SE": ((7, 6), (7, 31)),
    "FI": ((6, 29), (7, 24)),
    "EE": ((7, 6), (7, 19)),
    "DE": ((8, 3), (8, 16)),
    "PL": ((8, 1), (8, 16)),
    "ES": ((8, 1), (8, 23)),
    "GR": ((8, 3), (8, 21)),
    "JP": ((8, 11), (8, 16)),
}


class ClientRow(NamedTuple):
    id: str
    name: str
    domain: str
    csm_email: str | None
    team: str
    renewal_date: date | None
    mrr: int
    currency: str
    last_touch_on: date | None
    industry: str
    country: str
    background: str
    marketing_contacts_used: int | None
    marketing_contacts_limit: int | None


class SubscriptionRow(NamedTuple):
    id: str
    client_id: str
    product: str
    edition: str
    seats: int
    seats_used: int
    mrr: int
    currency: str
    started_on: date
    renews_on: date | None
    ended_on: date | None


class UsageRow(NamedTuple):
    client_id: str
    tool: str
    used_on: date
    times: int  # "count" in the file: a tuple has a method of that name


class TeamRow(NamedTuple):
    team: str
    email: str
    lead: str
    country: str
    time_zone: str


@dataclass(frozen=True)
class Base:
    clients: Sequence[ClientRow]
    subscriptions: Sequence[SubscriptionRow]
    usage: Sequence[UsageRow]
    teams: Sequence[TeamRow]

    def write(self, folder: Path) -> list[Path]:
        """One CSV file a kind, in the folder."""
        return [
            _write(folder / "clients.csv", ClientRow._fields, self.clients),
            _write(folder / "subscriptions.csv", SubscriptionRow._fields, self.subscriptions),
            _write(folder / "usage.csv", (*UsageRow._fields[:-1], "count"), self.usage),
            _write(folder / "teams.csv", TeamRow._fields, self.teams),
        ]


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def generate(catalog: Catalog, today: date, seed: int = SEED) -> Base:
    """The clients with a name of their own, and the crowd, and the teams; usage goes to today."""
    tools = {tool.key: tool for tool in catalog.tools}
    clients: list[ClientRow] = []
    subscriptions: list[SubscriptionRow] = []
    usage: list[UsageRow] = []
    for number, account in enumerate([*cast(), *crowd(catalog, today, seed)], 1):
        key = f"C{number:04}"
        clients.append(_client(key, account, today))
        subscriptions += _subscriptions(key, account, today)
        usage += _usage(key, account, tools, today, Random(f"{seed}/{key}"))  # noqa: S311 (no secret is made here)
    return Base(clients, subscriptions, usage, list(_teams()))


def _teams() -> Iterator[TeamRow]:
    for team, people in TEAMS.items():
        for email in people:
            yield TeamRow(team, email, "yes" if email == people[0] else "no", *PLACES[team])


def _client(key: str, account: Account, today: date) -> ClientRow:
    used, limit = account.contacts or (None, None)
    return ClientRow(
        id=key,
        name=account.name,
        domain=account.domain,
        csm_email=account.csm,
        team=account.team,
        renewal_date=_day(today, account.renews),
        mrr=sum(one.mrr for one in account.purchases if one.ended is None),
        currency=account.currency,
        last_touch_on=_day(today, account.touched),
        industry=account.industry,
        country=account.country,
        background=account.background,
        marketing_contacts_used=used,
        marketing_contacts_limit=limit,
    )


def _subscriptions(key: str, account: Account, today: date) -> Iterator[SubscriptionRow]:
    for number, one in enumerate(account.purchases, 1):
        yield SubscriptionRow(
            id=f"{key}-{number}",
            client_id=key,
            product=one.product,
            edition=one.edition,
            seats=one.seats,
            seats_used=one.seats_used,
            mrr=one.mrr,
            currency=account.currency,
            started_on=today + timedelta(days=one.started),
            renews_on=_day(today, one.renews),
            ended_on=_day(today, one.ended),
        )


def _day(today: date, at: int | None) -> date | None:
    return None if at is None else today + timedelta(days=at)


def _usage(key: str, account: Account, tools: dict[str, Tool], today: date, random: Random) -> Iterator[UsageRow]:
    counts: dict[tuple[str, date], int] = {}
    for habit in account.habits:
        tool = tools.get(habit.tool)
        if tool is not None:  # an edited catalog may lack it
            for day, count in _uses(habit, tool, account, today, random):
                counts[tool.key, day] = count
    for (name, day), count in sorted(counts.items()):
        yield UsageRow(key, name, day, count)


def _uses(habit: Habit, tool: Tool, account: Account, today: date, random: Random) -> Iterator[tuple[date, int]]:
    """Days and counts, from the last use back to the first."""
    period, each = (1, ceil(tool.at_least / 3)) if habit.daily else rhythm(tool)
    size = account.size if tool.at_least > 2 else 1  # twice the people do not publish twice the pages
    earliest = today + timedelta(days=max(habit.first, -YEAR))
    at = habit.last if habit.daily or habit.last else -random.randrange(period)
    while at >= habit.first:
        day = today + timedelta(days=at)
        if day.weekday() > FRIDAY and (habit.daily or tool.key not in _ALWAYS_OPEN):
            back = 0 if at == habit.last else random.randrange(5)  # else Friday would get all of the weekend's
            day -= timedelta(days=day.weekday() - FRIDAY + back)
        if day >= earliest and (habit.daily or not is_holiday(account.country, day)):
            yield day, each * size if habit.daily else random.randint(1, 2 * each * size - 1)
        at -= 1 if habit.daily else max(1, round(period * random.uniform(0.6, 1.4)))


def rhythm(tool: Tool) -> tuple[int, int]:
    """Days between two uses of a tool that is in use, and uses on such a day, on average.

    Together at least twice of what its window asks for, so that holidays do not make it look unused.
    """
    period = next(days for least, days in ((10, 7), (3, 11), (2, 14), (0, 20)) if tool.at_least >= least)
    return period, max(1, ceil(2.5 * tool.at_least * period / tool.within))


def is_holiday(country: str, day: date) -> bool:
    """Whether the office is closed: a few weeks in summer, and from Christmas to the new year."""
    here = (day.month, day.day)
    if here >= (12, 23) or here <= (1, 2):
        return True
    first, last = _SUMMER.get(country, ((0, 0), (0, 0)))
    return first <= here <= last
