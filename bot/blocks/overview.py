"""The overview of a base: clients by tier, what moved, and what to look at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.blocks import feed, ids, kit, moves, usage
from bot.blocks import listing as lists
from bot.blocks.kit import Block, Message
from bot.blocks.scopes import buttons as to_others
from bot.blocks.scopes import whose
from bot.blocks.states import ListState, write
from bot.blocks.words import Words
from bot.domain.catalog import Catalog, Tier
from bot.domain.filter_text import write as write_filter
from bot.domain.filters import Filter, Sort
from bot.domain.listing import Choice, Colleague, Line, Listing, Overview, Whose, portions

BARS = (Tier.HIGH, Tier.MEDIUM, Tier.LOW)
APART = (Tier.ONBOARDING, Tier.UNKNOWN)
PORTIONS = ("{share} of MRR in {currency}", "{share} in {currency}")  # as many as a line has room for: those of most
MORE = (ids.SAVED_VIEWS, ids.EXPORT)  # of what can be done with a list
COLLEAGUES = 15


def overview(
    catalog: Catalog, listing: Listing, found: Overview, owner: int, scopes: Sequence[Choice], words: Words
) -> Message:
    """The answer to `/engagement`. `scopes`: whose clients could be shown instead."""
    parts = [
        tiers(listing, found, words),
        _moved(catalog, listing, found, words),
        _first(listing, found, words),
        _colleagues(found.colleagues, listing.today, words),
    ]
    blocks = [kit.section(*part) for part in parts if part]
    blocks += [
        by_tier(listing, found, owner, words),
        _scopes(listing, scopes, words),
        kit.context(_foot(listing, words)),
    ]
    return kit.message(summary(catalog, listing, found, words), blocks)


def chart(listing: Listing, found: Overview, words: Words) -> Message:
    """The clients of each tier as bars that Slack draws; `text` has the same numbers."""
    shown = [(tier, found.tiers[tier].clients if tier in found.tiers else 0) for tier in (*reversed(BARS), *APART)]
    title = words("Clients by tier")
    points = [(words(lists.TIERS[tier]), float(number)) for tier, number in shown]
    back = kit.actions(kit.button(words("Overview"), ids.SHOW_OVERVIEW, write_filter(listing.wanted)))
    told = ", ".join(_tier(tier, number, words) for tier, number in shown)
    head = f"*{title}* · {whose(listing.scope, words)}"
    bars = kit.chart(title, "bar", points, words("Clients"))
    foot = f"{_foot(listing, words)} · {lists.data_day(listing, words)}"
    text = f"{title}, {whose(listing.scope, words)}: {told}. {lists.as_of(listing, words)}"
    return kit.message(text, [kit.section(head), bars, back, kit.context(foot)])


def tiers(listing: Listing, found: Overview, words: Words) -> list[str]:
    numbers = {tier: found.tiers[tier].clients if tier in found.tiers else 0 for tier in (*BARS, *APART)}
    shares = portions(found.tiers)

    def told(tier: Tier) -> str:
        portion = _portion(shares.get(tier, {}), found.currencies, words)
        return " · ".join(filter(None, [_tier(tier, numbers[tier], words), portion]))

    head = f"*{_count(listing, found, words)}* · {lists.data_day(listing, words)}"
    bars = [f"{kit.bar(numbers[tier], found.clients)} {told(tier)}" for tier in BARS]
    return [head, *bars, *(told(tier) for tier in APART if tier in found.tiers)]


def _count(listing: Listing, found: Overview, words: Words) -> str:
    number = found.clients
    if listing.scope.whose is Whose.MINE and not listing.scope.is_of_both:
        return words.count("Your {n} client", "Your {n} clients", number)
    return words.count("{n} client", "{n} clients", number) + f" · {whose(listing.scope, words)}"


def _tier(tier: Tier, number: int, words: Words) -> str:
    return f"{words(lists.TIERS[tier])} {words.number(number)}"


def _portion(shares: Mapping[str, float], currencies: Sequence[str], words: Words) -> str:
    """The share of the MRR: "31 % of MRR"; of several currencies, "31 % of MRR in EUR, 12 % in NOK"."""
    texts = PORTIONS if len(currencies) > 1 else ("{share} of MRR",)
    told = [one for one in currencies[: len(texts)] if one in shares]
    return ", ".join(
        words(text, share=words.percent(shares[one]), currency=kit.escape(one))
        for text, one in zip(texts, told, strict=False)
    )


def _moved(catalog: Catalog, listing: Listing, found: Overview, words: Words) -> list[str]:
    if listing.is_late or not (found.fell or found.rose):
        return []
    lines = [_move(catalog, one, words) for one in (*found.fell, *found.rose)]
    return [words("*Moved in 7 days*"), *lines]


def _move(catalog: Catalog, one: Line, words: Words) -> str:
    arrow = "▲" if (one.change or 0) > 0 else "▼"
    was = one.score_before
    scores = f"{was} → {one.score}" if was is not None and was != one.score else str(one.score)
    return " · ".join(
        filter(None, [f"{arrow} *{kit.name(one.name, 60)}* {scores}", moves.short(catalog, one.parts, words)])
    )


def _first(listing: Listing, found: Overview, words: Words) -> list[str]:
    if not found.first:
        return []
    by_renewal = replace(listing, wanted=Filter(sort=Sort.RENEWAL))  # which is why they are here, however far it is
    lines = [
        " · ".join(
            filter(None, [f"*{kit.name(one.name, 60)}*", _score(one, words), lists.renewal(one, by_renewal, words)])
        )
        for one in found.first
    ]
    return [words("*Look at first*"), *lines]


def _score(one: Line, words: Words) -> str:
    """With what it is out of: beside a renewal in so many days a number alone could be anything."""
    return words("{score} of 10", score=one.score)


def _colleagues(colleagues: Sequence[Colleague], today: date, words: Words) -> list[str]:
    """For whoever leads the team."""
    if not colleagues:
        return []
    lines = [_colleague(one, today, words) for one in colleagues[:COLLEAGUES]]
    more = len(colleagues) - len(lines)
    return [words("*By CSM*"), *lines, *([words("and {n} more", n=more)] if more > 0 else [])]


def _colleague(one: Colleague, today: date, words: Words) -> str:
    name = kit.name(one.name, 40) if one.name else words("Nobody")
    told = words("{name} {clients} · {low} low", name=name, clients=one.clients, low=one.low)
    if one.taken:
        told = words("{low}, {taken} taken", low=told, taken=one.taken)
    late = words.count("{n} task overdue", "{n} tasks overdue", one.overdue) if one.overdue else ""
    away = words("away to {day}", day=words.day(one.away_to, today)) if one.away_to is not None else ""
    return " · ".join(filter(None, [told, late, away]))


def by_tier(listing: Listing, found: Overview, owner: int, words: Words) -> Block:
    """Buttons to the clients of each tier, and in the menu to the rest."""
    buttons = [
        kit.button(
            _tier(tier, found.tiers[tier].clients, words),
            f"{ids.SHOW_LIST}:{tier.value}",
            write(ListState(write_filter(replace(listing.wanted, tiers=(tier,))), owner)),
        )
        for tier in reversed(BARS)
        if tier in found.tiers
    ]
    rest = [(tier, _tier(tier, found.tiers[tier].clients, words)) for tier in APART if tier in found.tiers]
    options = [(label, f"tier:{tier.value}") for tier, label in rest]
    options += [(words("All changes"), "sort:drop"), *((words(lists.MORE[one]), one) for one in MORE)]
    menu = kit.overflow(ids.MORE_OF_LIST, options)
    return kit.carrying("more", write_filter(listing.wanted), kit.actions(*buttons, menu))


def _scopes(listing: Listing, scopes: Sequence[Choice], words: Words) -> Block:
    buttons = to_others(listing, scopes, ids.SHOW_OVERVIEW, words)
    chart = kit.button(words("Chart"), ids.SHOW_CHART, write_filter(listing.wanted))
    narrow = lists.narrow(write_filter(listing.wanted), words)
    return kit.actions(*buttons, chart, narrow, feed.button(listing.wanted, words), usage.more(words))


def _foot(listing: Listing, words: Words) -> str:
    return words("Showing: {whose} · only you see this", whose=whose(listing.scope, words))


def summary(catalog: Catalog, listing: Listing, found: Overview, words: Words) -> str:
    """The overview in sentences."""
    lines = tiers(listing, found, words)
    parts = [". ".join(" ".join(line.split(" ")[1:]) if line[:1] in "▰▱" else line for line in lines)]
    for part in (
        _moved(catalog, listing, found, words),
        _first(listing, found, words),
        _colleagues(found.colleagues, listing.today, words),
    ):
        if part:
            parts.append(f"{part[0]}: {'; '.join(part[1:])}")
    return f"{'. '.join(parts)}.".replace("*", "")
