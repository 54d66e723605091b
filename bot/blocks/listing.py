"""A page of a list of clients: two lines for each, and buttons that page, sort, filter and open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import floor
from types import MappingProxyType

from bot.blocks import feed, ids, kit, moves
from bot.blocks.kit import Block, Element, Message
from bot.blocks.offers import KINDS, of_line
from bot.blocks.scopes import buttons as to_others
from bot.blocks.scopes import entries, whose
from bot.blocks.states import ListState, write
from bot.blocks.words import Words
from bot.domain.catalog import Catalog, Tier
from bot.domain.filter_text import write as write_filter
from bot.domain.filters import Sort
from bot.domain.listing import Choice, Line, Listing, Page, Whose
from bot.domain.opportunities import Opportunity

Offers = Mapping[int, Sequence[Opportunity]]

MANY = 1_000  # clients, beyond which they are not counted
PAGE = 10  # lines

TIERS = {
    Tier.LOW: "Low",
    Tier.MEDIUM: "Medium",
    Tier.HIGH: "High",
    Tier.ONBOARDING: "Onboarding",
    Tier.UNKNOWN: "Not known",
    Tier.FORMER: "Former",
}
SORTS = {
    Sort.SCORE: "Lowest score first",
    Sort.DROP: "Fell most",
    Sort.RISE: "Rose most",
    Sort.MRR: "Highest MRR",
    Sort.RENEWAL: "Next renewal",
    Sort.NAME: "Name",
}
REVERSED = {
    Sort.SCORE: "Highest score first",
    Sort.DROP: "Fell least",
    Sort.RISE: "Rose least",
    Sort.MRR: "Lowest MRR",
    Sort.RENEWAL: "Last renewal",
    Sort.NAME: "Name, from Z",
}


# What else can be done with a list: the entries of its menu, at most five.
MORE = {
    ids.SAVE_VIEW: "Save view",
    ids.SAVED_VIEWS: "Saved views",
    ids.EXPORT: "Export CSV",
}


def page(
    catalog: Catalog,
    listing: Listing,
    found: Page,
    state: ListState,
    words: Words,
    offers: Offers = MappingProxyType({}),
    scopes: Sequence[Choice] = (),
) -> Message:
    """The answer to `/engagement tier:low`, and what its buttons put in its place.

    offers: by client; scopes: whose clients could be shown instead
    """
    order = _sort(listing.wanted.sort or Sort.SCORE, listing.wanted.reverse, words)
    head = kit.section(*_head(catalog, listing, found, state, words), accessory=order)
    lines = [_lines(catalog, listing, one, words, offers.get(one.id, ())) for one in found.lines]
    rows = [_row(one, told, words) for one, told in zip(found.lines, lines, strict=True)]
    foot = kit.context(_foot(listing, words))
    blocks = [kit.carrying("sort", state.filter, head), *rows, _paging(listing, found, state, scopes, words), foot]
    return kit.message(_summary(catalog, listing, found, state, lines, words), blocks)


def _head(catalog: Catalog, listing: Listing, found: Page, state: ListState, words: Words) -> list[str]:
    """What is listed, and how many; on a further page, which of them."""
    title, *rest = _title(catalog, listing, words)
    which = _number(found, words) if found.total is not None else _span(found, state, words)
    second = " · ".join(filter(None, [which, _late(catalog, listing, found, words)]))
    return [" · ".join([f"*{title}*", *rest]), *filter(None, [second])]


def _late(catalog: Catalog, listing: Listing, found: Page, words: Words) -> str:
    """Of a category whose sources stayed behind: how far they go; and of one without any, that it is not measured."""
    if not found.is_measured:
        return words("not measured")
    if found.late_to is None:
        return ""
    name = kit.name(catalog.categories[listing.wanted.category or ""].name, 40)
    return words("{category} data only to {day}", category=name, day=words.day(found.late_to, listing.today))


def _span(found: Page, state: ListState, words: Words) -> str:
    """The places of a page's clients in their list."""
    if not found.lines:
        return ""
    return words("{first} to {last}", first=state.before + 1, last=state.before + len(found.lines))


def _title(catalog: Catalog, listing: Listing, words: Words) -> list[str]:
    """What is listed, and whose: "Low", "your clients"; where all of them are, "Your clients"."""
    wanted = listing.wanted
    tiers = ", ".join(words(TIERS[tier]) for tier in wanted.tiers)
    category = catalog.categories.get(wanted.category or "")
    area = kit.name(category.name, 40) if category is not None else ""
    offer = words(KINDS[wanted.opportunity]) if wanted.opportunity is not None else ""
    quiet = words("Going quiet") if wanted.quiet else ""
    listed, owners = [one for one in (area, offer, quiet, tiers) if one], whose(listing.scope, words)
    return [" · ".join(listed), owners] if listed else [owners[:1].upper() + owners[1:]]


def _number(found: Page, words: Words) -> str:
    if found.total is None:
        return ""
    if found.total > MANY:
        return words("more than {n}", n=words.number(MANY))
    return words.count("{n} client", "{n} clients", found.total)


def _row(one: Line, lines: Sequence[str], words: Words) -> Block:
    return kit.section(*lines, accessory=kit.button(words("Open"), ids.OPEN_LISTED, str(one.id)))


def _lines(catalog: Catalog, listing: Listing, one: Line, words: Words, offers: Sequence[Opportunity]) -> list[str]:
    """A client in two lines; in a list of opportunities with the evidence as a third."""
    kind = listing.wanted.opportunity
    evidence = of_line(catalog, one, offers, kind, words) if kind is not None else ""
    return [*line(catalog, listing, one, words), *filter(None, [evidence])]


def line(catalog: Catalog, listing: Listing, one: Line, words: Words) -> list[str]:
    """A client in two lines: who, and why it is worth a look."""
    csm = kit.name(one.csm, 40) if one.csm and listing.scope.whose is not Whose.MINE else ""
    first = [f"*{kit.name(one.name)}*", stands(catalog, one, listing, words), csm]
    money = words("{amount}/month", amount=words.money(one.mrr, one.currency)) if one.mrr else ""
    second = [moved(catalog, one, listing, words), _quiet(one, words), renewal(one, listing, words), money]
    return list(filter(None, [" · ".join(filter(None, part)) for part in (first, second)]))


def _quiet(one: Line, words: Words) -> str:
    if not one.quiet:
        return ""
    return words("going quiet: {tools}", tools=kit.name(", ".join(one.quiet[:2]), 60))


def stands(catalog: Catalog, one: Line, listing: Listing, words: Words) -> str:
    """Score and tier; of a category where the list is of one."""
    match one.tier:
        case Tier.ONBOARDING if one.onboarding_since is not None and listing.as_of is not None:
            day = (listing.as_of - one.onboarding_since).days + 1
            return words("onboarding, day {n} of {all}", n=day, all=catalog.onboarding)
        case Tier.UNKNOWN:
            return words("score not known")
        case Tier.FORMER:
            return words("former client")
    if one.score is None or one.score > 10:
        return words("no points to reach yet")
    tier = catalog.tier(one.score) if listing.wanted.category else one.tier
    return f"{one.score} · {words(TIERS[tier])}"


def moved(catalog: Catalog, one: Line, listing: Listing, words: Words) -> str:
    """How far it moved in 7 days, and the largest cause; nothing where nothing can be told."""
    if one.change is None or listing.is_late:
        return ""
    shown = tenths_of(one.change)
    if not shown:
        return ""
    cause = moves.short(catalog, one.parts, words)
    arrow = "▲" if shown > 0 else "▼"
    told = words("{arrow} {n} in 7 days", arrow=arrow, n=words.decimal(abs(shown) / 10))
    return f"{told}: {cause}" if cause else told


def tenths_of(change: float) -> int:
    """A stored change of the share in tenths of a point, as `moves.tenths` has it of the exact one.

    What is nearer to a half than shares of some hundred points can be is a half.
    """
    whole = floor(abs(change) * 100 + 0.5 + 1e-9)
    return whole if change >= 0 else -whole


def renewal(one: Line, listing: Listing, words: Words) -> str:
    if one.renews_on is None:
        return words("no renewal date") if listing.wanted.sort is Sort.RENEWAL or listing.wanted.renews else ""
    days = (one.renews_on - listing.today).days
    if days < 0:
        return words("renewal was {day}", day=words.day(one.renews_on, listing.today))
    if days > 120 and listing.wanted.sort is not Sort.RENEWAL:
        return ""
    return words.count("renews in {n} day", "renews in {n} days", days) if days else words("renews today")


@lru_cache(maxsize=64)
def _sort(sort: Sort, reverse: bool, words: Words) -> Element:
    """The orders to choose from; one that is turned round stands among them as long as the list is in it."""
    options = [(words(label), one.value) for one, label in SORTS.items()]
    if reverse:
        options.append((words(REVERSED[sort]), f"-{sort.value}"))
    return kit.select(ids.SORT_LIST, options, f"-{sort.value}" if reverse else sort.value)


def _paging(listing: Listing, found: Page, state: ListState, scopes: Sequence[Choice], words: Words) -> Block:
    """Back and on, the filter, and in the menu what else can be done, and the same of others' clients."""
    buttons = []
    if found.has_before and found.lines:
        back = ListState(state.filter, state.owner, found.lines[0].position, True, max(0, state.before - PAGE))
        buttons.append(kit.button(words("◀ Back"), f"{ids.SHOW_LIST}:back", write(back)))
    if found.has_after and found.lines:
        after = state.before + len(found.lines)
        on = ListState(state.filter, state.owner, found.lines[-1].position, False, after)
        buttons.append(kit.button(words("Next ▶"), f"{ids.SHOW_LIST}:next", write(on)))
    own = [one for one in scopes if isinstance(one, Whose)]
    covered = [one for one in scopes if not isinstance(one, Whose)]
    menu = kit.overflow(ids.MORE_OF_LIST, [*_more(words), *entries(listing, own, words)])
    buttons += [overview(listing, words), narrow(state.filter, words), menu]
    buttons += to_others(listing, covered, ids.SHOW_OVERVIEW, words)
    if listing.wanted.key is not None:
        buttons.append(feed.button(listing.wanted, words))
    return kit.carrying("more", state.filter, kit.actions(*buttons))


@lru_cache(maxsize=64)
def _more(words: Words) -> tuple[tuple[str, str], ...]:
    return tuple((words(label), entry) for entry, label in MORE.items())


def overview(listing: Listing, words: Words) -> Element:
    """The button to the overview of the same clients' scope."""
    return kit.button(words("Overview"), ids.SHOW_OVERVIEW, write_filter(listing.wanted.whose))


def narrow(text: str, words: Words) -> Element:
    """The button that opens a list's filter."""
    return kit.button(words("Filter"), ids.FILTER_LIST, text)


def _foot(listing: Listing, words: Words) -> str:
    shown = filtered(listing)
    parts = [words("Showing: {filter}", filter=shown) if shown else ""]
    return " · ".join(filter(None, [*parts, data_day(listing, words), words("only you see this")]))


def filtered(listing: Listing) -> str:
    """The filter as it would be typed; nothing where there is none."""
    return _code(write_filter(listing.wanted))


def _code(text: str) -> str:
    return f"`{kit.escape(text).replace('`', '')}`" if text else ""


def data_day(listing: Listing, words: Words) -> str:
    """As of when; late data is said to be late."""
    if listing.as_of is None:
        return words("no usage data yet")
    day = words("data to {day}", day=words.weekday(listing.as_of, listing.today))
    return f"{day}, {words('late: no change is told')}" if listing.is_late else day


def as_of(listing: Listing, words: Words) -> str:
    """The same as a sentence."""
    day = data_day(listing, words)
    return f"{day[:1].upper()}{day[1:]}."


def _summary(
    catalog: Catalog, listing: Listing, found: Page, state: ListState, lines: Sequence[Sequence[str]], words: Words
) -> str:
    """The page in sentences."""
    parts = [*_title(catalog, listing, words), _span(found, state, words), _number(found, words)]
    parts.append(_late(catalog, listing, found, words))
    head = ", ".join(filter(None, parts))
    told = [". ".join(each) for each in lines]
    text = f"{head}: {'. '.join(told)}." if told else f"{head}."
    return f"{text} {as_of(listing, words)}".replace("*", "")


def nobody(listing: Listing, others: tuple[str, int] | None, owner: int, words: Words) -> Message:
    """Nobody matches; the filter without which somebody would. `others`: its name, and how many there are then.

    The list can be saved as a view all the same: of who goes quiet, say, nobody may be the best answer.
    """
    text, shown = words("Nobody matches: {whose}.", whose=whose(listing.scope, words)), write_filter(listing.wanted)
    button = overview(listing, words)
    if others is not None:
        name, number = others
        part = next(part for part in listing.wanted.parts() if part.startswith(f"{name}:"))
        without = words.count(
            "Without {filter} there is {n}.", "Without {filter} there are {n}.", number, filter=_code(part)
        )
        text = f"{text} {without}"
        drop = ListState(write_filter(listing.wanted.without(name)), owner)
        button = kit.button(words("Drop that filter"), f"{ids.SHOW_LIST}:drop", write(drop))
    menu = kit.overflow(ids.MORE_OF_LIST, [one for one in _more(words) if one[1] != ids.EXPORT])
    buttons = kit.carrying("more", shown, kit.actions(button, narrow(shown, words), menu))
    return kit.message(text.replace("`", ""), [kit.section(text), buttons, kit.context(_foot(listing, words))])
